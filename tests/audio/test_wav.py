from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from enterprise_stream.audio.companding import compress
from enterprise_stream.audio.pcm import to_int16
from enterprise_stream.audio.wav import WavDemuxer, WavFormat
from enterprise_stream.errors import AudioError

RAMP = np.linspace(-0.9, 0.9, 500, dtype=np.float32)
Wav = Callable[..., bytes]


def read(file: bytes, chunk: int = 1 << 20) -> tuple[list[WavFormat], NDArray[np.float32], WavDemuxer]:
    demuxer = WavDemuxer()
    formats: list[WavFormat] = []
    sounds = [np.zeros(0, np.float32)]
    for at in range(0, len(file), chunk):
        for event in demuxer.feed(file[at : at + chunk]):
            if isinstance(event, WavFormat):
                formats.append(event)
            elif event:
                sounds.append(formats[-1].read(event))
    return formats, np.concatenate(sounds), demuxer


def pcm24(samples: NDArray[np.float32]) -> NDArray[np.void]:
    words = (samples * 2**23).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3]
    return np.ascontiguousarray(words).view("V3").reshape(-1)


CODINGS = [
    (1, to_int16(RAMP), 1e-4),
    (1, ((RAMP + 1) * 128).astype(np.uint8), 0.01),
    (1, pcm24(RAMP), 1e-6),
    (1, (RAMP.astype(np.float64) * 2**31).astype(np.int32), 1e-6),
    (3, RAMP, 1e-7),
    (6, np.frombuffer(compress(to_int16(RAMP), "alaw"), np.uint8), 0.04),
    (7, np.frombuffer(compress(to_int16(RAMP), "mulaw"), np.uint8), 0.04),
]


@pytest.mark.parametrize(("tag", "samples", "error"), CODINGS)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize("extensible", [False, True])
def test_each_coding(
    make_wav: Wav, tag: int, samples: NDArray[np.int16], error: float, chunk: int, extensible: bool
) -> None:
    formats, sound, demuxer = read(make_wav(samples, 22_050, tag=tag, extensible=extensible), chunk)
    assert [(f.tag, f.rate, f.channels) for f in formats] == [(tag, 22_050, 1)]
    assert np.abs(sound - RAMP).max() < error
    assert demuxer.finished


def test_stereo_is_mixed_down(make_wav: Wav) -> None:
    both = np.stack([to_int16(RAMP), to_int16(-RAMP * np.float32(0.5))], axis=1)
    _, sound, _ = read(make_wav(both, 48_000, channels=2), 11)
    assert np.abs(sound - RAMP / 4).max() < 1e-4


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_size_that_was_not_known_means_all_that_comes(make_wav: Wav, size: int) -> None:
    file = make_wav(to_int16(RAMP), 16_000, size=size) + to_int16(RAMP).tobytes()
    _, sound, demuxer = read(file, 9)
    assert sound.size == 2 * RAMP.size
    assert not demuxer.finished


def test_a_second_file_begins_where_the_first_ends(make_wav: Wav) -> None:
    file = make_wav(to_int16(RAMP), 16_000) + b"LIST\x02\0\0\0ab" + make_wav(RAMP, 48_000, tag=3)
    formats, sound, _ = read(file, 13)
    assert [f.rate for f in formats] == [16_000, 48_000]
    assert sound.size == 2 * RAMP.size


def test_padding_after_the_samples_means_nothing(make_wav: Wav) -> None:
    _, sound, demuxer = read(make_wav(to_int16(RAMP), 16_000) + bytes(100))
    assert sound.size == RAMP.size
    assert demuxer.finished


def test_float_samples_are_kept_in_range(make_wav: Wav) -> None:
    wild = np.array([np.nan, np.inf, -np.inf, 3.0, 0.5], dtype=np.float32)
    _, sound, _ = read(make_wav(wild, 16_000, tag=3))
    assert sound.tolist() == [0.0, 1.0, -1.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"tag": 0x55}, "unsupported_audio", "use 16-bit PCM"),
        ({"channels": 6}, "unsupported_audio", "mono or stereo"),
        ({"rate": 12_345}, "unsupported_audio", "use one of 8000"),
    ],
)
def test_what_is_not_taken_is_named(make_wav: Wav, change: dict[str, int], code: str, words: str) -> None:
    settings = {"rate": 16_000, **change}
    with pytest.raises(AudioError, match=words) as caught:
        read(make_wav(to_int16(RAMP), settings.pop("rate"), **settings))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "file",
    [
        b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd",
        b"RIFF\0\0\0\0WAVEfmt \4\0\0\0abcd",
        b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff",
        b"RIFF\0\0\0\0WAVEjunk\0\0\0\x70",
        b"RIFF\0\0\0\0AVI LIST",
        b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 60_000,
    ],
)
def test_a_damaged_file_is_refused(file: bytes) -> None:
    with pytest.raises(AudioError) as caught:
        read(file)
    assert caught.value.code in {"bad_audio", "unsupported_audio"}
