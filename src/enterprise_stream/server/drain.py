"""The server's leave-taking: nobody else is let in, and each guest is told and let go at a good moment.

What a client gets is `going_away`, then what is under way, then a close with 1012; it comes back with `resume`, to the
process that follows where the log outlives this one.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from starlette.applications import Starlette

from enterprise_stream.clock import Clock
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.live_session import LiveSession
from enterprise_stream.server.sessions import Sessions
from enterprise_stream.session.outbox import SlowReaderError

log = structlog.get_logger(__name__)

SENTENCE_S: Final = 2.0
"""How long, at the end of the grace, the end of a sentence is waited for, in seconds."""

LOOK_S: Final = 0.05
"""How often it is looked whether a session is at ease, in seconds."""

SETTLED_S: Final = 0.2
"""How old a session is before it is told, in seconds: a client that comes back discards its new one at once, and would
take a message of it for one of the session that it resumes."""

TAKE_S: Final = 1.0
"""How long clients may take for the last that they are sent, beyond the grace, in seconds."""

REASON: Final = "This server is restarting; reconnect with `resume` to go on."


class Drain:
    """Empties one server; it begins once and is not taken back.

    Args:
        sessions: those to be seen off.
        admission: lets nobody in from then on.
        clock: the grace goes by it.
        metrics: how long it took.
        grace_s: how long guests may finish what they are at, in seconds.
    """

    def __init__(
        self, sessions: Sessions, admission: Admission, clock: Clock, metrics: Metrics, grace_s: float
    ) -> None:
        self._sessions = sessions
        self._admission = admission
        self._clock = clock
        self._metrics = metrics
        self._grace_s = grace_s

    async def run(self) -> None:
        """Let everybody go; returns when all are gone, or the grace is over."""
        began = self._clock.now_ms()
        self._admission.close()
        log.info("draining", sessions=len(self._sessions.connected()), grace_s=self._grace_s)
        try:
            async with asyncio.timeout(self._grace_s + TAKE_S), asyncio.TaskGroup() as group:
                await self._see_off_all(group)
        except TimeoutError:
            log.warning("drain_cut_short", sessions=len(self._sessions.connected()))
        for live in self._sessions.all():
            await live.write_notes()
        took_ms = self._clock.now_ms() - began
        self._metrics.door.drained(took_ms)
        log.info("drained", ms=round(took_ms))

    async def _see_off_all(self, group: asyncio.TaskGroup) -> None:
        """Until nobody is connected; whoever is let in at this moment, or resumes, is seen off too."""
        told: set[str] = set()
        while connected := self._sessions.connected():
            for live in connected:
                if live.id not in told:
                    told.add(live.id)
                    group.create_task(self._see_off(live))
            await asyncio.sleep(LOOK_S)

    async def _see_off(self, live: LiveSession) -> None:
        with suppress(SlowReaderError):  # what takes nothing is closed with the server
            await self._let_go(live)

    async def _let_go(self, live: LiveSession) -> None:
        await asyncio.sleep(max(0.0, SETTLED_S - (self._clock.now_ms() - live.lost_at) / 1000))
        if live not in self._sessions.connected():
            return  # a client that came back has left this session for its own
        live.announce_end(self._grace_s, REASON)
        try:
            async with asyncio.timeout(max(0.0, self._grace_s - SENTENCE_S)):
                while not live.session.at_ease:  # noqa: ASYNC110 - a state of the core, which tells nobody
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            await asyncio.sleep(min(live.session.sentence_ends_in_s(), SENTENCE_S, self._grace_s))
        live.let_go()


async def leave(app: Starlette) -> None:
    """Empty the server that serves an application."""
    drain: Drain = app.state.drain
    await drain.run()
