"""What was told is in the database, once, whatever happens to it meanwhile."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from tests.projection.conftest import calls_in, turns_in
from tests.projection.telling import ANSWER, QUESTION, call, ready, turn

from enterprise_stream.log.ports import Entry
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.server.access.lease import Lease
from enterprise_stream.server.notes import Notes
from enterprise_stream.server.projection import Projector, Wording
from enterprise_stream.server.resume_token import Digests
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.calls import end_silent, keep
from enterprise_stream.store.calls.keeping import SILENT_MS
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.clock import WALL_MS
from enterprise_stream.wire.codec import serialise
from enterprise_stream.wire.parts import Consent


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATHER_S", "RETRY_S"):
        monkeypatch.setattr(f"enterprise_stream.server.projection.projector.{name}", 0.001)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the writer has no event for it
            await asyncio.sleep(0.005)


@pytest.mark.requirement("S4")
async def test_a_call_is_its_tenant_s_also_when_it_is_read_back_from_the_log(store: Store, tmp_path: Path) -> None:
    notes = Notes(Digests(), "sandra", lease=Lease("casas")).text()
    async with (
        SqliteLog(tmp_path / "sessions.db", FakeClock(), 400) as log,
        Projector(store, FakeClock(), Wording()) as projector,
    ):
        for session, tenant in (("s", "casas"), ("other", "")):
            projector.belongs(session, tenant)
            for message in call():
                projector.told(session, message)
            await projector.ended(session, "left")
        claim = await log.claim("killed")
        await log.append("killed", claim.epoch, [Entry(m.seq, serialise(m)) for m in call() if m.seq])
        await log.note("killed", claim.epoch, notes)
        await projector.restore(log)
    assert {row["session"]: row["tenant"] for row in await calls_in(store)} == {
        "s": "casas", "other": "", "killed": "casas",
    }  # fmt: skip


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
async def test_signs_that_are_in_no_text_keep_no_call_out(store: Store, sign: str) -> None:
    async with Projector(store, FakeClock(), Wording()) as projector:
        for session, question in (("odd", f"¿Tienen{sign} piscina?"), ("plain", QUESTION)):
            for message in (ready(), *turn(1, 2, question, f"Sí{sign} claro.")):
                projector.told(session, message)
        async with asyncio.timeout(5):
            for session in ("odd", "plain"):
                await projector.ended(session, "left")
    odd, plain = await turns_in(store)
    assert plain["question"] == QUESTION
    assert odd["question"].startswith("¿Tienen")
    assert odd["question"].endswith("piscina?")
    assert sign not in odd["question"] + odd["answer"]


async def test_a_call_is_kept_with_all_that_is_known_of_its_turns(store: Store) -> None:
    clock = FakeClock()
    async with Projector(store, clock, Wording()) as projector:
        projector.consented("s", Consent(version="2026-11", given=True))
        for message in call():
            projector.told("s", message)
        clock.advance(60_000)
        await projector.ended("s", "left", 5_000)
    (kept,) = await calls_in(store)
    assert (kept["language"], kept["voice"], kept["turns"], kept["unanswered"]) == ("es", "sandra", 2, 0)
    assert (kept["started_at"], kept["ended_at"], kept["end_reason"]) == (WALL_MS, WALL_MS + 55_000, "left")
    assert (kept["microdollars"], kept["voice_to_voice_ms"], kept["slowest_stage"]) == (1_144, 800, "first_audio")
    assert (kept["consent_version"], kept["consent_given"], kept["consent_at"]) == ("2026-11", True, WALL_MS)
    assert (kept["first_words"], kept["words"]) == (QUESTION, "tienen piscina si una de agua salada")
    first, second = await turns_in(store)
    assert (first["question"], first["answer"], first["audio_ms"], first["speculated"]) == (
        QUESTION,
        ANSWER,
        2_000,
        True,
    )
    assert json.loads(first["captions"])[1] == ["una", 300, 550]
    assert json.loads(first["stages"]) == [["endpoint", 250], ["first_audio", 550]]
    assert (first["slow_stage"], first["total_ms"], first["voice_to_voice_ms"]) == ("first_audio", 800, 800)
    assert (second["stt"], second["llm"], second["tts"]) == (172, 100, 300)


async def test_an_answer_that_was_cut_is_kept_as_far_as_it_was_made_and_heard(store: Store) -> None:
    from enterprise_stream.wire import messages as wire

    told = list(turn(1, 2))
    async with Projector(store, FakeClock(), Wording()) as projector:
        projector.told("s", ready())
        for message in told[:10]:
            projector.told("s", message)
        projector.told(
            "s", wire.InterruptedMessage(seq=12, turn=1, heard_text="Sí, una", played_ms=500, reason="barge_in")
        )
        await projector.ended("s", "left")
    (kept,) = await turns_in(store)
    assert (kept["answer"].strip(), kept["heard_text"], kept["interrupted"]) == (ANSWER, "Sí, una", "barge_in")


async def test_a_page_that_is_only_opened_is_no_call(store: Store) -> None:
    async with Projector(store, FakeClock(), Wording()) as projector:
        projector.told("s", ready())
        projector.consented("s", Consent(version="1", given=True))
        await projector.ended("s", "left")
    assert await calls_in(store) == []


async def test_telling_it_again_changes_nothing_and_less_takes_nothing_back(store: Store) -> None:
    told = call(3)
    clock = FakeClock()
    async with Projector(store, clock, Wording()) as projector:
        for message in told:
            projector.told("s", message)
    before = await calls_in(store), await turns_in(store)
    clock.advance(90_000)
    for cut in (len(told), len(told) // 2, 8):
        async with Projector(store, clock, Wording()) as projector:
            projector.took_up("s", [Entry(message.seq, serialise(message)) for message in told[:cut]])
        calls, turns = await calls_in(store), await turns_in(store)
        assert turns == before[1]
        assert [call | {"seen_at": 0} for call in calls] == [call | {"seen_at": 0} for call in before[0]]


async def test_without_words_only_figures_are_kept(store: Store) -> None:
    async with Projector(store, FakeClock(), Wording(kept=False)) as projector:
        for message in call():
            projector.told("s", message)
        await projector.ended("s", "left")
    rows = json.dumps([await calls_in(store), await turns_in(store)])
    assert "piscina" not in rows
    assert (await turns_in(store))[0]["total_ms"] == 800


async def test_numbers_are_hidden_unless_the_owner_keeps_them(store: Store) -> None:
    said = "Mi móvil es 612 345 678"
    back = "Anoto el 612 345 678, gracias."
    async with Projector(store, FakeClock(), Wording()) as projector:
        for message in (ready(), *turn(1, 2, said, back)):
            projector.told("hidden", message)
    async with Projector(store, FakeClock(), Wording(numbers=True)) as projector:
        for message in (ready(), *turn(1, 2, said, back)):
            projector.told("kept", message)
    hidden, kept = await turns_in(store)
    rows = json.dumps([hidden, (await calls_in(store))[0]])
    assert not any(part in rows for part in ("612", "345", "678"))
    assert "Anoto el (number hidden), gracias." in hidden["answer"]
    assert (kept["question"], kept["answer"]) == (said, back)


class Disk:
    """The database, which fails while it is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self.tries = 0
        monkeypatch.setattr("enterprise_stream.server.projection.projector.keep", self._keep)
        monkeypatch.setattr("enterprise_stream.store.writer.FIRST_RETRY_S", 0.001)

    async def _keep(self, *given: Any, **named: Any) -> None:
        self.tries += 1
        if self.full:
            raise OperationalError("INSERT", {}, OSError("database or disk is full"))
        await keep(*given, **named)


