"""What a session or request asks Deepgram for, checked as Deepgram checks it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Self, TypeVar

from starlette.datastructures import QueryParams

from enterprise_stream.audio.formats import InputFormat, OutputFormat
from enterprise_stream.audio.sniff import container_at_start
from enterprise_stream.testing.emulators.deepgram.refusals import bad_query, by_status, unsupported_format

T = TypeVar("T")

NOVA_MODELS: Final = ("nova-3", "nova-2")
FLUX_MODELS: Final = ("flux-general-en", "flux-general-multi")
FLUX_LANGUAGES: Final = ("en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl")
SPANISH_VOICES: Final = (
    *("agustina", "alvaro", "antonia", "aquila", "carina", "celeste", "diana", "estrella", "gloria"),
    *("javier", "luciano", "nestor", "olivia", "selena", "silvia", "sirio", "valerio"),
)
ENGLISH_VOICES: Final = ("andromeda", "apollo", "asteria", "athena", "helena", "luna", "orion", "thalia")
"""Some of them."""

_NOT_FLUX: Final = ("language", "interim_results", "endpointing", "utterance_end_ms", "vad_events", "smart_format")
_RAW: Final = {"linear16": "pcm_s16le", "mulaw": "mulaw", "alaw": "alaw", "opus": "opus", "ogg-opus": "ogg"}
"""Deepgram's names of the encodings that the emulator understands, and ours."""

_WIDTH: Final = {"linear16": 2, "mulaw": 1, "alaw": 1}
_TTS_RATES: Final = {"linear16": (8000, 16000, 24000, 32000, 48000), "mulaw": (8000, 16000), "alaw": (8000, 16000)}
_TTS_DEFAULT: Final = {"linear16": 24000, "mulaw": 8000, "alaw": 8000}


def _number(query: QueryParams, name: str, kind: Callable[[str], T], least: float, most: float) -> T | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        value: Any = kind(text)
        inside = least <= value <= most
    except ValueError:
        inside = False
    if not inside:
        raise bad_query(f"Invalid query parameter: {name} must be from {least:g} to {most:g}.")
    return kind(text)


def _flag(query: QueryParams, name: str) -> bool:
    text = query.get(name, "false")
    if text not in ("true", "false"):
        raise bad_query(f"Invalid query parameter: {name} must be true or false.")
    return text == "true"


@dataclass(frozen=True, slots=True)
class AudioIn:
    """How a listener's audio is encoded.

    Attributes:
        fmt: ours; None for a container that says so itself.
        bytes_per_s: of samples without a container, all channels; 0 otherwise.
        channels: that are interleaved.
    """

    fmt: InputFormat | None
    bytes_per_s: int
    channels: int

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Read it from a handshake's query."""
        encoding = query.get("encoding")
        rate = _number(query, "sample_rate", int, 8000, 48000)
        channels = _number(query, "channels", int, 1, 1) or 1
        if encoding is None:
            return cls(None, 0, channels)
        name: Any = _RAW.get(encoding)
        if name is None:
            raise bad_query("Invalid query parameter: encoding is unknown to this emulator.")
        width = _WIDTH.get(encoding, 0)
        if width and rate is None:
            raise bad_query("Missing query parameter: sample_rate is required when encoding is given.")
        return cls(InputFormat.of(name, rate), width * (rate or 0) * channels, channels)

    def is_audio(self, first: bytes) -> bool:
        """Whether a session's first bytes can be what they are said to be."""
        return self.fmt is not None or container_at_start(first) not in (None, "wait")


