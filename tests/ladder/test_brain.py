"""A guest gets an answer, or an honest end of one, whatever a brain does."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from itertools import pairwise

import pytest

from enterprise_stream.errors import CANNOT_GO_ON, BudgetError, EngineError, OverloadedError
from enterprise_stream.ladder import Asked, FellBack, LadderBrain
from enterprise_stream.ladder.deadlines import GO_ON_S
from enterprise_stream.testing import Reply, ScriptedBrain
from enterprise_stream.testing.faults import FAULTS, PHASES, Fault, FaultKind, FaultyBrain, Phase
from enterprise_stream.testing.faults.engines import FIRST_TEXT_S
from enterprise_stream.thinking.ports import AnswerEnd, AnswerText, Question, ToolCall

from .stage import ANSWER, QUESTION, TOKENS, Told, brains, broken, now_ms, taken


def text_of(pieces: Sequence[tuple[float, object]]) -> str:
    return "".join(piece.text for _, piece in pieces if isinstance(piece, AnswerText))


async def test_a_healthy_brain_answers_as_if_it_were_alone() -> None:
    told = Told()
    one, two = FaultyBrain(TOKENS), FaultyBrain(TOKENS)
    got = await taken(LadderBrain(brains(one, two, told=told)).answer(QUESTION))
    assert text_of(got) == ANSWER
    assert isinstance(got[-1][1], AnswerEnd)
    assert got[0][0] == pytest.approx(450, abs=1)
    assert (one.asked, two.asked) == (1, 0)
    assert told.events == [Asked("llm", "one", "ok")]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("phase", PHASES)
async def test_another_answers_or_goes_on(kind: FaultKind, phase: Phase) -> None:
    one, two = FaultyBrain(TOKENS, Fault(kind, phase)), FaultyBrain(TOKENS)
    got = await taken(LadderBrain(brains(one, two)).answer(QUESTION))
    assert text_of(got) == ANSWER
    assert [piece for _, piece in got if isinstance(piece, AnswerEnd)] == [got[-1][1]]
    waits = [got[0][0], *(after - before for (before, _), (after, _) in pairwise(got))]
    assert max(waits) <= 2_000
    assert (one.running, two.running) == (0, 0)


async def test_the_same_brain_goes_on_from_what_was_said_and_then_another() -> None:
    told = Told()
    one, two = FaultyBrain(TOKENS, Fault("reset", "mid")), FaultyBrain(TOKENS)
    got = await taken(LadderBrain(brains(one, two, told=told)).answer(QUESTION))
    assert text_of(got) == ANSWER
    begun, further = "Claro que sí, la suite tiene vistas al ", "río, una terraza grande y desayuno incluido. "
    assert [question.said for question in one.questions] == ["", begun]
    assert [question.said for question in two.questions] == [begun + further]
    assert [event for event in told.events if isinstance(event, FellBack)] == [
        FellBack("llm", "one", "one"),
        FellBack("llm", "two", "one"),
    ]


async def test_no_answer_breaks_off_inside_a_word() -> None:
    class Cut(FaultyBrain):
        async def answer(self, question: Question):  # type: ignore[no-untyped-def]
            said.append(question.said)
            yield AnswerText("ío." if question.said else "La")
            for piece in () if question.said else (" te", "rra", "za ", "da al r"):
                yield AnswerText(piece)
            raise EngineError("cut")

    said: list[str] = []
    got = await broken(LadderBrain(brains(Cut(TOKENS))).answer(QUESTION))
    assert got == [AnswerText("La"), AnswerText(" "), AnswerText("terraza "), AnswerText("da al ")]
    assert said == ["", "La terraza da al "]


async def test_who_goes_on_late_is_not_waited_for() -> None:
    one, two = FaultyBrain(TOKENS, Fault("reset", "mid", times=1), first_s=1.0), FaultyBrain(TOKENS)
    got = await taken(LadderBrain(brains(one, two)).answer(QUESTION))
    assert text_of(got) == ANSWER
    assert (one.asked, two.asked) == (2, 1)
    waits = [after - before for (before, _), (after, _) in pairwise(got)]
    assert max(waits) == pytest.approx(1000 * (GO_ON_S + FIRST_TEXT_S), abs=60)


@pytest.mark.parametrize("kind", ["auth", "quota", "model_gone", "bad_request", "limited"])
async def test_what_does_not_get_better_is_not_asked_to_go_on(kind: FaultKind) -> None:
    one, two = FaultyBrain(TOKENS, Fault(kind, "mid")), FaultyBrain(TOKENS)
    assert text_of(await taken(LadderBrain(brains(one, two)).answer(QUESTION))) == ANSWER
    assert (one.asked, two.asked) == (1, 1)


async def test_one_that_cannot_go_on_is_none_the_worse_for_it() -> None:
    told = Told()
    cannot = EngineError("no", code=CANNOT_GO_ON, retryable=False)
    facts = ScriptedBrain(by=lambda q: Reply(fail_after=0, failure=cannot) if q.said else Reply(("Sí.",)))
    ladder = brains(FaultyBrain(TOKENS, Fault("reset", "mid", times=4)), facts, told=told)
    for _ in range(2):
        with pytest.raises(EngineError) as error:
            await taken(LadderBrain(ladder).answer(QUESTION))
        assert error.value.code == "engine_failed"
    assert ladder.rungs[1].breaker.position(now_ms()) == "closed"
    assert Asked("llm", "two", "abandoned") in told.events


async def test_a_connection_that_was_cut_is_tried_again_at_the_same_brain() -> None:
    told = Told()
    one, two = FaultyBrain(TOKENS, Fault("reset", "before", times=1)), FaultyBrain(TOKENS)
    got = await taken(LadderBrain(brains(one, two, told=told)).answer(QUESTION))
    assert text_of(got) == ANSWER
    assert got[0][0] == pytest.approx(510, abs=1)
    assert (one.asked, two.asked) == (2, 0)
    assert FellBack("llm", "one", "one") in told.events


@pytest.mark.parametrize("kind", ["auth", "quota", "model_gone", "bad_request", "limited", "hang"])
async def test_what_another_try_does_not_help_is_not_tried_again(kind: FaultKind) -> None:
    one, two = FaultyBrain(TOKENS, Fault(kind, "before")), FaultyBrain(TOKENS)
    await taken(LadderBrain(brains(one, two)).answer(QUESTION))
    assert (one.asked, two.asked) == (1, 1)


async def test_a_second_try_has_to_come_inside_the_first_ones_time() -> None:
    one, two = FaultyBrain(TOKENS, Fault("reset", "before", times=1), first_s=5.0), FaultyBrain(TOKENS)
    got = await taken(LadderBrain(brains(one, two)).answer(QUESTION))
    assert got[0][0] == pytest.approx(1_200 + 450, abs=1)


async def test_second_tries_are_a_share_of_the_requests() -> None:
    one, two = FaultyBrain(TOKENS, Fault("bad_request", "before")), FaultyBrain(TOKENS)
    flaky = LadderBrain(brains(one, two))
    for _ in range(30):
        one.fault = Fault("reset", "before")
        await taken(flaky.answer(QUESTION))
        await asyncio.sleep(40)
    assert one.asked <= 30 + 5 + 0.2 * 30


async def test_the_breaker_opens_and_closes() -> None:
    one, two = FaultyBrain(TOKENS, Fault("down", "before")), FaultyBrain(TOKENS)
    ladder = brains(one, two)
    brain = LadderBrain(ladder)
    for _ in range(4):
        await taken(brain.answer(QUESTION))
    asked = one.asked
    got = await taken(brain.answer(QUESTION))
    assert one.asked == asked
    assert got[0][0] == pytest.approx(450, abs=1)
    assert ladder.state().in_use == "two"
    one.fault = None
    await asyncio.sleep(5)
    assert ladder.state().in_use == "one"
    await taken(brain.answer(QUESTION))
    assert one.asked == asked + 1
    assert not ladder.state().degraded


async def test_one_that_nobody_waits_for_is_dropped_and_says_nothing() -> None:
    told = Told()
    brain = FaultyBrain(TOKENS)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await taken(LadderBrain(brains(brain, told=told)).answer(QUESTION))
    assert told.events == [Asked("llm", "one", "abandoned")]
    assert brain.running == 0


async def test_an_interrupted_answer_was_served() -> None:
    told = Told()
    async with aclosing(LadderBrain(brains(FaultyBrain(TOKENS), told=told)).answer(QUESTION)) as pieces:
        await anext(pieces)
    assert told.events == [Asked("llm", "one", "ok")]


async def test_a_call_passes_and_is_not_made_twice() -> None:
    call = ToolCall("c1", "book", "{}")

    class Calls(FaultyBrain):
        async def answer(self, question: Question):  # type: ignore[no-untyped-def]
            yield AnswerText("Un momento.")
            yield call
            raise EngineError("cut")

    two = FaultyBrain(TOKENS)
    got = [piece for _, piece in await taken(LadderBrain(brains(Calls(TOKENS), two)).answer(QUESTION))]
    assert got[:2] == [AnswerText("Un momento."), call]
    assert isinstance(got[2], AnswerEnd)
    assert two.asked == 0


async def test_a_brain_that_writes_a_long_call_is_at_work() -> None:
    class Writes(FaultyBrain):
        async def answer(self, question: Question):  # type: ignore[no-untyped-def]
            for _ in range(100):
                await asyncio.sleep(0.05)
                yield AnswerText("")
            yield ToolCall("c1", "book", "{}")
            yield AnswerEnd("general")

    two = FaultyBrain(TOKENS)
    got = [piece for _, piece in await taken(LadderBrain(brains(Writes(TOKENS), two)).answer(QUESTION))]
    assert isinstance(got[-2], ToolCall)
    assert two.asked == 0


async def test_a_full_machine_is_said_to_be_full() -> None:
    local = ScriptedBrain(Reply(fail_after=0, failure=OverloadedError("full")))
    ladder = brains(FaultyBrain(TOKENS, Fault("auth", "before")), local, local_last=True)
    with pytest.raises(OverloadedError):
        await taken(LadderBrain(ladder).answer(QUESTION))


async def test_a_brain_that_nobody_pays_for_is_none_the_worse() -> None:
    told = Told()
    unpaid, free = ScriptedBrain(Reply(fail_after=0, failure=BudgetError())), FaultyBrain(TOKENS)
    brain = LadderBrain(brains(unpaid, free, told=told))
    for _ in range(10):
        assert text_of(await taken(brain.answer(QUESTION))) == ANSWER
    assert len(unpaid.questions) == 10
    assert {event.outcome for event in told.events if isinstance(event, Asked) and event.engine == "one"} == {
        "abandoned"
    }


async def test_with_no_rung_left_nobody_waits() -> None:
    one = FaultyBrain(TOKENS, Fault("auth", "before"))
    brain = LadderBrain(brains(one))
    with pytest.raises(EngineError):
        await taken(brain.answer(QUESTION))
    began = now_ms()
    with pytest.raises(EngineError) as error:
        await taken(brain.answer(QUESTION))
    assert now_ms() == began
    assert error.value.code == "engine_failed"
    assert one.asked == 1
