"""`bookings` and `hand-overs`."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.composition.records import open_records
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.store.requests import Booking, HandOver, latest

stdout = Console(highlight=False)


def show_bookings(most: int, *, as_json: bool) -> None:
    """Tell what guests have asked to book."""
    columns = ("at", "name", "arrival", "departure", "guests", "lodging", "total", "contact", "notes")
    _show(Booking, most, columns, as_json=as_json)


def show_hand_overs(most: int, *, as_json: bool) -> None:
    """Tell which guests a person has to see to."""
    _show(HandOver, most, ("at", "reason", "name", "contact", "language"), as_json=as_json)


def _show(of: type[Booking] | type[HandOver], most: int, columns: tuple[str, ...], *, as_json: bool) -> None:
    rows = asyncio.run(_latest(load_settings(), of, most))
    if as_json:
        print(json.dumps([_dated(row) for row in rows], ensure_ascii=False))
        return
    table = Table("reference", *columns, "message")
    for row in map(_dated, rows):
        told = [str(row[name]) if row[name] is not None else "" for name in columns]
        table.add_row(row["reference"], *map(_plain, told), _delivery(row))
    stdout.print(table if rows else "None yet.")
    lost = sum(row["delivery"] in ("dead", "unknown") for row in rows)
    if lost:
        stdout.print(f"[bold red]{lost}[/] never reached your system for sure: see to them by hand.")


async def _latest(settings: Settings, of: type[Booking] | type[HandOver], most: int) -> Sequence[Mapping[str, Any]]:
    async with open_records(settings, MonotonicClock()) as records, records.store.reading() as connection:
        return await latest(connection, of, most)


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.fromtimestamp(row["at"] / 1000, UTC).isoformat(timespec="seconds")
    return {**row, "at": at, "reference": str(row["id"])[:6].upper()}


def _delivery(row: Mapping[str, Any]) -> str:
    state = row["delivery"]
    if state is None:
        return "kept here"
    outcome = f" ({row['outcome']}, tries: {row['tries']})" if row["outcome"] and state != "sent" else ""
    colour = {"sent": "green", "dead": "bold red", "unknown": "bold red"}.get(state, "yellow")
    return f"[{colour}]{state}[/]{outcome}"


def _plain(text: str) -> str:
    """What guests say, without what the terminal would take for markup."""
    return text.replace("[", "\\[")
