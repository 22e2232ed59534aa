"""What thinking needs from an engine: a brain that streams an answer.

A request holds everything the brain needs, and the answer brings back what it wants to remember, so a brain
keeps no session of its own and an answer that is dropped leaves no trace.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

ResponseType = Literal["welcome", "luxury", "error", "support", "general"]


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the conversation, as it was said and heard."""

    role: Literal["user", "assistant"]
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function that a brain may call.

    Attributes:
        name: as the brain calls it: letters, digits, `_` and `-`, at most 64.
        description: what it does and when to call it, for the brain.
        parameters: JSON Schema (an object) of its arguments.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolExchange:
    """A call that was made in this turn and what came of it (JSON text), so that the brain can go on."""

    call: "ToolCall"
    result: str


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
        tools: functions that the brain may call; a brain that knows none ignores them.
        exchanges: what was called in this turn already, and what of earlier turns' calls it has to know, oldest first.
        said: the beginning of this turn's answer, by another brain or from before a call: the answer goes on from there
            and does not repeat it. A brain that cannot go on raises `EngineError` with `CANNOT_GO_ON` at once.
        brief: answer as shortly as courtesy allows; the money is nearly spent.
    """

    owner: str
    text: str
    language: str
    history: tuple[Message, ...] = ()
    memory: object | None = None
    today: str = ""
    tools: tuple[ToolSpec, ...] = ()
    exchanges: tuple[ToolExchange, ...] = ()
    said: str = ""
    brief: bool = False


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The next piece of the answer's text; the pieces, joined, are the answer.

    An empty one says nothing but that the brain is at work, as while it writes a call.
    """

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The brain calls a function; it is asked again with the exchange once the result is there.

    Attributes:
        id: the brain's own name for this call, unique in the turn.
        name: of the function.
        arguments: JSON text as the brain wrote it; not checked yet.
    """

    id: str
    name: str
    arguments: str


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
        answered: whether the brain knew; not where it did not understand, or says that it does not know.
    """

    response_type: ResponseType
    memory: object | None = None
    usage: Usage = field(default_factory=Usage)
    answered: bool = True


AnswerPiece = AnswerText | ToolCall | AnswerEnd


class LanguageModel(Protocol):
    """A brain, shared by all sessions."""

    def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """Stream an answer: any number of `AnswerText`, any number of `ToolCall`, then exactly one `AnswerEnd`.

        A tool is called only where the question offers it; the brain itself has no effect outside. Closing the
        iterator early cancels the work.

        Raises:
            EngineError: the brain failed.
        """
        ...
