"""Guests whose connections are cut and spoilt at random while they talk, and both sides' histories held together.

The long version, with a real process that is killed, is `make chaos`.
"""

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from bench.chaos.guest import Forgotten, Guest, Result
from bench.chaos.history import History
from bench.chaos.storm import WRITTEN_WITHIN_S, Account, Plan, compare_items, compare_log

from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.testing import LoopClock, scripted_engines
from enterprise_stream.testing.fault_proxy import FaultProxy, HalfOpen, Latency, ResetPeer, Slicer, Timeout
from enterprise_stream.testing.scripted_server import CountingBrain, CountingVoice
from enterprise_stream.testing.spoken_numbers import NumberRecogniser

from .house import house

TOXICS = (
    (Latency(120, 80), "downstream"),
    (Slicer(9, 6, 1), "upstream"),
    (Timeout(), "downstream"),
    (HalfOpen(), "upstream"),
    (ResetPeer(), "downstream"),
)


async def spoil(proxy: FaultProxy, random: Random, struck: Counter[str], calm_s: float = 0.0) -> None:
    """One fault after another, with so much calm between them at least, until cancelled."""
    while True:
        await asyncio.sleep(calm_s + random.uniform(0.05, 0.4))
        if random.random() < 0.6:
            struck["cut"] += proxy.cut(0.6)
            continue
        toxic, direction = random.choice(TOXICS)
        proxy.add(toxic, direction)  # type: ignore[arg-type]
        struck[type(toxic).__name__] += 1
        await asyncio.sleep(random.uniform(0.1, 1.2))
        proxy.clear()


@dataclass(frozen=True, slots=True)
class Party:
    """Who talks: so many guests, who type or speak, so many questions each, and the least calm between two faults."""

    seed: int
    guests: int = 4
    questions: int = 25
    speak: bool = False
    calm_s: float = 0.0


SPEAKING = Party(3, guests=2, questions=10, speak=True, calm_s=0.7)
"""A question takes a second to say: faults faster than that let nobody finish."""


@pytest.mark.parametrize("party", [Party(1), Party(2), SPEAKING], ids=["typed", "typed too", "spoken"])
async def test_nothing_is_lost_or_said_twice_whatever_the_network_does(tmp_path: Path, party: Party) -> None:
    seed, random, struck = party.seed, Random(party.seed), Counter[str]()
    engines = scripted_engines(brain=CountingBrain(), voice=CountingVoice(), recogniser=NumberRecogniser())
    clock = asyncio.get_running_loop().time
    async with (
        SqliteLog(tmp_path / "sessions.db", LoopClock(), 400) as log,
        house(engines, session_log=log) as place,
        FaultProxy("127.0.0.1", place.port, seed=seed) as proxy,
    ):
        url = f"ws://127.0.0.1:{proxy.port}/ws/stream"
        guests = [
            Guest(lambda: url, Random(seed * 100 + number), clock, speaks=party.speak) for number in range(party.guests)
        ]
        async with asyncio.TaskGroup() as group:
            spoiling = group.create_task(spoil(proxy, random, struck, party.calm_s))
            async with asyncio.TaskGroup() as talking:
                for guest in guests:
                    talking.create_task(guest.talk(range(party.questions)))
            spoiling.cancel()
        proxy.clear()
        for guest in guests:
            assert not [*compare_items(guest, await guest.listing())]
            kept = await log.read(guest.session, 0)
            assert [json.loads(entry.text)["seq"] for entry in kept] == sorted(guest.history.told)
            await guest.leave()
    assert struck.total() > (10 if party.speak else 20)
    for result in (guest.result for guest in guests):
        assert (result.answers, result.cut, result.forgotten) == (party.questions, 0, [])
        assert (result.stuck, result.unheard) == (0, 0)
        assert result.gaps
        assert not Counter.total(Counter(kind for history in result.histories.values() for kind in history.wrong))


@pytest.mark.parametrize(
    ("killed_at", "began", "told_at", "excused"),
    [
        (11.0, 0.0, 14.0, True),
        (12.0 + WRITTEN_WITHIN_S, 0.0, 14.0, True),
        (12.1 + WRITTEN_WITHIN_S, 0.0, 14.0, False),  # what waited is written by then
        (9.0, 0.0, 11.0, False),  # it comes back while the disk is full: it is kept waiting
        (11.0, 11.5, 14.0, False),  # another process's session
        (None, 11.0, 14.0, False),
    ],
)
def test_only_a_process_that_is_killed_on_a_full_disk_may_cost_a_session(
    killed_at: float | None, began: float, told_at: float, excused: bool
) -> None:
    account = Account(Plan(1, 1, {}, 1.0), full=[(10.0, 12.0)])
    account.killed = [] if killed_at is None else [(killed_at, 13.5)]
    account.results = [Result(forgotten=[Forgotten("one", began, told_at, "resume_lost")])]
    assert bool(account.forgotten(excused=True)) is excused
    assert account.lost == (0 if excused else 1)


def test_a_session_that_its_guest_was_told_is_lost_may_lack_its_last_messages_alone(tmp_path: Path) -> None:
    history = History(told={seq: {"type": "pong", "seq": seq} for seq in range(1, 6)})
    (tmp_path / "enterprise-stream").mkdir()
    with closing(sqlite3.connect(tmp_path / "enterprise-stream" / "sessions.db")) as file:
        file.execute("CREATE TABLE entry (session TEXT, seq INTEGER, text TEXT)")
        rows = [("one", seq, json.dumps(history.told[seq])) for seq in (1, 3)]
        file.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
        file.commit()
    wrong = "one: message {} is not as it was logged"
    assert [*compare_log("one", history, tmp_path, tail=False)] == [wrong.format(2)]
    assert [*compare_log("one", history, tmp_path)] == [wrong.format(seq) for seq in (2, 4, 5)]
