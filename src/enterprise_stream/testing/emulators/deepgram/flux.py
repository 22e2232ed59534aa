"""`/v2/listen` (Flux): turns. Their timers run on audio time: without audio nothing ever ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import exp
from random import Random
from typing import Any, Final

from enterprise_stream.testing.emulators.billing import Charge
from enterprise_stream.testing.emulators.deepgram.listening import ListeningSession
from enterprise_stream.testing.emulators.deepgram.query import FluxQuery
from enterprise_stream.testing.emulators.deepgram.refusals import IDLE, Closed
from enterprise_stream.testing.emulators.ears import QUIET_MS, HeardWord, Hearing
from enterprise_stream.testing.emulators.exchange import SocketExchange
from enterprise_stream.testing.emulators.timing import Latency, Timing

UPDATE_EVERY_MS: Final = 250.0
"""Audio between two messages."""

IDLE_MS: Final = 60_000.0
"""Time without anything from the client, pings included, after which the session is closed."""

QUICKEST_MS: Final = 100.0
"""Silence that a turn's end takes at the default threshold, at least."""

NOISE_MS: Final = 1000.0
"""Silence after which loud sound without words is forgotten."""

CONFIDENCE_WHILE_SPEAKING: Final = 0.05

_STEEPNESS: Final = 1.36
"""Confidence grows as completion·(1 - exp(-1.36·silence/latency)): with 0.95 it is 0.7, the default threshold, when the
silence is as long as the latency, and 0.4 at 0.4 of that."""

UNPARSABLE: Final = Closed(1008, "UNPARSABLE_CLIENT_MESSAGE")


class _Phase(Enum):
    INITIAL = auto()
    SPEAKING = auto()
    AWAITING_END = auto()


@dataclass(frozen=True, slots=True)
class FluxLatency:
    """What a Flux session's delays come from.

    Attributes:
        latency: from the last sound to `EndOfTurn`, at the default threshold.
        random: source of all that varies.
    """

    latency: Latency
    random: Random

    def draw(self) -> float:
        """The next turn's, in ms."""
        return max(QUICKEST_MS, self.latency.draw(self.random))


