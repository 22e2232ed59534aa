"""Which words an answer is begun ahead for, how many are begun for one turn, and which final words let one out."""

from dataclasses import replace

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.drafts import FOR_THE_END, FOR_THE_PAUSE, agrees
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.conversation.state import Conversation, Draft

QUESTION = "¿Hay piscina en la casa?"


def _interims(policy: SpeculationPolicy, *texts: str) -> list[act.Action]:
    """What follows from a guest's words as they are told while he speaks."""
    conversation, seen = Conversation("es", speculation=policy), list[act.Action]()
    conversation, _ = step(conversation, ev.SpeechStarted(0))
    for number, text in enumerate(texts):
        words = ev.Words(text, "es", 0.99, streamed=True)
        conversation, actions = step(conversation, ev.WordsHeard(200.0 * (number + 1), 1, 0, words, paused=False))
        seen += actions
    return seen


def _begun(actions: list[act.Action]) -> list[str]:
    return [action.words.text for action in actions if isinstance(action, act.DraftReply)]


@pytest.mark.parametrize("text", ["Quería saber el", "¿Cuánto cuesta la", "Mi teléfono es el 600", "Hay"])
def test_words_that_call_for_more_begin_no_answer(text: str) -> None:
    assert _begun(_interims(SpeculationPolicy("interim"), text)) == []


def test_words_that_may_be_all_begin_one_and_the_same_words_no_other() -> None:
    assert _begun(_interims(SpeculationPolicy("interim"), QUESTION, "hay piscina en la casa")) == [QUESTION]
    assert _begun(_interims(SpeculationPolicy("pause"), QUESTION)) == []
    assert _begun(_interims(SpeculationPolicy("off"), QUESTION)) == []


@pytest.mark.parametrize("drafts", [1, 2, 3, 8])
def test_no_more_are_begun_than_the_budget_and_the_last_are_kept_for_the_pause(drafts: int) -> None:
    grows = [f"Hay piscina {' '.join(['grande'] * count)}" for count in range(1, 20)]
    seen = _interims(SpeculationPolicy("interim", drafts=drafts), *grows)
    begun = _begun(seen)
    assert begun == grows[: max(0, drafts - FOR_THE_PAUSE - FOR_THE_END)]
    dropped = [action for action in seen if isinstance(action, act.CancelReply)]
    assert len(dropped) == max(0, len(begun) - 1)


WORDS = ev.Words(QUESTION, "es", 0.99)


def test_the_same_words_agree_however_they_are_written() -> None:
    draft = Draft(1, WORDS)
    assert agrees(draft, replace(WORDS, text="hay piscina, en la casa"))
    assert agrees(draft, replace(WORDS, language=None))
    assert not agrees(draft, replace(WORDS, text="¿Hay piscina en la caza?"))
    assert agrees(Draft(1, WORDS, frozenset({"tienen piscina"})), replace(WORDS, text="¿Tienen piscina?"))


def test_the_same_words_in_another_language_do_not() -> None:
    assert not agrees(Draft(1, WORDS), replace(WORDS, language="en"))
