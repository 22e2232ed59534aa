"""Sockets that are open before their clause: each serves one, and the next is opened meanwhile."""

import asyncio
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field

import structlog

from enterprise_stream.contained import contained
from enterprise_stream.engines.elevenlabs.failures import failure, failure_of
from enterprise_stream.engines.elevenlabs.session import Address, Session
from enterprise_stream.engines.socket_failures import SOCKET_FAILURES
from enterprise_stream.errors import VendorError

log = structlog.get_logger(__name__)

SOCKETS = 10
"""Sockets at once: what the smallest paid plans may speak through at the same time with a Flash model. Those that wait
do not count for the vendor."""

IDLE_S = 30.0
"""A socket that nobody speaks through is closed after this."""

PATIENCE_S = 2.0
"""How long a clause waits for a socket when all are taken."""


@dataclass(eq=False, slots=True)
class _Spare:
    """A socket that waits for a clause in its language, or is about to be opened."""

    language: str
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    session: Session | None = None
    error: VendorError | None = None
    taken: asyncio.Event = field(default_factory=asyncio.Event)


class Pool:
    """Sockets that are shared by all sessions.

    Args:
        address: where they lead.
        most: how many there may be, those that speak included.
    """

    def __init__(self, address: Address, most: int = SOCKETS) -> None:
        self._address = address
        self._room = asyncio.Semaphore(most)
        self._spares: deque[_Spare] = deque()
        self._expecting: dict[str, str] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._group: asyncio.TaskGroup | None = None

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Sockets may be opened; `group` owns the work."""
        self._group = group

    def end(self) -> None:
        """Open no more, and close what waits."""
        self._group = None
        for keeping in self._keeping:
            keeping.cancel()

    @property
    def spare(self) -> int:
        """Sockets that wait for a clause."""
        return len(self._spares)

    def expect(self, owner: str, language: str) -> None:
        """A session is likely to speak soon: have a socket for each that is, as far as there is room."""
        self._expecting[owner] = language
        wanted = sum(1 for expected in self._expecting.values() if expected == language)
        waiting = sum(1 for spare in self._spares if spare.language == language)
        if waiting < wanted and self._group is not None and not self._room.locked():
            spare = _Spare(language)
            self._spares.append(spare)
            keeping = self._group.create_task(contained(self._keep(spare), "elevenlabs"))
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)

    def forget(self, owner: str) -> None:
        """The session has gone. Its socket serves another one, or is closed when it has waited too long."""
        self._expecting.pop(owner, None)

    async def take(self, owner: str, language: str) -> Session:
        """A socket for one clause; `give_back` it.

        Raises:
            VendorError: none is to be had.
        """
        self._expecting.pop(owner, None)
        session = await self._from_spares(language)
        if session is None:
            session = await self._fresh(language)
        return session

    def give_back(self, session: Session) -> None:
        """Its clause is over, one way or the other."""
        session.drop()
        self._room.release()

    async def _from_spares(self, language: str) -> Session | None:
        spare = next((spare for spare in self._spares if spare.language == language), None)
        if spare is None:
            return None
        self._spares.remove(spare)
        spare.taken.set()
        try:
            await spare.ready.wait()
        except asyncio.CancelledError:
            self._put_back(spare)
            raise
        if spare.error is not None:
            raise spare.error
        return spare.session

    def _put_back(self, spare: _Spare) -> None:
        if spare.session is not None:
            self.give_back(spare.session)
        elif not spare.ready.is_set():
            spare.taken.clear()
            self._spares.append(spare)

    async def _fresh(self, language: str) -> Session:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._room.acquire()
        except TimeoutError as error:
            raise failure("vendor_limited") from error
        with ExitStack() as undo:
            undo.callback(self._room.release)
            try:
                session = await self._address.open(language)
            except SOCKET_FAILURES as error:
                raise failure_of(error) from None
            undo.pop_all()
        return session

    async def _keep(self, spare: _Spare) -> None:
        """Open a socket ahead and hold it until it is taken, is closed or has waited too long."""
        try:
            spare.session = await self._fresh(spare.language)
            spare.ready.set()
            await self._wait(spare, spare.session)
        except VendorError as error:
            spare.error = error
            log.info("voice_not_ready", engine="elevenlabs", code=error.code)
        finally:
            spare.ready.set()
            if spare in self._spares:
                self._spares.remove(spare)
            if spare.session is not None and not spare.taken.is_set():
                self.give_back(spare.session)

    async def _wait(self, spare: _Spare, session: Session) -> None:
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(spare.taken.wait()), group.create_task(session.closed())]
            await asyncio.wait(waits, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