class FluxSession(ListeningSession):
    """One session of `/v2/listen`.

    Args:
        exchange: the session.
        query: what it asks for.
        hearing: knows the words.
        charge: the session's entry of the bill.
        timing: for its idle limit.
        latency: of turns' ends.
    """

    def __init__(
        self,
        exchange: SocketExchange,
        query: FluxQuery,
        hearing: Hearing,
        charge: Charge,
        timing: Timing,
        latency: FluxLatency,
    ) -> None:
        super().__init__(exchange, query.audio, hearing, charge, timing)
        self._query = query
        self._latency = latency
        self._latency_ms = latency.draw()
        self._phase = _Phase.INITIAL
        self._turn = 0
        self._turn_ms = 0.0
        self._told_ms = 0.0
        self._sequence = 0
        self._last_words: Sequence[HeardWord] = ()

    async def begin(self) -> None:
        """`Connected`."""
        await self._tell({"type": "Connected"})

    async def no_audio(self) -> None:
        """Nothing comes of it."""

    async def command(self, kind: str | None, message: Any) -> None:
        """`Configure`, `ForceEndTurn`, `CloseStream`; anything else, `KeepAlive` included, ends the session."""
        match kind:
            case "Configure":
                await self._configure(message)
            case "ForceEndTurn" if self._phase is _Phase.INITIAL:
                description = "ForceEndTurn was received, and no turn is active."
                code = "FORCE_END_TURN_NO_ACTIVE_TURN"
                await self._tell({"type": "Warning", "code": code, "description": description})
            case "ForceEndTurn":
                await self._end_turn("manual")
            case "CloseStream":
                await self.outbox.said()
                await self.exchange.close_without_code()
            case _:
                description = "The message is not a valid client message."
                await self._tell({"type": "Error", "code": UNPARSABLE.reason, "description": description})
                await self.finish(UNPARSABLE)

    async def block(self, began: bool) -> None:
        """See `ListeningSession.block`."""
        if began:
            self._latency_ms = self._latency.draw()
        match self._phase:
            case _Phase.INITIAL:
                await self._wait_for_turn()
            case _Phase.SPEAKING:
                await self._in_turn()
            case _Phase.AWAITING_END if began:
                self._phase = _Phase.SPEAKING
                await self._event("TurnResumed", await self.hearing.words())
            case _Phase.AWAITING_END:
                await self._in_turn()

    async def _wait_for_turn(self) -> None:
        paused = self.loud_ms is not None and self.silent_ms == QUIET_MS
        if not paused and not self._due():
            return
        words = await self.hearing.words()
        if words:
            self._phase = _Phase.SPEAKING
            await self._event("StartOfTurn", words, first=True)
        elif self._due():
            if self.silent_ms >= NOISE_MS:
                await self.hearing.settle()  # what was loud was no speech
            await self._event("Update", ())

    async def _in_turn(self) -> None:
        query, confidence = self._query, self._confidence()
        if self.silent_ms >= QUIET_MS and confidence >= query.eot:
            await self._end_turn("model")
        elif self.silent_ms >= query.timeout_ms:
            await self._end_turn("timeout")
        elif (
            self._phase is _Phase.SPEAKING
            and query.eager is not None
            and self.silent_ms >= QUIET_MS
            and confidence >= query.eager
        ):
            self._phase = _Phase.AWAITING_END
            await self._event("EagerEndOfTurn", await self.hearing.words())
        elif self._due():
            eager = self._phase is _Phase.AWAITING_END
            await self._event("Update", self._last_words if eager else await self.hearing.words())

    def _confidence(self) -> float:
        if self.silent_ms < QUIET_MS:
            return CONFIDENCE_WHILE_SPEAKING
        return self.hearing.completion * (1.0 - exp(-_STEEPNESS * self.silent_ms / self._latency_ms))

    def _due(self) -> bool:
        return self.now_ms - self._told_ms >= UPDATE_EVERY_MS

    async def _end_turn(self, trigger: str) -> None:
        words = await self.hearing.settle()
        if self._phase is _Phase.AWAITING_END:
            words = self._last_words
        self._phase = _Phase.INITIAL
        await self._event("EndOfTurn", words, trigger=trigger)
        self._turn += 1
        self._turn_ms = self.now_ms

    async def _event(
        self, event: str, words: Sequence[HeardWord], *, first: bool = False, trigger: str | None = None
    ) -> None:
        self._told_ms, self._last_words = self.now_ms, words
        told: dict[str, Any] = {
            "type": "TurnInfo",
            "event": event,
            "turn_index": self._turn,
            "audio_window_start": round(self._turn_ms / 1000, 3),
            "audio_window_end": round(self.now_ms / 1000, 3),
            "transcript": " ".join(word.text for word in words),
            "words": [
                {
                    "word": word.text,
                    "confidence": word.confidence,
                    "start": round(word.start_ms / 1000, 3),
                    "end": round(word.end_ms / 1000, 3),
                }
                for word in words
            ],
            "end_of_turn_confidence": round(self._confidence(), 4),
        }
        if trigger is not None:
            told["trigger"] = trigger
        if self._query.model == "flux-general-multi":
            told["languages"] = [self.hearing.language] if words else []
            if self._query.hints:
                told["languages_hinted"] = list(self._query.hints)
        await self._tell(told, piece=bool(words), first=first)

    async def _tell(self, message: dict[str, Any], *, piece: bool = False, first: bool = False) -> None:
        numbered = message | {"request_id": self.exchange.request_id, "sequence_id": self._sequence}
        self._sequence += 1
        await self.outbox.put(numbered, piece=piece, first=first)

    async def _configure(self, message: dict[str, Any]) -> None:
        changed = self._query.configured(message)
        if changed is None:
            description = "The configuration is out of range."
            code = "INVALID_CONFIGURATION"
            await self._tell({"type": "ConfigureFailure", "code": code, "description": description})
            return
        self._query = changed
        thresholds = {"eot_threshold": changed.eot, "eot_timeout_ms": changed.timeout_ms}
        if changed.eager is not None:
            thresholds["eager_eot_threshold"] = changed.eager
        told: dict[str, Any] = {"type": "ConfigureSuccess", "thresholds": thresholds}
        told |= {"keyterms": list(changed.keyterms), "numerals": changed.numerals}
        if changed.model == "flux-general-multi":
            told["language_hints"] = list(changed.hints)
        await self._tell(told)

    def idle(self) -> Closed | None:
        """Closed after 60 s without anything from the client, pings included."""
        return IDLE if self.timing.now_ms() - self.exchange.heard_ms >= IDLE_MS else None
