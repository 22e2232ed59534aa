"""A voice that can begins with the answer's first words, before their clause is whole."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.conversation import actions as act
from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, StreamingTextToSpeech, Word
from enterprise_stream.testing import Reply, ScriptedBrain, ScriptedRecogniser, ScriptedVoice, scripted_engines
from enterprise_stream.thinking.leading import plain_words

from .stage import guest

ANSWER = ("Claro", " que", " sí", ",", " son", " 120", " €", " la", " noche", ".", " Con", " desayuno", ".")


class StreamingVoice(ScriptedVoice):
    """Says each piece 20 ms after it comes; 60 ms of sound a character."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__(delay_ms=20)
        self.along: list[list[str]] = []
        self._fails = fails

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        heard: list[str] = []
        self.along.append(heard)
        at = 0.0
        async for piece in words:
            heard.append(piece)
            await asyncio.sleep(0.02)
            if self._fails:
                raise EngineError("no voice")
            ms = len(piece) * 60.0
            yield Speech(np.full(round(ms * SAMPLE_RATE / 1000), 7, np.int16), (Word(piece.strip(), at, at + ms),))
            at += ms


def test_it_is_a_streaming_voice() -> None:
    assert isinstance(StreamingVoice(), StreamingTextToSpeech)
    assert not isinstance(ScriptedVoice(), StreamingTextToSpeech)


async def test_the_first_clause_sounds_before_it_is_whole() -> None:
    voice = StreamingVoice()
    brain = ScriptedBrain(Reply(ANSWER, delay_ms=100, piece_ms=50))
    async with guest(scripted_engines(recogniser=ScriptedRecogniser(), brain=brain, voice=voice)) as visitor:
        await visitor.write("¿Cuánto cuesta?")
        began = visitor.now
        await visitor.wait(act.VoiceEnded)
        # "Claro " is whole once " que" has begun: 150 ms, and 20 ms of the voice's.
        assert visitor.at(act.VoiceBegan) - began == pytest.approx(170, abs=2)
        assert ["".join(pieces) for pieces in voice.along] == ["Claro que sí,"]
        assert voice.along[0][0] == "Claro "
        assert [text for _, text, _ in voice.clauses] == ["son 120 € la noche.", "Con desayuno."]
        assert visitor.all(act.AnswerComplete)[0].text == "".join(ANSWER)


async def test_an_answer_without_an_end_is_said_to_its_last_word() -> None:
    voice = StreamingVoice()
    brain = ScriptedBrain(Reply(("Sí", " hay")))
    async with guest(scripted_engines(recogniser=ScriptedRecogniser(), brain=brain, voice=voice)) as visitor:
        await visitor.write("¿Hay piscina?")
        await visitor.wait(act.VoiceEnded)
        assert "".join("".join(pieces) for pieces in voice.along) + "".join(c[1] for c in voice.clauses) == "Sí hay"


async def test_a_voice_that_fails_leaves_the_whole_text_to_the_client() -> None:
    brain = ScriptedBrain(Reply(ANSWER, piece_ms=30))
    engines = scripted_engines(recogniser=ScriptedRecogniser(), brain=brain, voice=StreamingVoice(fails=True))
    async with guest(engines) as visitor:
        await visitor.write("¿Cuánto cuesta?")
        missing = await visitor.wait(act.VoiceMissing)
        assert missing.text == "".join(ANSWER)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Claro que", "Claro "),
        ("Claro que sí", "Claro "),
        ("¿Le va bien el sábado", "¿Le va bien "),
        ("A partir de las 10:30 ", "A partir de "),
        ("Son 120 €", ""),
        ("120 €", ""),
        ("El Sr. López", ""),
        ("**Sí** claro", ""),
        ("Sí, claro ", "Sí, claro "),
        ("On June 5 ", "On "),
        ("", ""),
    ],
)
def test_plain_words(text: str, plain: str) -> None:
    assert plain_words(text) == plain


@given(st.text(alphabet="aé 1.,¿*'-\n", max_size=60), st.integers(0, 60))
def test_what_is_plain_stays_plain_as_the_text_grows(text: str, cut: int) -> None:
    assert plain_words(text).startswith(plain_words(text[:cut]))
    assert text.startswith(plain_words(text))
