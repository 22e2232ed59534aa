"""Which words a recogniser is not sure of: by its confidences, and by what it found in less of the sound."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.conversation.events import Words
from enterprise_stream.conversation.lexicon import words_of
from enterprise_stream.conversation.sureness import unsure_words

NOTHING = Words("")
CONFIDENCE = st.floats(0.0, 1.0)
SPOKEN = st.lists(st.tuples(st.sampled_from(["No,", "espera", "Vale.", "¿qué?", "no"]), CONFIDENCE), max_size=5)


def _words(*said: tuple[str, float]) -> Words:
    return Words(" ".join(word for word, _ in said), "es", 0.9, 500.0, confidences=tuple(one for _, one in said))


@pytest.mark.parametrize(
    ("now", "before", "unsure"),
    [
        ((("¡Espera!", 0.2),), (), {"espera"}),
        ((("¡Espera!", 0.5),), (), set()),
        ((("espera", 0.3),), (("Espera", 0.3),), set()),  # either alone is too little
        ((("espera", 0.3),), (("Espeda", 0.3),), set()),  # misheard before
        ((("¿Qué", 0.3),), (("que", 0.3),), set()),
        ((("espera", 0.3),), (("manzana", 0.9),), {"espera"}),
        ((("espera", 0.1),), (("espera", 0.1),), {"espera"}),  # both together are too little
        ((("No,", 0.1), ("no,", 0.8), ("no.", 0.9)), (), {"no"}),  # it repeats itself
        ((("dígame", 0.9), ("precio", 0.2)), (), {"precio"}),
    ],
)
def test_words_are_sure_by_both_looks_together(
    now: tuple[tuple[str, float], ...], before: tuple[tuple[str, float], ...], unsure: set[str]
) -> None:
    assert unsure_words(_words(*now), _words(*before), 0.4) == unsure


def test_words_without_confidences_are_sure() -> None:
    """A recogniser that cannot tell is believed, and so is one that tells of other words than it wrote."""
    assert unsure_words(Words("no sé"), NOTHING, 0.4) == set()
    assert unsure_words(replace(Words("no sé"), confidences=(0.1,)), NOTHING, 0.4) == set()


@given(SPOKEN, SPOKEN, CONFIDENCE, CONFIDENCE)
def test_a_higher_bar_makes_no_word_sure(
    now: list[tuple[str, float]], before: list[tuple[str, float]], one: float, other: float
) -> None:
    words, earlier = _words(*now), _words(*before)
    low, high = sorted((one, other))
    unsure = unsure_words(words, earlier, high)
    assert unsure_words(words, earlier, low) <= unsure <= set(words_of(words.text))


@given(SPOKEN, SPOKEN, CONFIDENCE)
def test_what_was_found_before_makes_no_word_less_sure(
    now: list[tuple[str, float]], before: list[tuple[str, float]], sure_at: float
) -> None:
    alone = unsure_words(_words(*now), NOTHING, sure_at)
    assert unsure_words(_words(*now), _words(*before), sure_at) <= alone
