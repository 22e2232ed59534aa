"""How long a call may last: in one turn of the guest's, in silence, and altogether; and that he is warned before."""

import asyncio
import math
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from enterprise_stream.clock import Clock
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import StopRequested
from enterprise_stream.conversation.house_events import PartingReason, PartingRequested, WarningReason
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

QUIET_SHARE: Final = 0.5
"""Share of the silence that may last for which the guest is left in peace at least before he is asked."""

CALL_SHARE: Final = 0.1
"""Share of a call that may be left when its end is told, at most."""

LEAST_LEFT_S: Final = 10.0
"""Nothing is told of an end that is nearer than this, in seconds: there would be no time to answer."""


@dataclass(frozen=True, slots=True)
class CallLimits:
    """The longest that things may last, in seconds; 0 is no limit.

    Attributes:
        quiet_s: the guest is connected, and says and types nothing.
        call_s: the whole session, connected or not.
        turn_s: the guest speaks without an end to the turn.
        quiet_warning_s: how long before the end of a silence she asks whether the guest is there; 0 never does.
        call_warning_s: how long before the end of the session she says that it is near; 0 never does.
    """

    quiet_s: float = 0.0
    call_s: float = 0.0
    turn_s: float = 0.0
    quiet_warning_s: float = 0.0
    call_warning_s: float = 0.0


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

    async def write_notes(self) -> None:
        """Have noted what another process needs to go on with the call: `CallWatch.warned`, too."""
        ...


class CallWatch:
    """Keeps one call within its limits.

    Args:
        limits: those in force.
        clock: the session's.
        before_ms: how long the call had lasted already, where another process has led it.
        lease: when its time is over by the token that opened it; a clock that is set meanwhile changes nothing.
        warned: whether another process has told the guest that his time is nearly over.

    Attributes:
        warned: the same of this process, from just before it tells him.
    """

    def __init__(
        self,
        limits: CallLimits,
        clock: Clock,
        before_ms: float = 0.0,
        lease: Lease = UNLIMITED,
        *,
        warned: bool = False,
    ) -> None:
        self.warned = warned
        self._limits = limits
        self._lease = lease
        self._clock = clock
        self._wall_offset = clock.wall_ms() - clock.now_ms()
        self._began = clock.now_ms() - before_ms
        self._active = clock.now_ms()
        self._turn = 0
        self._turn_began = self._active
        self._voice_began = self._active
        self._own_turns: set[int] = set()
        self._time_told = warned
        self._asked_after: float | None = None

    def note(self, notice: act.Notice) -> None:
        """What the guest is told shows what the guest does, and how long there is something to listen to.

        Her warnings are no sign of the guest's: what is told of their turns counts only where he cuts them short.
        """
        now = self._clock.now_ms()
        match notice:
            case act.GuestHeard(turn=turn):
                self._active = now
                if turn != self._turn:
                    self._turn, self._turn_began = turn, now
            case act.GuestPaused() | act.AnswerInterrupted() | act.LanguageSet() | act.HistoryForgotten():
                self._active = now
            case act.VoiceBegan():
                self._voice_began = now
            case act.VoiceEnded(turn=turn, duration_ms=duration_ms) if turn not in self._own_turns:
                self._active = max(now, self._voice_began + duration_ms)
            case act.WordsShown(turn=turn, final=True) | act.AnswerComplete(turn=turn) if turn not in self._own_turns:
                self._active = now

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
            await self._warn(call)
        if call.connected:
            await self._lull(call, why)
            await call.session.tell(PartingRequested(0, why))
            await asyncio.sleep(GOODBYE_S)
        raise parted(why)

    def _over(self, call: WatchedCall) -> PartingReason | None:
        if self._left_s("time") <= 0:
            return "time"
        return "quiet" if self._left_s("quiet") <= 0 and call.session.at_ease else None

    def _left_s(self, why: WarningReason) -> float:
        """How long it is to the end for this reason, as things stand, in seconds."""
        now, limits = self._clock.now_ms(), self._limits
        if why == "quiet":
            return limits.quiet_s - (now - self._active) / 1000 if limits.quiet_s else math.inf
        left_s = limits.call_s - (now - self._began) / 1000 if limits.call_s else math.inf
        lease_s = self._lease.left_s(now + self._wall_offset)
        return left_s if lease_s is None else min(left_s, lease_s)

    # --- warnings -----------------------------------------------------------------------------------------------

    async def _warn(self, call: WatchedCall) -> None:
        """Tell of an end that is near, as soon as nobody is at anything."""
        why = self._near()
        if why is None or not call.connected:
            return
        if why == "time" and not self.warned:
            self.warned = True
            await call.write_notes()  # before a word of it: should this process end, no other one tells it again
        if call.session.warn(why):
            self._own_turns.add(call.session.last_turn)
            if why == "time":
                self._time_told = True
            else:
                self._asked_after = self._active

    def _near(self) -> WarningReason | None:
        """Of which end the guest is to be told now: once of that of the call, once in each silence of that of it."""
        lasted_s = (self._clock.now_ms() - self._began) / 1000
        left_s, limits = self._left_s("time"), self._limits
        if not self._time_told and _in_time(left_s, min(limits.call_warning_s, CALL_SHARE * (lasted_s + left_s))):
            return "time"
        ahead_s = min(limits.quiet_warning_s, (1 - QUIET_SHARE) * limits.quiet_s)
        if self._asked_after != self._active and _in_time(self._left_s("quiet"), ahead_s):
            return "quiet"
        return None

    # --- turns --------------------------------------------------------------------------------------------------

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


def _in_time(left_s: float, ahead_s: float) -> bool:
    return LEAST_LEFT_S <= left_s <= ahead_s
