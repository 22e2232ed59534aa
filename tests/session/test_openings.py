"""A word from the library before an answer that is not there yet; none where it is, or where it does not fit."""

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import InterruptRequested
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.testing import (
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    scripted_engines,
)
from enterprise_stream.thinking.openings import OPENINGS, opening_for

from .stage import guest

QUESTION = "¿Cuánto cuesta la suite?"
ALL = frozenset(text for texts in OPENINGS.values() for text in texts)


def _in_library(text: str, _language: str) -> bool:
    return text in ALL


async def test_a_slow_answer_comes_after_an_opening_in_one_voice() -> None:
    slow = Reply(("Son cien euros.",), delay_ms=500)
    voice = ScriptedVoice(delay_ms=0)
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION), brain=ScriptedBrain(slow), voice=voice, covers=_in_library
    )
    async with guest(engines, openings=True) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        (complete,) = visitor.all(act.AnswerComplete)
        opening = voice.clauses[0][1]
        assert opening in OPENINGS["es"]
        assert complete.text == f"{opening} Son cien euros."
        assert complete.latency.first_audio is not None
        assert complete.latency.endpoint is not None
        assert complete.latency.first_audio - complete.latency.endpoint == pytest.approx(60, abs=2)
        assert len(visitor.all(act.VoiceBegan)) == 1
        assert complete.usage.spoken_chars == len(opening) + len("Son cien euros.")
        assert complete.usage.library_chars == len(opening)
        captions = visitor.all(act.Captioned)
        assert " ".join(caption.text for caption in captions) == complete.text
        starts = [caption.start_ms for caption in captions]
        assert starts == sorted(starts)
        opening_ms = len(opening) * 60.0
        assert captions[len(opening.split())].start_ms == pytest.approx(opening_ms)
        assert visitor.all(act.VoiceEnded)[0].duration_ms == pytest.approx(visitor.sound_ms(1), abs=1)


@pytest.mark.parametrize("when", ["off", "pause"])
async def test_an_answer_that_is_there_needs_none(when: str) -> None:
    quick = Reply(("Son cien euros.",), delay_ms=5)
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION),
        brain=ScriptedBrain(quick),
        voice=ScriptedVoice(delay_ms=5),
        turn_detector=ScriptedTurnDetector((0.1,)),
        covers=_in_library,
    )
    policy = SpeculationPolicy("pause") if when == "pause" else SpeculationPolicy("off")
    async with guest(engines, openings=True, speculation=policy) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        assert visitor.all(act.AnswerComplete)[0].text == "Son cien euros."


async def test_a_draft_without_a_word_is_not_waited_for_again() -> None:
    slow = Reply(("Son cien euros.",), delay_ms=3_000)  # begun in the pause, long before the turn is over
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION),
        brain=ScriptedBrain(slow),
        voice=ScriptedVoice(delay_ms=0),
        turn_detector=ScriptedTurnDetector((0.1,)),
        covers=_in_library,
    )
    async with guest(engines, openings=True, speculation=SpeculationPolicy("pause")) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(5_500)
        await visitor.wait(act.VoiceEnded)
        (complete,) = visitor.all(act.AnswerComplete)
        assert complete.text != "Son cien euros."  # an opening came first
        assert complete.latency.first_audio == pytest.approx(complete.latency.endpoint, abs=2)


async def test_being_quiet_while_an_opening_is_awaited_leaves_nothing() -> None:
    slow = Reply(("Son cien euros.",), delay_ms=500)
    engines = scripted_engines(recogniser=ScriptedRecogniser(), brain=ScriptedBrain(slow), covers=_in_library)
    async with guest(engines, openings=True) as visitor:
        await visitor.write(QUESTION)
        await visitor.session.tell(InterruptRequested(0))
        await visitor.hush(2_000)
        assert not visitor.all(act.VoiceBegan)
        assert await visitor.history() == [("user", QUESTION, False)]


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Gracias, muy amable.", "es"),
        ("Hola.", "es"),
        ("Sí, perfecto.", "es"),
        ("La ducha no funciona, ¿qué hago?", "es"),
        ("Thank you so much, when do we meet?", "en"),
        ("Was kostet das Zimmer?", "de"),
    ],
)
def test_where_an_opening_does_not_fit(words: str, language: str) -> None:
    assert opening_for(words, language, 1) is None


def test_openings_take_turns() -> None:
    said = [opening_for(QUESTION, "es", turn) for turn in range(1, 4)]
    assert set(said) == set(OPENINGS["es"])
