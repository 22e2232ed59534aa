"""What a client may send and ask for, checked where it enters."""

from dataclasses import dataclass
from typing import Literal, get_args

from enterprise_stream.errors import AudioError

InputEncoding = Literal["pcm_s16le", "webm", "ogg", "wav", "opus", "mulaw", "alaw"]
OutputEncoding = Literal["pcm_s16le", "opus", "mulaw", "alaw", "none"]

USUAL_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Rates of raw samples, either direction, in Hz."""

OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
"""Rates that an Opus encoder takes, in Hz (RFC 6716, section 2.1.3)."""

UNSUPPORTED = "unsupported_audio"
"""Code of the error that says: this kind of audio is not taken."""

_RAW = ("pcm_s16le", "mulaw", "alaw")


@dataclass(frozen=True, slots=True)
class InputFormat:
    """What the guest's binary frames hold.

    Attributes:
        encoding: how the samples are coded.
        sample_rate: in Hz, mono. Containers and Opus say it themselves, so there it is only repeated, never used.
    """

    encoding: InputEncoding
    sample_rate: int

    def __post_init__(self) -> None:
        """Check both fields.

        Raises:
            AudioError: code `unsupported_audio`; the message names what is allowed.
        """
        _check_encoding("input", self.encoding, get_args(InputEncoding))
        if self.encoding in _RAW:
            _check_rate(self.encoding, self.sample_rate, USUAL_RATES)

    @classmethod
    def of(cls, encoding: InputEncoding, sample_rate: int | None = None) -> "InputFormat":
        """The format with its usual rate (see `default_input_rate`) where none is given."""
        return cls(encoding, default_input_rate(encoding) if sample_rate is None else sample_rate)


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """What the answer's binary frames hold.

    Attributes:
        encoding: how the samples are coded; `none` for no audio at all.
        sample_rate: in Hz, mono.
    """

    encoding: OutputEncoding
    sample_rate: int

    def __post_init__(self) -> None:
        """Check both fields.

        Raises:
            AudioError: code `unsupported_audio`; the message names what is allowed.
        """
        _check_encoding("output", self.encoding, get_args(OutputEncoding))
        if self.encoding in _RAW:
            _check_rate(self.encoding, self.sample_rate, USUAL_RATES)
        elif self.encoding == "opus":
            _check_rate(self.encoding, self.sample_rate, OPUS_RATES)

    @classmethod
    def of(cls, encoding: OutputEncoding, sample_rate: int | None = None) -> "OutputFormat":
        """The format with its usual rate (see `default_output_rate`) where none is given."""
        return cls(encoding, default_output_rate(encoding) if sample_rate is None else sample_rate)


def default_input_rate(encoding: InputEncoding) -> int:
    """Rate in Hz that a client means when it names only the encoding: 8 kHz for telephony, 48 kHz for Opus."""
    if encoding in ("mulaw", "alaw"):
        return 8_000
    return 48_000 if encoding in ("webm", "ogg", "opus") else 16_000


def default_output_rate(encoding: OutputEncoding) -> int:
    """Rate in Hz that a client means when it names only the encoding: 8 kHz for telephony, else 24 kHz."""
    return 8_000 if encoding in ("mulaw", "alaw") else 24_000


def _check_encoding(direction: str, encoding: str, allowed: tuple[str, ...]) -> None:
    if encoding not in allowed:
        msg = f"{direction} audio cannot be {_shown(encoding)}; use one of {', '.join(allowed)}"
        raise AudioError(msg, code=UNSUPPORTED)


def _check_rate(encoding: str, rate: int, allowed: tuple[int, ...]) -> None:
    if isinstance(rate, bool) or not isinstance(rate, int) or rate not in allowed:
        rates = ", ".join(str(r) for r in allowed)
        msg = f"{encoding} cannot have a sample rate of {_shown(rate)} Hz; use one of {rates}"
        raise AudioError(msg, code=UNSUPPORTED)


def _shown(value: object) -> str:
    return repr(value)[:40]
