"""A guest who talks as guests do, and must notice nothing of what others send."""

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE_S: Final = 30.0
PAUSE_S: Final = 0.3


@dataclass(slots=True)
class Bystander:
    """One guest.

    Attributes:
        word: which only this guest says; nobody else may ever see it.
        session: its session's name.
        resume_token: likewise nobody's but his.
        waits: when each question was asked, and how long its first sound took, in seconds.
        leaked: what he was told of others.
    """

    url: str
    token: str
    word: str
    session: str = ""
    resume_token: str = ""
    waits: list[tuple[float, float]] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    _socket: ClientConnection | None = None

    async def connect(self) -> None:
        """Come in."""
        protocols = [Subprotocol("enterprise-stream.v1"), Subprotocol(f"token.{self.token}")]
        self._socket = await connect(
            self.url, subprotocols=protocols, compression=None, max_size=None, proxy=None, open_timeout=PATIENCE_S
        )
        ready = json.loads(await self._socket.recv())
        self.session, self.resume_token = ready["session_id"], ready["resume_token"]

    async def talk(self, hidden: Iterable[str], until: asyncio.Event) -> None:
        """Ask and listen until told to leave.

        Args:
            hidden: what only others may see.
            until: set when it is enough.
        """
        others = tuple(hidden)
        number = 0
        while not until.is_set():
            number += 1
            await self._ask(f"pregunta {number} {self.word}", others)
            await asyncio.sleep(PAUSE_S)
        if self._socket is not None:
            await self._socket.close()

    async def _ask(self, question: str, others: tuple[str, ...]) -> None:
        socket = self._socket
        if socket is None:
            raise EOFError
        asked, heard = time.monotonic(), False
        await socket.send(json.dumps({"type": "text", "text": question}))
        async with asyncio.timeout(PATIENCE_S):
            while True:
                data = await socket.recv()
                if isinstance(data, bytes):
                    if not heard:
                        self.waits.append((asked, time.monotonic() - asked))
                    heard = True
                    continue
                self.leaked += [f"{each} told to {self.word}" for each in others if each in data]
                message: dict[str, Any] = json.loads(data)
                if message["type"] == "audio_end":
                    played = {"type": "playback", "turn": message["turn"], "played_ms": message["duration_ms"]}
                    await socket.send(json.dumps(played))
                    return
