"""Waits, money, gaps and health, as the console shows them."""

from datetime import date, timedelta
from statistics import quantiles

import pytest
from sqlalchemy import func, select
from tests.console.conftest import Console

from enterprise_stream.cost.report import read_spending
from enterprise_stream.store.console.days import days_of_waits, days_over, keep_days
from enterprise_stream.store.console.histogram import Histogram
from enterprise_stream.store.tables import days, turns
from enterprise_stream.testing.clock import TODAY


async def settle(console: Console) -> int:
    async with console.store.reading() as connection:
        over = await days_over(connection, TODAY)
    return await console.store.write(lambda connection: keep_days(connection, over))


async def test_percentiles_are_those_of_the_turns(console: Console) -> None:
    async with console.store.reading() as connection:
        waits = list((await connection.execute(select(turns.c.total_ms))).scalars())
    overall = (await console.get("latency"))["overall"]
    assert overall["turns"] == len(waits)
    cuts = quantiles(waits, n=100)
    assert overall["p50"] == pytest.approx(cuts[49], rel=0.03)
    assert overall["p95"] == pytest.approx(cuts[94], rel=0.06)
    assert overall["p50"] < overall["p95"] <= overall["p99"]
    assert overall["stages"]["heard"]["p50"] == pytest.approx(95, rel=0.15)


async def test_days_that_are_over_are_counted_once_and_say_the_same(console: Console) -> None:
    before = await console.get("latency"), await console.get("costs")
    assert await settle(console) > 10
    assert await settle(console) == 0
    assert (await console.get("latency"), await console.get("costs")) == before
    async with console.store.reading() as connection:
        last = (await connection.execute(select(func.max(days.c.day)))).scalar_one()
        assert last == (date.fromisoformat(TODAY) - timedelta(days=2)).isoformat()
        assert (await days_of_waits(connection, last, TODAY))[0].day >= last


async def test_fewer_days_are_fewer_days(console: Console) -> None:
    assert len((await console.get("latency", days=3))["days"]) <= 3
    assert (await console.http.get("/api/console/latency?days=0")).status_code == 400


async def test_money_is_what_the_costs_command_says(console: Console) -> None:
    told = await console.get("costs", days=30)
    spending = await read_spending(console.store, (date.fromisoformat(TODAY) - timedelta(days=29)).isoformat())
    assert round(sum(day["dollars"] for day in told["days"]) * 1e6) == spending.total
    for kind in ("stt", "llm", "tts"):
        assert round(sum(day[kind] for day in told["days"]) * 1e6) == spending.of(kind)
    assert told["a_minute"] * 1e6 == pytest.approx(spending.a_minute(spending.total))
    assert sum(day["calls"] for day in told["days"]) == sum(row.calls for row in spending.called)
    assert [(cap["cap"], cap["limit"]) for cap in told["caps"]] == [
        ("turn", None), ("call", 2.0), ("day", 20.0), ("tenant_day", None),
    ]  # fmt: skip


async def test_gaps_are_what_she_did_not_know_most_often_first(console: Console) -> None:
    gaps = (await console.get("gaps"))["gaps"]
    times = [gap["times"] for gap in gaps]
    assert times == sorted(times, reverse=True)
    assert len({(gap["language"], gap["question"]) for gap in gaps}) == len(gaps)
    async with console.store.reading() as connection:
        unanswered = select(func.count()).where(turns.c.answered.is_(False))
        assert sum(times) == (await connection.execute(unanswered)).scalar_one()
    shown = await console.get(f"calls/{gaps[0]['session']}")
    turn = next(turn for turn in shown["turns"] if turn["turn"] == gaps[0]["turn"])
    assert (turn["question"], turn["answered"]) == (gaps[0]["question"], False)


async def test_engines_say_what_is_asked_now_and_what_stands_in(console: Console) -> None:
    told = await console.get("engines")
    assert [(rung["engine"], rung["in_use"]) for rung in told["ladders"]["llm"]] == [
        ("openai", False), ("retrieval", True),
    ]  # fmt: skip
    assert told["degraded"]
    assert told["ready"]
    assert (told["store_failing"], told["store_waiting"]) == (False, 0)


async def test_without_a_library_it_is_said_to_be_off(console: Console) -> None:
    assert (await console.get("library"))["enabled"] is False


def test_percentiles_are_within_a_percent() -> None:
    for ms in (*range(60), *range(60, 60_000, 37)):
        read = Histogram.of([ms]).percentile(0.5)
        assert read is not None
        assert abs(read - max(ms, 1)) <= ms * 0.01 + 0.5  # it is told in whole ms


def test_histograms_add_up() -> None:
    both = Histogram.sum([Histogram.of([100, 200]), Histogram(), Histogram.of([300, 400])])
    assert [both.percentile(share) for share in (0.25, 0.5, 0.95)] == pytest.approx([100, 200, 400], rel=0.01)
    assert both.total == 4
    assert Histogram.sum([]).percentile(0.5) is None
