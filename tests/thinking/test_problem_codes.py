"""The console says each kind of fault of a trial in the owner's language: every code is made here, and has texts."""

import re
from pathlib import Path
from typing import get_args

import pytest
from tests.thinking.test_knowledge import GOOD, WITH_CONTACT, problems_of

from enterprise_stream.server.trials import WISH_CODES
from enterprise_stream.thinking.knowledge import Problem, ProblemCode, check_knowledge
from enterprise_stream.thinking.knowledge.tree import MAX_BYTES

TEXTS = Path(__file__).parents[2] / "web" / "src" / "console" / "texts"
FACT = GOOD.partition("facts:\n")[2]
PRICES = "prices: {seasons: [{name: {es: Verano, en: Summer}, months: [7], change: +20 %}]}\n"
HOURS = WITH_CONTACT.replace("  phones:", "  office_hours: {from: '9:00', to: '20:00'}\n  phones:")

MISTAKES: dict[ProblemCode, str] = {
    "too_big": "#" * (MAX_BYTES + 1),
    "not_yaml": "facts: [",
    "empty_file": "",
    "too_deep": "x: " + "[" * 50 + "]" * 50,
    "bad_name": "[a]: 1",
    "written_twice": GOOD.replace("    type: general\n", "    type: general\n" * 2),
    "not_a_group": GOOD.replace("{office: 960 000 100}", "960 000 100"),
    "unknown_setting": GOOD.replace("persona:", "persna:"),
    "missing_setting": GOOD.replace("  persona: Eva\n", ""),
    "not_a_list": GOOD.replace("[es, en]", "es"),
    "not_a_text": GOOD.replace("Casa Azul", "[Casa]"),
    "not_a_number": GOOD.replace("  phones:", "  confirm_within_hours: soon\n  phones:"),
    "not_a_choice": GOOD.replace("type: general", "type: generall"),
    "not_a_percentage": (PRICES + GOOD).replace("+20 %", "more"),
    "not_a_time": HOURS.replace("'9:00'", "nine"),
    "not_an_email": WITH_CONTACT.replace("hola@casa.example", "hola"),
    "not_a_telephone": WITH_CONTACT.replace("+34 960 000 101", "call us"),
    "not_https": WITH_CONTACT.replace("https://casa", "http://casa"),
    "unknown_placeholder": GOOD.replace("{office}", "{ofice}"),
    "not_per_language": GOOD.replace("{es: Soy una IA., en: I am an AI.}", "Soy una IA."),
    "unknown_language": GOOD.replace("en: I am an AI.", "fr: Je suis une IA."),
    "missing_language": GOOD.replace(", en: I am an AI.", ""),
    "no_wording": GOOD.replace('["Is there wifi?", "Do you have internet?", "Is the wifi good?"]', "[]"),
    "few_wordings": GOOD.replace(', "¿Va bien el wifi?"', ""),
    "same_id": GOOD + FACT,
    "same_question": GOOD + FACT.replace("id: wifi", "id: internet"),
}
"""A file for each kind of problem that a text can have."""


def texts(language: str) -> dict[str, str]:
    """The console's sentences by their codes."""
    source = (TEXTS / f"{language}Faults.ts").read_text(encoding="utf-8")
    return dict(re.findall(r'^  (\w+):\s+"((?:[^"\\]|\\.)+)",$', source, re.MULTILINE))


def fits(problem: Problem) -> bool:
    """Whether both languages have a sentence for it, and it has what stands in their blanks."""
    sentences = [texts(language)[str(problem.code)] for language in ("es", "en")]
    return all(set(re.findall(r"\{(\w+)\}", each)) <= problem.values.keys() for each in sentences)


@pytest.mark.parametrize("code", MISTAKES)
def test_a_mistake_is_told_by_its_code_with_what_its_sentences_need(tmp_path: Path, code: ProblemCode) -> None:
    problems = problems_of(tmp_path, MISTAKES[code])
    assert code in {problem.code for problem in problems}
    assert all(fits(problem) for problem in problems)


def test_a_file_that_cannot_be_read_is_told_likewise(tmp_path: Path) -> None:
    (gone,) = check_knowledge(tmp_path / "nothing.yaml")
    (tmp_path / "k.yaml").write_bytes(b"\xff\xfe\x00")
    (strange,) = check_knowledge(tmp_path / "k.yaml")
    assert (gone.code, strange.code) == ("unreadable", "not_utf8")
    assert fits(gone)
    assert fits(strange)


@pytest.mark.parametrize("language", ["es", "en"])
def test_there_is_a_sentence_for_every_code_and_for_nothing_else(language: str) -> None:
    assert texts(language).keys() == {*get_args(ProblemCode), *WISH_CODES}
    assert {*MISTAKES, "unreadable", "not_utf8"} == set(get_args(ProblemCode)), "each is made above"
