"""The knowledge file: what is read, what is said about mistakes, and reloading."""

from pathlib import Path

import pytest

from enterprise_stream.errors import KnowledgeError
from enterprise_stream.thinking.knowledge import (
    KnowledgeSource,
    Problem,
    business_terms,
    check_knowledge,
    load_knowledge,
)

DEMO = Path(__file__).parents[2] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"

GOOD = """\
business:
  name: Casa Azul
  persona: Eva
  languages: [es, en]
  disclosure: {es: Soy una IA., en: I am an AI.}
  phones: {office: 960 000 100}
facts:
  - id: wifi
    type: general
    ask:
      es: ["¿Hay wifi?", "¿Tienen internet?", "¿Va bien el wifi?"]
      en: ["Is there wifi?", "Do you have internet?", "Is the wifi good?"]
    answer:
      es: "Sí. Llame al {office}."
      en: "Yes. Call {office}."
"""


def problems_of(tmp_path: Path, text: str) -> tuple[Problem, ...]:
    path = tmp_path / "k.yaml"
    path.write_text(text, encoding="utf-8")
    return check_knowledge(path)


def test_the_demo_file_is_clean_and_says_it_is_invented() -> None:
    assert not [problem for problem in check_knowledge(DEMO) if problem.fatal]
    knowledge = load_knowledge(DEMO)
    assert knowledge.business.invented
    assert [lodging.price for lodging in knowledge.lodgings] == [120, 85, 70, 290]


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    assert problems_of(tmp_path, GOOD) == ()
    knowledge = load_knowledge(tmp_path / "k.yaml")
    assert knowledge.fill(knowledge.facts[0].answer["es"]) == "Sí. Llame al 960 000 100."


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("type: general", "type: luxry", 9, "did you mean 'luxury'"),
        ("    answer:", "    anser:", 14, "did you mean 'answer'"),
        ('      en: "Yes. Call {office}."\n', "", 14, "missing in 'en'"),
        ('{office}."\n      en', '{ofice}."\n      en', 14, "did you mean 'office'"),
        ("languages: [es, en]", "languages: [es, eng]", 4, "did you mean 'en'"),
        ("  persona: Eva\n", "", 2, "needs 'persona'"),
        ("    type: general\n", "    type: general\n    type: general\n", 10, "written twice"),
        ('es: ["¿Hay wifi?", "¿Tienen internet?", "¿Va bien el wifi?"]', "es: ¿Hay wifi?", 11, "must be a list"),
        ("business:", "bussiness:", 2, "did you mean 'business'"),
        ("facts:", "facts: [", 0, "not readable YAML"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    found = [problem for problem in problems_of(tmp_path, GOOD.replace(old, new, 1)) if said in problem.message]
    assert found
    assert found[0].fatal
    assert not line or found[0].line == line


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[1, 2]", b"- a\n- b", b"a: &x [*x, *x]", b"x: " + b"[" * 50]
)
def test_anything_else_is_a_problem_and_no_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k.yaml"
    path.write_bytes(content)
    assert any(problem.fatal for problem in check_knowledge(path))
    with pytest.raises(KnowledgeError, match=r"k\.yaml cannot be used"):
        load_knowledge(path)


def test_too_big_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "k.yaml"
    assert "cannot be read" in check_knowledge(path)[0].message
    path.write_bytes(b"#" * (1 << 20) + b"\n")
    assert "at most" in check_knowledge(path)[0].message


WITH_CONTACT = GOOD.replace(
    "  phones:",
    "  contact: {whatsapp: +34 960 000 101, email: hola@casa.example}\n"
    "  privacy: {url: 'https://casa.example/p', text: {es: Uno., en: One.}}\n"
    "  examples: {es: [¿Hay wifi], en: [Is there wifi]}\n"
    "  phones:",
)


def test_how_a_person_is_reached_and_what_is_told_of_privacy(tmp_path: Path) -> None:
    assert problems_of(tmp_path, WITH_CONTACT) == ()
    business = load_knowledge(tmp_path / "k.yaml").business
    assert (business.contact.phone, business.contact.whatsapp) == ("960 000 100", "+34 960 000 101")
    assert (business.contact.email, business.contact.address) == ("hola@casa.example", "")
    assert business.privacy.text == {"es": "Uno.", "en": "One."}
    assert business.examples["en"] == ("Is there wifi",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hola@casa.example", "hola", "must be an address"),
        ("+34 960 000 101", "call us", "must be a number"),
        ("https://casa.example/p", "casa.example/p", "must begin with 'https://'"),
        ("whatsapp:", "whatsap:", "did you mean 'whatsapp'"),
        ("en: One.", "fr: Un.", "missing in 'en'"),
    ],
)
def test_a_mistake_in_the_contact_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in WITH_CONTACT
    found = [problem for problem in problems_of(tmp_path, WITH_CONTACT.replace(old, new)) if said in problem.message]
    assert found
    assert found[0].line in (6, 7)


def test_advice_does_not_forbid(tmp_path: Path) -> None:
    text = GOOD.replace(', "¿Va bien el wifi?"', "")
    (advice,) = problems_of(tmp_path, text)
    assert not advice.fatal
    load_knowledge(tmp_path / "k.yaml")


class Clock:
    def __init__(self) -> None:
        self.ms = 0.0

    def now_ms(self) -> float:
        return self.ms


def test_reload_swaps_a_good_file_and_keeps_it_when_the_next_is_bad(tmp_path: Path) -> None:
    path, clock = tmp_path / "k.yaml", Clock()
    reports: list[tuple[Problem, ...]] = []
    path.write_text(GOOD, encoding="utf-8")
    source = KnowledgeSource(path, clock, reports.append)
    first = source.poll()
    path.write_text(GOOD.replace("Casa Azul", "Casa Verde y Azul"), encoding="utf-8")
    assert source.poll() is first
    clock.ms = 1_000.0
    second = source.poll()
    assert second.business.name == "Casa Verde y Azul"
    path.write_text("business: 3", encoding="utf-8")
    clock.ms = 2_000.0
    assert source.poll() is second
    assert source.problems
    assert reports[0] == ()
    assert reports[1] == source.problems
    path.write_text(GOOD, encoding="utf-8")
    clock.ms = 3_000.0
    assert source.poll().business.name == "Casa Azul"
    assert source.problems == ()


def test_a_file_that_vanishes_changes_nothing(tmp_path: Path) -> None:
    path, clock = tmp_path / "k.yaml", Clock()
    path.write_text(GOOD, encoding="utf-8")
    source = KnowledgeSource(path, clock)
    first = source.load()
    path.unlink()
    clock.ms = 1_000.0
    assert source.poll() is first
    assert source.problems


def test_the_example_in_the_documentation_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "knowledge.md").read_text(encoding="utf-8")
    blocks = page.split("```yaml\n")[1:]
    assert len(blocks) == 3
    assert problems_of(tmp_path, "".join(block.split("```")[0] for block in blocks)) == ()


def test_the_terms_of_a_business_are_its_names() -> None:
    terms = business_terms(load_knowledge(DEMO))
    assert terms[:4] == ("Casas del Turia", "Valencia", "Sandra", "Ático Ruzafa")
    assert "Mercado Central" in terms
    assert "Lonja de la Seda" in terms
    assert len(set(terms)) == len(terms) < 50
    assert all(term == term.strip() and len(term) > 2 for term in terms)
