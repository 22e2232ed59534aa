"""Answers: what happens when brain or voice fails, and how far ahead the sound goes out."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.actions import VoiceMissing
from enterprise_stream.conversation.events import HistoryCleared, TextReceived
from enterprise_stream.errors import EngineError
from enterprise_stream.session.outbox import Sound
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech
from enterprise_stream.testing import (
    Reply,
    ScriptedBrain,
    ScriptedVoice,
    scripted_engines,
)
from enterprise_stream.thinking.ports import Question, ToolCall, Usage

from .stage import PERSONA, Guest, guest, make_session

LIMIT_MS = 30_000.0
"""Audio ahead of what has been played, by protocol.md."""

HOUR = tuple(f"Esta es la frase número {n} de una respuesta que no quiere terminar nunca. " for n in range(40))
"""About 170 s of speech."""


async def test_the_answers_type_and_cost_are_the_brains() -> None:
    reply = Reply(("Por supuesto.",), response_type="luxury", usage=Usage(11, 5, 7))
    async with guest(scripted_engines(brain=ScriptedBrain(reply))) as visitor:
        await visitor.write("La mejor suite, por favor.")
        complete = await visitor.wait(act.AnswerComplete)
        assert (complete.response_type, complete.text) == ("luxury", "Por supuesto.")
        assert (complete.usage.input_tokens, complete.usage.cached_tokens, complete.usage.output_tokens) == (11, 5, 7)


async def test_clauses_go_to_the_voice_as_they_are_whole() -> None:
    brain = ScriptedBrain(Reply(("Sí, cla", "ro. Tenemos", " una suite. ", "Cuesta cien"), piece_ms=500))
    voice = ScriptedVoice(delay_ms=10)
    async with guest(scripted_engines(brain=brain, voice=voice)) as visitor:
        await visitor.write("¿Tienen suite?")
        await visitor.wait(act.VoiceBegan)
        assert [text for _, text, _ in voice.clauses] == ["Sí, claro."]
        await visitor.wait(act.VoiceEnded)
        assert [text for _, text, _ in voice.clauses] == ["Sí, claro.", "Tenemos una suite.", "Cuesta cien"]
        assert {(owner, language) for owner, _, language in voice.clauses} == {("s1", "es")}


async def test_captions_say_every_word_where_it_sounds() -> None:
    brain = ScriptedBrain(Reply(("Sí, claro que sí. ", "Cuesta cien euros la noche.")))
    async with guest(scripted_engines(brain=brain)) as visitor:
        await visitor.write("¿Cuánto?")
        ended = await visitor.wait(act.VoiceEnded)
        captions = visitor.all(act.Captioned)
        assert " ".join(c.text for c in captions) == "Sí, claro que sí. Cuesta cien euros la noche."
        assert captions[0].start_ms == 0.0
        assert all(a.end_ms <= b.start_ms + 1e-6 for a, b in pairwise(captions))
        assert captions[-1].end_ms == pytest.approx(ended.duration_ms, abs=1)
        assert visitor.sound_ms(1) == pytest.approx(ended.duration_ms, abs=1)


@pytest.mark.parametrize(
    ("pieces", "ends"),
    [
        ((), PERSONA.apology("es")),
        (("Sí, claro. ",), PERSONA.broken_off("es")),
        (("Sí, claro.",), f" {PERSONA.broken_off('es')}"),
        (("Sí, claro. ", "Tenemos"), f"… {PERSONA.broken_off('es')}"),
    ],
)
async def test_a_brain_that_fails_says_so(pieces: tuple[str, ...], ends: str) -> None:
    broken = Reply(pieces, fail_after=len(pieces))
    async with guest(scripted_engines(brain=ScriptedBrain(broken, "Ya estoy bien."))) as visitor:
        await visitor.write("¿Tienen suite?")
        complete = await visitor.wait(act.AnswerComplete)
        assert complete.response_type == "error"
        assert complete.text == "".join(pieces) + ends
        await visitor.wait(act.VoiceEnded)
        assert visitor.sound_ms(1) > 1_000
        await visitor.write("¿Y ahora?")
        assert (await visitor.wait(act.AnswerComplete, 2)).text == "Ya estoy bien."


async def test_an_apology_is_made_once_in_an_outage() -> None:
    out = Reply((), fail_after=0)
    brain = ScriptedBrain(out, out, out, "Ya estoy bien.", out)
    async with guest(scripted_engines(brain=brain)) as visitor:
        for turn in range(1, 6):
            await visitor.write("¿Tienen suite?")
            await visitor.wait(act.VoiceEnded, turn)
        said = [complete.text for complete in visitor.all(act.AnswerComplete)]
    sorry, still = PERSONA.apology("es"), PERSONA.still_out("es")
    assert said == [sorry, still, still, "Ya estoy bien.", sorry]


async def test_words_that_have_sounded_are_not_left_to_the_client() -> None:
    class Breaks(ScriptedVoice):
        async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
            async for speech in super().speak(owner, text, language):
                yield speech
                raise EngineError("cut")

    brain = ScriptedBrain(Reply(("Cuesta cien euros la noche. ", "Con desayuno.")))
    async with guest(scripted_engines(brain=brain, voice=Breaks())) as visitor:
        await visitor.write("¿Cuánto?")
        missing = await visitor.wait(VoiceMissing)
        sounded = [caption.text for caption in visitor.all(act.Captioned)]
    assert sounded == ["Cuesta", "cien"]
    assert missing.text == "euros la noche. Con desayuno."


async def test_a_brain_that_says_nothing_is_no_hang() -> None:
    async with guest(scripted_engines(brain=ScriptedBrain(Reply(())))) as visitor:
        await visitor.write("¿Tienen suite?")
        assert (await visitor.wait(act.AnswerComplete)).text == ""
        assert (await visitor.history()) == [("user", "¿Tienen suite?", False)]


async def test_a_voice_that_fails_at_once_leaves_the_words_to_the_client() -> None:
    engines = scripted_engines(
        brain=ScriptedBrain(Reply(("Sí, claro. ", "Cien euros."))), voice=ScriptedVoice(fail_at=0)
    )
    async with guest(engines) as visitor:
        await visitor.write("¿Cuánto?")
        missing = await visitor.wait(VoiceMissing)
        assert missing == VoiceMissing(1, "Sí, claro. Cien euros.", "general")
        assert visitor.all(act.VoiceBegan) == []
        assert (await visitor.wait(act.AnswerComplete)).text == "Sí, claro. Cien euros."
        assert (await visitor.history())[-1] == ("assistant", "Sí, claro. Cien euros.", False)


async def test_a_voice_that_fails_in_the_middle_leaves_the_rest_to_the_client() -> None:
    brain = ScriptedBrain(Reply(("Sí, claro. ", "Cuesta cien euros. ", "Con desayuno.")))
    voice = ScriptedVoice(fail_at=1)
    async with guest(scripted_engines(brain=brain, voice=voice)) as visitor:
        await visitor.write("¿Cuánto?")
        missing = await visitor.wait(VoiceMissing)
        assert missing.text == "Cuesta cien euros. Con desayuno."
        kinds = visitor.kinds()
        assert kinds.index("VoiceBegan") < kinds.index("VoiceEnded") < kinds.index("VoiceMissing")
        assert visitor.sound_ms(1) == pytest.approx(len("Sí, claro.") * 60, abs=1)
        assert len(voice.clauses) == 2  # it is not asked again within this answer
        await visitor.write("¿Y ahora?")
        await visitor.wait(act.VoiceEnded, 2)
        assert visitor.sound_ms(2) > 0


async def test_a_guest_who_wants_no_sound_gets_none() -> None:
    voice = ScriptedVoice()
    async with guest(scripted_engines(voice=voice)) as visitor:
        visitor.session.want_sound(False)
        await visitor.write("¿Tienen suite?")
        assert (await visitor.wait(VoiceMissing)).text == "Sí, claro."
        assert voice.clauses == []
        assert [got for got in visitor.got if isinstance(got.item, Sound)] == []


def _ahead_at_most(visitor: Guest, played: list[tuple[float, float]]) -> float:
    """The most audio that was out and not yet heard, given (at, played_ms) of what the guest's player had played."""
    out, most, heard = 0.0, 0.0, 0.0
    reports = iter([*played, (float("inf"), 0.0)])
    upcoming = next(reports)
    for got in visitor.sounds(1):
        while upcoming[0] <= got.at:
            heard = upcoming[1]
            upcoming = next(reports)
        assert isinstance(got.item, Sound)
        out += got.item.samples.size * 1000 / SAMPLE_RATE
        most = max(most, out - heard)
    return most


