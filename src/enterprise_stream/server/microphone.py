"""The guest's way in: takes a client's binary frames apart and decodes them."""

from enterprise_stream.audio.decode import make_decoder
from enterprise_stream.audio.formats import InputFormat
from enterprise_stream.audio.framing import MICROPHONE, unpack
from enterprise_stream.errors import AudioError
from enterprise_stream.listening.ports import Samples


class Microphone:
    """One connection's microphone stream.

    Attributes:
        format: what the client says it sends; None finds out from the first bytes.
    """

    def __init__(self) -> None:
        self.format: InputFormat | None = None
        self._stamped = False
        self._decoder = make_decoder(None)

    @property
    def encoding(self) -> str:
        """What the client says it sends, for the log."""
        return self.format.encoding if self.format else "sniffed"

    def set_format(self, fmt: InputFormat | None, *, stamped: bool) -> None:
        """What the frames hold from now on."""
        if fmt != self.format:
            self._decoder.close()
            self._decoder = make_decoder(fmt)
            self.format = fmt
        self._stamped = stamped

    def take(self, frame: bytes) -> Samples:
        """A binary frame's audio, shape (n,), float32 at 16 kHz, with what earlier frames held back.

        Raises:
            AudioError: it cannot be used; the stream goes on with the next frame.
        """
        if self._stamped:
            stamped = unpack(frame)
            if stamped.stream != MICROPHONE:
                raise AudioError(f"Stream {stamped.stream} is not the microphone; send stream 0.", code="bad_frame")
            frame = stamped.payload
        return self._decoder.feed(frame)

    def end(self) -> Samples:
        """What was held back, once the guest has stopped."""
        return self._decoder.flush()

    def close(self) -> None:
        """Give the decoder back."""
        self._decoder.close()