async def test_a_full_disk_is_told_once_and_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    disk.full = True
    with capture_logs() as logs:
        async with Projector(store, FakeClock(), Wording()) as projector:
            for number in range(30):
                for message in call(2):
                    projector.told(f"s{number:02}", message)
            await until(lambda: disk.tries >= 3)
            assert projector.waiting == 60
            assert store.failing
            disk.full = False
            await until(lambda: projector.waiting == 0)
    assert [line["event"] for line in logs] == ["store_failing", "store_recovered"]
    assert len(await turns_in(store)) == 60
    assert [call["turns"] for call in await calls_in(store)] == [2] * 30


async def test_past_the_bound_new_turns_are_not_kept_which_is_told_and_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    disk.full = True
    with capture_logs() as logs:
        async with Projector(store, FakeClock(), Wording(), max_waiting=5) as projector:
            for message in call(8):
                projector.told("s", message)
            assert (projector.waiting, projector.refused) == (5, 3)
            disk.full = False
            await until(lambda: projector.waiting == 0)
            for message in turn(9, 500):
                projector.told("s", message)
            await projector.ended("s", "left")
    assert [line["event"] for line in logs].count("calls_full") == 1
    assert [kept["turn"] for kept in await turns_in(store)] == [1, 2, 3, 4, 5, 9]


