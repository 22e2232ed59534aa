"""The voice's way out: encodes a reply's audio in the client's format and frames it."""

from typing import Literal

from enterprise_stream.audio.encode import AudioEncoder, Encoded, make_encoder
from enterprise_stream.audio.formats import OutputFormat
from enterprise_stream.audio.framing import pack
from enterprise_stream.speaking.ports import Pcm

BARE, STAMPED = "bare", "stamped"


class VoiceStream:
    """One `audio_start` and the binary frames up to its end.

    Args:
        turn: the turn that speaks.
        stream: its number, as `audio_start.stream` announces it.
        fmt: the client's format.
        stamped: whether each frame carries its place.

    Attributes:
        went_out: whether any of it has been handed to the client's network.
    """

    def __init__(self, turn: int, stream: int, fmt: OutputFormat, *, stamped: bool) -> None:
        self.turn = turn
        self.stream = stream
        self.format = fmt
        self.went_out = False
        self._stamped = stamped
        self._encoder: AudioEncoder = make_encoder(fmt)
        self._position = 0

    @property
    def encoding(self) -> Literal["pcm_s16le", "opus", "mulaw", "alaw"]:
        """How the frames are coded."""
        if self.format.encoding == "none":
            raise ValueError("a voice stream needs a format that sounds")
        return self.format.encoding

    def frames(self, samples: Pcm) -> list[bytes]:
        """Binary frames for a piece of audio, int16 at 24 kHz."""
        return [self._frame(piece, last=False) for piece in self._encoder.encode(samples)]

    def end(self) -> list[bytes]:
        """Binary frames for what was held back."""
        rest = self._encoder.flush()
        if self._stamped and not rest:
            rest = [Encoded(b"", 0)]
        return [self._frame(piece, last=index == len(rest) - 1) for index, piece in enumerate(rest)]

    def _frame(self, piece: Encoded, *, last: bool) -> bytes:
        position, self._position = self._position, self._position + piece.samples
        if not self._stamped:
            return piece.payload
        return pack(last=last, stream=self.stream, position=position, samples_bytes=piece.payload)
