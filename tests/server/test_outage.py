"""A log that fails in passing, as a full disk does, costs nobody the session, and what is erased never reaches it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path

import pytest

from enterprise_stream.log.ports import FencedError, LogError, LostError, TracesError
from enterprise_stream.observe.log_metrics import LogCollector
from enterprise_stream.observe.logs import SessionLog
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.live_session import RENEW_S
from enterprise_stream.server.log_outage import LogOutage
from enterprise_stream.server.record import MAX_BEHIND, MAX_BEHIND_CHARS, RETRY_S, Record
from enterprise_stream.server.sessions import FIND_WITHIN_S
from enterprise_stream.testing import LoopClock, ScriptedBrain, scripted_engines
from enterprise_stream.wire.messages import TestResultMessage

from .failing_log import StubbornFile, StubbornLog
from .house import Client, House, client, house
from .returning import back, comeback, cut, last_seq

PATIENCE_S = 2.5
"""How long the clients of the impatient wait for an answer."""


def said(text: str) -> partial[TestResultMessage]:
    """A message with these words."""
    return partial(TestResultMessage, id=text)


async def kept(log: StubbornLog | StubbornFile, session: str, after: int = 0) -> list[str]:
    """The messages that a log has of a session, by their types."""
    return [json.loads(entry.text)["type"] for entry in await log.read(session, after)]


@asynccontextmanager
async def process(folder: Path, ttl_s: float = 400) -> AsyncIterator[tuple[House, StubbornFile]]:
    """A server with a session log of its own on the same file."""
    engines = scripted_engines(brain=ScriptedBrain("Cien euros."))
    async with StubbornFile(folder, ttl_s) as log, house(engines, session_log=log) as place:
        yield place, log


async def test_a_log_that_fails_costs_nothing_while_the_process_lives() -> None:
    log = StubbornLog()
    async with house(session_log=log) as place:
        async with client(place) as guest:
            how = comeback(guest)
            log.broken = True
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            had = guest.messages
        async with back(place, how, 1) as late:
            assert late.messages[1 : len(had)] == had[1:]
        log.broken = False
        assert len(await log.read(how.session_id, 0)) == 1, "the log has no more than it could take"


async def test_a_log_that_can_be_written_again_has_all_that_was_told() -> None:
    log = StubbornLog()
    async with house(session_log=log) as place, client(place) as guest:
        how = comeback(guest)
        log.broken = True
        await guest.send("text", text="¿Y bien?")
        await guest.wait("audio_end")
        log.broken = False
        await asyncio.sleep(1)
        await guest.ask("test", "test")
        kept = await log.read(how.session_id, 0)
        assert [json.loads(entry.text)["type"] for entry in kept] == [m["type"] for m in guest.messages]


async def test_more_than_can_wait_for_a_log_is_told_to_be_lost() -> None:
    log = StubbornLog()
    async with house(session_log=log) as place:
        async with client(place) as guest:
            how = comeback(guest)
            log.broken = True
            for number in range(MAX_BEHIND + 200):
                await guest.send("test", id=number)
                if number % 40 == 0:
                    await asyncio.sleep(1)
            log.broken = False
            await asyncio.sleep(1)
            await guest.ask("test", "test")
        async with client(place) as late:
            assert (await late.ask("start", "error", resume=how.fields(1)))["code"] == "resume_lost"


async def test_what_waits_for_a_log_is_bounded_by_its_length_too() -> None:
    log = StubbornLog()
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    log.broken = True
    long = partial(TestResultMessage, id="x" * (MAX_BEHIND_CHARS // 10))
    for _ in range(9):
        await record.number(long)
    assert len(await record.after(0)) == 9
    await record.number(long)
    with pytest.raises(LostError):
        await record.after(0)


def shown(outage: LogOutage) -> dict[str, float]:
    """The numbers of the session log as Prometheus reads them, without their common name."""
    metrics = Metrics()
    metrics.watch(LogCollector(lambda: outage.state))
    lines = [
        line for line in metrics.render().decode().splitlines() if line.startswith("enterprise_stream_session_log")
    ]
    values = dict(line.removeprefix("enterprise_stream_session_log_").split() for line in lines)
    return {name: float(value) for name, value in values.items()}


async def test_a_log_that_fails_is_counted_until_it_has_caught_up() -> None:
    log, outage = StubbornLog(), LogOutage(LoopClock())
    records = [Record(log, name, SessionLog(name), outage=outage) for name in ("one", "two")]
    for record in records:
        await record.open()
    assert set(shown(outage).values()) == {0.0}
    log.broken = True
    for _ in range(3):
        for record in records:
            await record.number(said("x"))
            await asyncio.sleep(RETRY_S / 2)
    assert shown(outage) == {
        "errors_total": 6.0, "given_up_total": 0.0, "failing": 2.0, "waiting": 6.0,
        "out_seconds": pytest.approx(6 * RETRY_S / 2),
    }  # fmt: skip
    log.broken = False
    await asyncio.sleep(RETRY_S)
    await records[0].number(said("x"))
    assert (shown(outage)["failing"], shown(outage)["waiting"]) == (1.0, 3.0)
    await records[1].forget()  # its session is over
    assert {name: value for name, value in shown(outage).items() if value} == {"errors_total": 6.0}


async def test_a_log_that_is_given_up_is_counted_once_and_fails_no_more() -> None:
    log, outage = StubbornLog(), LogOutage(LoopClock())
    record = Record(log, "one", SessionLog("one"), outage=outage)
    await record.open()
    log.broken = True
    for _ in range(11):
        await record.number(partial(TestResultMessage, id="x" * (MAX_BEHIND_CHARS // 10)))
    found = shown(outage)
    assert (found["given_up_total"], found["failing"], found["waiting"], found["out_seconds"]) == (1.0, 0.0, 0.0, 0.0)


async def test_a_server_s_own_sessions_are_counted() -> None:
    log = StubbornLog()
    async with house(session_log=log) as place, client(place) as guest:
        log.broken = True
        await guest.ask("test", "test")
        assert place.service.log_outage.state.sessions == 1
        log.broken = False
        await asyncio.sleep(2)
        assert place.service.log_outage.state.sessions == 0


async def test_who_comes_while_the_log_fails_is_served_all_the_same() -> None:
    log = StubbornLog()
    log.broken = True
    async with house(session_log=log) as place, client(place) as guest:
        await guest.send("text", text="¿Y bien?")
        await guest.wait("audio_end")


# --- an outage that is longer than a log keeps a session --------------------------------------------------------------

KEPT_S = RENEW_S * 1.5
"""How long the logs of these tests keep a session whose owner is silent."""


async def outlast(guest: Client, log: StubbornFile) -> None:
    """The log fails for longer, while the guest is there."""
    log.broken = True
    for _ in range(4):
        await asyncio.sleep(KEPT_S / 3)
        await guest.ask("test", "test")
    log.broken = False


async def test_a_log_that_fails_for_longer_than_it_keeps_a_session_ends_none(tmp_path: Path) -> None:
    async with process(tmp_path, KEPT_S) as (place, log):
        async with client(place) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            before = last_seq(guest)
            await outlast(guest, log)
            await asyncio.sleep(2)  # with no word from anybody
            assert guest.closed is None
            had = guest.messages[before:]
            assert await kept(log, how.session_id, before) == [message["type"] for message in had]
            await guest.send("text", text="¿Y ahora?")
            await guest.wait("response_complete", 2)
            had = guest.messages[before:]
        async with back(place, how, before) as again:
            assert again.messages[1 : len(had) + 1] == had


async def test_a_guest_who_is_away_meanwhile_comes_back_to_what_was_told_since_it_failed(tmp_path: Path) -> None:
    async with process(tmp_path, KEPT_S) as (place, log):
        async with client(place) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            log.broken = True
            await guest.ask("test", "test")
            had = last_seq(guest)
        await asyncio.sleep(KEPT_S * 1.5)
        log.broken = False
        await asyncio.sleep(RENEW_S + 1)
        async with back(place, how, had) as again:
            assert (await again.ask("test", "test"))["ok"] is True


async def test_what_could_not_wait_for_so_long_costs_the_resume_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enterprise_stream.server.record.MAX_BEHIND", 5)
    async with process(tmp_path, KEPT_S) as (place, log):
        async with client(place) as guest:
            how = comeback(guest)
            await outlast(guest, log)
            await asyncio.sleep(RENEW_S * 2)
            assert (await guest.ask("test", "test"))["ok"] is True
            assert (await guest.ask("erase_data", "data_erased"))["seq"]
        async with client(place) as late:
            assert (await late.ask("start", "error", resume=how.fields(1)))["code"] == "resume_lost"


async def test_whoever_was_taken_over_in_an_outage_falls_silent_after_it() -> None:
    log = StubbornLog(ttl_s=KEPT_S)
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    await record.number(said("a"))
    log.broken = True
    await record.number(said("b"))
    log.broken = False
    await log.claim("one")
    await asyncio.sleep(RETRY_S)
    with pytest.raises(FencedError):
        await record.number(said("c"))


async def test_a_process_that_stood_still_for_so_long_owns_nothing_again() -> None:
    log = StubbornLog(ttl_s=KEPT_S)
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    await asyncio.sleep(KEPT_S * 2)
    with pytest.raises(FencedError):
        await record.number(said("a"))


# --- a session that begins in an outage -------------------------------------------------------------------------------


async def test_a_session_that_begins_while_the_log_fails_is_logged_as_soon_as_that_goes() -> None:
    log = StubbornLog()
    log.broken = True
    async with house(session_log=log) as place, client(place) as guest:
        how = comeback(guest)
        await guest.send("text", text="¿Y bien?")
        await guest.wait("audio_end")
        log.broken = False
        await asyncio.sleep(2)  # with no word from anybody
        assert await kept(log, how.session_id) == [message["type"] for message in guest.messages]
        assert log.refused == 0


async def test_a_session_that_begins_while_the_log_fails_lives_as_long_as_any() -> None:
    log = StubbornLog()
    log.broken = True
    async with house(session_log=log) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await asyncio.sleep(RENEW_S * 2.5)
            assert (await guest.ask("test", "test"))["ok"] is True
            had = guest.messages
        async with back(place, how, 1) as again:
            assert again.messages[1 : len(had)] == had[1:]


async def test_another_process_goes_on_with_a_session_that_began_while_the_log_failed(tmp_path: Path) -> None:
    async with process(tmp_path) as (former, log):
        log.broken = True
        async with client(former) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            log.broken = False
            await asyncio.sleep(2)
            had = last_seq(guest)
            async with process(tmp_path) as (latter, _), back(latter, how, had) as again:
                history = await again.ask("get_history", "history")
                assert history["items"][0]["text"] == "¿Y bien?"


async def test_what_waits_is_written_at_once_when_the_process_is_asked_to_end() -> None:
    log = StubbornLog()
    record = Record(log, "one", SessionLog("one"))
    log.broken = True
    await record.open()
    await record.number(said("a"))
    log.broken = False
    await record.write_notes()
    assert await kept(log, "one") == ["test"]


async def test_a_session_that_was_never_claimed_ends_like_any() -> None:
    log = StubbornLog()
    log.broken = True
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    await record.number(said("a"))
    await record.renew()
    await record.forget()
    log.broken = False
    assert await log.sessions() == []


async def test_whoever_writes_to_the_log_at_the_same_time_writes_nothing_twice() -> None:
    log = StubbornLog(0.05)
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(record.number(said(str(number))))
            group.create_task(record.renew())
    assert (len(await kept(log, "one")), log.refused) == (5, 0)


async def test_what_is_logged_while_it_is_read_is_in_what_was_missed() -> None:
    log = StubbornLog(0.05)
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    await record.number(said("a"))
    log.broken = True
    await record.number(said("b"))
    log.broken = False
    await asyncio.sleep(RETRY_S)
    missed, _ = await asyncio.gather(record.after(0), record.renew())
    assert [entry.seq for entry in missed] == [1, 2]


# --- coming back in an outage -----------------------------------------------------------------------------------------


async def test_who_comes_back_to_another_process_while_the_log_fails_finds_the_session(tmp_path: Path) -> None:
    async with process(tmp_path) as (former, _), process(tmp_path) as (latter, log), client(former) as guest:
        how = comeback(guest)
        await guest.send("text", text="¿Y bien?")
        await guest.wait("audio_end")
        log.broken = True
        async with client(latter) as again:
            await again.send("start", resume=how.fields(last_seq(guest)))
            await asyncio.sleep(FIND_WITHIN_S / 2)
            assert not again.seen("error")
            log.broken = False
            await again.wait("started")
            history = await again.ask("get_history", "history")
            assert history["items"][0]["text"] == "¿Y bien?"


async def test_what_was_missed_is_read_again_where_the_log_fails_to_tell_it() -> None:
    log = StubbornLog()
    async with house(session_log=log) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await guest.ask("test", "test")
            cut(guest)
        log.broken = True
        async with client(place) as again:
            await again.send("start", resume=how.fields(1))
            await asyncio.sleep(1)
            log.broken = False
            await again.wait("started")
            assert [message["type"] for message in again.messages] == ["ready", "test", "started"]


async def impatient(place: House, resume: dict[str, object]) -> tuple[Client, float]:
    """Waits for less long than the server, and comes back again and again; what it was told, and after how long."""
    began = asyncio.get_running_loop().time()
    while True:
        async with client(place) as guest:
            await guest.send("start", resume=resume)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await guest.until(lambda: bool(guest.seen("error") or guest.seen("started")), "an outcome")
            except TimeoutError:
                cut(guest)
                continue
            return guest, asyncio.get_running_loop().time() - began


async def test_a_log_that_fails_for_long_is_told_to_be_lost_also_to_clients_that_wait_for_less(tmp_path: Path) -> None:
    async with process(tmp_path) as (former, _), process(tmp_path) as (latter, log):
        async with client(former) as guest:
            how = comeback(guest)
            await asyncio.sleep(2)
        log.broken = True
        told, after_s = await impatient(latter, how.fields(1))
        assert told.seen("error")[0]["code"] == "resume_lost"
        assert FIND_WITHIN_S <= after_s < FIND_WITHIN_S + PATIENCE_S
        assert not latter.app.state.sessions._searches


async def test_an_impatient_client_goes_on_once_the_log_goes(tmp_path: Path) -> None:
    async with process(tmp_path) as (former, _), process(tmp_path) as (latter, log):
        async with client(former) as guest:
            how = comeback(guest)
            await asyncio.sleep(2)
        log.broken = True
        async with asyncio.TaskGroup() as group:
            coming = group.create_task(impatient(latter, how.fields(1)))
            await asyncio.sleep(PATIENCE_S * 2.5)
            log.broken = False
        told, _ = coming.result()
        assert told.seen("started")
        assert not told.seen("error")


# --- erasing in an outage ---------------------------------------------------------------------------------------------

CANARY = "Quetzalina"


@pytest.mark.requirement("S27")
@pytest.mark.parametrize("fails_to_the_end", [True, False])
async def test_what_waits_for_a_log_that_fails_never_reaches_it_once_it_is_erased(fails_to_the_end: bool) -> None:
    log = StubbornLog()
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    await record.number(said(f"{CANARY} before"))
    log.broken = True
    await record.number(said(f"{CANARY} meanwhile"))
    log.broken = fails_to_the_end
    with pytest.raises(LogError) if fails_to_the_end else nullcontext():
        await record.erase()
    log.broken = False
    await asyncio.sleep(RETRY_S)
    await record.number(said("after"))
    assert [entry.seq for entry in await log.read("one", 2)] == [3]
    assert CANARY not in "".join(entry.text for entry in await log.read("one", 2))
    for forgotten in (0, 1):
        with pytest.raises(LostError):
            await log.read("one", forgotten)
        with pytest.raises(LostError):
            await record.after(forgotten)
    assert [entry.seq for entry in await record.after(2)] == [3]
    assert log.refused == 0


@pytest.mark.requirement("S27")
async def test_a_file_that_still_shows_what_was_erased_takes_what_is_told_after() -> None:
    log = StubbornLog()
    log.leaves_traces = True
    record = Record(log, "one", SessionLog("one"))
    await record.open()
    await record.number(said("before"))
    with pytest.raises(TracesError):
        await record.erase()
    await record.number(said("after"))
    assert await kept(log, "one", 1) == ["test"]
