"""Trials: an owner changes her name, her facts or her voice, talks with her, and no guest notices.

A trial is a whole service of its own beside the one that guests have. It has no part in the statistics, ends by itself,
and there are few of them at once.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from starlette.requests import HTTPConnection

from enterprise_stream.clock import Clock
from enterprise_stream.contained import contained
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.server.access.admin import admin_of
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.closing import ClosedByUsError
from enterprise_stream.server.service import Service
from enterprise_stream.server.sessions import Sessions
from enterprise_stream.wire.codes import CloseCode

LASTS_S: Final = 15 * 60.0
"""How long a trial is there, in seconds."""

MOST: Final = 4
"""Trials at once: each holds a copy of the knowledge, and its own connections to vendors."""

WISH_CODES: Final = ("unknown_voice", "too_long", "bad_request")
"""Kinds of faults that a wish has beside those of a knowledge file."""

PREFIX: Final = "trial."
"""Of the subprotocol that asks for a trial instead of the service that guests have."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an owner wants to change; what is None or empty stays as it is.

    Attributes:
        name: how she calls herself.
        greeting: what she says to a greeting, by language.
        voice: the name of an engine, and after a colon the vendor's name for a voice.
        knowledge: the text of a knowledge file.
    """

    name: str | None = None
    greeting: Mapping[str, str] = field(default_factory=dict)
    voice: str | None = None
    knowledge: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """What there is to change.

    Attributes:
        voices: what `Wish.voice` may be, the one in use first.
        knowledge: the text of the knowledge file.
    """

    name: str
    greeting: Mapping[str, str]
    voices: tuple[str, ...]
    languages: tuple[str, ...]
    knowledge: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a wish cannot be had.

    Attributes:
        where: part of the wish: `persona`, `voice` or `knowledge`.
        line: of the knowledge, from 1; 0 where it concerns the whole.
        code: the kind of fault: one of `WISH_CODES`, or a knowledge file's `ProblemCode`.
        problem: what is wrong and what is allowed.
        todo: what to do.
        values: what a sentence about it in another language needs; which ones, its code says.
    """

    where: str
    line: int
    code: str
    problem: str
    todo: str
    values: Mapping[str, str] = field(default_factory=dict)


class WishError(EnterpriseStreamError):
    """A wish that cannot be had as it is."""

    code = "trial_invalid"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("The change cannot be tried as it is; see what is to be corrected.")
        self.faults = faults


class TrialsFullError(EnterpriseStreamError):
    """There are as many trials as there may be."""

    code = "trials_full"
    retryable = True

    def __init__(self) -> None:
        super().__init__("Too many trials are open; end one, or wait until one expires.")


class Rehearsal(Protocol):
    """Builds what a trial is served with; the composition root has one."""

    def present(self) -> Present:
        """What there is to change; blocks while it reads the knowledge file."""
        ...

    def built(self, wish: Wish) -> AbstractAsyncContextManager[Service]:
        """The service of a wish, while it is entered.

        Raises:
            WishError: it cannot be had.
            EnterpriseStreamError: an engine cannot be had now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Trial:
    """One of them, while it lasts.

    Attributes:
        expires_at: ms since 1970.
    """

    id: str
    service: Service
    sessions: Sessions
    expires_at: float


class Trials:
    """Owns every trial's task while `running`.

    Args:
        rehearsal: builds what they are served with.
        clock: dates their end.
        lasts_s: how long each is there, in seconds.
    """

    def __init__(self, rehearsal: Rehearsal, clock: Clock, lasts_s: float = LASTS_S) -> None:
        self._rehearsal = rehearsal
        self._clock = clock
        self._lasts_s = lasts_s
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._open: dict[str, Trial] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which trials may be; they end with it."""
        async with asyncio.TaskGroup() as self._group:
            try:
                yield
            finally:
                for task in self._tasks.values():
                    task.cancel()

    async def present(self) -> Present:
        """What there is to change."""
        return await asyncio.to_thread(self._rehearsal.present)

    def find(self, trial: str) -> Trial | None:
        """A trial that is open; None when it is over or never was."""
        return self._open.get(trial)

    async def open(self, wish: Wish) -> Trial:
        """Build a trial; returns when it can be talked with.

        Raises:
            WishError: the wish cannot be had.
            TrialsFullError: there are too many.
            EnterpriseStreamError: an engine cannot be had now.
        """
        if len(self._tasks) >= MOST:
            raise TrialsFullError
        name = secrets.token_urlsafe(12)
        built: asyncio.Future[Trial] = asyncio.get_running_loop().create_future()
        task = self._group.create_task(contained(self._hold(name, wish, built), "trial"))
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._forget(name, built))
        try:
            return await built
        except asyncio.CancelledError:
            task.cancel()  # nobody waits for it any more
            raise

    async def close(self, trial: str) -> None:
        """End a trial, and the calls in it; returns when its place is free. Nothing where there is none."""
        task = self._tasks.get(trial)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _hold(self, name: str, wish: Wish, built: asyncio.Future[Trial]) -> None:
        try:
            async with asyncio.timeout(self._lasts_s), self._rehearsal.built(wish) as service:
                sessions = Sessions(service)
                async with sessions.running():
                    trial = Trial(name, service, sessions, self._clock.wall_ms() + self._lasts_s * 1000)
                    self._open[name] = trial
                    built.set_result(trial)
                    try:
                        await asyncio.Event().wait()
                    finally:
                        sessions.end_all(ClosedByUsError(CloseCode.SESSION_OVER, "the trial is over"))
        except TimeoutError:
            pass  # it has lasted as long as it may
        except EnterpriseStreamError as error:
            if built.done():
                raise
            built.set_exception(error)

    def _forget(self, name: str, built: asyncio.Future[Trial]) -> None:
        self._tasks.pop(name, None)
        self._open.pop(name, None)
        built.cancel()


def trial_asked(connection: HTTPConnection) -> Trial | None:
    """The trial that a connection wants to talk with; None for a guest's.

    Raises:
        DeniedError: it is not the owner's, or the trial is over.
    """
    offered: list[str] = connection.scope.get("subprotocols", [])
    wanted = next((name.removeprefix(PREFIX) for name in offered if name.startswith(PREFIX)), None)
    if wanted is None:
        return None
    admin_of(connection).check(connection)
    trials: Trials = connection.app.state.trials
    trial = trials.find(wanted)
    if trial is None:
        raise DeniedError(404, "trial_over", "This trial is over; prepare another one.")
    return trial
