"""What is built ahead is what will be asked of the voice."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import enterprise_stream
from enterprise_stream.engines.retrieval.sentences import sentences
from enterprise_stream.thinking.ahead import clauses_of, in_clauses, of_knowledge, of_persona
from enterprise_stream.thinking.knowledge import load_knowledge
from enterprise_stream.thinking.persona import Persona, with_retention
from enterprise_stream.thinking.phrases import PhraseSplitter

KNOWLEDGE = load_knowledge(Path(enterprise_stream.__file__).parent / "data" / "casas-del-turia.yaml")
WORDS = st.sampled_from(
    ["Sí,", "claro.", "El ático", "cuesta 120 €", "la noche,", "y", "¿algo más?", "Muy bien:", "hay sitio"]
)
texts = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


@settings(deadline=None)
@given(st.sampled_from(["", "Sí. ", "Con mucho gusto. "]), texts, st.integers(1, 9))
def test_whatever_comes_before_it_a_text_is_said_in_these_clauses(before: str, text: str, step: int) -> None:
    splitter = PhraseSplitter()
    live = splitter.feed(before)
    for at in range(0, len(text), step):
        live += splitter.feed(text[at : at + step])
    live += splitter.flush()
    said = [clause.strip() for clause in live if clause.strip() not in before or not before]
    assert set(said) <= set(clauses_of(text)) | {before.strip()}


def test_every_answer_of_the_file_is_there_in_each_language() -> None:
    for language in KNOWLEDGE.business.languages:
        clauses = {phrase.text for phrase in in_clauses(of_knowledge(KNOWLEDGE, language))}
        for fact in KNOWLEDGE.facts:
            splitter = PhraseSplitter()
            text = KNOWLEDGE.fill(fact.answer[language])
            live = [*splitter.feed(text), *splitter.flush()]
            assert {clause.strip() for clause in live} <= clauses


def test_each_clause_is_there_once_with_its_kind() -> None:
    persona = Persona("Sandra", "sandra", with_retention(KNOWLEDGE.business.disclosure, 30))
    ahead = in_clauses([*of_persona(persona, "es"), *sentences(KNOWLEDGE, "es"), *of_knowledge(KNOWLEDGE, "es")])
    assert len({phrase.text for phrase in ahead}) == len(ahead)
    kinds = {phrase.text: phrase.type for phrase in ahead}
    assert kinds["¡Hola!"] == "welcome"
    assert kinds["De acuerdo, lo pregunto a la oficina."] == "support"
    assert kinds["Perdone, no le he entendido."] == "error"
    assert not any("{" in text for text in kinds)
    assert "luxury" in kinds.values()


def test_a_language_that_the_brain_does_not_speak_has_no_sentences() -> None:
    assert list(sentences(KNOWLEDGE, "fr")) == []
