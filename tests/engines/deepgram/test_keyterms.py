"""What a recogniser is told to expect stays within what the service takes."""

import pytest

from enterprise_stream.engines.deepgram.keyterms import MOST_TERMS, MOST_TOKENS, key_terms, keywords


def test_each_term_is_told_once_and_without_stray_blanks() -> None:
    assert key_terms(["Casas  del Turia", " Ruzafa ", "", "Casas del Turia"]) == ["Casas del Turia", "Ruzafa"]


@pytest.mark.parametrize("terms", [["Ruzafa " + str(n) for n in range(1_000)], ["palabra " * 40] * 3, ["x" * 9_000]])
def test_no_more_than_fit(terms: list[str]) -> None:
    kept = key_terms(terms)
    assert len(kept) <= MOST_TERMS
    assert sum(-(-len(term) // 3) for term in kept) <= MOST_TOKENS
    assert kept == terms[: len(kept)] or kept == [term.strip() for term in terms[: len(kept)]]


def test_single_words_are_told_where_phrases_are_not_taken() -> None:
    assert keywords(["Casas del Turia", "Lonja de la Seda", "Turia"]) == ["Casas", "Turia", "Lonja", "Seda"]
