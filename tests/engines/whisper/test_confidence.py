"""How sure the decoder is of each word that it wrote."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.whisper.confidence import kept, of_words

SPACE = "\u0120"


def test_a_word_is_as_sure_as_its_least_sure_piece() -> None:
    pieces = [f"{SPACE}Es", "pera", f"{SPACE}un", f"{SPACE}moment", "ito", "."]
    likely = [math.log(one) for one in (0.9, 0.5, 0.8, 0.3, 0.99, 0.7)]
    assert of_words(pieces, likely) == pytest.approx((0.5, 0.8, 0.3))


def test_signs_make_no_word_less_sure() -> None:
    pieces = [f"{SPACE}\u00c2\u00bf", "Qu\u00c3\u00a9", "?", f"{SPACE}\u00c2\u00a1", "No", "!", f"{SPACE}-"]
    likely = [math.log(one) for one in (0.1, 0.9, 0.2, 0.1, 0.8, 0.2, 0.3)]
    assert of_words(pieces, likely) == pytest.approx((0.9, 0.8, 1.0))


def test_a_text_that_begins_without_a_space_has_its_first_word() -> None:
    assert of_words(["Es", "pera"], [math.log(0.9), math.log(0.5)]) == pytest.approx((0.5,))


def test_words_that_were_left_out_leave_the_rest_as_sure_as_the_least_sure() -> None:
    assert kept((0.9, 0.5), "no sé", "no sé") == (0.9, 0.5)
    assert kept((0.9, 0.5, 0.2), "no no no", "no") == (0.2,)
    assert kept((0.9,), "[música]", "") == ()
    assert kept((), "", "") == ()


@given(st.lists(st.tuples(st.sampled_from([f"{SPACE}no", f"{SPACE}es", "to", ".", "¿"]), st.floats(-9.0, 0.0))))
def test_each_written_word_has_one(written: list[tuple[str, float]]) -> None:
    pieces, likely = [piece for piece, _ in written], [one for _, one in written]
    text = "".join(pieces).replace(SPACE, " ")
    confidences = of_words(pieces, likely)
    assert len(confidences) == len(text.split())
    assert all(0.0 <= one <= 1.0 for one in confidences)
