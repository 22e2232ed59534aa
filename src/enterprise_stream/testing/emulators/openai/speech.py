"""`POST /v1/audio/speech`: what a request may hold, and how its sound is sent."""

import base64
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from enterprise_stream.speaking.ports import SAMPLE_RATE
from enterprise_stream.testing.emulators.openai.models import Catalogue, Model
from enterprise_stream.testing.emulators.openai.refusals import Refusal, invalid, missing, unknown

MOST_CHARS = 4096
"""Longest text, as the vendor documents it."""

VOICES = frozenset(
    ["alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"]
)

TOKENS_PER_SECOND = 1250 / 60
"""Audio tokens that a second of speech is billed as: the vendor's price list makes a minute of them 0.015 $."""

_KNOWN = frozenset(["model", "input", "voice", "instructions", "response_format", "speed", "stream_format"])
_FORMATS = {"pcm": "audio/pcm", "wav": "audio/wav"}
_NOT_HERE = frozenset({"mp3", "opus", "aac", "flac"})


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """A request that can be served.

    Attributes:
        text: to be said.
        events: whether the sound comes as server-sent events instead of as it is.
    """

    model: Model
    text: str
    voice: str
    format: Literal["pcm", "wav"]
    instructions: str = ""
    events: bool = False

    @property
    def media_type(self) -> str:
        """Of the response."""
        return "text/event-stream" if self.events else _FORMATS[self.format]


def read_speech(body: Mapping[str, Any], catalogue: Catalogue) -> SpeechRequest:
    """Check a request's body.

    Raises:
        Refusal: it cannot be served.
    """
    for param in ("model", "input", "voice"):
        if param not in body:
            raise missing(param)
    for param in body.keys() - _KNOWN:
        raise unknown(param)
    model = catalogue.find(str(body["model"]), "speech")
    text, voice = str(body["input"]), body["voice"]
    if not text:
        raise invalid("input", "string too short. Expected a string with minimum length 1.", "string_below_min_length")
    if len(text) > MOST_CHARS:
        raise invalid("input", f"string too long. Expected at most {MOST_CHARS}.", "string_above_max_length")
    if isinstance(voice, str) and voice not in VOICES:
        raise invalid("voice", f"supported values are: {', '.join(sorted(VOICES))}.")
    wanted = body.get("response_format", "mp3")
    if wanted in _NOT_HERE:
        raise Refusal(400, f"This is an emulator: it speaks pcm and wav, not {wanted}.", param="response_format")
    if wanted not in _FORMATS:
        raise invalid("response_format", f"supported values are: {', '.join(sorted(_NOT_HERE | _FORMATS.keys()))}.")
    events = body.get("stream_format") == "sse"
    if events and model.name.startswith("tts-1"):
        raise invalid("stream_format", "'sse' is not supported with this model.", "unsupported_value")
    return SpeechRequest(model, text, str(voice), wanted, str(body.get("instructions") or ""), events)


def wav_head() -> bytes:
    """The head of a WAV file whose length is not known yet."""
    unknown_size = 0xFFFFFFFF
    rates = struct.pack("<IIHH", SAMPLE_RATE, SAMPLE_RATE * 2, 2, 16)
    form = b"WAVEfmt " + struct.pack("<IHH", 16, 1, 1) + rates + b"data" + struct.pack("<I", unknown_size)
    return b"RIFF" + struct.pack("<I", unknown_size) + form


def delta_event(pcm: bytes) -> bytes:
    """A piece of sound as an event."""
    return _event({"type": "speech.audio.delta", "audio": base64.b64encode(pcm).decode()})


def done_event(input_tokens: int, audio_ms: float) -> bytes:
    """The last event, with what was used."""
    output = round(audio_ms / 1000 * TOKENS_PER_SECOND)
    usage = {"input_tokens": input_tokens, "output_tokens": output, "total_tokens": input_tokens + output}
    return _event({"type": "speech.audio.done", "usage": usage})


def _event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
