"""The simulated vendors as the other systems use them: the same ear, the same tokens, the same voice.

Loaded in environments that have numpy but not this project, so the packages above the simulated engines are stood in
for by empty ones.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import ModuleType

import numpy as np

SOURCE = Path(__file__).parents[3] / "src" / "enterprise_stream"

for _name, _folder in (("enterprise_stream", SOURCE), ("enterprise_stream.testing", SOURCE / "testing")):
    if _name not in sys.modules:
        _package = ModuleType(_name)
        _package.__path__ = [str(_folder)]
        sys.modules[_name] = _package

from enterprise_stream.testing.simulated.ear import Began, Ear, Heard
from enterprise_stream.testing.simulated.recordings import Recordings, load_recordings
from enterprise_stream.testing.simulated.script import (
    ANSWER,
    FIRST_AUDIO_MS,
    FIRST_TOKEN_MS,
    MS_PER_CHAR,
    PIECE_MS,
    SPEED,
    TOKENS_PER_S,
    VOICE_RATE,
    tone,
)

__all__ = ["VOICE_RATE", "Began", "Ear", "Heard", "Recordings", "Voice", "hear", "load_recordings", "tokens"]


def hear(ear: Ear, audio: bytes) -> list[Began | Heard]:
    """What becomes known in these samples, 16-bit PCM at 16 kHz."""
    return ear.hear(np.frombuffer(audio, np.int16))


async def tokens() -> AsyncIterator[str]:
    """The answer's tokens in time."""
    loop = asyncio.get_running_loop()
    first = loop.time() + FIRST_TOKEN_MS / 1000
    for number, token in enumerate(ANSWER):
        await asyncio.sleep(max(0.0, first + number / TOKENS_PER_S - loop.time()))
        yield token


class Voice:
    """A vendor's voice on one stream of text: the first audio 120 ms after text, then at five times real time.

    Text that comes while it speaks joins on; text that comes after it has run dry waits 120 ms again.

    Args:
        emit: takes each piece, 16-bit PCM at `VOICE_RATE`.
    """

    def __init__(self, emit: Callable[[bytes], Awaitable[None]]) -> None:
        self._emit = emit
        self._texts: asyncio.Queue[str | None] = asyncio.Queue()
        self._tone = tone().tobytes()

    def say(self, text: str) -> None:
        """Add text."""
        self._texts.put_nowait(text)

    def end(self) -> None:
        """No text follows."""
        self._texts.put_nowait(None)

    async def run(self) -> None:
        """Speak until the text has ended."""
        loop = asyncio.get_running_loop()
        owed_ms, due, ended = 0.0, 0.0, False
        while True:
            while not ended and (owed_ms <= 0 or not self._texts.empty()):
                dry = owed_ms <= 0
                text = await self._texts.get()
                ended = text is None
                if text is not None:
                    if dry:
                        due = max(due, loop.time() + FIRST_AUDIO_MS / 1000)
                    owed_ms += len(text) * MS_PER_CHAR
            if owed_ms <= 0:
                return
            await asyncio.sleep(max(0.0, due - loop.time()))
            while not ended and not self._texts.empty():
                text = self._texts.get_nowait()
                ended = text is None
                owed_ms += len(text or "") * MS_PER_CHAR
            piece_ms = min(PIECE_MS, owed_ms)
            owed_ms -= piece_ms
            due += piece_ms / SPEED / 1000
            await self._emit(self._tone[: round(piece_ms * VOICE_RATE / 1000) * 2])
