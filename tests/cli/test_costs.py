"""`costs`: what was spent, from a database that a server has filled."""

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from enterprise_stream.cli.exits import Exit
from enterprise_stream.cli.main import app
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.cost.account import Call, Charge
from enterprise_stream.cost.book import Book
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.purchases import Purchase
from enterprise_stream.store import Store

TODAY = date.today()


@pytest.fixture(autouse=True)
def own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["costs", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(*arguments: str) -> dict[str, Any]:
    result = run("--json", *arguments)
    assert result.exit_code == Exit.OK, result.output
    held: dict[str, Any] = json.loads(result.stdout)
    return held


def spend() -> None:
    """Two calls of two minutes each: today of one tenant, ten days ago of another."""

    async def write() -> None:
        async with Store.open(load_settings().store_url) as store:
            book = Book(store, "run")
            for session, tenant, ago in (("a", "hotel", 0), ("b", "spa", 10)):
                day = (TODAY - timedelta(days=ago)).isoformat()
                ear = Purchase(session, "stt", "deepgram-flux", "flux-general-multi", audio_ms=60_000)
                brain = Purchase(session, "llm", "openai", "gpt-4o-mini", 0, 2_400, 1_000, 240)
                mouth = Purchase(session, "tts", "deepgram-aura2", "aura-2-diana-es", chars=200)
                for purchase, amount in ((ear, 7_800), (brain, 429), (mouth, 6_000)):
                    book.charge(Charge(purchase, tenant, day, amount))
                book.call(Call(session, tenant, day, 120.0, 4, 800, 600))
            await store.flush()  # closing gives up after CLOSE_S, which a busy disk may take

    asyncio.run(write())


def test_an_empty_database_says_what_to_do() -> None:
    result = run()
    assert result.exit_code == Exit.OK
    assert "Nothing was bought" in result.stdout
    assert "enterprise-stream serve" in result.stdout
    assert told()["dollars"] == 0


def test_what_a_minute_costs_by_stage() -> None:
    spend()
    found = told()
    assert (found["calls"], found["minutes"], found["dollars"]) == (1, 2.0, 0.014229)
    assert found["a_minute"] == pytest.approx(0.007115, abs=1e-6)
    assert found["stages"]["stt"] == {"dollars": 0.0078, "a_minute": 0.0039}
    assert found["stages"]["llm"] == {"dollars": 0.000429, "a_minute": 0.000215}
    assert found["stages"]["tts"] == {"dollars": 0.006, "a_minute": 0.003}
    assert found["library"] == {"chars": 600, "share": 0.75, "saved_dollars": 0.018}
    assert [row["tenant"] for row in found["called"]] == ["hotel"]


def test_more_days_hold_more_tenants() -> None:
    spend()
    found = told("--days", "30")
    assert (found["calls"], found["dollars"]) == (2, 0.028458)
    assert {row["tenant"] for row in found["spent"]} == {"hotel", "spa"}


def test_caps_say_how_far_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_COST_DAY", "0.02")
    monkeypatch.setenv("MAX_COST_CALL", "0")
    spend()
    caps = {cap["cap"]: cap for cap in told("--days", "30")["caps"]}
    assert caps["MAX_COST_DAY"] == {"cap": "MAX_COST_DAY", "limit": 0.02, "used": 0.014229}
    assert caps["MAX_COST_TENANT_DAY"]["used"] == 0.014229
    assert caps["MAX_COST_CALL"] == {"cap": "MAX_COST_CALL", "limit": 0.0, "used": 0.014229}
    assert caps["MAX_COST_TURN"]["used"] is None
    text = run().stdout
    assert "0.02 $" in text
    assert "71%" in text
    assert "no limit" in text


def test_the_report_can_be_read() -> None:
    spend()
    text = run("--days", "30").stdout
    for expected in ("2 calls, 4.0 minutes, 0.0285 $", "deepgram-flux", "4800 (2000) / 480", "hotel", "spa", "75% of"):
        assert expected in text, text
    assert str(TODAY) in text


def test_prices_are_a_file_that_can_be_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = tmp_path / "prices.yaml"
    printed.write_text(run("--prices").stdout)
    assert {row["engine"] for row in yaml.safe_load(printed.read_text())["prices"]} >= {"openai", "deepgram-aura2"}
    listed = load_prices().rows
    assert load_prices(printed).rows[: len(listed)] == listed
    monkeypatch.setenv("PRICES_FILE", str(printed))
    held = json.loads(run("--prices", "--json").stdout)
    assert len(held) == 2 * len(listed)


def test_a_price_file_with_a_mistake_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("prices:\n- {engine: openai}\n")
    monkeypatch.setenv("PRICES_FILE", str(file))
    result = run("--prices")
    assert result.exit_code == Exit.BAD_CONFIG
    assert "row 1 models" in result.output


def test_a_database_that_cannot_be_used_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://sandra:hunter2@127.0.0.1:1/name")
    result = run()
    assert result.exit_code == Exit.FAILED
    assert "nothing listens there" in result.output
    assert "hunter2" not in result.output
    monkeypatch.setenv("DATABASE_URL", "mysql://sandra@host/name")
    assert run().exit_code == Exit.BAD_CONFIG


def test_the_help_teaches() -> None:
    result = CliRunner().invoke(app, ["costs", "--help"])
    for word in ("MAX_COST_CALL", "PRICES_FILE", "--days", "DATABASE_URL"):
        assert word in result.output
