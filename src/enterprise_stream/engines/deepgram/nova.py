"""Nova (`/v1/listen`): a recogniser that thinks in segments; who ends the turn is left to us."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from enterprise_stream.engines.deepgram.failures import failure_of_message
from enterprise_stream.engines.deepgram.reading import (
    NOT_SAID,
    Dialect,
    Heard,
    Reading,
    joined,
    languages,
    number,
    place,
    words,
)
from enterprise_stream.engines.deepgram.sdk import Socket

ENDPOINTING_MS = 100
"""Silence after which a segment is final: early enough for the pause in which an answer is begun. It ends no turn."""

KEEP_ALIVE_S = 4.0
"""The service closes a socket that has had neither audio nor text for 10 to 12 s, and wants a message every 3 to 5."""

IDLE_S = 30.0
"""How long a socket is kept between utterances: about as long as an answer is listened to. An account has 50."""

UNUSED_S = 8.0
"""The same before the first audio, without which `KeepAlive` holds no socket for longer than 10 s."""

_EDGE_S = 0.02
"""Rounding of the times in messages."""


@dataclass(frozen=True, slots=True)
class Segment(Heard):
    """A `Results`.

    Attributes:
        start_s: where the segment begins.
        final: whether its words will not change; an interim result restates all of them.
        text: all its words.
        words: each of them with its end in s, where the message tells.
        languages: of the words, the most frequent first.
    """

    start_s: float = 0.0
    final: bool = False
    text: str = ""
    words: tuple[tuple[str, float], ...] = ()
    languages: tuple[str, ...] = ()

    def text_after(self, begins_s: float) -> str:
        """The words that end after `begins_s`."""
        if self.start_s >= begins_s - _EDGE_S or not self.words:
            return self.text
        return " ".join(text for text, end_s in self.words if end_s > begins_s + _EDGE_S)


def parse(message: Any) -> Heard | None:
    """See `Dialect.parse`."""
    kind = getattr(message, "type", None)
    if kind == "Error":
        raise failure_of_message(getattr(message, "variant", None))
    if kind != "Results":
        return None
    try:
        best = next(iter(message.channel.alternatives), None)  # none at all is how some say that there are no words
        text = "" if best is None else words(best.transcript)
        spoken = _placed(getattr(best, "words", None) or ())
    except (AttributeError, TypeError) as error:
        raise ValueError("a transcript is missing") from error
    start_s, lasts_s = place(getattr(message, "start", None)), place(getattr(message, "duration", None))
    answers = message.from_finalize is True
    return Segment(
        until_s=start_s + lasts_s if lasts_s or not text else NOT_SAID,
        answers=answers,
        closes=answers,
        start_s=start_s,
        final=message.is_final is True,
        text=text,
        words=spoken,
        languages=languages(getattr(best, "languages", None)),
    )


def _placed(spoken: Iterable[Any]) -> tuple[tuple[str, float], ...]:
    """Words with their ends; none at all where one of them has no place."""
    placed = [(words(each.punctuated_word or each.word), getattr(each, "end", None)) for each in spoken]
    return () if any(end is None for _, end in placed) else tuple((text, number(end)) for text, end in placed)


class NovaReading:
    """The words of one utterance: its final segments and the running one."""

    def __init__(self, language: str | None, begins_s: float) -> None:
        self.heard_s = begins_s
        self.settled_s = begins_s
        self.completion: float | None = None
        self._asked = language
        self._begins_s = begins_s
        self._final: list[str] = []
        self._interim = ""
        self._languages: tuple[str, ...] = ()

    def take(self, heard: Heard) -> None:
        """Read a message that is about this utterance; an interim result that its final one has overtaken is none."""
        if not isinstance(heard, Segment) or heard.until_s is None:
            return
        text = heard.text_after(self._begins_s)
        self._languages = heard.languages if heard.languages and text else self._languages
        if heard.final:
            self._final.append(text)
            self._interim = ""
            self.settled_s = max(self.settled_s, heard.until_s)
        elif heard.until_s > self.settled_s + _EDGE_S and text:
            self._interim = text
        self.heard_s = max(self.heard_s, heard.until_s)

    @property
    def text(self) -> str:
        """All words so far."""
        return joined(self._final, self._interim)

    @property
    def language(self) -> str | None:
        """The language of most words: as Nova hears it, else the one it was told to expect."""
        return (self._languages[0] if self._languages else self._asked) if self.text else None

    @property
    def language_probability(self) -> float:
        """Among n languages, the first has at least 1/n of the words."""
        return 1.0 / max(1, len(self._languages))


def _reading(language: str, begins_s: float, before: Reading | None) -> NovaReading:
    del before  # where the audio begins tells the utterances apart
    return NovaReading(None if language == "multi" else language.split("-", maxsplit=1)[0], begins_s)


async def _end_turn(socket: Socket) -> None:
    await socket.send_finalize()


async def _goodbye(socket: Socket) -> None:
    await socket.send_close_stream()


async def _keep_alive(socket: Socket) -> None:
    await socket.send_keep_alive()


NOVA = Dialect(
    parse=parse,
    reading=_reading,
    end_turn=_end_turn,
    goodbye=_goodbye,
    keep_alive=_keep_alive,
    keep_alive_s=KEEP_ALIVE_S,
    idle_s=IDLE_S,
    unused_s=UNUSED_S,
    set_language=None,
)
