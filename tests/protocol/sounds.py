"""What goes into the microphone: spoken questions, noises that are no speech, and every encoding of them.

Spoken material is float32 mono at 16 kHz from the shipped guest voices, trimmed to the first and last audible
sample, so that a test decides itself how much silence follows.
"""

import functools
import io
import itertools
from collections.abc import Sequence
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from .facts import UTTERANCES

Samples = npt.NDArray[np.float32]

RATE = 16_000
AUDIBLE = 10 ** (-42 / 20)
VOICES = {"es": "em_alex", "en": "am_michael"}


@functools.cache
def spoken(name: str) -> Samples:
    """A guest's voice saying one of `UTTERANCES`, without silence around it; float32 mono at 16 kHz.

    The first time ever it is synthesised, which takes seconds: the fixture `material` does that before a clock runs.
    """
    from enterprise_stream.testing.guest_voice import guest_says

    language, text = UTTERANCES[name]
    samples = np.asarray(guest_says(text, language, VOICES[language]), dtype=np.float32)
    loud = np.flatnonzero(np.abs(samples) > AUDIBLE * float(np.max(np.abs(samples))))
    return samples[loud[0] : loud[-1] + 1]


def silence(seconds: float) -> Samples:
    """A quiet room: noise at -75 dBFS, because a real microphone never gives zeros."""
    generator = np.random.default_rng(7)
    noise = generator.normal(0.0, 10 ** (-75 / 20), round(seconds * RATE))
    return noise.astype(np.float32)


def joined(*parts: Samples) -> Samples:
    """The parts one after the other."""
    return np.concatenate(parts)


def pcm(samples: Samples) -> bytes:
    """16-bit little-endian PCM."""
    return (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()


# noises


def hum(seconds: float) -> Samples:
    """A fridge and its harmonics, steady, at -30 dBFS."""
    t = np.arange(round(seconds * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * 50 * k * t) / k for k in (1, 2, 3, 4))
    return (10 ** (-30 / 20) * np.asarray(tones)).astype(np.float32) + silence(seconds)


def hiss(seconds: float) -> Samples:
    """Air conditioning: steady noise at -40 dBFS, falling with frequency."""
    noise = np.random.default_rng(11).normal(0.0, 1.0, round(seconds * RATE))
    soft = np.convolve(noise, np.ones(8) / 8, mode="same")
    return (10 ** (-40 / 20) * soft / np.std(soft)).astype(np.float32)


def clicks(seconds: float) -> Samples:
    """A keyboard: loud clicks of 4 ms, irregular."""
    generator = np.random.default_rng(13)
    samples = silence(seconds)
    for at in np.cumsum(generator.uniform(0.12, 0.5, 40)):
        start = int(at * RATE)
        burst = generator.normal(0.0, 0.4, 64) * np.exp(-np.arange(64) / 12)
        if start + 64 < len(samples):
            samples[start : start + 64] += burst.astype(np.float32)
    return samples


def cough(seconds: float) -> Samples:
    """Two coughs: bursts of 250 ms of noise with a body of 400 to 2500 Hz and no pitch."""
    generator = np.random.default_rng(17)
    samples = silence(seconds)
    for at in (0.6, 1.1):
        length = int(0.25 * RATE)
        spectrum = np.fft.rfft(generator.normal(0.0, 1.0, length))
        frequencies = np.fft.rfftfreq(length, 1 / RATE)
        burst = np.fft.irfft(spectrum * ((frequencies > 400) & (frequencies < 2500)), length)
        burst *= np.exp(-np.arange(length) / (0.07 * RATE)) / np.std(burst)
        start = int(at * RATE)
        samples[start : start + length] += (0.2 * burst).astype(np.float32)
    return samples


# encodings


def _resampled(samples: Samples, sample_rate: int, layout_format: str) -> list[Any]:
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1).astype(np.float32), format="fltp", layout="mono")
    frame.sample_rate = RATE
    resampler = av.AudioResampler(format=layout_format, layout="mono", rate=sample_rate)
    return [*resampler.resample(frame), *resampler.resample(None)]


