"""What audio costs: µs of CPU for 20 ms of sound, for each encoding that comes in or goes out.

    python bench/audio.py [--seconds 10] [--json]

A guest who streams uses 50 of these each second, so 200 µs are one per cent of a core.
"""

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.companding import compress
from enterprise_stream.audio.decode import make_decoder
from enterprise_stream.audio.encode import make_encoder
from enterprise_stream.audio.formats import InputFormat, OutputFormat
from enterprise_stream.audio.opus import OpusFrames
from enterprise_stream.audio.pcm import to_bytes, to_int16
from enterprise_stream.audio.resample import Resampler

Row = tuple[str, str, float, float]
FRAME_MS = 20


def voice(seconds: float, rate: int) -> NDArray[np.float32]:
    """Something like a voice: a few harmonics whose loudness changes, and noise."""
    clock = np.arange(int(seconds * rate)) / rate
    harmonics = sum(np.sin(2 * np.pi * 140 * n * clock) / n for n in range(1, 12))
    noise = np.random.default_rng(0).standard_normal(clock.size)
    return (0.2 * (1 + np.sin(2 * np.pi * 4 * clock)) * (harmonics + 0.1 * noise) / 3).astype(np.float32)


def muxed(container: str, seconds: float) -> bytes:
    """Opus at 32 kbit/s, 20 ms packets, in a container."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream: Any = output.add_stream("libopus", rate=48_000, layout="mono")
        stream.codec_context.bit_rate = 32_000
        stream.codec_context.format = "s16"
        frame: Any = av.AudioFrame.from_ndarray(to_int16(voice(seconds, 48_000))[None, :], format="s16", layout="mono")
        frame.sample_rate = 48_000
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)
    return buffer.getvalue()


def wav(pcm: bytes, rate: int) -> bytes:
    """A mono 16-bit file that does not know its length."""
    fmt = b"".join(n.to_bytes(w, "little") for n, w in ((1, 2), (1, 2), (rate, 4), (rate * 2, 4), (2, 2), (16, 2)))
    endless = b"\xff\xff\xff\xff"
    return b"RIFF" + endless + b"WAVEfmt " + (16).to_bytes(4, "little") + fmt + b"data" + endless + pcm


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def per_frame(work: Callable[[Any], object], chunks: Iterable[Any], frames: float) -> float:
    """CPU in µs for each 20 ms of sound."""
    start = time.process_time()
    for chunk in chunks:
        work(chunk)
    return (time.process_time() - start) * 1e6 / frames


def inputs(seconds: float) -> list[Row]:
    """Each input encoding in 20 ms chunks (containers: their bytes cut to the average size of 20 ms)."""
    frames = seconds * 1000 / FRAME_MS
    cases: list[tuple[InputFormat | None, list[bytes]]] = []
    for rate in (16_000, 8_000, 24_000, 44_100, 48_000):
        pcm = to_bytes(to_int16(voice(seconds, rate)))
        cases.append((InputFormat("pcm_s16le", rate), cut(pcm, rate // 50 * 2)))
    telephone = to_int16(voice(seconds, 8_000))
    cases.append((InputFormat("mulaw", 8_000), cut(compress(telephone, "mulaw"), 160)))
    cases.append((InputFormat("alaw", 8_000), cut(compress(telephone, "alaw"), 160)))
    cases.append((InputFormat("wav", 48_000), cut(wav(to_bytes(to_int16(voice(seconds, 48_000))), 48_000), 1_920)))
    cases.append((InputFormat("opus", 48_000), OpusFrames(48_000).encode(voice(seconds, 48_000))))
    for container in ("webm", "ogg"):
        data = muxed(container, seconds)
        cases.append((InputFormat.of(container), cut(data, max(1, round(len(data) / frames)))))
    rows: list[Row] = []
    for fmt, chunks in cases:
        assert fmt is not None
        decoder = make_decoder(fmt)
        decoder.feed(chunks[0])
        cost = per_frame(decoder.feed, chunks[1:], frames)
        held = Resampler(fmt.sample_rate, 16_000).delay_ms
        rows.append(("in", f"{fmt.encoding} {fmt.sample_rate}", cost, held))
    return rows


def outputs(seconds: float) -> list[Row]:
    """Each output encoding, fed 20 ms of 24 kHz at a time."""
    pcm = to_int16(voice(seconds, 24_000))
    chunks = [pcm[at : at + 480] for at in range(0, pcm.size, 480)]
    formats = [OutputFormat("pcm_s16le", rate) for rate in (24_000, 8_000, 16_000, 44_100, 48_000)]
    formats += [OutputFormat("mulaw", 8_000), OutputFormat("alaw", 8_000)]
    formats += [OutputFormat("opus", rate) for rate in (24_000, 16_000, 48_000)]
    rows: list[Row] = []
    for fmt in formats:
        encoder = make_encoder(fmt)
        encoder.encode(chunks[0])
        cost = per_frame(encoder.encode, chunks[1:], len(chunks) - 1)
        rows.append(("out", f"{fmt.encoding} {fmt.sample_rate}", cost, Resampler(24_000, fmt.sample_rate).delay_ms))
    return rows


def whole_recordings() -> list[tuple[str, float]]:
    """CPU in ms for a minute in one frame, as one feed takes it."""
    cases = {"pcm_s16le 8000": to_bytes(to_int16(voice(60, 8_000))), "webm": muxed("webm", 60), "ogg": muxed("ogg", 60)}
    results = []
    for name, data in cases.items():
        decoder = make_decoder(InputFormat("pcm_s16le", 8_000) if name.startswith("pcm") else None)
        start = time.process_time()
        decoder.feed(data)
        results.append((name, (time.process_time() - start) * 1e3))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="sound for each row (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    rows = inputs(options.seconds) + outputs(options.seconds)
    minutes = whole_recordings()
    if options.json:
        frames = [{"direction": d, "format": f, "us_per_20ms": c, "resampler_delay_ms": h} for d, f, c, h in rows]
        print(json.dumps({"frames": frames, "minute_in_one_frame_ms": dict(minutes)}, indent=2))
        return 0
    print(f"{'':4}{'format':<18}{'µs per 20 ms':>14}{'resampler delay, ms':>22}")
    for direction, name, cost, held in rows:
        print(f"{direction:<4}{name:<18}{cost:>14.1f}{held:>22.2f}")
    print("\na minute in one frame, ms of CPU in one feed")
    for name, cost in minutes:
        print(f"    {name:<18}{cost:>14.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
