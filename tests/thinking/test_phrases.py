"""The splitter: nothing is lost, the first clause is short, sentences stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.thinking.phrases import CLAUSE_MAX_CHARS, PhraseSplitter


def _split(*pieces: str) -> list[str]:
    splitter = PhraseSplitter()
    return [clause for piece in pieces for clause in splitter.feed(piece)] + splitter.flush()


def test_the_first_clause_ends_at_the_first_comma_and_later_ones_with_their_sentence() -> None:
    clauses = _split("Sí, claro, tenemos sitio. Son cien euros, con desayuno. ¿Le reservo?")
    assert [clause.strip() for clause in clauses] == [
        "Sí, claro,", "tenemos sitio.", "Son cien euros, con desayuno.", "¿Le reservo?",
    ]  # fmt: skip


def test_a_first_clause_is_not_clipped() -> None:
    assert _split("Sí, ")[0] == "Sí, "
    assert [c.strip() for c in _split("Por supuesto, hay sitio.")] == ["Por supuesto,", "hay sitio."]


def test_a_clause_is_given_as_soon_as_it_is_whole() -> None:
    splitter = PhraseSplitter()
    assert splitter.feed("Buenos días.") == []  # may go on: "Buenos días..."
    assert splitter.feed(" ¿Qué") == ["Buenos días."]
    assert splitter.flush() == [" ¿Qué"]
    assert splitter.flush() == []


@pytest.mark.parametrize(
    "text",
    [
        "El Sr. García llega hoy",
        "Vive en la Avda. del Puerto",
        "Mr. Smith and Dr. Jones",
        "Cuesta 1.250 euros",
        "3.5 km",
    ],
)
def test_abbreviations_and_numbers_do_not_end_a_sentence(text: str) -> None:
    assert _split(text) == [text]


def test_a_long_clause_is_cut_at_a_blank() -> None:
    text = "palabra " * 100
    clauses = _split(text)
    assert len(clauses) > 1
    assert all(len(clause) <= CLAUSE_MAX_CHARS for clause in clauses[:-1])
    assert all(clause.split()[0] == "palabra" for clause in clauses)


def test_a_word_without_end_is_cut_all_the_same() -> None:
    assert max(len(clause) for clause in _split("a" * 1_000)) <= CLAUSE_MAX_CHARS


def test_a_line_ends_a_clause() -> None:
    assert [clause.strip() for clause in _split("Primero esto\nluego lo otro")] == ["Primero esto", "luego lo otro"]


@given(st.lists(st.text(alphabet=st.sampled_from('abc á.,;:!?…\n "»)0123'), max_size=30), max_size=20))
def test_what_is_said_is_what_was_written(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert "".join("".join(_split(*pieces)).split()) == "".join(text.split())
    assert all(clause.strip() for clause in _split(*pieces))


@given(st.text(alphabet=st.sampled_from("abcdef .,?"), max_size=600), st.integers(1, 50))
def test_pieces_do_not_change_the_sentences(text: str, size: int) -> None:
    """However a brain cuts its text, the same clauses come out, when no clause has to be cut for its length."""
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    whole, cut = _split(text), _split(*pieces)
    if max((len(clause) for clause in whole), default=0) < CLAUSE_MAX_CHARS - 60:
        assert cut == whole


@given(st.text(max_size=2_000))
def test_no_clause_is_longer_than_a_voice_takes(text: str) -> None:
    assert all(len(clause.strip()) <= 400 for clause in _split(text))
