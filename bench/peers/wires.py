"""Each system's own wire, as much of it as a guest with a microphone and a loudspeaker needs.

Microphones are 16-bit PCM at 16 kHz in frames of 20 ms, answers 16-bit PCM at 24 kHz.
"""

import json
from enum import Enum
from typing import Protocol


class Signal(Enum):
    """What a system tells beside its sound."""

    STOPPED = "drop what has not been played: the guest has interrupted"
    DUCKED = "play more quietly: the guest may be interrupting"


class Wire(Protocol):
    """One conversation's wire."""

    def opening(self) -> str | None:
        """What is sent first, if anything."""
        ...

    def microphone(self, pcm: bytes) -> bytes:
        """A message that carries a frame of the microphone."""
        ...

    def played(self, ms: float) -> str | None:
        """A message that reports how much of the running answer was heard, if the system takes one."""
        ...

    def read(self, payload: bytes, *, text: bool) -> bytes | Signal | None:
        """A message's sound or signal."""
        ...


class OurWire:
    """docs/reference/protocol.md."""

    _START = json.dumps({"type": "start", "audio": {"input": {"encoding": "pcm_s16le", "sample_rate": 16_000}}})

    def __init__(self) -> None:
        self._turn = 0

    def opening(self) -> str | None:
        """Says what the microphone sends."""
        return self._START

    def microphone(self, pcm: bytes) -> bytes:
        """Bare samples."""
        return pcm

    def played(self, ms: float) -> str | None:
        """As the page does it, about five times a second while an answer plays."""
        return f'{{"type":"playback","turn":{self._turn},"played_ms":{ms:.0f}}}'

    def read(self, payload: bytes, *, text: bool) -> bytes | Signal | None:
        """Bare samples, and the three messages that matter here."""
        if not text:
            return payload
        if b'"audio_start"' in payload:
            self._turn = int(json.loads(payload)["turn"])
        elif b'"interrupted"' in payload:
            return Signal.STOPPED if json.loads(payload)["type"] == "interrupted" else None
        elif b'"duck"' in payload:
            message = json.loads(payload)
            return Signal.DUCKED if message["type"] == "duck" and message["on"] else None
        return None


class PipecatWire:
    """Pipecat's protobuf frames: `Frame{audio: 2 {audio: 3, sample_rate: 4, num_channels: 5}, interruption: 5}`."""

    _AUDIO, _INTERRUPTION, _SAMPLES = 2, 5, 3
    _FORMAT = b"\x20" + b"\x80\x7d" + b"\x28\x01"  # sample_rate = 16000, num_channels = 1

    def opening(self) -> str | None:
        """Nothing."""
        return None

    def microphone(self, pcm: bytes) -> bytes:
        """An audio frame."""
        body = b"\x1a" + _varint(len(pcm)) + pcm + self._FORMAT
        return b"\x12" + _varint(len(body)) + body

    def played(self, ms: float) -> str | None:
        """It takes none: it counts by its own clock."""
        del ms
        return None

    def read(self, payload: bytes, *, text: bool) -> bytes | Signal | None:
        """The samples of an audio frame; the interruption."""
        if text or not payload:
            return None
        field, body = next(iter(_fields(payload)))
        if field == self._INTERRUPTION:
            return Signal.STOPPED
        if field == self._AUDIO and isinstance(body, bytes):
            return next((part for at, part in _fields(body) if at == self._SAMPLES and isinstance(part, bytes)), None)
        return None


class LiveKitWire:
    """What our own socket around a LiveKit session speaks: samples, and a text message when playback is cleared."""

    def opening(self) -> str | None:
        """Nothing."""
        return None

    def microphone(self, pcm: bytes) -> bytes:
        """Bare samples."""
        return pcm

    def played(self, ms: float) -> str | None:
        """It takes none: it counts by its own clock."""
        del ms
        return None

    def read(self, payload: bytes, *, text: bool) -> bytes | Signal | None:
        """Samples or the clear."""
        return Signal.STOPPED if text else payload


WIRES: dict[str, type[OurWire] | type[PipecatWire] | type[LiveKitWire]] = {
    "ours": OurWire,
    "pipecat": PipecatWire,
    "livekit": LiveKitWire,
}


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _fields(message: bytes) -> list[tuple[int, int | bytes]]:
    """Numbers and values of a protobuf message's fields; groups and fixed-size numbers do not occur here."""
    fields: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        value, at = _read_varint(message, at)
        if tag & 7 == 2:
            fields.append((tag >> 3, message[at : at + value]))
            at += value
        else:
            fields.append((tag >> 3, value))
    return fields


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    number, shift = 0, 0
    while True:
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
