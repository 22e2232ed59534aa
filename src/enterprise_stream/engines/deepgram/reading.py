"""What a recogniser's messages say, in one form for all models, and what the words of an utterance are by them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

NOT_SAID = float("inf")
"""A place in the audio that a service leaves out: what it tells is then about all that it has been sent."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message about the audio.

    Attributes:
        until_s: up to where in the socket's audio it counts, in s; `NOT_SAID` where it holds words and does not say;
            None where it is not about the audio.
        answers: whether it answers our end of a turn.
        closes: whether it does and nothing more will come for it.
    """

    until_s: float | None = None
    answers: bool = False
    closes: bool = False


class Reading(Protocol):
    """The words of one utterance, message by message. Times are those of the socket's audio, in s.

    Attributes:
        heard_s: up to where words are known.
        settled_s: up to where they will not change.
        completion: how likely it is that the turn is over, 0 to 1; None where nobody says.
    """

    heard_s: float
    settled_s: float
    completion: float | None

    def take(self, heard: Any) -> None:
        """Read a message that is about this utterance."""
        ...

    @property
    def text(self) -> str:
        """All words so far."""
        ...

    @property
    def language(self) -> str | None:
        """ISO 639-1 code that most of the words are in, None without words or when nobody says."""
        ...

    @property
    def language_probability(self) -> float:
        """How sure that is, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """What sets a family of models apart.

    Attributes:
        parse: the message in our form, None for one that says nothing of the audio. Raises `ValueError` for one that
            is no part of the protocol, `VendorError` for one that says that the service failed.
        reading: begins an utterance's reading: the session's language, where its audio begins in s, and the reading of
            the utterance before it on the same socket.
        end_turn: the guest's turn is over.
        goodbye: we leave.
        keep_alive: holds the socket in silence, None where such a message is an error.
        keep_alive_s: how often.
        idle_s: a socket without an utterance is closed after this long.
        unused_s: the same for one that has never had audio.
        set_language: has an open socket expect another language; None where that takes a new socket.
    """

    parse: Callable[[Any], Heard | None]
    reading: Callable[[str, float, "Reading | None"], Reading]
    end_turn: Callable[[Any], Any]
    goodbye: Callable[[Any], Any]
    keep_alive: Callable[[Any], Any] | None
    keep_alive_s: float | None
    idle_s: float
    unused_s: float
    set_language: Callable[[str], Callable[[Any], Any]] | None


def number(value: Any) -> float:
    """A number of a message; the SDK does not check what it reads.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is missing")
    return float(value)


def place(value: Any) -> float:
    """A place in the audio, in s; `NOT_SAID` where it is left out.

    Raises:
        ValueError: it is no number.
    """
    return NOT_SAID if value is None else number(value)


def words(value: Any) -> str:
    """A text of a message, without blanks around it.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str):
        raise ValueError("a text is missing")
    return value.strip()


def languages(value: Any) -> tuple[str, ...]:
    """The languages that a message names, as ISO 639-1 codes."""
    return tuple(str(each).split("-")[0] for each in value) if isinstance(value, list) else ()


def joined(parts: list[str], last: str) -> str:
    """One text of its parts."""
    return " ".join(part for part in (*parts, last) if part)