async def test_without_reports_sound_is_never_more_than_30_s_ahead_of_real_time() -> None:
    async with guest(scripted_engines(brain=ScriptedBrain(Reply(HOUR)))) as visitor:
        await visitor.write("Cuéntemelo todo.")
        ended = await visitor.wait(act.VoiceEnded)
        began = visitor.at(act.VoiceBegan)
        played = [(began + ms, float(ms)) for ms in range(0, round(ended.duration_ms), 10)]
        assert 20_000 < _ahead_at_most(visitor, played) <= LIMIT_MS
        assert visitor.at(act.VoiceEnded) - began > ended.duration_ms - LIMIT_MS


async def test_with_reports_sound_is_never_more_than_30_s_ahead_of_what_was_heard() -> None:
    async with guest(scripted_engines(brain=ScriptedBrain(Reply(HOUR)))) as visitor:
        await visitor.write("Cuéntemelo todo.")
        await visitor.wait(act.VoiceBegan)
        played: list[tuple[float, float]] = []
        for step in range(300):  # this guest's player stops for a minute in the middle
            heard = step * 200.0 if step < 50 else 10_000.0 if step < 250 else 10_000.0 + (step - 250) * 400.0
            await visitor.report(1, heard)
            await asyncio.sleep(0.2)
            played.append((visitor.now, heard))
        assert 20_000 < _ahead_at_most(visitor, played) <= LIMIT_MS
        assert visitor.sound_ms(1) > 45_000
        stalled = [got for got in visitor.sounds(1) if played[100][0] < got.at < played[248][0]]
        assert stalled == []


