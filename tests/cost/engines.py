"""Scripted engines that buy, and count how often they were asked."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

from enterprise_stream.purchases import Buy, Purchase
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.testing import ScriptedBrain, ScriptedRecogniser, ScriptedVoice
from enterprise_stream.testing.listening import ScriptedUtterance
from enterprise_stream.thinking.ports import AnswerPiece, Question


class PaidBrain(ScriptedBrain):
    """Buys 600 tokens in and 60 out for each answer when it begins to come, used or not."""

    buy: Buy

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        first = True
        async for piece in super().answer(question):
            if first:
                self.buy(Purchase(question.owner, "llm", "brain", "m", input_tokens=600, output_tokens=60))
                first = False
            yield piece


class PaidVoice(ScriptedVoice):
    """Buys the characters of each clause."""

    buy: Buy

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        self.buy(Purchase(owner, "tts", "mouth", "m", chars=len(text)))
        async for piece in super().speak(owner, text, language):
            yield piece


class PaidStreamingVoice(PaidVoice):
    """The same, also while a clause is written; remembers who prepared and left."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        text = "".join([piece async for piece in words])
        async for piece in self.speak(owner, text, language):
            yield piece

    def prepare(self, owner: str, language: str) -> None:
        self.told.append(("prepare", owner))

    def leave(self, owner: str) -> None:
        self.told.append(("leave", owner))


class PaidRecogniser(ScriptedRecogniser):
    """Buys a second and a half for each utterance that is opened."""

    buy: Buy
    opened = 0

    def utterance(self, owner: str, language: str) -> ScriptedUtterance:
        self.opened += 1
        self.buy(Purchase(owner, "stt", "ear", "m", audio_ms=1_500))
        return super().utterance(owner, language)


def a_question(owner: str = "a", text: str = "¿A qué hora es el desayuno?") -> Question:
    return replace(Question(owner, text, "es"), today="2026-05-28")
