"""Between an opening and its answer no word is said twice, and none is lost."""

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.session.join import repetition
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
FIRST = opening_for(QUESTION, "es", 1) or ""


@pytest.mark.parametrize(
    ("opening", "answer", "rest"),
    [
        ("A ver,", "A ver, son cien euros.", "son cien euros."),
        ("A ver,", "¡A ver! Son cien euros.", "Son cien euros."),
        ("A ver,", "A ver... Son cien euros.", "Son cien euros."),
        ("A ver,", "A ver si queda alguna.", "si queda alguna."),
        ("A ver,", "A las ocho.", "A las ocho."),
        ("A ver,", "A verano le quedan días.", "A verano le quedan días."),
        ("A ver,", "Averiguo el precio.", "Averiguo el precio."),
        ("A ver,", "¿A ver?", "¿A ver?"),
        ("A ver,", "Son cien euros, a ver.", "Son cien euros, a ver."),
        ("A ver,", "100 euros.", "100 euros."),
        ("Pues mire,", "Mire, son cien euros.", "son cien euros."),
        ("Pues mire,", "Pues sí, cien euros.", "Pues sí, cien euros."),
        ("Pues mire,", "Pues, sí: cien euros.", "sí: cien euros."),
        ("Veamos,", "Veamos: cien euros.", "cien euros."),
        ("Well, let's see,", "Let’s see, it is one hundred.", "it is one hundred."),
        ("Well, let's see,", "Let it be.", "Let it be."),
        ("Right, let me see,", "Right, it is one hundred.", "it is one hundred."),
        ("Right, let me see,", "Right now it is one hundred.", "Right now it is one hundred."),
        ("Right, let me see,", "Right, let me see. It is one hundred.", "It is one hundred."),
        ("Let me see,", "Let me know.", "Let me know."),
    ],
)
def test_only_what_the_opening_has_said_is_left_out(opening: str, answer: str, rest: str) -> None:
    repeated = repetition(opening, answer)
    assert repeated is not None
    assert answer[repeated:] == rest
    for end in range(len(answer)):  # however it comes in pieces
        known = repetition(opening, answer[:end])
        assert known in (None, repeated)


@pytest.mark.parametrize("answer", ["", " ", "A", "A v", "A ver", "A ver,", "A ver, ", "A ver…"])
def test_more_is_awaited_while_it_may_be_the_opening(answer: str) -> None:
    assert repetition("A ver,", answer) is None


@pytest.mark.parametrize("when", ["off", "pause"])
@pytest.mark.parametrize("pieces", ["whole", "letters"])
async def test_an_opening_that_the_answer_begins_with_is_said_once(when: str, pieces: str) -> None:
    text = f"{FIRST} son cien euros."
    slow = Reply((text,) if pieces == "whole" else tuple(text), delay_ms=500)
    voice = ScriptedVoice(delay_ms=0)
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION),
        brain=ScriptedBrain(slow),
        voice=voice,
        turn_detector=ScriptedTurnDetector((0.1,)),
        covers=lambda text, _: text in ALL,
    )
    policy = SpeculationPolicy("pause") if when == "pause" else SpeculationPolicy("off")
    async with guest(engines, openings=True, speculation=policy) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(3_500)
        await visitor.wait(act.VoiceEnded)
        (complete,) = visitor.all(act.AnswerComplete)
        assert [clause[1] for clause in voice.clauses] == [FIRST, "son cien euros."]
        assert complete.text == text
        assert " ".join(caption.text for caption in visitor.all(act.Captioned)) == text
        assert complete.latency.first_audio is not None
        assert complete.latency.endpoint is not None
        assert complete.latency.first_audio - complete.latency.endpoint < 100  # the library's word did not wait for it
        assert (await visitor.history())[-1] == ("assistant", text, False)


async def test_an_answer_that_opens_itself_in_time_takes_no_opening() -> None:
    text = f"{FIRST} son cien euros."
    voice = ScriptedVoice(delay_ms=200)
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION),
        brain=ScriptedBrain(Reply((text,), delay_ms=20)),
        voice=voice,
        covers=lambda text, _: text in ALL,
    )
    async with guest(engines, openings=True) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        (complete,) = visitor.all(act.AnswerComplete)
        assert complete.text == text
        assert [clause[1] for clause in voice.clauses] == [FIRST, "son cien euros."]


async def test_an_answer_that_is_nothing_but_the_opening_is_said() -> None:
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION),
        brain=ScriptedBrain(Reply(("A ver",), delay_ms=500)),
        voice=ScriptedVoice(delay_ms=0),
        covers=lambda text, _: text in ALL,
    )
    async with guest(engines, openings=True) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        assert visitor.all(act.AnswerComplete)[0].text.endswith(" A ver")
