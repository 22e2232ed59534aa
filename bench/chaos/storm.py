"""Guests who talk while faults strike, and the account of it, from both sides."""

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from bench.chaos.faults import DISK, SUDDEN, Fault
from bench.chaos.guest import PATIENCE_S, Forgotten, Guest, Result
from bench.chaos.history import History, Message
from bench.chaos.process import ServerProcess

from enterprise_stream.conversation.history import MAX_ITEMS
from enterprise_stream.testing.fault_proxy import FaultProxy

WRITTEN_WITHIN_S: Final = 1.0
"""Until what a full disk did not take is on it, once it does: as long as an idle session leaves a failed log alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen.

    Attributes:
        guests: at once.
        answers: each gets.
        faults: by name, and how many of each.
        every_s: a fault begins, on average.
        speaking: so many of the guests speak; the others type.
    """

    guests: int
    answers: int
    faults: Mapping[str, tuple[Fault, int]]
    every_s: float
    seed: int = 0
    speaking: int = 0


@dataclass(slots=True)
class Account:
    """What has happened.

    Attributes:
        struck: faults by name.
        results: of the guests.
        away: while no process served, from when until when, in seconds.
        killed: of these times, those after a process that had no time to write what waits.
        full: while the disk was full, likewise.
        differences: between what guests have and what the server's own history and log say.
    """

    plan: Plan
    struck: Counter[str] = field(default_factory=Counter)
    away: list[tuple[float, float]] = field(default_factory=list)
    killed: list[tuple[float, float]] = field(default_factory=list)
    full: list[tuple[float, float]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def wrong(self) -> Counter[str]:
        """What guests have found wrong themselves."""
        found: Counter[str] = Counter()
        for result in self.results:
            for history in result.histories.values():
                found.update(history.wrong)
        return found

    def gaps_ms(self, *, served: bool) -> list[float]:
        """How long comebacks took, in ms, while a process served, or of those that had to wait for one."""
        return [
            (until - began) * 1000
            for result in self.results
            for began, until in result.gaps
            if served is not any(began < end and until > start for start, end in self.away)
        ]

    @property
    def lost(self) -> int:
        """Messages, sound, answers, spoken questions and sessions that are missing."""
        wrong = self.wrong()
        unheard = sum(result.unheard for result in self.results)
        given_up = len(self.forgotten(excused=False))
        return wrong["hole"] + wrong["sound_hole"] + wrong["wrong_text"] + len(self.differences) + unheard + given_up

    @property
    def twice(self) -> int:
        """The same, that came twice."""
        wrong = self.wrong()
        return wrong["twice"] + wrong["sound_twice"]

    @property
    def stuck(self) -> int:
        """Questions without an answer."""
        return sum(result.stuck for result in self.results)

    def forgotten(self, *, excused: bool) -> list[Forgotten]:
        """Sessions that were not gone on with, by whether a fault may cost one.

        Only a process that is killed while the disk is full may, or before what that did not take is written.
        """
        return [
            session
            for result in self.results
            for session in result.forgotten
            if excused is any(self._excuses(killed, served, session) for killed, served in self.killed)
        ]

    def _excuses(self, killed: float, served: float, session: Forgotten) -> bool:
        unwritten = any(full <= killed <= free + WRITTEN_WITHIN_S for full, free in self.full)
        return unwritten and session.began <= killed <= session.at <= served + PATIENCE_S

    @property
    def talking(self) -> bool:
        """Whether every guest is there, and has been answered."""
        return bool(self.results) and all(result.answers for result in self.results)

    @property
    def answers(self) -> int:
        """That were over, whole or cut."""
        return sum(result.answers for result in self.results)

    def left(self) -> list[str]:
        """What was planned and has not been done."""
        undone = [
            f"{count - self.struck[name]} of {count} times {name}"
            for name, (_, count) in self.plan.faults.items()
            if self.struck[name] < count
        ]
        planned = self.plan.guests * self.plan.answers
        return undone if self.answers >= planned else [*undone, f"{planned - self.answers} of {planned} answers"]

    @property
    def sound(self) -> bool:
        """Whether all is as it should be."""
        return not (self.lost or self.twice or self.stuck or self.left())


async def storm(
    server: ServerProcess,
    plan: Plan,
    before_end: Callable[[], object] = lambda: None,
    account: Account | None = None,
) -> Account:
    """Let guests talk while faults strike; the server runs before, and has ended after.

    Args:
        server: whose process faults may replace.
        plan: what is to happen.
        before_end: told when the guests have left, before the server is ended.
        account: kept while it happens; a new one by default.
    """
    account, random = account or Account(plan), Random(plan.seed)
    async with FaultProxy("127.0.0.1", server.port, seed=plan.seed) as proxy:
        url = f"ws://127.0.0.1:{proxy.port}/ws/stream"
        guests = [
            Guest(lambda: url, Random(plan.seed * 1000 + number), speaks=number < plan.speaking)
            for number in range(plan.guests)
        ]
        account.results = [guest.result for guest in guests]
        async with asyncio.TaskGroup() as group:
            striking = group.create_task(_strike(server, proxy, account, random))
            for guest in guests:
                group.create_task(guest.talk(range(plan.answers), lambda: not striking.done()))
        proxy.clear()
        for guest in guests:
            try:
                account.differences += compare_items(guest, await guest.listing())
            except TimeoutError:
                account.differences.append(f"{guest.session}: the server does not tell its history")
            await guest.leave()
    before_end()
    await server.end()
    gone = {each.session for each in account.forgotten(excused=True)}
    for result in account.results:
        for session, history in result.histories.items():
            account.differences += compare_log(session, history, server.folder, tail=session not in gone)
    return account


async def _strike(server: ServerProcess, proxy: FaultProxy, account: Account, random: Random) -> None:
    """Every fault of the plan, one after another; guests talk until it is over."""
    plan = account.plan
    waiting = [name for name, (_, count) in plan.faults.items() for _ in range(count)]
    random.shuffle(waiting)
    for name in waiting:
        await asyncio.sleep(random.uniform(0.2, 1.8) * plan.every_s)
        began, process = time.monotonic(), server.pid
        await plan.faults[name][0](server, proxy, random)
        if server.pid != process:
            account.away.append((began, time.monotonic()))
            account.killed += account.away[-1:] if name in SUDDEN else []
        if name in DISK:
            account.full.append((began, time.monotonic()))
        account.struck[name] += 1


def compare_items(guest: Guest, items: list[Message]) -> Iterator[str]:
    """What the server's history says otherwise than the guest's."""
    theirs = [(item["role"], item["text"].strip()) for item in items if item["text"].strip()]
    ours = []
    for turn in guest.history.turns.values():
        said = turn.text.strip()
        ours.append(("user", turn.question))
        if turn.ended == "whole":
            ours.append(("assistant", said))
    if len(items) == MAX_ITEMS:  # it keeps no more: the guest's older ones are compared by the log alone
        theirs = theirs[next((n for n, (role, _) in enumerate(theirs) if role == "user"), 0) :]
        ours = ours[ours.index(theirs[0]) if theirs[0] in ours else 0 :]
    cut = {turn.question for turn in guest.history.turns.values() if turn.ended == "cut"}
    for number, (role, text) in enumerate(theirs):
        if role == "assistant" and number and theirs[number - 1][1] in cut:
            continue
        if (role, text) not in ours:
            yield f"{guest.session}: only the server has {role} {text!r}"
    for role, text in ours:
        if theirs.count((role, text)) != 1:
            yield f"{guest.session}: the server has {theirs.count((role, text))} times {role} {text!r}"


def compare_log(session: str, history: History, folder: Path, *, tail: bool = True) -> Iterator[str]:
    """What the log says otherwise than the guest was told; of a session that is over it may have nothing any more.

    Without `tail` the last messages may be missing: of a session that is lost, as its guest was told.
    """
    path = folder / "enterprise-stream" / "sessions.db"
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT seq, text FROM entry WHERE session = ?", (session,)).fetchall()
    logged = {seq: json.loads(text) for seq, text in rows}
    last = max(history.told if tail else logged, default=0)
    for seq, message in history.told.items():
        kept = logged.get(seq)
        if logged and seq <= last and (kept is None or _plain(kept) != _plain(message)):
            yield f"{session}: message {seq} is not as it was logged"


def _plain(message: Message) -> Message:
    return {name: value for name, value in message.items() if name != "resume_token"}
