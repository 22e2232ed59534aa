"""What reads bytes that are not ours: each target takes any, and raises nothing but what its reader promises."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from enterprise_stream.audio.companding import expand
from enterprise_stream.audio.decode import make_decoder
from enterprise_stream.audio.formats import InputEncoding, InputFormat
from enterprise_stream.audio.framing import pack, unpack
from enterprise_stream.audio.limits import MAX_FEED_MS
from enterprise_stream.config import load_settings
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.errors import AudioError, EnterpriseStreamError
from enterprise_stream.server.access.signing import BadTokenError
from enterprise_stream.server.access.tickets import Tickets
from enterprise_stream.server.notes import Notes
from enterprise_stream.testing import FakeClock
from enterprise_stream.thinking.knowledge import check_knowledge
from enterprise_stream.tools.tools_file import check_tools_file
from enterprise_stream.wire.codec import parse_client, parse_server, serialise

Target = Callable[[bytes], None]

FILE: Final = Path(tempfile.gettempdir()) / "enterprise-stream-fuzz"
"""What readers of files are given; each process writes its own."""

_TICKETS: Final = Tickets("a secret of tests, 32 characters or more", FakeClock())


def client_message(data: bytes) -> None:
    """A text frame of a client."""
    with suppress(EnterpriseStreamError):
        parse_client(data)
    with suppress(EnterpriseStreamError):
        parse_client(data.decode("utf-8", "surrogateescape"))


def log_entry(data: bytes) -> None:
    """A message as the session log keeps it; what is read is written and read again alike."""
    with suppress(EnterpriseStreamError):
        message = parse_server(data.decode("utf-8", "replace"))
        again = parse_server(serialise(message))
        if again != message:
            raise ValueError("it is not what was written")


def notes(data: bytes) -> None:
    """A session's notes as the log keeps them."""
    with suppress(EnterpriseStreamError):
        read = Notes.of(data.decode("utf-8", "replace"))
        if Notes.of(read.text()) != read:
            raise ValueError("they are not what was written")


def stamped_frame(data: bytes) -> None:
    """A binary frame with a stamp."""
    with suppress(AudioError):
        stamped = unpack(data)
        again = pack(last=stamped.last, stream=stamped.stream, position=stamped.position, samples_bytes=stamped.payload)
        if unpack(again) != stamped:
            raise ValueError("it is not what was written")


def session_token(data: bytes) -> None:
    """A session token; none of these is one."""
    with suppress(BadTokenError):
        _TICKETS.read(data.decode("utf-8", "replace"))
        raise ValueError("a token was forged")


def _decoder(encoding: InputEncoding | None) -> Target:
    def decode(data: bytes) -> None:
        """The first byte says where the rest is cut in two."""
        decoder = make_decoder(None if encoding is None else InputFormat.of(encoding))
        rest = data[1:]
        at = data[0] * len(rest) // 255 if data else 0
        for piece in (rest[:at], rest[at:]):
            with suppress(AudioError):
                sound = decoder.feed(piece)
                if sound.size > MAX_FEED_MS * 16 + 16 or not np.isfinite(sound).all():
                    raise ValueError("too much sound, or none")
        decoder.flush()
        decoder.close()

    return decode


def companded(data: bytes) -> None:
    """Sound of telephones, under both laws."""
    if expand(data, "mulaw").size != len(data) or expand(data, "alaw").size != len(data):
        raise ValueError("a byte is a sample")


def _file(read: Callable[[Path], object]) -> Target:
    def from_file(data: bytes) -> None:
        FILE.write_bytes(data)
        with suppress(EnterpriseStreamError):
            read(FILE)

    return from_file


TARGETS: Final[Mapping[str, Target]] = {
    "client_message": client_message,
    "log_entry": log_entry,
    "notes": notes,
    "stamped_frame": stamped_frame,
    "session_token": session_token,
    "sniffed": _decoder(None),
    "webm": _decoder("webm"),
    "ogg": _decoder("ogg"),
    "wav": _decoder("wav"),
    "opus": _decoder("opus"),
    "companded": companded,
    "knowledge": _file(check_knowledge),
    "tools": _file(lambda path: check_tools_file(path, {})),
    "prices": _file(load_prices),
    "settings": _file(load_settings),
}
