"""What the decoder writes that no guest said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.whisper import guards


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("¿Y en agosto? ¿Y en agosto? ¿Y en agosto? ¿Y en agosto?", "¿Y en agosto?"),
        ("Sí, sí, sí, sí, sí.", "Sí,"),
        ("Hola quiero una quiero una quiero una casa", "Hola quiero una casa"),
        ("How much is it? How much is it? How much is it?", "How much is it?"),
        ("la la la la la la. Gracias.", "la Gracias."),
    ],
)
def test_a_loop_stays_once(written: str, said: str) -> None:
    assert guards.loops(written)
    assert guards.without_loop(written) == said


@pytest.mark.parametrize(
    "said",
    [
        "No, no, en junio.",
        "Muy, muy cerca de la playa.",
        "No, no, no, no.",
        "Mi teléfono es 6 6 0, 0 0 0, 1 0 0.",
        "nueve seis cero, cero cero cero, uno uno dos",
        "Llegamos el lunes y nos vamos el lunes.",
        "",
        "Sí.",
        "Quería preguntar por la villa, por el ático, por el loft y por el estudio, y cuánto cuesta cada uno.",
    ],
)
def test_speech_is_left_alone(said: str) -> None:
    assert not guards.loops(said)
    assert guards.without_loop(said) == said


def test_long_text_of_one_phrase_with_small_changes_loops() -> None:
    assert guards.loops(
        "que la gente de la casa de la gente " * 2 + "que la gente de la casa y de la gente de la casa " * 3
    )


@given(st.lists(st.sampled_from(["no", "sí", "la", "casa", "playa.", "¿Y", "-"]), max_size=40))
def test_nothing_is_left_to_take_out(words: list[str]) -> None:
    once = guards.without_loop(" ".join(words))
    assert set(once.split()) == set(words)
    assert len(once.split()) <= len(words)


@pytest.mark.parametrize(
    "text",
    [
        "Subtítulos realizados por la comunidad de Amara.org",
        "Subtítulos por la comunidad de Amara.org",
        "¡Gracias por ver el video!",
        "Gracias por ver.",
        "¡Suscríbete al canal!",
        "Thank you for watching!",
        "Thanks for watching.",
        "[Música]",
        "(música)",
        "♪♪",
        "*aplausos*",
        "Música",
        " . . . ",
        "...",
        "¿?",
    ],
)
def test_stock_phrases_are_no_words(text: str) -> None:
    assert guards.without_stock_phrases(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Gracias.",
        "Muchas gracias.",
        "Thank you.",
        "Gracias por verlo con el técnico.",
        "¿Hay música en la terraza?",
        "Quiero ver un vídeo del apartamento.",
        "Bye.",
        "25",
    ],
)
def test_guests_words_stay(text: str) -> None:
    assert guards.without_stock_phrases(text) == text


def test_a_sound_in_brackets_goes_and_the_words_stay() -> None:
    assert guards.without_stock_phrases("[Risas] ¿Cuánto cuesta?") == "¿Cuánto cuesta?"


def test_no_speech_needs_both_signs() -> None:
    assert not guards.is_speech(0.9, -2.0, "You")
    assert guards.is_speech(0.9, -0.3, "Sí.")
    assert guards.is_speech(0.2, -2.0, "Sí.")


def test_a_loop_over_what_is_hardly_speech_is_noise() -> None:
    looped = ", ".join(["no"] * 12)
    assert not guards.is_speech(0.77, -0.4, looped)
    assert guards.is_speech(0.3, -0.4, looped)


def test_the_token_limit_grows_with_the_audio_and_ends() -> None:
    assert 12 < guards.token_limit(1.0) < guards.token_limit(5.0)
    assert 30.0 * guards.SYLLABLES_PER_SECOND <= guards.token_limit(30.0) <= 224, "what a window can hold"


def _words_within(tokens: list[int], seconds: float) -> list[int]:
    return [tokens[place] for place in guards.places_within(tokens, seconds)]


def test_a_segment_that_begins_after_the_audio_is_made_up() -> None:
    def at(seconds: float) -> int:
        return 50_364 + round(seconds / 0.02)

    spoken = [at(0.0), 11, 12, at(1.8), at(1.8), 13, at(3.2)]
    assert _words_within([*spoken, at(4.0), 14, at(5.0), 50_257], 3.4) == [11, 12, 13]
    assert _words_within(spoken, 3.4) == [11, 12, 13]
    assert _words_within([11, 12], 3.4) == [11, 12]
    assert _words_within([at(4.0), 11, at(5.0)], 3.4) == [11]


def test_a_segment_that_the_audio_has_no_time_for_is_made_up() -> None:
    def at(seconds: float) -> int:
        return 50_364 + round(seconds / 0.02)

    clause = list(range(100, 113))
    assert _words_within([at(0.0), *clause, at(3.48), at(3.48), *clause[:10]], 3.7) == clause
    assert _words_within([at(0.0), *clause, at(3.2), at(3.2), 7, 8, 9, at(3.6)], 3.7) == [*clause, 7, 8, 9]
    assert _words_within([at(3.5), *clause], 3.7) == clause
