"""Tools in a conversation: what is said, what is done, and what is not."""

import asyncio
import json

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import HistoryCleared, InterruptRequested, Left
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.errors import ToolError
from enterprise_stream.session.confirmations import CONFIRM_WITHIN_MS
from enterprise_stream.session.tool_rounds import MAX_CALLS, MAX_ROUNDS, NEXT_WORD_S, PATIENCE_S
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTool,
    ScriptedTools,
    ScriptedTurnDetector,
    ScriptedVoice,
    scripted_engines,
)
from enterprise_stream.thinking.fillers import FILLERS
from enterprise_stream.thinking.ports import Question, ToolCall, Usage

from .stage import Guest, guest, make_session

LOOK = ScriptedTool("look", cancellable=True, result={"answer": 42})
BOOK = ScriptedTool("book", effect="changes", result={"status": "booked"})
ASK = "Son dos noches. ¿Lo confirmo?"


def _call(name: str, number: int = 1, /, **arguments: object) -> ToolCall:
    return ToolCall(f"call-{number}", name, json.dumps(arguments))


def _calls_then(text: str, *calls: ToolCall) -> ScriptedBrain:
    """Calls tools in a turn's first round, and says a text in the next."""
    return ScriptedBrain(by=lambda question: Reply((text,)) if question.exchanges else Reply((), calls=calls))


def _books(question: Question) -> Reply:
    """A brain that books when it may: asks where it is told to, and says what came of it."""
    results = [json.loads(exchange.result) for exchange in question.exchanges]
    waits = ("needs_confirmation", "carried")
    held = tuple(exchange.call for exchange in question.exchanges if any(word in exchange.result for word in waits))
    if any(result.get("status") == "booked" for result in results):
        return Reply(("Reservado.",))
    if question.text.startswith("Reserv"):
        asked = any(question.text in call.arguments for call in held)
        return Reply((ASK,)) if asked else Reply((), calls=(_call("book", name=question.text),))
    if held and len(question.exchanges) == 1:
        return Reply((), calls=held)  # whatever the guest has said: the gate is not the brain's
    return Reply((ASK,)) if held else Reply(("Muy bien.",))


async def _says(visitor: Guest, text: str) -> str:
    """Writes, waits until the answer is heard out; returns it."""
    count = len(visitor.all(act.VoiceEnded)) + 1
    await visitor.write(text)
    ended = await visitor.wait(act.VoiceEnded, count)
    await visitor.hush(ended.duration_ms + 200)
    return visitor.all(act.AnswerComplete)[-1].text


# --- rounds -----------------------------------------------------------------------------------------------------


