"""Flux (`/v2/listen`): a recogniser that thinks in turns and judges by itself whether they are over."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from enterprise_stream.engines.deepgram.failures import failure_of_message
from enterprise_stream.engines.deepgram.reading import Dialect, Heard, Reading, joined, languages, number, place, words
from enterprise_stream.engines.deepgram.sdk import Send, Socket

EOT_THRESHOLD = 0.7
"""Confidence at which Flux ends a turn by itself (its default). Ours may go on after it: the next turn is appended."""

EAGER_EOT_THRESHOLD = 0.4
"""Confidence at which Flux says early that a turn may be over; such words are final unless the turn is resumed."""

IDLE_S = 30.0
"""How long a socket is kept without an utterance, used or not: about as long as an answer is listened to. The service
would close it after 60 s; a guest who was silent for 30 gets a new one at his first sound, and meanwhile does not take
one of the 50 that an account may have."""

_NO_TURN = "FORCE_END_TURN_NO_ACTIVE_TURN"


@dataclass(frozen=True, slots=True)
class Turn(Heard):
    """A `TurnInfo`.

    Attributes:
        event: `StartOfTurn`, `Update`, `EagerEndOfTurn`, `TurnResumed` or `EndOfTurn`.
        index: counts the socket's turns.
        text: all words of the turn.
        confidence: 0 to 1, that no more speech is coming in it; None where the service does not say.
        languages: of the words, the most frequent first.
    """

    event: str = "Update"
    index: int = 0
    text: str = ""
    confidence: float | None = None
    languages: tuple[str, ...] = ()


def parse(message: Any) -> Heard | None:
    """See `Dialect.parse`."""
    kind = getattr(message, "type", None)
    if kind == "TurnInfo":
        return Turn(
            until_s=place(getattr(message, "audio_window_end", None)),
            answers=message.event == "EndOfTurn" and getattr(message, "trigger", None) in (None, "manual"),
            event=words(message.event),
            index=int(number(message.turn_index)),
            text=words(message.transcript),
            confidence=_confidence(getattr(message, "end_of_turn_confidence", None)),
            languages=languages(getattr(message, "languages", None)),
        )
    code = getattr(message, "code", None)
    if kind == "Warning" and code == _NO_TURN:
        return Heard(answers=True, closes=True)
    if kind == "Error":
        raise failure_of_message(code)
    return None


def _confidence(value: Any) -> float | None:
    return None if value is None else min(1.0, max(0.0, number(value)))


class FluxReading:
    """The words of one utterance: those of the turns that ended in it and of the one that has not.

    Args:
        after: the last turn that held words of an earlier utterance; what is said of it later is not ours.
    """

    def __init__(self, begins_s: float, after: int = -1) -> None:
        self.heard_s = begins_s
        self.settled_s = begins_s
        self.completion: float | None = None
        self.last = after
        self._after = after
        self._ended: list[str] = []
        self._turn = ""
        self._ended_s = begins_s
        self._languages: tuple[str, ...] = ()

    def take(self, heard: Heard) -> None:
        """Read a message that is about this utterance."""
        if not isinstance(heard, Turn) or heard.until_s is None or heard.index <= self._after:
            return
        self.heard_s = max(self.heard_s, heard.until_s)
        self._languages = heard.languages or self._languages
        if heard.text:
            self.last = max(self.last, heard.index)
            self.completion = self.completion if heard.confidence is None else heard.confidence
        if heard.event == "EndOfTurn":
            self._ended.append(heard.text)
            self._turn = ""
            self._ended_s = self.settled_s = heard.until_s
        elif heard.event == "EagerEndOfTurn":
            self._turn = heard.text
            self.settled_s = heard.until_s
        else:
            if heard.event == "TurnResumed" or heard.text != self._turn:
                self.settled_s = self._ended_s
            self._turn = heard.text

    @property
    def text(self) -> str:
        """All words so far."""
        return joined(self._ended, self._turn)

    @property
    def language(self) -> str | None:
        """The language of most words, as Flux hears it."""
        return self._languages[0] if self._languages and self.text else None

    @property
    def language_probability(self) -> float:
        """Among n languages, the first has at least 1/n of the words."""
        return 1.0 / max(1, len(self._languages))


def _reading(language: str, begins_s: float, before: Reading | None) -> FluxReading:
    del language
    return FluxReading(begins_s, before.last if isinstance(before, FluxReading) else -1)


async def _end_turn(socket: Socket) -> None:
    await socket.send_force_end_turn()


async def _goodbye(socket: Socket) -> None:
    await socket.send_close_stream()


async def _configure(language: str, socket: Socket) -> None:
    await socket.send_configure({"type": "Configure", "language_hints": [language]})


def _set_language(language: str) -> Send:
    return partial(_configure, language)


FLUX = Dialect(
    parse=parse,
    reading=_reading,
    end_turn=_end_turn,
    goodbye=_goodbye,
    keep_alive=None,  # an error on this socket; its WebSocket pings hold it
    keep_alive_s=None,
    idle_s=IDLE_S,
    unused_s=IDLE_S,
    set_language=_set_language,
)
