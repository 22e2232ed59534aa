"""At a cap, no vendor is asked; before it, she is brief."""

import pytest

from enterprise_stream.composition.rehearsal import GuestsMoney
from enterprise_stream.cost.gates import GatedBrain, GatedRecogniser, LibraryFirst, gated_voice
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.meter import Meter
from enterprise_stream.errors import BudgetError
from enterprise_stream.listening.ports import PreparedSpeechToText
from enterprise_stream.speaking.ports import PreparedTextToSpeech, StreamingTextToSpeech
from enterprise_stream.testing import FakeClock
from enterprise_stream.thinking.ports import AnswerText, Question

from .engines import PaidBrain, PaidRecogniser, PaidStreamingVoice, PaidVoice, a_question
from .test_meter import PRICES, said


@pytest.fixture
def meter() -> Meter:
    meter = Meter(PRICES, FakeClock(), Amounts(call=30_000))
    meter.open("a")
    return meter


def brain_of(meter: Meter) -> PaidBrain:
    brain = PaidBrain("Sí, claro.")
    brain.buy = meter
    return brain


async def text_of(brain: GatedBrain, question: Question) -> str:
    return "".join([piece.text async for piece in brain.answer(question) if isinstance(piece, AnswerText)])


async def test_below_four_fifths_nothing_is_different(meter: Meter) -> None:
    inner = brain_of(meter)
    meter(said("a", 700))
    assert await text_of(GatedBrain(inner, meter), a_question()) == "Sí, claro."
    assert not inner.questions[0].brief


async def test_from_four_fifths_on_she_is_brief(meter: Meter) -> None:
    inner = brain_of(meter)
    meter(said("a", 800))
    assert await text_of(GatedBrain(inner, meter), a_question()) == "Sí, claro."
    assert inner.questions[0].brief


async def test_from_four_fifths_on_what_the_library_holds_is_said_without_asking(meter: Meter) -> None:
    async def known(question: Question) -> str | None:
        return "Es de ocho a once. Está incluido." if "desayuno" in question.text else None

    inner = brain_of(meter)
    covered = {"Es de ocho a once.", "Está incluido."}
    brain = GatedBrain(inner, meter, LibraryFirst(known, lambda text, _: text in covered))
    assert await text_of(brain, a_question()) == "Sí, claro."  # while there is money, the vendor answers
    meter(said("a", 800))
    assert await text_of(brain, a_question()) == "Es de ocho a once. Está incluido."
    assert await text_of(brain, a_question(text="¿Y en agosto?")) == "Sí, claro."
    covered.clear()
    assert await text_of(brain, a_question()) == "Sí, claro."
    assert len(inner.questions) == 3


@pytest.mark.requirement("S17")
async def test_at_a_cap_nobody_is_asked(meter: Meter) -> None:
    brain, voice, recogniser = brain_of(meter), PaidStreamingVoice(), PaidRecogniser()
    voice.buy = recogniser.buy = meter
    meter(said("a", 1_000))
    with pytest.raises(BudgetError):
        await text_of(GatedBrain(brain, meter), a_question())
    gated = gated_voice(voice, meter)
    with pytest.raises(BudgetError):
        await anext(gated.speak("a", "Hola.", "es"))
    gated.prepare("a", "es")
    gated.leave("a")
    utterance = GatedRecogniser(recogniser, meter).utterance("a", "es")
    for ask in (utterance.partial, utterance.final):
        with pytest.raises(BudgetError) as error:
            await ask()
        assert not error.value.retryable
    utterance.close()
    assert (brain.questions, voice.clauses, recogniser.opened) == ([], [], 0)
    assert voice.told == [("leave", "a")]
    assert meter.spent("a").call == 30_000


@pytest.mark.requirement("S17")
async def test_a_trial_buys_nothing_where_guests_may_not() -> None:
    guests = Meter(PRICES, FakeClock(), Amounts(day=30_000))
    trial = Meter(PRICES, FakeClock(), Amounts(day=30_000), allowance=GuestsMoney(guests))
    closed: list[str] = []
    trial.open("trial", on_spent=lambda: closed.append("trial"))
    inner = brain_of(trial)
    assert await text_of(GatedBrain(inner, trial), a_question("trial")) == "Sí, claro."
    guests(said("a", 1_000))
    with pytest.raises(BudgetError):
        await text_of(GatedBrain(inner, trial), a_question("trial"))
    assert len(inner.questions) == 1
    trial(said("trial", 1))  # what was under way
    assert closed == ["trial"]


async def test_one_call_at_its_cap_is_no_other_calls_affair(meter: Meter) -> None:
    meter.open("b")
    meter(said("a", 1_000))
    assert await text_of(GatedBrain(brain_of(meter), meter), a_question("b")) == "Sí, claro."


def test_a_door_can_do_what_the_engine_behind_it_can(meter: Meter) -> None:
    assert isinstance(gated_voice(PaidStreamingVoice(), meter), StreamingTextToSpeech | PreparedTextToSpeech)
    assert not isinstance(gated_voice(PaidVoice(), meter), StreamingTextToSpeech)
    assert isinstance(GatedRecogniser(PaidRecogniser(), meter), PreparedSpeechToText)
    assert gated_voice(PaidVoice(), meter).voice == "scripted"
