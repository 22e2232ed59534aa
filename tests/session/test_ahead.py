"""Answers that are begun ahead of the turn's end: there at once when it ends, without a trace when it does not."""

import asyncio

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import HistoryCleared, LanguageChosen
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.errors import EngineError
from enterprise_stream.session.hold import CHARS_A_TOKEN
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    scripted_engines,
)
from enterprise_stream.thinking.ports import Question, Usage

from .stage import Guest, guest

QUESTION = "¿Cuánto cuesta la suite?"
PAUSE = SpeculationPolicy("pause")
INTERIM = SpeculationPolicy("interim")
UNSURE = (0.1,)


async def _ask(visitor: Guest) -> None:
    await visitor.speak(1_500)
    await visitor.hush(2_500)
    await visitor.wait(act.VoiceEnded)


async def test_the_answer_is_there_when_the_turn_is_over() -> None:
    slow = Reply(("Son cien euros. ", "Con desayuno."), delay_ms=600, memory="remembered")
    brain, voice = ScriptedBrain(slow), ScriptedVoice(delay_ms=400)
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION), brain=brain, voice=voice, turn_detector=ScriptedTurnDetector(UNSURE)
    )
    async with guest(engines, speculation=PAUSE) as visitor:
        await _ask(visitor)
        complete = visitor.all(act.AnswerComplete)[0]
        assert complete.text == "Son cien euros. Con desayuno."
        assert complete.latency.speculated
        assert complete.latency.first_audio == complete.latency.endpoint
        assert [question.text for question in brain.questions] == [QUESTION]
        assert visitor.all(act.Captioned)[0].text == "Son"
        assert [(end.used, end.text_tokens > 0) for end in visitor.draft_ends] == [(True, True)]


async def test_only_the_first_clause_is_spoken_ahead_and_all_that_is_written_is_read() -> None:
    many = Reply(tuple(f"Y esta es la frase número {n} de la respuesta. " for n in range(40)), piece_ms=5)
    written = sum(map(len, many.pieces)) / CHARS_A_TOKEN
    voice = ScriptedVoice()
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION),
        brain=ScriptedBrain(many),
        voice=voice,
        turn_detector=ScriptedTurnDetector(UNSURE),
    )
    async with guest(engines, speculation=PAUSE) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(1_200)
        assert len(voice.clauses) == 1
        assert not visitor.all(act.AnswerGrew)
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded)
        assert len(voice.clauses) == 40
        (end,) = visitor.draft_ends
        assert end.text_tokens == pytest.approx(written, abs=1)


async def test_nothing_is_left_of_an_answer_to_words_that_went_on() -> None:
    by = {
        "Hay piscina.": Reply(("Sí, hay.",), memory="wrong", usage=Usage(9, 0, 7)),
        "Hay piscina. Y garaje.": Reply(("Las dos cosas.",), memory="right"),
        "¿Y spa?": Reply(("También.",)),
    }
    brain = ScriptedBrain(by=lambda question: by[question.text])
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(Heard(("Hay piscina.", "Y garaje.")), "¿Y spa?"),
        brain=brain,
        turn_detector=ScriptedTurnDetector((*[0.1] * 5, 0.95)),
    )
    async with guest(engines, speculation=PAUSE) as visitor:
        await visitor.speak(800)
        await visitor.hush(900)
        await visitor.speak(900)
        await visitor.hush(2_000)
        await visitor.wait(act.VoiceEnded)
        assert [c.text for c in visitor.all(act.AnswerComplete)] == ["Las dos cosas."]
        first = visitor.draft_ends[0]
        assert (first.used, first.text_tokens) == (False, 7)
        await visitor.speak(900)
        await visitor.hush(2_000)
        await visitor.wait(act.VoiceEnded, 2)
        assert brain.questions[-1].memory == "right"
        assert brain.heard_before(-1) == [("user", "Hay piscina. Y garaje."), ("assistant", "Las dos cosas.")]


@pytest.mark.parametrize("change", [LanguageChosen(0, "en"), HistoryCleared(0)], ids=["language", "history"])
async def test_what_it_was_made_from_has_changed(change: LanguageChosen | HistoryCleared) -> None:
    brain = ScriptedBrain()
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(Heard((QUESTION,), language=None)),
        brain=brain,
        turn_detector=ScriptedTurnDetector(UNSURE),
    )
    async with guest(engines, speculation=PAUSE) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(800)
        await visitor.session.tell(change)
        await visitor.hush(1_500)
        await visitor.wait(act.VoiceEnded)
        assert not visitor.draft_ends[0].used
        assert [question.language for question in brain.questions] == ["es", visitor.session.language]


@pytest.mark.parametrize("part", ["brain", "voice"])
async def test_an_engine_that_fails_ahead_is_asked_again(part: str) -> None:
    failing = EngineError("busy")
    brain = ScriptedBrain(*([Reply(fail_after=0, failure=failing)] if part == "brain" else []), Reply(("Cien.",)))
    voice = ScriptedVoice(fail_at=0 if part == "voice" else None, failure=failing)
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION), brain=brain, voice=voice, turn_detector=ScriptedTurnDetector(UNSURE)
    )
    async with guest(engines, speculation=SpeculationPolicy("pause", drafts=1)) as visitor:
        await _ask(visitor)
        assert [c.text for c in visitor.all(act.AnswerComplete)] == ["Cien."]
        assert not visitor.all(act.VoiceMissing)


async def test_a_guest_who_still_speaks_is_answered_ahead() -> None:
    brain = ScriptedBrain(Reply(("Cien euros.",), delay_ms=300))
    engines = scripted_engines(recogniser=ScriptedRecogniser(QUESTION), brain=brain)
    async with guest(engines, speculation=INTERIM) as visitor:
        await _ask(visitor)
        complete = visitor.all(act.AnswerComplete)[0]
        assert complete.latency.speculated
        assert complete.latency.first_audio == complete.latency.endpoint
        assert len(brain.questions) == 1


@pytest.mark.parametrize("same", [True, False])
async def test_other_words_that_mean_the_same_keep_the_answer(same: bool) -> None:
    compared: list[tuple[str, str]] = []

    async def same_meaning(question: Question, text: str) -> bool:
        compared.append((question.text, text))
        await asyncio.sleep(0.02)
        return same

    brain = ScriptedBrain(by=lambda question: Reply((f"Sobre: {question.text}",), delay_ms=200))
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(Heard(("Hay piscina.", "Por favor."))),
        brain=brain,
        turn_detector=ScriptedTurnDetector(UNSURE),
        same_meaning=same_meaning,
    )
    async with guest(engines, speculation=SpeculationPolicy("pause", "meaning")) as visitor:
        await visitor.speak(800)
        await visitor.hush(600)
        await visitor.speak(600)
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        assert ("Hay piscina.", "Hay piscina. Por favor.") in compared
        answered = "Hay piscina." if same else "Hay piscina. Por favor."
        assert visitor.all(act.AnswerComplete)[0].text == f"Sobre: {answered}"
        assert visitor.finals() == [(1, "Hay piscina. Por favor.")]
        assert visitor.all(act.AnswerComplete)[0].latency.speculated


async def test_leaving_in_the_pause_leaves_nothing() -> None:
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION),
        brain=ScriptedBrain(Reply(("Cien.",), delay_ms=60_000)),
        turn_detector=ScriptedTurnDetector(UNSURE),
    )
    async with guest(engines, speculation=PAUSE) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(800)
    assert [end.used for end in visitor.draft_ends] == [False]
