"""Where words are placed by what is heard of their sounds: real voices, as written down, and noise."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from bench.spoken_clauses import by_the_clock, kept
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from enterprise_stream.speaking.bands import BANDS, MOMENT_MS, WINDOW_MS, Levels
from enterprise_stream.speaking.ports import Word
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.speaking.trellis import Trellis
from enterprise_stream.speaking.word_clock import Pace, WordClock, said

SPOKEN = Path(__file__).parent / "fixtures" / "spoken-clauses.json"
CLAUSE = "Claro que sí, la entrada es a partir de las cuatro de la tarde, y la salida, antes de las once."


@pytest.fixture(scope="module")
def late() -> dict[str, NDArray[np.float64]]:
    """How much too late words are placed in each language, by voices and of clauses that nothing was tuned on."""
    return {name: np.array(each) for name, each in by_the_clock(kept(SPOKEN)).items()}


def test_real_voices_words_are_placed_as_well_as_the_documentation_says(late: dict[str, NDArray[np.float64]]) -> None:
    away = np.abs(late["all"])
    assert away.size >= 400
    assert np.median(away) < 37
    assert np.mean(away <= 100) > 0.73
    assert np.percentile(away, 90) < 300


@pytest.mark.parametrize(("language", "within"), [("es", 0.86), ("en", 0.61)])
def test_each_language_s_words_are_placed(language: str, within: float, late: dict[str, NDArray[np.float64]]) -> None:
    assert np.mean(np.abs(late[language]) <= 100) > within


def babble(seed: int, moments: int) -> Levels:
    """Levels that change every 50 ms, as of somebody who says something else."""
    levels = np.random.default_rng(seed).normal(-30, 15, (moments // 5 + 1, BANDS))
    return np.repeat(levels, 5, axis=0)[:moments].astype(np.float32)


@given(
    st.integers(0, 2_000),
    st.integers(0, 300),
    st.integers(1, 300),
    st.sampled_from(["Cuesta 120 € con todo.", "El desayuno es de 8:00 a 11:00 en casa."]),
)
def test_whatever_is_heard_every_word_is_told_in_order_and_ends_after_it_begins(
    seed: int, moments: int, piece: int, text: str
) -> None:
    clock, levels = WordClock(segments(text, "es"), Pace(), "es"), babble(seed, moments)
    words: list[Word] = []
    for at in range(0, moments, piece):
        words += clock.follow(levels[at : at + piece])
    words += clock.end(moments * MOMENT_MS + WINDOW_MS if moments else 0.0)
    assert " ".join(word.text for word in words) == text
    assert all(word.start_ms <= word.end_ms for word in words)
    assert all(one.start_ms <= other.start_ms for one, other in pairwise(words))


@pytest.mark.parametrize("times", [1, 20])
def test_a_moment_costs_no_more_in_a_long_clause(times: int) -> None:
    noise = np.random.default_rng(1).normal(size=(1_000, BANDS)).astype(np.float32)
    trellis = Trellis(said(segments(" ".join([CLAUSE] * times), "es"), "es"), 1.0, 13)
    assert 40 < max(trellis.width for _ in trellis.hear(noise)) <= 301
