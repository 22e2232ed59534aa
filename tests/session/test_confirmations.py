"""Whatever a brain calls and a guest says: nothing runs that was not asked just before and then answered by a yes."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.conversation.consent import consents
from enterprise_stream.conversation.history import History, Item
from enterprise_stream.session.tool_desk import Running, ToolDesk
from enterprise_stream.testing import LoopClock, ScriptedTool, ScriptedTools, run_virtual
from enterprise_stream.thinking.ports import ToolCall

WORDS = ("Sí.", "Vale, perfecto.", "No.", "Sí, pero para tres.", "¿Hay piscina?", "Bueno.")
ANSWERS = ("¿Lo confirmo?", "Muy bien.", "")


@dataclass(frozen=True)
class Turn:
    words: str
    calls: tuple[str, ...]
    answer: str
    answer_cut: bool
    cleared: bool


TURNS = st.lists(
    st.builds(
        Turn,
        words=st.sampled_from(WORDS),
        calls=st.lists(st.sampled_from("abc"), max_size=2).map(tuple),
        answer=st.sampled_from(ANSWERS),
        answer_cut=st.booleans(),
        cleared=st.sampled_from((False, False, False, True)),
    ),
    max_size=12,
)


@pytest.mark.requirement("S22")
@given(TURNS)
@settings(max_examples=300, deadline=None)
def test_nothing_runs_without_its_own_question_and_yes(turns: list[Turn]) -> None:
    run_virtual(_play(turns))


async def _play(turns: list[Turn]) -> None:
    history = History()
    asked: set[str] = set()  # what the last answer that was heard asked for
    async with ScriptedTools(ScriptedTool("book", effect="changes")) as tools:
        desk = ToolDesk(tools, "s1", LoopClock(), lambda: history)
        for number, turn in enumerate(turns, 1):
            history = history.add(Item("user", turn.words, number, "es", 0.0))
            held: set[str] = set()
            for what in turn.calls:
                begun = await desk.begin(ToolCall(f"{number}", "book", json.dumps({"what": what})), number, "es")
                if isinstance(begun, Running):
                    assert consents(turn.words, "es")
                    assert what in asked
                    asked.discard(what)
                    await begun.task
                else:
                    assert "needs_confirmation" in begun
                    assert not (consents(turn.words, "es") and what in asked)
                    held.add(what)
            heard = turn.answer[: len(turn.answer) // 2] if turn.answer_cut else turn.answer
            history = history.add(Item("assistant", heard, number, "es", 0.0, turn.answer_cut))
            if turn.cleared:
                history = history.clear(number)
                desk.forget()
                held = set()
            if heard or turn.cleared:
                asked = held if "¿Lo confirmo?" in heard else set()
            else:
                asked -= held  # asked anew, and nothing of it was heard
