"""What any voice must do."""

import numpy as np
import pytest

from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, TextToSpeech

from .conftest import Case, at_rest

CLAUSE = "El ático cuesta 120 € la noche."


async def spoken(voice: TextToSpeech, text: str, owner: str = "ana") -> list[Speech]:
    return [piece async for piece in voice.speak(owner, text, "es")]


async def test_a_clause_sounds_and_its_words_lie_in_it(voice: Case[TextToSpeech]) -> None:
    pieces = await spoken(voice.engine, CLAUSE)
    ms = sum(piece.samples.size for piece in pieces) * 1000 / SAMPLE_RATE
    words = [word for piece in pieces for word in piece.words]
    assert all(piece.samples.dtype == np.int16 for piece in pieces)
    assert 500 < ms < 10_000
    assert " ".join(word.text for word in words) == CLAUSE
    starts = [word.start_ms for word in words]
    assert starts == sorted(starts)
    assert starts[0] >= 0
    assert all(word.start_ms <= word.end_ms <= ms + 1 for word in words)
    begun = 0.0
    for piece in pieces:
        ended = begun + piece.samples.size * 1000 / SAMPLE_RATE
        assert all(begun - 1 <= word.start_ms <= ended for word in piece.words)
        begun = ended


@pytest.mark.parametrize("text", ["", "…", "😀"])
async def test_any_text_ends(voice: Case[TextToSpeech], text: str) -> None:
    pieces = await spoken(voice.engine, text)
    assert " ".join(word.text for piece in pieces for word in piece.words) == text


async def test_it_has_one_name(voice: Case[TextToSpeech]) -> None:
    name = voice.engine.voice
    await spoken(voice.engine, "Hola.")
    assert name
    assert voice.engine.voice == name


async def test_closing_early_leaves_no_work(voice: Case[TextToSpeech]) -> None:
    stream = voice.engine.speak("ana", CLAUSE, "es")
    await anext(stream)
    await stream.aclose()
    await at_rest(voice)


async def test_said_again_it_sounds_the_same_and_the_words_are_as_written(voice: Case[TextToSpeech]) -> None:
    for text in (CLAUSE, "El ático cuesta 120 € la noche.", "El ático cuesta ciento veinte euros la noche."):
        pieces = await spoken(voice.engine, text)
        assert " ".join(word.text for piece in pieces for word in piece.words) == text
        ms = sum(piece.samples.size for piece in pieces) * 1000 / SAMPLE_RATE
        assert all(0 <= word.start_ms <= word.end_ms <= ms + 1 for piece in pieces for word in piece.words)
