import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from enterprise_stream.audio.formats import USUAL_RATES
from enterprise_stream.audio.resample import Resampler

PAIRS = [(rate, 16_000) for rate in USUAL_RATES] + [(24_000, rate) for rate in USUAL_RATES]


def at_once(samples: NDArray[np.float32], in_rate: int, out_rate: int) -> NDArray[np.float32]:
    resampler = Resampler(in_rate, out_rate)
    return np.concatenate([resampler.feed(samples), resampler.flush()])


def tone(hertz: float, rate: int) -> NDArray[np.float32]:
    return np.sin(2 * np.pi * hertz * np.arange(rate) / rate).astype(np.float32)


@pytest.mark.parametrize(("in_rate", "out_rate"), PAIRS)
def test_a_tone_comes_out_in_place_and_at_its_level(in_rate: int, out_rate: int) -> None:
    for hertz in (100.0, 1_000.0, 3_000.0):
        out = at_once(tone(hertz, in_rate), in_rate, out_rate)
        assert out.dtype == np.float32
        assert out.size == out_rate
        assert np.abs(out - tone(hertz, out_rate))[500:-500].max() < 2e-3


@pytest.mark.parametrize(("in_rate", "out_rate"), [pair for pair in PAIRS if pair[0] > pair[1]])
def test_what_the_output_cannot_hold_is_70_db_down(in_rate: int, out_rate: int) -> None:
    for above in (1.0, 1.1, 1.3):
        hertz = out_rate / 2 * above
        if hertz < in_rate / 2:
            assert np.abs(at_once(tone(hertz, in_rate), in_rate, out_rate))[500:-500].max() < 10 ** (-70 / 20) * 1.5


@pytest.mark.parametrize(
    ("in_rate", "out_rate"), [(48_000, 16_000), (44_100, 16_000), (24_000, 16_000), (24_000, 48_000)]
)
def test_noise_agrees_with_soxr(in_rate: int, out_rate: int) -> None:
    noise = np.random.default_rng(0).standard_normal(in_rate).astype(np.float32)
    low_passed = at_once(at_once(noise, in_rate, 8_000), 8_000, in_rate)
    ours = at_once(low_passed, in_rate, out_rate)
    theirs = soxr.resample(low_passed, in_rate, out_rate, quality="VHQ")
    assert np.corrcoef(ours[500:-500], theirs[500:-500])[0, 1] > 0.9999


@pytest.mark.parametrize(("in_rate", "out_rate"), PAIRS)
def test_the_delay_is_short_and_constant(in_rate: int, out_rate: int) -> None:
    resampler = Resampler(in_rate, out_rate)
    assert resampler.delay_ms <= 4.1
    chunk = np.zeros(in_rate // 50, np.float32)
    given_ms = got_ms = 0.0
    for _ in range(40):
        given_ms += chunk.size * 1000 / in_rate
        got_ms += resampler.feed(chunk).size * 1000 / out_rate
        assert given_ms - got_ms <= resampler.delay_ms + 1000 / out_rate


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PAIRS), st.lists(st.integers(0, 2_000), max_size=12), st.integers(0, 2**16))
def test_any_chunking_gives_the_same(pair: tuple[int, int], sizes: list[int], seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(sum(sizes)).astype(np.float32)
    resampler = Resampler(*pair)
    cuts = np.split(noise, np.cumsum(sizes)[:-1]) if sizes else []
    out = np.concatenate([*(resampler.feed(cut) for cut in cuts), resampler.flush()])
    assert out.size == -(-noise.size * pair[1] // pair[0])
    np.testing.assert_allclose(out, at_once(noise, *pair), atol=1e-5)


def test_a_flushed_resampler_begins_anew() -> None:
    resampler = Resampler(48_000, 16_000)
    first = np.concatenate([resampler.feed(tone(500, 48_000)), resampler.flush()])
    second = np.concatenate([resampler.feed(tone(500, 48_000)), resampler.flush()])
    assert np.array_equal(first, second)
    assert resampler.flush().size == 0


def test_equal_rates_pass_through() -> None:
    samples = tone(500, 16_000)
    resampler = Resampler(16_000, 16_000)
    assert resampler.feed(samples) is samples
    assert resampler.flush().size == 0
    assert resampler.delay_ms == 0.0


def test_a_minute_at_once_is_like_a_minute_in_pieces() -> None:
    noise = np.random.default_rng(1).standard_normal(60 * 48_000).astype(np.float32)
    out = at_once(noise, 48_000, 16_000)
    pieces = Resampler(48_000, 16_000)
    parts = [pieces.feed(noise[i : i + 4_801]) for i in range(0, noise.size, 4_801)]
    np.testing.assert_allclose(out, np.concatenate([*parts, pieces.flush()]), atol=1e-5)
