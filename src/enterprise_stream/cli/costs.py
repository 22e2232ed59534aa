"""`costs`: what was paid to vendors, and by which prices."""

import asyncio
import json
from dataclasses import asdict
from datetime import date, timedelta

import yaml
from rich.console import Console
from rich.table import Table

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.money import dollars
from enterprise_stream.cost.price_file import LISTED, load_prices
from enterprise_stream.cost.prices import Price
from enterprise_stream.cost.report import Spending, read_spending
from enterprise_stream.store import Store

stdout = Console(highlight=False)

STAGES = {"stt": "listening", "llm": "thinking", "tts": "speaking"}
AMOUNTS = ("audio_minute", "million_input", "million_cached", "million_output", "thousand_chars")
NOTHING = """Nothing was bought and nobody called since {since}.
Without keys everything runs on this machine and costs nothing. With OPENAI_API_KEY or DEEPGRAM_API_KEY in .env,
`enterprise-stream serve` counts every purchase; come back after the first call. `costs --days 30` looks further back,
`costs --prices` shows what things cost."""


def run(days: int, *, as_json: bool) -> None:
    """Print what was spent in the last days."""
    settings = load_settings()
    today = MonotonicClock().today()
    since = (date.fromisoformat(today) - timedelta(days=days - 1)).isoformat()
    found = asyncio.run(_read(settings, since))
    if as_json:
        print(json.dumps(as_data(found, settings.caps, since, today), indent=2, ensure_ascii=False))
    elif not found.spent and not found.called:
        stdout.print(NOTHING.format(since=since), soft_wrap=True)
    else:
        _tell(found, settings.caps, since, today)


async def _read(settings: Settings, since: str) -> Spending:
    async with Store.open(settings.store_url) as store:
        return await read_spending(store, since)


def as_data(found: Spending, caps: Amounts, since: str, today: str) -> dict[str, object]:
    """The report for machines; money in US dollars."""
    stages = {
        kind: {"dollars": dollars(found.of(kind)), "a_minute": round(found.a_minute(found.of(kind)) / 1e6, 6)}
        for kind in STAGES
    }
    return {
        "since": since,
        "calls": sum(row.calls for row in found.called),
        "minutes": round(found.minutes, 2),
        "dollars": dollars(found.total),
        "a_minute": round(found.a_minute(found.total) / 1e6, 6),
        "stages": stages,
        "library": {
            "chars": found.library_chars,
            "share": round(found.library_share, 4),
            "saved_dollars": dollars(found.saved),
        },
        "caps": [
            {"cap": name, "limit": dollars(limit), "used": None if used is None else dollars(used)}
            for name, limit, used in _caps(found, caps, today)
        ],
        "spent": [
            {name: value for name, value in asdict(row).items() if name != "microdollars"}
            | {"dollars": dollars(row.microdollars)}
            for row in found.spent
        ],
        "called": [asdict(row) for row in found.called],
    }


def _caps(found: Spending, caps: Amounts, today: str) -> list[tuple[str, int, int | None]]:
    """Each cap, its limit, and how much of it is used, where that can be said afterwards."""
    tenant_day = max((found.day(today, tenant) for tenant in found.tenants), default=0)
    return [
        ("MAX_COST_TURN", caps.turn, None),
        ("MAX_COST_CALL", caps.call, found.dearest_call),
        ("MAX_COST_DAY", caps.day, found.day(today)),
        ("MAX_COST_TENANT_DAY", caps.tenant_day, tenant_day),
    ]


def _tell(found: Spending, caps: Amounts, since: str, today: str) -> None:
    number = sum(row.calls for row in found.called)
    stdout.print(f"Since {since}: {number} calls, {found.minutes:.1f} minutes, {_money(found.total)} $\n")
    stdout.print(_stages(found))
    stdout.print()
    stdout.print(_engines(found))
    stdout.print()
    stdout.print(_days(found))
    stdout.print(
        f"\nThe voice library said {found.library_share:.0%} of her words ({found.library_chars} characters), which "
        f"saved {_money(found.saved)} $ at the price of those that were bought.",
        soft_wrap=True,
    )
    stdout.print("\nCaps (from 80 % on she is brief, at 100 % she says goodbye):")
    for name, limit, used in _caps(found, caps, today):
        stdout.print(f"  {name:<20} {_cap(limit, used, 'dearest call' if name == 'MAX_COST_CALL' else 'today')}")


def _cap(limit: int, used: int | None, what: str) -> str:
    told = f"{dollars(limit):g} $" if limit else "no limit"
    if used is None:
        return told
    share = f", {used / limit:.0%}" if limit else ""
    return f"{told:<10} {what} {_money(used)} ${share}"


def _stages(found: Spending) -> Table:
    table = _table("stage", "$", "$ a minute", "share")
    for kind, name in STAGES.items():
        amount = found.of(kind)
        share = amount / found.total if found.total else 0.0
        table.add_row(name, _money(amount), _money(found.a_minute(amount)), f"{share:.0%}")
    table.add_row("all", _money(found.total), _money(found.a_minute(found.total)), "")
    return table


def _engines(found: Spending) -> Table:
    table = _table("engine", "model", "$", "minutes heard or said", "tokens in (cached) / out", "characters")
    for engine, model in sorted({(row.engine, row.model) for row in found.spent}):
        rows = [row for row in found.spent if (row.engine, row.model) == (engine, model)]
        tokens = [sum(getattr(row, f"{name}_tokens") for row in rows) for name in ("input", "cached", "output")]
        table.add_row(
            engine,
            model,
            _money(sum(row.microdollars for row in rows)),
            f"{sum(row.audio_ms for row in rows) / 60_000:.1f}",
            f"{tokens[0]} ({tokens[1]}) / {tokens[2]}",
            str(sum(row.chars for row in rows)),
        )
    return table


def _days(found: Spending) -> Table:
    table = _table("day", "tenant", "calls", "minutes", "$", "$ a minute")
    places = {(row.day, row.tenant) for row in found.spent} | {(row.day, row.tenant) for row in found.called}
    for day, tenant in sorted(places):
        one = Spending(
            tuple(row for row in found.spent if (row.day, row.tenant) == (day, tenant)),
            tuple(row for row in found.called if (row.day, row.tenant) == (day, tenant)),
        )
        calls = str(sum(row.calls for row in one.called))
        money = (_money(one.total), _money(one.a_minute(one.total)))
        table.add_row(day, tenant or "–", calls, f"{one.minutes:.1f}", *money)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in ("stage", "engine", "model", "day", "tenant") else "right")
    return table


def _money(microdollars: float) -> str:
    return f"{microdollars / 1e6:.4f}"


def show_prices(*, as_json: bool) -> None:
    """Print the price table in force, the owner's rows first."""
    rows = [_row(price) for price in load_prices(load_settings().prices_file).rows]
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False, default=str))
        return
    text = LISTED.read_text(encoding="utf-8")
    print(text[: text.index("prices:")], end="")
    print(yaml.safe_dump({"prices": rows}, sort_keys=False, allow_unicode=True, width=120), end="")


def _row(price: Price) -> dict[str, object]:
    amounts = {name: float(getattr(price, name)) for name in AMOUNTS if getattr(price, name)}
    told = {name: getattr(price, name) for name in ("source", "doubt") if getattr(price, name)}
    place = {"engine": price.engine, "models": list(price.models), "valid_from": date.fromisoformat(price.valid_from)}
    return {**place, **amounts, **told}
