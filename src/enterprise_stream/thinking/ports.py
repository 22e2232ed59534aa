"""What thinking needs from an engine: a brain that streams an answer.

A request holds everything the brain needs, and the answer brings back what it wants to remember, so a brain
keeps no session of its own and an answer that is dropped leaves no trace.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Literal, Protocol

ResponseType = Literal["welcome", "luxury", "error", "support", "general"]


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the conversation, as it was said and heard."""

    role: Literal["user", "assistant"]
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a brain is asked.

    Attributes:
        owner: session that the work is done for.
        text: the guest's words of this turn.
        language: ISO 639-1 code to answer in.
        history: the conversation before this turn, oldest first.
        memory: what the brain's last released answer in this session asked to remember, or None at first.
        today: ISO date (YYYY-MM-DD) at the business, so that "mañana" and "August" mean something.
    """

    owner: str
    text: str
    language: str
    history: tuple[Message, ...] = ()
    memory: object | None = None
    today: str = ""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The next piece of the answer's text; the pieces, joined, are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a vendor would bill for the answer, in tokens; zero for the embedded brain."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """The answer's text is complete.

    Attributes:
        response_type: kind of answer, as clients know them.
        memory: what to hand back with the session's next question; immutable.
        usage: what was bought.
    """

    response_type: ResponseType
    memory: object | None = None
    usage: Usage = field(default_factory=Usage)


class LanguageModel(Protocol):
    """A brain, shared by all sessions."""

    def answer(self, question: Question) -> AsyncGenerator[AnswerText | AnswerEnd]:
        """Stream an answer: any number of `AnswerText`, then exactly one `AnswerEnd`.

        Closing the iterator early cancels the work.

        Raises:
            EngineError: the brain failed.
        """
        ...
