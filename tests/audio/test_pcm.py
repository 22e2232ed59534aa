import numpy as np

from enterprise_stream.audio.pcm import SILENCE, from_bytes, samples_to_ms, to_bytes, to_float, to_int16


def test_every_int16_survives_the_way_to_float_and_back() -> None:
    every = np.arange(-32_768, 32_768, dtype=np.int16)
    assert np.array_equal(to_int16(to_float(every)), every)
    assert to_float(every)[0] == -1.0


def test_what_is_beyond_full_scale_is_clipped_and_nan_is_silence() -> None:
    wild = np.array([1.0, 7.0, -7.0, np.nan, np.inf, -np.inf], dtype=np.float32)
    assert to_int16(wild).tolist() == [32_767, 32_767, -32_768, 0, 32_767, -32_768]


def test_bytes_are_little_endian() -> None:
    samples = np.array([1, -2, 256], dtype=np.int16)
    assert to_bytes(samples) == b"\x01\x00\xfe\xff\x00\x01"
    assert from_bytes(to_bytes(samples)).tolist() == [1, -2, 256]
    assert from_bytes(b"").size == 0


def test_durations() -> None:
    assert samples_to_ms(320, 16_000) == 20.0
    assert SILENCE.size == 0
    assert not SILENCE.flags.writeable
