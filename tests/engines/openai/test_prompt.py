"""What a prompt may never hold, and what stays the same of it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.openai.history import LINE_TOKENS, Memory, Window, window
from enterprise_stream.engines.openai.prompt import MOST_GUEST_CHARS, late_part, request_for, stable_part
from enterprise_stream.engines.openai.request import Request
from enterprise_stream.thinking.facts import FoundFact, WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import Message, Question, ToolCall, ToolExchange
from enterprise_stream.thinking.tokens import count_prompt, count_tokens

from .vendor import KNOWLEDGE

SOURCE = KnowledgeSource(KNOWLEDGE)
GUEST = "Kanarie"
"""Marks what a guest, or a function, has said."""

WORDS = st.text(min_size=0, max_size=80).map(lambda text: f"{GUEST} {text} {GUEST}")
LINES = st.lists(st.tuples(st.sampled_from(["user", "assistant"]), WORDS), max_size=8)


def request(question: Question, summary: str = "") -> Request:
    stable = stable_part(SOURCE.load(), "Sandra", question.language, WrittenFacts(SOURCE).standing(question.language))
    late = late_part(question, "2026-11-21", (FoundFact("wifi", "general", "¿Hay wifi? Sí."),))
    return request_for(question, stable, late, Window(summary, question.history), 300)


def by_role(messages: Any, role: str) -> str:
    return "\n".join(str(message["content"]) for message in messages if message["role"] == role)


@pytest.mark.requirement("S21")
@given(WORDS, LINES, WORDS, st.sampled_from(["es", "en", "fr"]), st.booleans())
def test_what_others_say_is_never_in_the_systems_role(
    asked: str, lines: list[tuple[Any, str]], summary: str, language: str, late_system: bool
) -> None:
    history = tuple(Message(role, text, language) for role, text in lines)
    exchange = ToolExchange(ToolCall("call_1", "look_up", "{}"), f'"{GUEST}"')
    question = Question("ana", asked, language, history, exchanges=(exchange,), said=f"Claro, {GUEST}")
    messages = request(question, summary).messages(late_system=late_system)
    assert GUEST not in by_role(messages, "system")
    assert GUEST in by_role(messages, "user")
    roles = [message["role"] for message in messages]
    assert roles[0] == "system"
    assert late_system or "system" not in roles[1:]


@given(WORDS, LINES)
def test_a_plain_prompts_roles_take_turns(asked: str, lines: list[tuple[Any, str]]) -> None:
    history = tuple(Message(role, text, "es") for role, text in lines)
    roles = [message["role"] for message in request(Question("a", asked, "es", history)).messages(late_system=False)]
    assert all(role == ("user" if number % 2 else "assistant") for number, role in enumerate(roles) if number)


def test_the_beginning_is_the_same_for_every_turn_and_guest() -> None:
    history = (Message("user", "Hola", "es"), Message("assistant", "Buenas.", "es"))
    one = request(Question("ana", "¿Hay wifi?", "es")).messages(late_system=True)
    other = request(Question("luis", "¿Y parking?", "es", history, today="2027-01-01")).messages(late_system=True)
    assert one[0] == other[0]
    assert len(str(one[0]["content"])) > 3_000
    longer = request(Question("luis", "¿Y gatos?", "es", (*history, *history))).messages(late_system=True)
    assert other[:3] == longer[:3]


def test_each_language_has_its_own_words() -> None:
    spanish, english = (stable_part(SOURCE.load(), "Sandra", language) for language in ("es", "en"))
    assert "Eres Sandra" in spanish
    assert "You are Sandra" in english
    assert "120 € (agosto 144 €); terraza" in spanish
    assert "120 € (August 144 €); a terrace" in english
    assert "idioma fr" not in late_part(Question("a", "?", "en"), "2026-11-21")
    assert "language fr" in late_part(Question("a", "?", "fr"), "2026-11-21")
    assert late_part(Question("a", "?", "es"), "2026-11-21") == "Hoy es sábado, 21 de noviembre de 2026."


@pytest.mark.requirement("S21")
def test_a_guests_words_are_cut_and_hold_nothing_hidden() -> None:
    asked = request(Question("a", "wifi\u202e\x00\u200b " + "x" * 9_000, "es")).asked
    assert len(asked) == MOST_GUEST_CHARS - len("\u202e\x00\u200b") + 3
    assert asked.startswith("wifi x")


@given(WORDS, st.lists(WORDS, max_size=40), st.integers(200, 2_000))
def test_a_prompt_has_no_more_tokens_than_its_parts_may_have(asked: str, said: list[str], budget: int) -> None:
    history = tuple(Message("assistant" if number % 2 else "user", text, "es") for number, text in enumerate(said))
    question = Question("ana", asked, "es", history)
    told = window(Memory(), history, budget, count_tokens)
    bare = request(Question("ana", "", "es")).messages(late_system=True)
    whole = request(replace(question, history=told.lines)).messages(late_system=True)
    assert count_prompt(whole) <= count_prompt(bare) + budget + count_tokens(asked) + LINE_TOKENS
