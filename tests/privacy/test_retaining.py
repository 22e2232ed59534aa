"""What is old goes, kind by kind, in steps; what is not stays."""

import asyncio
import json
from functools import partial

import pytest
from structlog.testing import capture_logs
from tests.privacy.people import bought, comes, found_in, rows_of

from enterprise_stream.errors import StoreError
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.server.projection import Upkeep
from enterprise_stream.server.projection.upkeep import EVERY_S
from enterprise_stream.store import Store
from enterprise_stream.store.console.days import days_over, keep_days
from enterprise_stream.store.privacy import Limits, erase_sessions, retain
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.clock import WALL_MS

DAY = 86_400_000
NOW = round(WALL_MS)
LIMITS = Limits(transcripts=30, calls=365, requests=90, spending=1000)


@pytest.mark.requirement("S28")
async def test_each_kind_goes_in_its_time_and_not_before(store: Store) -> None:
    for days in (0, 29, 31, 89, 91, 364, 366):
        await comes(store, f"d{days:03}", NOW - days * DAY)
    done = await retain(store, LIMITS, NOW)
    assert (done.transcripts, done.calls, done.requests, done.spending) == (5, 1, 6, 0)
    rows = await rows_of(store)
    words = {row["session"]: bool(row["question"]) for row in rows["turns"]}
    assert words == {"d000": True, "d029": True, "d031": False, "d089": False, "d091": False, "d364": False}
    assert {row["session"]: row["forgotten"] for row in rows["conversations"]} == {
        session: not kept for session, kept in words.items()
    }
    assert {row["session"] for row in rows["bookings"]} == {"d000", "d029", "d031", "d089"}
    assert len(rows["outbox"]) == 8
    without = [row for name in ("turns", "conversations") for row in rows[name] if row["session"] > "d030"]
    assert found_in(json.dumps(without)) == []
    assert all(row["total_ms"] == 800 for row in rows["turns"])
    assert {row["session"] for row in rows["spending"]} == {*words, ""}


async def test_doing_it_again_changes_nothing(store: Store) -> None:
    for days in (0, 40, 400):
        await comes(store, f"d{days}", NOW - days * DAY)
    assert (await retain(store, LIMITS, NOW)).total > 0
    before = await rows_of(store)
    assert (await retain(store, LIMITS, NOW)).total == 0
    assert await rows_of(store) == before


async def test_more_than_a_batch_goes_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enterprise_stream.store.privacy.retention.BATCH", 3)
    for number in range(8):
        await comes(store, f"s{number}", NOW - 40 * DAY)
    done = await retain(store, LIMITS, NOW)
    assert (done.transcripts, done.calls) == (8, 0)


async def test_a_call_that_goes_on_keeps_its_words(store: Store) -> None:
    await comes(store, "live", NOW - 40 * DAY, ended=False)
    assert (await retain(store, LIMITS, NOW)).transcripts == 0


async def test_spending_is_kept_for_ever_or_as_long_as_it_is_said(store: Store) -> None:
    await comes(store, "s", NOW)
    later = NOW + 1001 * DAY
    async with store.reading() as connection:
        over = await days_over(connection, "2026-05-30")
    await store.write(partial(keep_days, over=over))
    await retain(store, Limits(30, 365, 90, 0), later)
    assert (await rows_of(store))["spending"]
    rows = await rows_of(store)
    assert [len(rows[name]) for name in ("spending", "calls", "days")] == [1, 1, 1]
    await retain(store, LIMITS, later)
    rows = await rows_of(store)
    assert rows["spending"] == rows["calls"] == rows["days"] == []


async def test_that_a_session_was_erased_is_itself_forgotten(store: Store) -> None:
    await erase_sessions(store, ["s"], NOW)
    await retain(store, LIMITS, NOW + 29 * DAY)
    assert len((await rows_of(store))["erased"]) == 1
    await retain(store, LIMITS, NOW + 31 * DAY)
    assert (await rows_of(store))["erased"] == []


async def owners(store: Store) -> set[str]:
    """Whose amounts there are."""
    rows = await rows_of(store)
    return {row["session"] for name in ("spending", "calls") for row in rows[name]}


async def test_whose_amounts_were_goes_with_the_call_also_where_no_call_is_kept(store: Store) -> None:
    await store.write(partial(bought, session="said_nothing"))  # on 2026-05-28
    await retain(store, LIMITS, NOW + 364 * DAY)
    assert await owners(store) == {"said_nothing"}
    await retain(store, LIMITS, NOW + 367 * DAY)
    assert await owners(store) == {""}


async def test_what_an_erased_call_went_on_to_cost_is_nobody_s_in_the_end(store: Store) -> None:
    await erase_sessions(store, ["went_on"], NOW)
    await store.write(partial(bought, session="went_on"))
    await retain(store, LIMITS, NOW + 31 * DAY)
    assert await owners(store) == {""}


@pytest.mark.requirement("S28")
async def test_upkeep_does_it_by_the_clock(store: Store) -> None:
    clock = FakeClock()
    upkeep = Upkeep(store, MemoryLog(clock, 60), LIMITS, clock)
    await comes(store, "s", NOW)
    await comes(store, "silent", NOW, ended=False)
    await upkeep.once()
    assert found_in(json.dumps(await rows_of(store)))
    clock.advance(31 * DAY)
    with capture_logs() as logs:
        await upkeep.once()
    rows = await rows_of(store)
    assert found_in(json.dumps({name: rows[name] for name in ("turns", "conversations")})) == []
    assert {row["session"]: row["end_reason"] for row in rows["conversations"]} == {"s": "left", "silent": "lost"}
    assert [(line["event"], line["transcripts"]) for line in logs] == [("retention", 2)]
    assert found_in(json.dumps(logs)) == []


async def test_a_failing_database_is_told_and_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enterprise_stream.server.projection.upkeep.EVERY_S", 0.01)
    assert EVERY_S == 3600
    tries = 0

    async def fails(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise StoreError("not now")

    monkeypatch.setattr("enterprise_stream.server.projection.upkeep.retain", fails)
    clock = FakeClock()
    with capture_logs() as logs:
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            task = group.create_task(Upkeep(store, MemoryLog(clock, 60), LIMITS, clock).run())
            while tries < 3:  # noqa: ASYNC110 - it has no event for it
                await asyncio.sleep(0.01)
            task.cancel()
    assert {line["event"] for line in logs} == {"upkeep_failed"}
