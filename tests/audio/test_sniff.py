import numpy as np
import pytest

from enterprise_stream.audio.pcm import to_bytes, to_int16
from enterprise_stream.audio.sniff import container_amid, container_at_start, looks_like_pcm


@pytest.mark.parametrize(
    ("data", "announced"),
    [
        (b"\x1a\x45\xdf\xa3rest", "webm"),
        (b"OggS\0\2", "ogg"),
        (b"RIFF", "wav"),
        (b"\x1a\x45\xdf", "wait"),
        (b"O", "wait"),
        (b"RIF", "wait"),
        (b"RIFE", None),
        (b"\0\0", None),
        (b"\x1a\x45\xdf\xa2", None),
    ],
)
def test_the_first_bytes_announce_a_container(data: bytes, announced: str | None) -> None:
    assert container_at_start(data) == announced


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (b"\x1a\x45\xdf\xa3", "webm"),
        (b"RIFF....WAVEfmt ", "wav"),
        (b"RIFF....AVI LIST", None),
        (b"RIFF", None),
        (b"OggS\0\2" + bytes(22) + b"OpusHead", "ogg"),
        (b"OggS\0\2" + bytes(30), None),
        (b"OggS\0\0" + bytes(22) + b"OpusHead", None),
        (b"", None),
    ],
)
def test_amid_a_stream_only_a_whole_header_counts(data: bytes, begins: str | None) -> None:
    assert container_amid(data) == begins


def test_samples_look_like_samples_and_compressed_bytes_do_not(webm: bytes, ogg: bytes) -> None:
    rng = np.random.default_rng(0)
    loud = np.sin(2 * np.pi * 300 * np.arange(320) / 16_000).astype(np.float32)
    noise = (0.05 * rng.standard_normal(320)).astype(np.float32)
    for samples in (loud, noise, np.zeros(160, np.float32)):
        assert looks_like_pcm(to_bytes(to_int16(samples)))
    for stream in (webm, ogg):
        chunks = [stream[at : at + 640] for at in range(700, len(stream) - 640, 640)]
        assert len(chunks) > 15
        assert not any(looks_like_pcm(chunk) for chunk in chunks)
    assert not looks_like_pcm(b"\0" * 318)
