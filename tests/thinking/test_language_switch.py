"""When the session's language changes, and when it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.thinking.language_switch import LanguageState, judge, requested_language, text_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Podemos hablar en inglés?", "en"),
        ("¿podría hablarme en inglés, por favor?", "en"),
        ("In English, please.", "en"),
        ("English please", "en"),
        ("Can we switch to English?", "en"),
        ("en español por favor", "es"),
        ("Could we speak Spanish?", "es"),
        ("I don't speak Spanish", "en"),
        ("no hablo inglés", "es"),
        ("no entiendo español", "en"),
        ("hablemos en inglés", "en"),
        ("¿Me lo puede decir en inglés?", "en"),
        ("Quiero que me hables en inglés", "en"),
        ("Let's continue in Spanish", "es"),
        ("Sorry, I don’t understand Spanish", "en"),
        ("¿Qué pasa con el desayuno inglés?", None),
        ("¿A qué hora sirve el English breakfast?", None),
        ("¿Habla usted francés?", "?"),
        ("¿Hay desayuno inglés?", None),
        ("¿Tienen la guía en inglés en el apartamento del loft?", None),
        ("Spanish food is great", None),
    ],
)
def test_explicit_requests(text: str, language: str | None) -> None:
    assert requested_language(text) == language


def test_an_explicit_request_switches_at_once() -> None:
    assert judge(LanguageState("es"), "in English please").language == "en"
    assert judge(LanguageState("en"), "en español, por favor").language == "es"
    assert judge(LanguageState("es"), "¿puede hablar en francés?").language == "es"
    assert judge(LanguageState("es"), "in English please", spoken=("es",)).language == "es"


@pytest.mark.parametrize(
    "text",
    ["ok", "check-in", "wifi", "thanks", "late check-out", "Villa Malvarrosa", "Okay, bye", "John Smith", "", "¿?"],
)
def test_one_odd_word_never_switches(text: str) -> None:
    state = LanguageState("es")
    for _ in range(4):
        state = judge(state, text, "en", 0.99)
    assert state.language == "es"


def test_two_clear_turns_in_a_row_switch() -> None:
    once = judge(LanguageState("es"), "How much is the penthouse in August?", "en", 0.98)
    assert once.language == "es"
    assert judge(once, "And where can we park the car?", "en", 0.97).language == "en"


def test_two_clear_turns_apart_do_not() -> None:
    state = judge(LanguageState("es"), "How much is the penthouse in August?")
    state = judge(state, "¿Y cuánto cuesta la villa en agosto?")
    assert judge(state, "Where can we park the car?").language == "es"


def test_a_recogniser_sure_of_another_language_keeps_a_turn_from_counting() -> None:
    state = LanguageState("es")
    for _ in range(3):
        state = judge(state, "How much is the penthouse in August?", "es", 0.95)
    assert state.language == "es"


@pytest.mark.parametrize(("text", "language"), [("¿Cuánto cuesta?", "es"), ("How much is it?", "en"), ("wifi", None)])
def test_text_language(text: str, language: str | None) -> None:
    assert text_language(text) == language


@given(st.text(max_size=300), st.sampled_from(["es", "en"]))
def test_any_text_is_judged(text: str, language: str) -> None:
    assert judge(LanguageState(language), text).language in ("es", "en")
