"""One `stream-input` socket: text is sent, sound and alignment come, and it is over with its clause.

The SDK can use this socket only from a thread of its own (`convert_realtime` is synchronous, polls, drops the alignment
and cannot be interrupted), so the protocol is spoken here over `websockets`; its addresses and messages are the SDK's.
docs/adr/0024-elevenlabs-socket.md has it in full.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from elevenlabs.types import GenerationConfig, InitializeConnection, SendText
from elevenlabs.url_utils import build_ws_url
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.frames import CloseCode

from enterprise_stream.engines.elevenlabs.failures import failure, failure_of_message
from enterprise_stream.speaking.ports import SAMPLE_RATE
from enterprise_stream.speaking.told_words import Mark, Sounded

HOST = "https://api.elevenlabs.io"

HANDSHAKE_S = 2.0
"""A socket that is not open by then is given up; 130 to 300 ms are usual."""

INACTIVITY_S = 180
"""How long the vendor is to keep a socket without text: the most that it takes. The pool closes it long before."""

SCHEDULE = (50, 90, 140, 200)
"""Characters that the vendor waits for before each part of a clause that is still being written (its own: 120 to 290).
50 is the least that it takes."""

AFTER_ALL_S = 0.4
"""Quiet that is the end once every character has sounded, from a service that does not say `isFinal`."""

MESSAGE_BYTES = 4 << 20
"""Largest message: 30 s of sound as base64."""


class Address:
    """Where the voice is had, and as whom.

    Args:
        key: ElevenLabs's.
        base_url: where the service is, http or https; ElevenLabs's own by default.
        voice: its identifier.
        model: such as `eleven_flash_v2_5`.
    """

    def __init__(self, key: str, base_url: str | None, voice: str, model: str) -> None:
        self._key = key
        self._base_url = (base_url or HOST).rstrip("/")
        self._voice = voice
        self._model = model

    async def open(self, language: str) -> "Session":
        """A session that waits for text in `language`.

        Raises:
            WebSocketException, OSError, TimeoutError: it cannot be had.
        """
        query = {
            "model_id": self._model,
            "language_code": language,
            "output_format": f"pcm_{SAMPLE_RATE}",
            "inactivity_timeout": str(INACTIVITY_S),
        }
        socket = await connect(
            build_ws_url(self._base_url, ["v1", "text-to-speech", self._voice, "stream-input"], query),
            additional_headers={"xi-api-key": self._key},
            open_timeout=HANDSHAKE_S,
            max_size=MESSAGE_BYTES,
            compression=None,
        )
        opening = InitializeConnection(generation_config=GenerationConfig(chunk_length_schedule=list(SCHEDULE)))
        with suppress(ConnectionClosed):  # whoever reads meets it too, and is told why
            await socket.send(opening.json())
        return Session(socket)


class Session:
    """An open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sounded_ms = 0.0
        self._placed_ms = 0.0
        self._unplaced = 0
        self._finished = False
        self._over = False

    async def send(self, text: str) -> None:
        """Send text, which ends with a blank; all of its characters are billed."""
        self._unplaced += _letters(text)
        await self._socket.send(SendText(text=text).json())

    async def finish(self) -> None:
        """Say that no more text follows."""
        self._finished = True
        await self._socket.send(json.dumps({"text": ""}))

    async def receive(self) -> Sounded | None:
        """What comes next, None when all was said.

        Raises:
            VendorError: the vendor says that it failed, or what came is not its protocol.
            WebSocketException: the socket broke.
        """
        if self._over:
            return None
        data = await self._next()
        if data is None:
            return None
        message: Any = json.loads(data)
        if not isinstance(message, dict):
            raise failure("vendor_garbled")
        if message.get("error"):
            raise failure_of_message(message["error"])
        self._over = message.get("isFinal") is True
        audio = message.get("audio") or ""
        if not isinstance(audio, str):
            raise failure("vendor_garbled")
        pcm = base64.b64decode(audio, validate=True)
        marks = _marks(message.get("alignment") or message.get("normalizedAlignment"), self._sounded_ms)
        if message.get("alignment"):  # the other one may have more letters than the text
            self._unplaced -= sum(_letters(mark.text) for mark in marks)
        self._placed_ms = max([self._placed_ms, *(mark.end_ms for mark in marks)])
        self._sounded_ms += len(pcm) / 2 * 1000 / SAMPLE_RATE
        return Sounded(pcm, marks)

    async def _next(self) -> str | bytes | None:
        """The next message; None where the service ends without a word: by a close, or in silence after the last."""
        try:
            async with asyncio.timeout(AFTER_ALL_S if self._all_has_sounded() else None):
                return await self._socket.recv()
        except TimeoutError:
            return None
        except ConnectionClosedOK as end:
            if (
                self._finished
                and self._sounded_ms
                and end.rcvd is not None
                and end.rcvd.code == CloseCode.NORMAL_CLOSURE
            ):
                return None
            raise

    def _all_has_sounded(self) -> bool:
        return self._finished and self._unplaced <= 0 < self._sounded_ms and self._sounded_ms >= self._placed_ms

    async def closed(self) -> None:
        """Wait until the vendor, or the network, has closed it."""
        await self._socket.wait_closed()

    def drop(self) -> None:
        """Cut the connection now: the vendor knows no other way to cancel, and a goodbye would wait for it."""
        self._socket.transport.abort()


def _letters(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _marks(alignment: Any, begun_ms: float) -> tuple[Mark, ...]:
    """An alignment, whose times count from its own message's sound."""
    if not alignment:
        return ()
    try:
        starts = alignment["charStartTimesMs"]
        lengths = alignment.get("charDurationsMs") or alignment.get("charsDurationsMs") or _until_the_next(starts)
        characters = zip(alignment["chars"], starts, lengths, strict=True)
        return tuple(Mark(c, begun_ms + start, begun_ms + start + length) for c, start, length in characters)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise failure("vendor_garbled") from error


def _until_the_next(starts: Sequence[float]) -> list[float]:
    """How long each character lasts where only its beginning is told."""
    return [after - start for start, after in pairwise([*starts, *starts[-1:]])]
