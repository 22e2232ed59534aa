"""The features against the definition, computed the slow way."""

import numpy as np
import pytest

from enterprise_stream.engines.whisper.features import HOP, N_FFT, N_MELS, log_mel, mel_filters


def _mel(hz: float) -> float:
    """Slaney's mel scale, as Auditory Toolbox defines it."""
    return 3.0 * hz / 200.0 if hz < 1000.0 else 15.0 + 27.0 * np.log(hz / 1000.0) / np.log(6.4)


def _reference(samples: np.ndarray, frame: int) -> np.ndarray:
    """Log power in each mel band of one frame, bin by bin with a plain DFT, in decades."""
    centre = frame * HOP
    window = [samples[centre - N_FFT // 2 + n] * 0.5 * (1 - np.cos(2 * np.pi * n / N_FFT)) for n in range(N_FFT)]
    n = np.arange(N_FFT)
    power = [abs(np.dot(window, np.exp(-2j * np.pi * k * n / N_FFT))) ** 2 for k in range(N_FFT // 2 + 1)]
    top = _mel(8000.0)
    bands = np.zeros(N_MELS)
    for band in range(N_MELS):
        low, mid, high = (hz_of for hz_of in (_hz(top * (band + step) / (N_MELS + 1)) for step in range(3)))
        for k, energy in enumerate(power):
            hz = k * 16_000 / N_FFT
            if low < hz < high:
                height = (hz - low) / (mid - low) if hz <= mid else (high - hz) / (high - mid)
                bands[band] += energy * height * 2.0 / (high - low)
    return np.log10(np.maximum(bands, 1e-10))


def _hz(mel: float) -> float:
    return mel * 200.0 / 3.0 if mel < 15.0 else 1000.0 * 6.4 ** ((mel - 15.0) / 27.0)


def _sound(seconds: float = 0.5) -> np.ndarray:
    t = np.arange(int(16_000 * seconds)) / 16_000
    noise = np.random.default_rng(7).standard_normal(len(t))
    return (0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 2500 * t) + 0.01 * noise).astype(np.float32)


def test_agrees_with_the_definition() -> None:
    sound = _sound()
    features = log_mel(sound)
    for frame in (5, 20, 40):
        assert features[:, frame] == pytest.approx((_reference(sound, frame) + 4.0) / 4.0, abs=2e-4)


def test_a_tone_is_loudest_in_its_own_band() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    band = int(log_mel(tone)[:, 50].argmax())
    centre = _hz(_mel(8000.0) * (band + 1) / (N_MELS + 1))
    assert abs(centre - 1000.0) < 40.0


def test_one_column_for_every_hop() -> None:
    assert log_mel(np.zeros(16_000, np.float32)).shape == (N_MELS, 100)
    assert log_mel(np.zeros(16_159, np.float32)).shape == (N_MELS, 100)


def test_silence_is_the_floor_and_loud_sound_sets_it() -> None:
    assert log_mel(np.zeros(1600, np.float32)) == pytest.approx(-1.5)
    loud = _sound()
    features = log_mel(np.concatenate([loud, np.zeros(8000, np.float32)]))
    assert features.min() == pytest.approx(features.max() - 2.0)


def test_every_filter_holds_a_bin_and_none_reaches_zero_hertz() -> None:
    filters = mel_filters()
    assert filters.shape == (N_MELS, N_FFT // 2 + 1)
    assert np.all(filters >= 0.0)
    assert np.all(filters.max(axis=1) > 0.0)
    assert np.all(filters[:, 0] == 0.0)
