"""Whatever the bytes: an `AudioError` or sound, in bounded time, and the decoder goes on."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from enterprise_stream.audio.decode import AudioDecoder, make_decoder
from enterprise_stream.audio.formats import InputEncoding, InputFormat
from enterprise_stream.audio.limits import MAX_FEED_MS
from enterprise_stream.errors import AudioError

CODES = {"bad_audio", "unsupported_audio", "audio_too_long"}
REAL = ("webm", "webm_file", "ogg", "wav", "wav_endless")
ENCODINGS: tuple[InputEncoding | None, ...] = (None, "webm", "ogg", "wav", "opus", "pcm_s16le", "mulaw", "alaw")
fast = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def feed(decoder: AudioDecoder, data: bytes) -> NDArray[np.float32] | None:
    """The sound, checked; None after an error, whose code is checked."""
    try:
        sound = decoder.feed(data)
    except AudioError as error:
        if error.code not in CODES or not 20 < len(error.message) < 200:
            pytest.fail(f"an error that tells too little or too much: {error.code} {error.message}")
        return None
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert sound.size <= MAX_FEED_MS * 16 + 16
    assert np.isfinite(sound).all()
    return sound


def cut(data: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(a, len(data)) for a in at), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@pytest.mark.requirement("S23")
@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(st.binary(max_size=400), st.sampled_from([b"\x1a\x45\xdf\xa3", b"OggS\0\2", b"RIFF"])), max_size=9
    )
)
def test_random_bytes(encoding: InputEncoding | None, chunks: list[bytes]) -> None:
    decoder = make_decoder(None if encoding is None else InputFormat.of(encoding))
    for chunk in chunks:
        feed(decoder, chunk)
    decoder.flush()
    decoder.close()


@pytest.mark.requirement("S23")
@pytest.mark.parametrize("kind", REAL)
@fast
@given(
    flips=st.lists(st.tuples(st.integers(0, 8_000), st.integers(0, 255)), min_size=1, max_size=6),
    keep=st.integers(0, 8_000),
    at=st.lists(st.integers(0, 8_000), max_size=4),
)
def test_real_streams_with_flipped_bytes_or_cut_off(
    containers: dict[str, bytes], kind: str, flips: list[tuple[int, int]], keep: int, at: list[int]
) -> None:
    good = containers[kind][:8_000]
    damaged = bytearray(good)
    for position, value in flips:
        damaged[position % len(damaged)] = value
    decoder = make_decoder(None)
    for chunk in cut(bytes(damaged[:keep]), at):
        feed(decoder, chunk)
    decoder.flush()
    again = feed(decoder, good)
    fresh = make_decoder(None)
    expected = fresh.feed(good)
    assert again is not None
    # The damaged recording's rest may come before it; the good one is whole.
    np.testing.assert_allclose(again[-expected.size :], expected, atol=1e-5)


@pytest.mark.parametrize("kind", REAL)
@fast
@given(at=st.lists(st.integers(0, 8_000), max_size=30))
def test_any_cuts_give_the_same_sound(containers: dict[str, bytes], kind: str, at: list[int]) -> None:
    data = containers[kind][:8_000]
    pieces, at_once = make_decoder(None), make_decoder(None)
    parts = [pieces.feed(chunk) for chunk in cut(data, at)]
    sound = np.concatenate([*parts, pieces.flush()])
    expected = np.concatenate([at_once.feed(data), at_once.flush()])
    assert sound.size > 0
    np.testing.assert_allclose(sound, expected, atol=1e-5)
