import io
import struct
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from enterprise_stream.audio.pcm import to_int16
from enterprise_stream.audio.resample import Resampler

Samples = NDArray[np.float32]


def sweep(seconds: float, rate: int) -> Samples:
    """A sweep from 200 to 3000 Hz whose loudness changes four times a second: no two moments are alike."""
    time = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * (200 * time + (3000 - 200) / (2 * seconds) * time**2)
    return (0.4 * np.sin(phase) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def mux(
    container: str,
    codec: str = "libopus",
    *,
    stereo: bool = False,
    seconds: float = 2.0,
    frame_ms: int = 60,
    **options: str,
) -> bytes:
    """The sweep, encoded and muxed by FFmpeg, which cannot seek back: as a live recorder writes."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return False

        def write(self, data: Any) -> int:
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    settings = {"frame_duration": str(frame_ms)} if codec == "libopus" else {}
    with av.open(pipe, "w", format=container, options=options) as output:
        layout = "stereo" if stereo else "mono"
        stream: Any = output.add_stream(codec, rate=48_000, layout=layout, options=settings)
        stream.codec_context.bit_rate = 64_000
        stream.codec_context.format = "s16" if codec == "libopus" else "fltp"
        pcm = to_int16(sweep(seconds, 48_000))
        planes: NDArray[Any] = pcm[None, :] if codec == "libopus" else pcm[None, :].astype(np.float32) / 32768
        if stereo:
            planes = np.repeat(pcm, 2)[None, :] if codec == "libopus" else np.repeat(planes, 2, axis=0)
        frame: Any = av.AudioFrame.from_ndarray(planes, format=stream.codec_context.format.name, layout=layout)
        frame.sample_rate = 48_000
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)
    return bytes(pipe.data)


def wav(
    samples: NDArray[Any],
    rate: int,
    *,
    tag: int = 1,
    channels: int = 1,
    size: int | None = None,
    extensible: bool = False,
) -> bytes:
    """A WAV file of interleaved samples in the dtype that the file is to have; `size` is what the header claims."""
    data = samples.tobytes()
    bits = samples.dtype.itemsize * 8
    fmt = struct.pack(
        "<HHIIHH",
        0xFFFE if extensible else tag,
        channels,
        rate,
        rate * channels * bits // 8,
        channels * bits // 8,
        bits,
    )
    if extensible:
        fmt += struct.pack("<HHIH", 22, bits, 0, tag) + b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
    claimed = len(data) if size is None else size
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"LIST" + struct.pack("<I", 5) + b"INFOx\0"
    body += b"data" + struct.pack("<I", claimed) + data
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def similarity(sound: Samples, reference: Samples, slack: int = 64) -> float:
    """Highest correlation of the two at any shift up to `slack` samples."""
    length = min(sound.size, reference.size) - 2 * slack
    assert length > 1_000
    middle = reference[slack : slack + length]
    return max(float(np.corrcoef(sound[at : at + length], middle)[0, 1]) for at in range(2 * slack + 1))


@pytest.fixture(scope="session")
def heard() -> Callable[[float], Samples]:
    """What the muxed sweep is at 16 kHz."""

    def make(seconds: float = 2.0) -> Samples:
        resampler = Resampler(48_000, 16_000)
        return np.concatenate([resampler.feed(sweep(seconds, 48_000)), resampler.flush()])

    return make


@pytest.fixture(scope="session")
def like() -> Callable[[Samples, Samples], float]:
    return similarity


@pytest.fixture(scope="session")
def make_wav() -> Callable[..., bytes]:
    return wav


@pytest.fixture(scope="session")
def make_muxed() -> Callable[..., bytes]:
    return mux


@pytest.fixture(scope="session")
def webm() -> bytes:
    """As MediaRecorder writes: segment and clusters of unknown size, 60 ms packets."""
    return mux("webm", live="1", cluster_time_limit="300")


@pytest.fixture(scope="session")
def webm_file() -> bytes:
    """Stereo, 20 ms packets, short clusters."""
    return mux("webm", stereo=True, frame_ms=20, cluster_time_limit="200")


@pytest.fixture(scope="session")
def ogg() -> bytes:
    """Short pages."""
    return mux("ogg", frame_ms=20, page_duration="100000")


@pytest.fixture(scope="session")
def containers(webm: bytes, webm_file: bytes, ogg: bytes) -> dict[str, bytes]:
    """Real streams of the two-second sweep."""
    return {
        "webm": webm,
        "webm_file": webm_file,
        "ogg": ogg,
        "wav": wav(to_int16(sweep(2.0, 44_100)), 44_100),
        "wav_endless": wav(to_int16(np.repeat(sweep(2.0, 48_000), 2)), 48_000, channels=2, size=0xFFFFFFFF),
    }
