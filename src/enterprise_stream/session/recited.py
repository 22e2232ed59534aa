"""A brain that says what it was given."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, Question, ResponseType


@dataclass(frozen=True, slots=True)
class Recited:
    """A `LanguageModel` for what she says whatever she is asked, such as her farewell."""

    text: str
    response_type: ResponseType = "general"

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """The text, at once."""
        yield AnswerText(self.text)
        yield AnswerEnd(self.response_type, question.memory)
