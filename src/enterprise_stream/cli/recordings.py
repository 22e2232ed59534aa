"""Recordings in, WAV out."""

import io
import sys
import wave
from pathlib import Path

import numpy as np

from enterprise_stream.audio.decode import make_decoder
from enterprise_stream.errors import AudioError
from enterprise_stream.listening.ports import Samples
from enterprise_stream.speaking.ports import Pcm

_PIECE = 1 << 16
_CONTAINERS = {b"RIFF", b"OggS", b"\x1aE\xdf\xa3"}


def read_recording(path: Path) -> Samples:
    """A recording as mono float32 at 16 kHz, shape (n,).

    Raises:
        AudioError: it cannot be read; the message says what can.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error
    if data[:4] not in _CONTAINERS:
        raise AudioError(f"{path} is not WAV, Ogg/Opus or WebM/Opus. Convert it first: sox IN -r 16000 -c 1 OUT.wav")
    decoder = make_decoder(None)
    try:
        pieces = [decoder.feed(data[start : start + _PIECE]) for start in range(0, len(data), _PIECE)]
        pieces.append(decoder.flush())
    except AudioError as error:
        raise AudioError(f"{path} cannot be used: {error.message}", code=error.code) from error
    finally:
        decoder.close()
    return np.concatenate(pieces)


def write_wav(path: Path, samples: Pcm, rate: int) -> None:
    """Write int16 mono audio as WAV; `-` is standard output.

    Raises:
        AudioError: the file cannot be written.
    """
    held = io.BytesIO()
    with wave.open(held, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(samples.astype("<i2").tobytes())
    if str(path) == "-":
        sys.stdout.buffer.write(held.getvalue())
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held.getvalue())
    except OSError as error:
        raise AudioError(f"{path} cannot be written: {error.strerror}.") from error
