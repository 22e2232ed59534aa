"""How a clause is cut, where its words sound, and how its sound is levelled: no model needed."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.kokoro.pieces import FIRST_CHARS, GROWTH, Piece, cut, place_words
from enterprise_stream.speaking.loudness import PEAK, RATE, TARGET_LUFS, fade, level, loudness, trim
from enterprise_stream.speaking.speech_text import Segment, segments

BREAKFAST = (
    "Claro, el desayuno se sirve de ocho a once de la mañana en la terraza, y está incluido en todas las reservas "
    "directas."
)


def said(text: str) -> list[str]:
    return [piece.spoken for piece in cut(segments(text, "es"))]


def test_a_short_clause_stays_whole() -> None:
    assert said("Hola, soy Sandra, su conserje.") == ["Hola, soy Sandra, su conserje."]


def test_the_first_piece_is_short_and_ends_where_a_speaker_would() -> None:
    first, *rest = said(BREAKFAST)
    assert len(first) <= FIRST_CHARS
    assert first.split()[-1] not in ("de", "la", "en", "a", "se")
    assert " ".join([first, *rest]) == BREAKFAST


def test_a_comma_is_the_better_place() -> None:
    assert said("Tenemos tres casas disponibles, y todas ellas tienen cocina, terraza, jardín y vistas al río.")[0] == (
        "Tenemos tres casas disponibles,"
    )


def test_without_a_good_place_a_clause_may_be_longer() -> None:
    even = " ".join(["palabra"] * 5)
    assert len(even) > FIRST_CHARS * 1.25
    assert said(even) == [even]
    pieces = cut(segments(" ".join(["palabra"] * 8), "es"))
    assert [piece.goes_on for piece in pieces] == [True, False]


def test_a_piece_that_ends_at_a_comma_is_no_cut_phrase() -> None:
    text = "Tenemos tres casas disponibles, y todas ellas tienen cocina, terraza, jardín y vistas al río."
    assert not any(piece.goes_on for piece in cut(segments(text, "es")))


@given(st.lists(st.text("abcdeñ,.y", min_size=1, max_size=12), max_size=60))
def test_pieces_keep_every_word(words: list[str]) -> None:
    found = [Segment(word, word) for word in words]
    pieces = cut(found)
    assert [segment for piece in pieces for segment in piece.segments] == found
    assert all(piece.segments for piece in pieces)


@given(st.lists(st.sampled_from(["casa", "jardín", "terraza,", "dormitorio"]), max_size=60))
def test_pieces_start_short_and_grow_within_bounds(words: list[str]) -> None:
    limit = float(FIRST_CHARS)
    for piece in cut([Segment(word, word) for word in words]):
        assert len(piece.spoken) <= limit * 1.6
        limit = max(FIRST_CHARS, len(piece.spoken) * GROWTH)


@pytest.mark.parametrize(
    ("shorter", "longer"), [("hola", "hola,"), ("hola,", "hola;"), ("hola;", "hola."), ("hola?", "hola…")]
)
def test_pauses_follow_the_punctuation(shorter: str, longer: str) -> None:
    pauses = [Piece((Segment(text, text),)).pause_ms for text in (shorter, longer)]
    assert 0 < pauses[0] < pauses[1] < 400


def test_closing_quotes_hide_no_punctuation() -> None:
    assert Piece((Segment("«hola.»", "«hola.»"),)).pause_ms == Piece((Segment("hola.", "hola."),)).pause_ms


def test_words_share_the_time_by_their_sound() -> None:
    piece = Piece(segments("Son 120 € la noche", "es"))
    words = place_words(piece, 1000.0, 3000.0, weight=len)
    assert [word.text for word in words] == ["Son", "120", "€", "la", "noche"]
    assert words[0].start_ms == 1000.0
    assert words[-1].end_ms == pytest.approx(3000.0)
    assert all(one.end_ms == pytest.approx(two.start_ms) for one, two in pairwise(words))
    length = {word.text: word.end_ms - word.start_ms for word in words}
    assert length["120"] > length["Son"] > length["la"]
    assert length["120"] == pytest.approx(3 * length["€"])


def test_a_comma_inside_takes_time_of_its_own() -> None:
    one, two = place_words(Piece(segments("Hola, amigo", "es")), 0.0, 1000.0, weight=len)
    assert two.start_ms - one.end_ms == pytest.approx(79.2)


def test_what_is_not_said_has_no_length() -> None:
    words = place_words(Piece(segments("Hola 😀", "es")), 0.0, 500.0, weight=len)
    assert [(word.text, word.start_ms, word.end_ms) for word in words] == [("Hola", 0.0, 500.0), ("😀", 500.0, 500.0)]


def tone(level_: float, seconds: float = 1.0, hertz: float = 1000.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    t = np.arange(int(seconds * RATE)) / RATE
    return (level_ * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def test_loudness_is_that_of_the_standard() -> None:
    # EBU Tech 3341, test 1: a 1 kHz sine at -23 dBFS (peak) in two channels is -23 LUFS; in one it is 3 LU less
    assert loudness(tone(10 ** (-23 / 20), 5.0)) == pytest.approx(-26.0, abs=0.1)
    quiet = np.concatenate([tone(0.1, 3.0), np.zeros(3 * RATE, np.float32)])
    assert loudness(quiet) == pytest.approx(loudness(tone(0.1, 3.0)), abs=0.3)


@pytest.mark.parametrize("amplitude", [0.02, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("seconds", [0.15, 2.0])
def test_every_piece_becomes_equally_loud(amplitude: float, seconds: float) -> None:
    levelled = level(tone(amplitude, seconds))
    assert loudness(levelled) == pytest.approx(TARGET_LUFS, abs=0.2)
    assert np.abs(levelled).max() <= PEAK


def test_peaks_are_rounded_below_full_scale() -> None:
    sound = tone(0.02)
    sound[5000:5010] = 1.0
    assert 0.5 * PEAK < np.abs(level(sound)).max() <= PEAK


def test_trim_cuts_silence_and_keeps_the_sound() -> None:
    silence = np.zeros(RATE // 2, np.float32)
    trimmed = trim(np.concatenate([silence, tone(0.3), silence]))
    assert RATE <= trimmed.size <= RATE * 1.08
    assert trim(silence).size == trim(silence[:3]).size == level(silence[:0]).size == 0


def test_fade_starts_and_ends_at_zero() -> None:
    faded = fade(np.ones(2400, np.float32))
    assert faded[0] == faded[-1] == 0.0
    assert faded[1200] == 1.0
    assert fade(np.ones(1, np.float32)).size == 1
