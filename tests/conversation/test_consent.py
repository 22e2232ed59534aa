"""What counts as a plain yes, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.conversation.consent import consents


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Sí.", "es"),
        ("Sííí, por favor.", "es"),
        ("Vale, perfecto, adelante.", "es"),
        ("Sí, confírmela.", "es"),
        ("Sí, confirmo la reserva.", "es"),
        ("Eso es, muchas gracias.", "es"),
        ("Claro que sí.", "es"),
        ("Muy bien, resérvelo.", "es"),
        ("Yes, please.", "en"),
        ("Yeah, go ahead, thank you.", "en"),
        ("That's right, book it.", "en"),
        ("Okay.", "en"),
    ],
)
def test_a_yes(words: str, language: str) -> None:
    assert consents(words, language)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("", "es"),
        ("No.", "es"),
        ("Sí, pero para tres personas.", "es"),
        ("Sí, pero no la confirme.", "es"),
        ("Sí no.", "es"),
        ("¿Sí?", "es"),
        ("Ya.", "es"),
        ("Bueno.", "es"),
        ("Mmm.", "es"),
        ("Ajá.", "es"),
        ("Qué interesante.", "es"),
        ("Por favor.", "es"),
        ("Gracias.", "es"),
        ("Que sí, que sí, que vengo el cuatro.", "es"),
        ("Sí, ¿y hay aparcamiento?", "es"),
        ("Really.", "en"),
        ("I see.", "en"),
        ("Well.", "en"),
        ("Not okay.", "en"),
        ("Yes, but for three.", "en"),
        ("Don't book it.", "en"),
        ("Thank you.", "en"),
        ("Ja, gerne.", "de"),
        ("Sí.", "de"),
        ("sí " * 13, "es"),
    ],
)
def test_no_yes(words: str, language: str) -> None:
    assert not consents(words, language)


@given(st.sampled_from(["no", "not", "pero", "but", "nunca", "espera", "wait", "cuatro", "mañana", "don't"]), st.data())
def test_one_word_that_is_not_of_it_spoils_a_yes(word: str, data: st.DataObject) -> None:
    said = data.draw(st.lists(st.sampled_from(["sí", "claro", "vale", "por favor", "gracias", "yes", "please"])))
    said.insert(data.draw(st.integers(0, len(said))), word)
    assert not consents(" ".join(said), "es")
    assert not consents(" ".join(said), "en")
