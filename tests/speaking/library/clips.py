"""Clips and clauses for these tests."""

import numpy as np
from hypothesis import strategies as st

from enterprise_stream.speaking.library import Clip, ClipKey, Rendering
from enterprise_stream.speaking.library.clip import CATEGORIES
from enterprise_stream.speaking.speech_text import segments

HOW = Rendering("sandra", "test-1")


def key_of(text: str, language: str = "es") -> ClipKey:
    return ClipKey.of(segments(text, language), language)


def clip_for(key: ClipKey, samples: int = 2_400, seed: int = 0) -> Clip:
    """Noise, so that it does not compress, with a span for each word."""
    words = len(key.spoken.split())
    sound = np.random.default_rng(seed).integers(-3_000, 3_000, samples).astype(np.int16)
    spans = tuple((n * 10.0, n * 10.0 + 8.0) for n in range(words))
    return Clip(sound, spans, key.language, key.spoken)


def same(one: Clip, other: Clip) -> bool:
    return np.array_equal(one.samples, other.samples) and (one.spans, one.language, one.text, one.category) == (
        other.spans,
        other.language,
        other.text,
        other.category,
    )


clips = st.builds(
    Clip,
    samples=st.integers(1, 5_000).map(lambda n: np.random.default_rng(n).integers(-9_000, 9_000, n).astype(np.int16)),
    spans=st.lists(st.tuples(*(st.integers(0, 99_999).map(lambda n: n / 100),) * 2), max_size=6).map(tuple),
    language=st.sampled_from(("es", "en")),
    text=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60),
    category=st.sampled_from(CATEGORIES),
)