async def test_a_failure_of_the_voice_is_an_engine_error_only() -> None:
    """A bug in an engine is not taken for a voice that does not work."""
    session = make_session(scripted_engines(voice=ScriptedVoice(fail_at=0, failure=ValueError("a bug"))))
    running = asyncio.create_task(session.run())
    await session.tell(TextReceived(0, "¿Tienen suite?"))
    with pytest.raises(ExceptionGroup) as raised:
        await running
    assert raised.group_contains(ValueError, match="a bug")
    assert not raised.group_contains(EngineError)


async def test_characters_for_the_voice_are_known_when_the_text_is_and_which_the_library_has() -> None:
    brain = ScriptedBrain(Reply(("Sí, claro. ", "Tenemos una suite. ", "Cuesta cien")))
    engines = scripted_engines(brain=brain, covers=lambda text, language: (text, language) == ("Sí, claro.", "es"))
    async with guest(engines) as visitor:
        await visitor.write("¿Tienen suite?")
        usage = (await visitor.wait(act.AnswerComplete)).usage
        assert usage.spoken_chars == len("Sí, claro.") + len("Tenemos una suite.") + len("Cuesta cien")
        assert usage.library_chars == len("Sí, claro.")


async def test_a_cleared_conversation_is_not_brought_back_by_the_answer_under_way() -> None:
    answers: list[Reply | str] = [
        Reply(("Son cien euros. ", "Con desayuno."), memory="the suite", piece_ms=200),
        "Muy bien.",
    ]
    brain = ScriptedBrain(*answers)
    async with guest(scripted_engines(brain=brain)) as visitor:
        await visitor.write("¿Y la suite?")
        await visitor.wait(act.VoiceBegan)
        await visitor.session.tell(HistoryCleared(0))
        await visitor.wait(act.VoiceEnded)
        await visitor.write("Gracias.")
        await visitor.wait(act.VoiceEnded, 2)
        assert [question.memory for question in brain.questions] == [None, None]


@pytest.mark.requirement("S21")
async def test_a_brain_that_calls_a_tool_where_there_is_none_is_told() -> None:
    def calls_once(question: Question) -> Reply:
        return Reply(("Lo siento.",)) if question.exchanges else Reply((), calls=(ToolCall("c1", "book", "{}"),))

    brain = ScriptedBrain(by=calls_once)
    async with guest(scripted_engines(brain=brain)) as visitor:
        await visitor.write("Reserve la suite.")
        assert (await visitor.wait(act.AnswerComplete)).text == "Lo siento."
        assert "tool_unknown" in brain.questions[-1].exchanges[0].result
