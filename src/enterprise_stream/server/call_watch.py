"""How long a call may last: in one turn of the guest's, in silence, and altogether."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from enterprise_stream.clock import Clock
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import StopRequested
from enterprise_stream.conversation.house_events import PartingReason, PartingRequested
from enterprise_stream.server.access.lease import UNLIMITED, Lease
from enterprise_stream.server.closing import parted
from enterprise_stream.server.texts import explain
from enterprise_stream.server.translate import Numbered
from enterprise_stream.session.session import Session
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codes import ErrorCode

LOOK_S: Final = 1.0
"""How often it is looked whether a limit is reached, in seconds."""

LULL_S: Final = 20.0
"""How long a call whose time is over may go on until nobody is in mid-sentence, in seconds."""

GOODBYE_S: Final = 30.0
"""How long a goodbye may take before the call ends without it, in seconds."""


@dataclass(frozen=True, slots=True)
class CallLimits:
    """The longest that things may last, in seconds; 0 is no limit.

    Attributes:
        quiet_s: the guest is connected, and says and types nothing.
        call_s: the whole session, connected or not.
        turn_s: the guest speaks without an end to the turn.
    """

    quiet_s: float = 0.0
    call_s: float = 0.0
    turn_s: float = 0.0


class WatchedCall(Protocol):
    """What is watched."""

    session: Session[Any]

    @property
    def connected(self) -> bool:
        """Whether a client is."""
        ...

    def say(self, message: Numbered) -> None:
        """Tell the client something."""
        ...


class CallWatch:
    """Keeps one call within its limits.

    Args:
        limits: those in force.
        clock: the session's.
        before_ms: how long the call had lasted already, where another process has led it.
        lease: when its time is over by the token that opened it; a clock that is set meanwhile changes nothing.
    """

    def __init__(self, limits: CallLimits, clock: Clock, before_ms: float = 0.0, lease: Lease = UNLIMITED) -> None:
        self._limits = limits
        self._lease = lease
        self._clock = clock
        self._wall_offset = clock.wall_ms() - clock.now_ms()
        self._began = clock.now_ms() - before_ms
        self._active = clock.now_ms()
        self._turn = 0
        self._turn_began = self._active

    def note(self, notice: act.Notice) -> None:
        """What the guest is told shows what the guest does."""
        match notice:
            case act.GuestHeard(turn=turn):
                self._active = self._clock.now_ms()
                if turn != self._turn:
                    self._turn, self._turn_began = turn, self._active
            case act.GuestPaused() | act.WordsShown(final=True) | act.AnswerComplete() | act.VoiceEnded():
                self._active = self._clock.now_ms()

    async def run(self, call: WatchedCall) -> None:
        """Watch until cancelled.

        Raises:
            ClosedByUsError: the call is over, and there is nobody to say goodbye to, or it was not heard in time.
        """
        while (why := self._over(call)) is None:
            await asyncio.sleep(LOOK_S)
            if not call.connected:
                self._active = self._clock.now_ms()
            await self._end_turn(call)
        if call.connected:
            await self._lull(call, why)
            await call.session.tell(PartingRequested(0, why))
            await asyncio.sleep(GOODBYE_S)
        raise parted(why)

    def _over(self, call: WatchedCall) -> PartingReason | None:
        now, limits = self._clock.now_ms(), self._limits
        if limits.call_s and now - self._began >= limits.call_s * 1000:
            return "time"
        if self._lease.left_s(now + self._wall_offset) == 0.0:
            return "time"
        if limits.quiet_s and now - self._active >= limits.quiet_s * 1000 and call.session.at_ease:
            return "quiet"
        return None

    async def _end_turn(self, call: WatchedCall) -> None:
        """Answer what was heard of a guest who talks on and on."""
        limit_ms = self._limits.turn_s * 1000
        if not limit_ms or not call.session.guest_speaks or self._clock.now_ms() - self._turn_began < limit_ms:
            return
        text = explain("audio_too_long", call.session.language)
        call.say(
            partial(wire.ErrorMessage, code=ErrorCode.AUDIO_TOO_LONG, message=text, retryable=False, turn=self._turn)
        )
        self._turn = 0
        await call.session.tell(StopRequested(0))

    async def _lull(self, call: WatchedCall, why: PartingReason) -> None:
        if why == "time":
            until = self._clock.now_ms() + LULL_S * 1000
            while not call.session.at_ease and self._clock.now_ms() < until:  # noqa: ASYNC110 - as in `run`
                await asyncio.sleep(LOOK_S / 4)