def raw(samples: Samples, sample_rate: int) -> bytes:
    """16-bit PCM at another rate."""
    return b"".join(
        bytes(frame.to_ndarray().astype("<i2").tobytes()) for frame in _resampled(samples, sample_rate, "s16")
    )


def contained(samples: Samples, container: str, codec: str, sample_rate: int) -> bytes:
    """The samples in a container (`wav`, `ogg`, `webm`, `mulaw`, `alaw`), as a browser or a telephone makes it."""
    target = io.BytesIO()
    options = {"live": "1", "cluster_time_limit": "100"} if container == "webm" else {}
    with av.open(target, "w", format=container, options=options) as out:
        stream = out.add_stream(codec, rate=sample_rate, layout="mono")
        wanted = stream.codec_context.format.name if stream.codec_context.format else "s16"
        size = 960 if codec == "libopus" else None
        fifo = av.AudioFifo()
        for frame in _resampled(samples, sample_rate, wanted):
            frame.pts = None
            fifo.write(frame)
        while (chunk := fifo.read(size or 1024)) or (chunk := fifo.read(0, partial=True)):
            chunk.pts = None
            out.mux(stream.encode(chunk))
        out.mux(stream.encode(None))
    return target.getvalue()


def opus_packets(samples: Samples) -> list[bytes]:
    """Bare Opus packets of 20 ms, for a client that has its own encoder."""
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    fifo = av.AudioFifo()
    for frame in _resampled(samples, 48_000, "s16"):
        frame.pts = None
        fifo.write(frame)
    packets: list[bytes] = []
    while chunk := fifo.read(960):
        chunk.pts = None
        packets += [bytes(packet) for packet in encoder.encode(chunk)]
    return [*packets, *(bytes(packet) for packet in encoder.encode(None))]


def recording(samples: Samples, kind: str) -> bytes:
    """A whole recording: `wav`, `wav48`, `ogg`, `webm`, `mulaw` and `alaw` (raw, 8 kHz), `pcm8`, `pcm16`, `pcm48`."""
    match kind:
        case "wav" | "wav48":
            return contained(samples, "wav", "pcm_s16le", 48_000 if kind == "wav48" else RATE)
        case "ogg" | "webm":
            return contained(samples, kind, "libopus", 48_000)
        case "mulaw" | "alaw":
            return contained(samples, kind, f"pcm_{kind}", 8_000)
        case _:
            return raw(samples, int(kind.removeprefix("pcm")) * 1000)


def pieces(data: bytes, count: int) -> Sequence[bytes]:
    """The bytes in `count` pieces of about the same size, cut anywhere."""
    edges = [round(i * len(data) / count) for i in range(count + 1)]
    return [data[a:b] for a, b in itertools.pairwise(edges) if b > a]


# what came out


def decoded(encoding: str, sample_rate: int, frames: Sequence[bytes]) -> Samples:
    """The samples of an answer's audio, float32 mono at `sample_rate`."""
    if encoding == "pcm_s16le":
        return (np.frombuffer(b"".join(frames), "<i2") / 32768).astype(np.float32)
    name = "libopus" if encoding == "opus" else f"pcm_{encoding}"
    decoder: Any = av.CodecContext.create(name, "r")
    decoder.sample_rate, decoder.layout = sample_rate, "mono"
    packets = [av.Packet(frame) for frame in frames if frame]
    resampler = av.AudioResampler(format="flt", layout="mono", rate=sample_rate)
    output = [part for packet in packets for frame in decoder.decode(packet) for part in resampler.resample(frame)]
    return np.concatenate([part.to_ndarray().reshape(-1) for part in output]).astype(np.float32)


def speech_like(samples: Samples, sample_rate: int) -> bool:
    """Whether this is a voice and not silence or a wrong decoding: loud enough, and its energy below 3 kHz."""
    level = float(np.sqrt(np.mean(np.square(samples))))
    power = np.abs(np.fft.rfft(samples)) ** 2
    low = float(np.sum(power[np.fft.rfftfreq(len(samples), 1 / sample_rate) < 3000]) / np.sum(power))
    return 0.01 < level < 0.5 and low > 0.8