@dataclass(frozen=True, slots=True)
class NovaQuery:
    """`/v1/listen`.

    Attributes:
        model: `nova-3` or `nova-2`.
        language: as given; `multi` finds out.
        audio: how the audio is encoded.
        interims: whether interim results are told.
        endpointing_ms: silence that ends a segment; None for none.
        utterance_end_ms: silence after which `UtteranceEnd` is told; None for none.
        vad_events: whether `SpeechStarted` is told.
        punctuate: whether transcripts have capitals and punctuation.
        hints: for `multi`.
        keyterms: in effect.
    """

    model: str
    language: str
    audio: AudioIn
    interims: bool
    endpointing_ms: float | None
    utterance_end_ms: float | None
    vad_events: bool
    punctuate: bool
    hints: tuple[str, ...]
    keyterms: tuple[str, ...]

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Check a handshake's query.

        Raises:
            Refused: it cannot be served.
        """
        model = query.get("model", "nova-3").removesuffix("-general")
        if model not in NOVA_MODELS:
            raise by_status(403)
        if "keyterm" in query and model != "nova-3":
            raise bad_query("Invalid query parameter: keyterm is only supported by nova-3.")
        if "keywords" in query and model == "nova-3":
            raise bad_query("Invalid query parameter: keywords are not supported by nova-3; use keyterm.")
        interims = _flag(query, "interim_results")
        utterance_end = _number(query, "utterance_end_ms", float, 1000, 5000)
        if utterance_end is not None and not interims:
            raise bad_query("Invalid query parameter: utterance_end_ms needs interim_results=true.")
        off = query.get("endpointing") == "false"
        endpointing = None if off else _number(query, "endpointing", float, 1, 60_000) or 10.0
        return cls(
            model,
            query.get("language", "en"),
            AudioIn.of(query),
            interims,
            endpointing,
            utterance_end,
            _flag(query, "vad_events"),
            _flag(query, "smart_format") or _flag(query, "punctuate"),
            tuple(query.getlist("language_hint")),
            tuple(query.getlist("keyterm")),
        )


@dataclass(frozen=True, slots=True)
class FluxQuery:
    """`/v2/listen`; the thresholds change with `Configure`.

    Attributes:
        model: `flux-general-en` or `flux-general-multi`.
        audio: how the audio is encoded.
        eot: confidence that ends a turn.
        eager: confidence of `EagerEndOfTurn`; None for none.
        timeout_ms: silence that ends a turn anyway.
        hints: languages, for `flux-general-multi`.
        keyterms: in effect.
        numerals: whether numbers are written as digits; the emulator only tells it.
    """

    model: str
    audio: AudioIn
    eot: float
    eager: float | None
    timeout_ms: float
    hints: tuple[str, ...]
    keyterms: tuple[str, ...]
    numerals: bool

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Check a handshake's query.

        Raises:
            Refused: it cannot be served.
        """
        model = query.get("model", "")
        if model not in FLUX_MODELS:
            raise by_status(403)
        for name in _NOT_FLUX:
            if name in query:
                raise bad_query(f"Invalid query parameter: {name} is not supported by {model}.")
        hints = tuple(query.getlist("language_hint"))
        if hints and (model != "flux-general-multi" or not set(hints) <= set(FLUX_LANGUAGES)):
            raise bad_query(f"Invalid query parameter: language_hint is not supported by {model}.")
        eot = _number(query, "eot_threshold", float, 0.5, 1.0) or 0.7
        eager = _number(query, "eager_eot_threshold", float, 0.3, 0.9)
        if eager is not None and eager > eot:
            raise bad_query("Invalid query parameter: eager_eot_threshold is above eot_threshold.")
        timeout = _number(query, "eot_timeout_ms", float, 500, 60_000) or 5000.0
        keyterms = tuple(query.getlist("keyterm"))
        return cls(model, AudioIn.of(query), eot, eager, timeout, hints, keyterms, _flag(query, "numerals"))

    def configured(self, message: dict[str, Any]) -> "FluxQuery | None":
        """What it becomes by a `Configure` message; None where that is out of range."""
        thresholds = message.get("thresholds") or {}
        changed = replace(
            self,
            eot=thresholds.get("eot_threshold", self.eot),
            eager=thresholds.get("eager_eot_threshold", self.eager),
            timeout_ms=thresholds.get("eot_timeout_ms", self.timeout_ms),
            keyterms=tuple(message.get("keyterms", self.keyterms)),
            hints=tuple(message.get("language_hints", self.hints)),
            numerals=message.get("numerals", self.numerals),
        )
        eager = changed.eager
        good = (
            0.5 <= changed.eot <= 1.0
            and (eager is None or 0.3 <= eager <= min(0.9, changed.eot))
            and 500 <= changed.timeout_ms <= 60_000
            and len(changed.keyterms) <= 100
            and (not changed.hints or self.model == "flux-general-multi")
        )
        return changed if good else None


@dataclass(frozen=True, slots=True)
class SpeakQuery:
    """`/v1/speak`, both ways.

    Attributes:
        model: `aura-2-<voice>-<language>`.
        encoding: `linear16`, `mulaw` or `alaw`; `mp3` over HTTP.
        rate: in Hz.
        container: `wav` or `none`; for HTTP.
    """

    model: str
    encoding: str
    rate: int
    container: str

    @property
    def language(self) -> str:
        """ISO 639-1 code of the voice's language."""
        return self.model.rpartition("-")[2]

    @property
    def fmt(self) -> OutputFormat:
        """Ours."""
        name: Any = _RAW[self.encoding]
        return OutputFormat(name, self.rate)

    @classmethod
    def of(cls, query: QueryParams, default_encoding: str) -> Self:
        """Check a query.

        Raises:
            Refused: it cannot be served.
        """
        model = query.get("model", "aura-2-thalia-en")
        known = {f"aura-2-{name}-es" for name in SPANISH_VOICES} | {f"aura-2-{name}-en" for name in ENGLISH_VOICES}
        if model not in known:
            raise bad_query("Invalid query parameter: no such model, version or language.")
        encoding = query.get("encoding", default_encoding)
        if encoding == "mp3":
            if "sample_rate" in query:
                raise unsupported_format()
            return cls(model, encoding, 24_000, "none")
        if encoding not in _TTS_RATES:
            raise bad_query("Invalid query parameter: encoding is unknown to this emulator.")
        rate = _number(query, "sample_rate", int, 8000, 48000) or _TTS_DEFAULT[encoding]
        container = query.get("container", "wav")
        if rate not in _TTS_RATES[encoding] or container not in ("wav", "none"):
            raise unsupported_format()
        _number(query, "speed", float, 0.9 if model.endswith("-es") else 0.7, 1.5)
        return cls(model, encoding, rate, container)