async def test_the_brain_is_told_the_result_and_goes_on() -> None:
    used = Usage(10, 2, 3)
    replies = {0: Reply(("Veamos.",), calls=(_call("look", q="x"),), usage=used), 1: Reply(("Son 42.",), usage=used)}
    brain = ScriptedBrain(by=lambda question: replies[len(question.exchanges)])
    async with ScriptedTools(LOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        assert await _says(visitor, "¿Cuántos?") == "Veamos. Son 42."
        first, second = brain.questions
        assert [spec.name for spec in first.tools] == ["look"]
        assert (first.exchanges, first.said) == ((), "")
        assert second.said == "Veamos."
        assert json.loads(second.exchanges[0].result) == {"answer": 42}
        assert tools.done == [("look", {"q": "x"})]
        assert (tools.callers[0].owner, tools.callers[0].turn, tools.callers[0].words) == ("s1", 1, "¿Cuántos?")
        usage = visitor.all(act.AnswerComplete)[0].usage
        assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (20, 4, 6)
        assert await visitor.history() == [
            ("user", "¿Cuántos?", False),
            ("assistant", "Veamos. Son 42.", False),
        ]


async def test_a_brain_that_calls_for_ever_is_asked_to_speak() -> None:
    brain = ScriptedBrain(
        by=lambda question: Reply((), calls=(_call("look"),)) if question.tools else Reply(("Ya está.",))
    )
    async with ScriptedTools(LOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        assert await _says(visitor, "Mira.") == "Ya está."
        assert len(tools.done) == MAX_ROUNDS
        assert len(brain.questions) == MAX_ROUNDS + 1


async def test_too_many_calls_at_once_are_not_run() -> None:
    brain = _calls_then("Ya.", *(_call("look", number) for number in range(MAX_CALLS + 3)))
    async with ScriptedTools(LOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "Mira.")
        assert len(tools.done) == MAX_CALLS
        assert len(brain.questions[1].exchanges) == MAX_CALLS + 3


@pytest.mark.parametrize("call", [_call("nonsense"), _call("broken")])
async def test_what_cannot_be_done_is_told_to_the_brain(call: ToolCall) -> None:
    broken = ScriptedTool("broken", refusal=ToolError("'when' is missing.", code="bad_arguments"))
    brain = _calls_then("No puedo.", call)
    async with ScriptedTools(broken) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        assert await _says(visitor, "Hazlo.") == "No puedo."
        assert json.loads(brain.questions[1].exchanges[0].result)["status"] == "failed"
        assert not tools.begun


async def test_a_brain_that_only_calls_and_never_speaks_is_made_up_for() -> None:
    brain = ScriptedBrain(by=lambda question: Reply((), calls=() if question.exchanges else (_call("look"),)))
    async with ScriptedTools(LOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        assert "Perdone" in await _says(visitor, "Mira.")


# --- the guest's yes --------------------------------------------------------------------------------------------


async def test_what_changes_something_waits_for_a_yes() -> None:
    async with ScriptedTools(BOOK) as tools:
        brain = ScriptedBrain(by=_books)
        async with guest(scripted_engines(brain=brain, tools=tools)) as visitor:
            assert await _says(visitor, "Reserve para Ana.") == ASK
            told = json.loads(brain.questions[1].exchanges[0].result)
            assert told == {"status": "needs_confirmation", "ask_the_guest": "¿Hago book?"}
            assert not tools.begun
            assert await _says(visitor, "Sí, por favor.") == "Reservado."
            assert tools.done == [("book", {"name": "Reserve para Ana."})]
            await _says(visitor, "Sí.")
            assert len(tools.done) == 1


@pytest.mark.parametrize("words", ["No.", "Mejor no.", "Sí, pero para tres.", "Ya.", "¿Cuánto cuesta?", "Mmm."])
async def test_anything_but_a_yes_does_nothing(words: str) -> None:
    brain = ScriptedBrain(by=_books)
    async with ScriptedTools(BOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "Reserve para Ana.")
        assert await _says(visitor, words) == ASK
        assert not tools.begun
        await _says(visitor, "Sí.")  # to the question as it was asked again
        assert len(tools.done) == 1


async def test_a_changed_mind_needs_a_new_yes() -> None:
    brain = ScriptedBrain(by=_books)
    async with ScriptedTools(BOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "Reserve para Ana.")
        await _says(visitor, "Reserve para Luis.")
        assert not tools.begun
        await _says(visitor, "Sí.")
        assert tools.done == [("book", {"name": "Reserve para Luis."})]


async def test_a_yes_to_other_arguments_than_were_asked_is_none() -> None:
    def sly(question: Question) -> Reply:
        if question.text == "Sí." and len(question.exchanges) == 1:
            return Reply((), calls=(_call("book", name="another"),))
        return _books(question)

    brain = ScriptedBrain(by=sly)
    async with ScriptedTools(BOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "Reserve para Ana.")
        await _says(visitor, "Sí.")
        assert not tools.begun


async def test_a_yes_to_what_was_never_asked_is_none() -> None:
    def silent(question: Question) -> Reply:
        if question.exchanges and question.text.startswith("Reserv"):
            return Reply(("Muy bien.",))  # it was told to ask, and does not
        return _books(question)

    brain = ScriptedBrain(by=silent)
    async with ScriptedTools(BOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "Reserve para Ana.")
        await _says(visitor, "Sí.")
        assert not tools.begun


async def test_a_question_that_was_not_heard_is_not_answered_by_a_yes() -> None:
    brain = ScriptedBrain(by=_books)
    async with ScriptedTools(BOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await visitor.write("Reserve para Ana.")
        await visitor.wait(act.VoiceBegan)
        await visitor.hush(300)
        await visitor.session.tell(InterruptRequested(0))
        await _says(visitor, "Sí.")
        assert not tools.begun


async def test_a_late_yes_is_none() -> None:
    brain = ScriptedBrain(by=_books)
    async with ScriptedTools(BOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "Reserve para Ana.")
        await asyncio.sleep(CONFIRM_WITHIN_MS / 1000)
        await _says(visitor, "Sí.")
        assert not tools.begun


async def test_a_cleared_conversation_holds_nothing() -> None:
    brain = ScriptedBrain(by=_books)
    async with ScriptedTools(BOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "Reserve para Ana.")
        await visitor.session.tell(HistoryCleared(0))
        assert await _says(visitor, "Sí.") == "Muy bien."
        assert not tools.begun


async def test_what_the_guest_plainly_asks_for_is_done_whatever_the_brain_does() -> None:
    person = ScriptedTool("person", effect="changes", asks=False, wanted_by="una persona")
    brain = ScriptedBrain("Claro.")
    async with ScriptedTools(person) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        assert await _says(visitor, "Quiero hablar con una persona.") == "Claro."
        assert tools.done == [("person", {})]
        assert [exchange.call.name for exchange in brain.questions[0].exchanges] == ["person"]


async def test_a_question_that_the_brain_hands_to_a_person_was_not_answered_but_a_wish_for_one_was() -> None:
    person = ScriptedTool("person", effect="changes", asks=False, wanted_by="una persona", passes_on=True)
    brain = _calls_then("Se lo digo a la oficina.", _call("person"))
    async with ScriptedTools(person, LOOK) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await _says(visitor, "¿Hay gimnasio?")
        await _says(visitor, "Quiero hablar con una persona.")
        assert [each.answered for each in visitor.all(act.AnswerComplete)] == [False, True]
        assert [name for name, _ in tools.done] == ["person", "person"]


# --- time -------------------------------------------------------------------------------------------------------


async def test_a_tool_that_is_known_to_take_long_is_covered_at_once() -> None:
    slow = ScriptedTool("look", cancellable=True, usual_ms=2_000, delay_ms=3_000)
    voice = ScriptedVoice(delay_ms=0)
    engines = scripted_engines(
        brain=_calls_then("Son 42.", _call("look")), voice=voice, tools=(tools := ScriptedTools(slow))
    )
    async with tools, guest(engines) as visitor:
        began = visitor.now
        assert await _says(visitor, "¿Cuántos?") == f"{FILLERS['es'][0]} Son 42."
        assert visitor.at(act.VoiceBegan) - began == pytest.approx(0, abs=5)
        assert voice.clauses[0][1] == "Un momento,"
        assert len(visitor.all(act.VoiceBegan)) == 1


async def test_a_tool_that_takes_long_for_once_is_covered_too() -> None:
    slow = ScriptedTool("look", cancellable=True, delay_ms=9_000)
    brain = _calls_then("Son 42.", _call("look"))
    async with ScriptedTools(slow) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        began = visitor.now
        assert await _says(visitor, "¿Cuántos?") == f"{FILLERS['es'][0]} {FILLERS['es'][1]} Son 42."
        grew = [got.at - began for got in visitor.got if isinstance(got.item, act.AnswerGrew)]
        assert grew[0] == pytest.approx(PATIENCE_S * 1000, abs=5)
        assert grew[1] - grew[0] == pytest.approx(NEXT_WORD_S * 1000, abs=5)


async def test_a_quick_tool_is_not_covered() -> None:
    quick = ScriptedTool("look", delay_ms=PATIENCE_S * 900)
    brain = _calls_then("Son 42.", _call("look"))
    async with ScriptedTools(quick) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        assert await _says(visitor, "¿Cuántos?") == "Son 42."


@pytest.mark.parametrize("interrupted", ["interrupt", "barge-in"])
async def test_what_can_be_stopped_is_stopped(interrupted: str) -> None:
    slow = ScriptedTool("look", cancellable=True, usual_ms=5_000, delay_ms=5_000)
    calls = Reply((), calls=(_call("look"),))
    brain = ScriptedBrain(by=lambda question: calls if question.text == "¿Cuántos?" else Reply(("Dígame.",)))
    tools = ScriptedTools(slow)
    engines = scripted_engines(recogniser=ScriptedRecogniser("Espere, una cosa."), brain=brain, tools=tools)
    async with tools, guest(engines) as visitor:
        await visitor.write("¿Cuántos?")
        await visitor.wait(act.VoiceBegan)
        if interrupted == "interrupt":
            await visitor.session.tell(InterruptRequested(0))
        else:
            await visitor.speak(1_500)
        await visitor.hush(6_000)
        assert visitor.all(act.AnswerInterrupted)
        assert len(tools.begun) == 1
        assert not tools.done


async def test_what_cannot_be_stopped_is_finished_and_told_in_the_next_turn() -> None:
    slow = ScriptedTool("log", effect="changes", asks=False, usual_ms=5_000, delay_ms=5_000, result={"status": "noted"})

    def brain_of(question: Question) -> Reply:
        return Reply(("Ya.",)) if question.exchanges or question.text != "Anote." else Reply((), calls=(_call("log"),))

    brain = ScriptedBrain(by=brain_of)
    async with ScriptedTools(slow) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await visitor.write("Anote.")
        await visitor.wait(act.VoiceBegan)
        await visitor.session.tell(InterruptRequested(0))
        await visitor.hush(6_000)
        assert tools.done == [("log", {})]
        await _says(visitor, "¿Y bien?")
        assert [json.loads(exchange.result) for exchange in brain.questions[-1].exchanges] == [{"status": "noted"}]
        await _says(visitor, "¿Y ahora?")
        assert brain.questions[-1].exchanges == ()


async def test_it_is_finished_even_when_the_guest_has_gone() -> None:
    slow = ScriptedTool("log", effect="changes", asks=False, delay_ms=5_000)
    async with ScriptedTools(slow) as tools:
        await _leaves_in_mid_call(tools)
        assert len(tools.begun) == 1
        assert not tools.done
    assert len(tools.done) == 1


async def _leaves_in_mid_call(tools: ScriptedTools) -> None:
    session = make_session(scripted_engines(brain=_calls_then("Ya.", _call("log")), tools=tools))
    visitor = Guest(session)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(session.run())
        gathering = group.create_task(visitor.gather())
        await visitor.write("Anote.")
        await visitor.hush(1_000)
        await session.tell(Left(0))
        await running
        gathering.cancel()


async def test_the_same_call_again_joins_the_one_under_way() -> None:
    slow = ScriptedTool("log", effect="changes", asks=False, delay_ms=5_000, usual_ms=5_000)
    brain = ScriptedBrain(
        by=lambda question: Reply(("Ya.",)) if question.exchanges else Reply((), calls=(_call("log", name="x"),))
    )
    async with ScriptedTools(slow) as tools, guest(scripted_engines(brain=brain, tools=tools)) as visitor:
        await visitor.write("Anote.")
        await visitor.wait(act.VoiceBegan)
        await visitor.session.tell(InterruptRequested(0))
        await _says(visitor, "Anote ya.")
        assert len(tools.begun) == len(tools.done) == 1


# --- answers begun ahead ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", ["none", "changes"])
async def test_a_draft_calls_nothing_before_it_is_let_out(effect: str) -> None:
    tool = ScriptedTool("look", effect="none" if effect == "none" else "changes", asks=False)
    brain = _calls_then("Son 42.", _call("look"))
    engines = scripted_engines(
        recogniser=ScriptedRecogniser("¿Cuántos hay aquí?"),
        brain=brain,
        turn_detector=ScriptedTurnDetector((0.1,)),
        tools=(tools := ScriptedTools(tool)),
    )
    async with tools, guest(engines, speculation=SpeculationPolicy("pause")) as visitor:
        await visitor.speak(1_500)
        await visitor.hush(1_000)
        assert len(brain.questions) == 1  # it has called already, behind the door
        assert not tools.begun
        await visitor.hush(2_000)
        await visitor.wait(act.VoiceEnded)
        assert len(tools.done) == 1
        assert visitor.draft_ends[0].used


async def test_a_dropped_draft_has_done_nothing() -> None:
    by = {
        "Cancele todo.": Reply((), calls=(_call("log"),)),
        "Cancele todo. Lo de la cena.": Reply(("De acuerdo.",)),
    }
    tool = ScriptedTool("log", effect="changes", asks=False)
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(Heard(("Cancele todo.", "Lo de la cena."))),
        brain=ScriptedBrain(by=lambda question: by[question.text]),
        turn_detector=ScriptedTurnDetector((*[0.1] * 5, 0.95)),
        tools=(tools := ScriptedTools(tool)),
    )
    async with tools, guest(engines, speculation=SpeculationPolicy("pause")) as visitor:
        await visitor.speak(800)
        await visitor.hush(900)
        await visitor.speak(900)
        await visitor.hush(2_000)
        await visitor.wait(act.VoiceEnded)
        assert [end.used for end in visitor.draft_ends].count(False) >= 1
        assert not tools.begun
