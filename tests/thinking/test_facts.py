"""Facts by the words that stand in the file, and the kind of answer that follows from them."""

from pathlib import Path

import pytest

from enterprise_stream.thinking.facts import MOST_FOUND, FoundFact, WrittenFacts, by_words, plain
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.response_type import response_type

SOURCE = KnowledgeSource(Path(__file__).parents[2] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml")
KNOWLEDGE = SOURCE.load()


def test_words_are_compared_without_accents_case_and_marks() -> None:
    assert plain("¿Dónde está el ÁTICO?") == "donde esta el atico"


@pytest.mark.parametrize(
    ("text", "language", "fact", "sure"),
    [
        ("¿Puedo llevar a mi perro?", "es", "pets", True),
        ("¿Tienen wifi? ¿Y desayuno?", "es", "wifi", True),
        ("is breakfast included", "en", "breakfast", True),
        ("¿hasta qué hora puedo quedarme?", "es", "late_checkout", False),
    ],
)
def test_words_give_facts_away(text: str, language: str, fact: str, sure: bool) -> None:
    best = by_words(KNOWLEDGE, text, language)[0]
    assert (best.id, best.sure) == (fact, sure)


def test_nothing_is_found_for_words_that_ask_for_nothing() -> None:
    assert by_words(KNOWLEDGE, "", "es") == ()
    assert by_words(KNOWLEDGE, "cuéntame un chiste", "es") == ()
    assert len(by_words(KNOWLEDGE, "wifi perro parking desayuno cuna fiesta", "es")) == MOST_FOUND


async def test_a_small_file_is_told_as_a_whole_with_its_questions() -> None:
    facts = WrittenFacts(SOURCE)
    standing = facts.standing("es")
    assert len(standing) == len(KNOWLEDGE.facts)
    assert facts.standing("es") == standing
    wifi = next(fact for fact in standing if fact.id == "wifi")
    assert wifi.text == "¿Hay wifi? Sí, en todos los apartamentos. Es fibra de 600 megabits."
    assert "fibre" in next(fact.text for fact in facts.standing("en") if fact.id == "wifi")
    assert (await facts.find("ana", "¿wifi?", "es"))[0].id == "wifi"


PERSON = FoundFact("person", "support", "…", sure=True)
LUXURY = FoundFact("luxury", "luxury", "…", sure=True)
WIFI = FoundFact("wifi", "general", "…", sure=True)


@pytest.mark.parametrize(
    ("asked", "found", "answer", "kind"),
    [
        ("Hola, buenas tardes", (), "Buenas tardes.", "welcome"),
        ("Good morning", (), "Good morning.", "welcome"),
        ("Hola, ¿tienen wifi?", (WIFI,), "Sí.", "general"),
        ("Quiero algo especial", (LUXURY,), "La Villa Malvarrosa.", "luxury"),
        ("¿Cuánto cuesta la villa?", (), "290 €.", "luxury"),
        ("¿Cuánto cuesta la más grande?", (), "La Villa Malvarrosa, 290 €.", "luxury"),
        ("¿Qué tienen?", (), "El Ático Ruzafa y la Villa Malvarrosa.", "general"),
        ("En la villa no hay luz, quiero una persona", (PERSON,), "Ahora mismo.", "support"),
        ("¿Wifi?", (FoundFact("person", "support", "…"),), "Sí.", "general"),
        ("", (), "", "general"),
    ],
)
def test_the_kind_of_an_answer(asked: str, found: tuple[FoundFact, ...], answer: str, kind: str) -> None:
    assert response_type(asked, found, answer, KNOWLEDGE) == kind
