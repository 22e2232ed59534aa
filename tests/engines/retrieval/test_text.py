"""Guests' words made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.retrieval.phrases import contracted
from enterprise_stream.engines.retrieval.text import without_preface


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("espera, mejor dime cuánto cuesta la villa", "cuánto cuesta la villa"),
        ("Oye, mira, a ver, ¿hay piscina?", "¿hay piscina?"),
        ("Wait, hang on, sorry, how much is it?", "how much is it?"),
        ("Una pregunta rápida: ¿hay wifi?", "¿hay wifi?"),
        ("¿Me oyes? ¿Cuánto cuesta?", "¿Cuánto cuesta?"),
        ("Look for a flat for two", "Look for a flat for two"),
        ("Espera", "Espera"),
        ("Bueno", "Bueno"),
        ("Miraflores está lejos", "Miraflores está lejos"),
        ("", ""),
    ],
)
def test_what_only_claims_the_floor_is_left_out(said: str, left: str) -> None:
    assert without_preface(said) == left


@given(st.text(max_size=200))
def test_a_preface_never_takes_everything(text: str) -> None:
    left = without_preface(text)
    assert text.endswith(left)
    assert bool(left.strip()) == bool(text.strip())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("De el Ático Ruzafa no me consta.", "Del Ático Ruzafa no me consta."),
        ("lo de el Loft", "lo del Loft"),
        ("a el Estudio", "al Estudio"),
        ("de él no sé", "de él no sé"),
    ],
)
def test_articles_contract_before_a_name(written: str, said: str) -> None:
    assert contracted(written) == said
