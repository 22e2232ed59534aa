import numpy as np
import pytest

from enterprise_stream.audio.level import FLOOR_DB, rms_dbfs
from enterprise_stream.audio.pcm import to_int16


@pytest.mark.parametrize("gain_db", [0.0, -20.0, -60.0])
def test_a_sine_measures_3_db_below_its_peak(gain_db: float) -> None:
    sine = (10 ** (gain_db / 20) * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)).astype(np.float32)
    assert rms_dbfs(sine) == pytest.approx(gain_db - 3.01, abs=0.01)
    assert rms_dbfs(to_int16(sine)) == pytest.approx(gain_db - 3.01, abs=0.1)


def test_silence_measures_the_floor() -> None:
    assert rms_dbfs(np.zeros(0, np.float32)) == FLOOR_DB
    assert rms_dbfs(np.zeros(320, np.float32)) == FLOOR_DB
    assert rms_dbfs(np.zeros(320, np.int16)) == FLOOR_DB
    assert rms_dbfs(np.full(320, np.nan, np.float32)) == FLOOR_DB


def test_the_loudest_int16_is_0_db() -> None:
    assert rms_dbfs(np.full(320, -32_768, np.int16)) == pytest.approx(0.0, abs=1e-5)