async def test_a_fault_costs_the_record_of_one_call_and_nothing_else(store: Store) -> None:
    with capture_logs() as logs:
        async with Projector(store, FakeClock(), Wording()) as projector:
            for message in call():
                projector.told("good", message)
                projector.told("bad", message if message.seq < 3 else None)  # type: ignore[arg-type]  # a fault of ours
            await projector.ended("good", "left")
            await projector.ended("bad", "left")
    assert [call["session"] for call in await calls_in(store)] == ["good"]
    assert [line["event"] for line in logs] == ["call_not_kept"]


async def test_a_row_that_no_database_takes_stops_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def picky(connection: Any, calls: Any, changed: Any) -> None:
        if any(call.session == "bad" for call in calls):
            raise ValueError("not to be written")
        await keep(connection, calls, changed)

    monkeypatch.setattr("enterprise_stream.server.projection.projector.keep", picky)
    async with Projector(store, FakeClock(), Wording()) as projector:
        for session in ("bad", "good", "other"):
            for message in call():
                projector.told(session, message)
        await asyncio.gather(*(projector.ended(session, "left") for session in ("bad", "good", "other")))
        assert projector._silent == set()
    assert [call["session"] for call in await calls_in(store)] == ["good", "other"]


async def test_a_call_that_went_to_another_process_leaves_nothing_where_it_cannot_be_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def moves(connection: Any, calls: Any, changed: Any) -> None:
        projector.moved("s")
        raise ValueError("not to be written")

    monkeypatch.setattr("enterprise_stream.server.projection.projector.keep", moves)
    async with Projector(store, FakeClock(), Wording()) as projector:
        for message in call():
            projector.told("s", message)
        await until(lambda: not projector.waiting)
        await asyncio.sleep(0.05)
        assert projector._silent == set()


async def test_a_quiet_call_on_a_busy_server_is_said_to_go_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes as fast as the disk takes up that it goes on, and the busy call never pauses for that."""
    monkeypatch.setattr("enterprise_stream.server.projection.projector.SIGN_S", 0.01)
    clock = FakeClock()
    async with asyncio.timeout(60), Projector(store, clock, Wording()) as projector:
        for message in call():
            projector.told("quiet", message)
        busy = chain.from_iterable(turn(number, 100 * number) for number in count(1))
        while clock.now_ms() <= SILENT_MS:
            projector.told("busy", next(busy))
            await asyncio.sleep(0.001)
            seen = {call["session"]: call["seen_at"] for call in await calls_in(store)}
            if seen.get("quiet", 0) >= clock.wall_ms():
                clock.advance(4_000)
        await store.write(partial(end_silent, now=round(clock.wall_ms())))
        ends = {call["session"]: call["ended_at"] for call in await calls_in(store)}
    assert clock.now_ms() > SILENT_MS
    assert ends == {"busy": None, "quiet": None}


WRITER = """
import asyncio, sys
from pathlib import Path
from tests.projection.telling import call
from enterprise_stream.log.ports import Entry
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.server.projection import Projector, Wording
from enterprise_stream.store import Store, database_url
from enterprise_stream.testing import FakeClock
from enterprise_stream.wire.codec import serialise

async def main(folder):
    clock = FakeClock()
    async with (
        Store.open(database_url(None, folder)) as store,
        Projector(store, clock, Wording()) as projector,
        SqliteLog(folder / "sessions.db", clock, 60) as log,
    ):
        epoch = (await log.claim("s")).epoch
        for message in call(5000):
            await log.append("s", epoch, [Entry(message.seq, serialise(message))])
            projector.told("s", message)
            print(message.seq, message.type, getattr(message, "turn", 0), flush=True)

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("after", [40, 400, 900])
async def test_nothing_logged_is_lost_to_a_kill(tmp_path: Path, after: int) -> None:
    last = await asyncio.to_thread(_tell_and_kill, tmp_path, after)
    clock = FakeClock()
    async with (
        Store.open(database_url(None, tmp_path)) as store,
        Projector(store, clock, Wording()) as projector,
        SqliteLog(tmp_path / "sessions.db", clock, 60) as log,
    ):
        await projector.restore(log)
        await projector.restore(log)
        kept = await turns_in(store)
        logged = [json.loads(entry.text) for entry in await log.read("s", 0)]
        begun = [message["turn"] for message in logged if message["type"] == "transcription"]
        ended = [message["turn"] for message in logged if message["type"] == "timeline"]
        assert len(logged) >= last
        assert [row["turn"] for row in kept] == begun
        assert [row["turn"] for row in kept if row["total_ms"] is not None] == ended
        assert (await calls_in(store))[0]["turns"] == len(begun)


def _tell_and_kill(folder: Path, after: int) -> int:
    """Have a process tell, kill it after so many messages, and return the number of the last that it logged."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env={"PYTHONPATH": str(root)})
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    return max(int(line.split()[0]) for line in lines if line.endswith("\n"))
