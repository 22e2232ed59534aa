"""What an answer repeats of its own beginning is not said again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.openai.overlap import Overlap


def through(said: str, pieces: list[str]) -> str:
    overlap = Overlap(said)
    return "".join([*(overlap.feed(piece) for piece in pieces), overlap.flush()])


@pytest.mark.parametrize(
    ("said", "answer", "rest"),
    [
        ("", " Claro.", " Claro."),
        ("El ático cuesta", "120 € la noche.", " 120 € la noche."),
        ("El ático cuesta ", " 120 € la noche.", "120 € la noche."),
        ("El ático cuesta", "El ático cuesta 120 €.", " 120 €."),
        ("El ático cuesta", "cuesta 120 €.", " 120 €."),
        ("Claro. El ático cuesta", "el Ático cuesta, 120 €.", " 120 €."),
        ("El ático", "El ático", ""),
        ("El ático", "El loft", " El loft"),
        ("El ático cuesta 120 €", ", y el loft 85.", ", y el loft 85."),
        ("Claro.", "¿Para cuándo?", " ¿Para cuándo?"),
        ("La suite ", "La suite tiene", "tiene"),
        ("La suite", "La terraza", " La terraza"),
    ],
)
def test_repetitions_go_and_the_rest_stays(said: str, answer: str, rest: str) -> None:
    assert through(said, [answer]) == rest
    assert through(said, list(answer)) == rest


@given(st.text("ab .", max_size=20), st.lists(st.text("ab .", min_size=1, max_size=6), max_size=8))
def test_nothing_is_lost_but_what_was_said(said: str, pieces: list[str]) -> None:
    answer, rest = "".join(pieces), through(said, pieces)
    assert answer.split()[len(answer.split()) - len(rest.split()) :] == rest.split()
    dropped = answer.split()[: len(answer.split()) - len(rest.split())]
    assert [word.strip(".") or word for word in said.split()][-len(dropped) :] == [
        word.strip(".") or word for word in dropped
    ] or not dropped
