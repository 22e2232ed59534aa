"""What the server needs of the voice library: recordings that a client plays by itself."""

from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol

from enterprise_stream.conversation.actions import VoiceMissing
from enterprise_stream.server.translate import Numbered
from enterprise_stream.speaking.library import Category
from enterprise_stream.speaking.ports import Pcm
from enterprise_stream.wire import messages as wire

MAX_CLIP_MS: Final = 30_000
"""Longest recording that is handed out, in ms of sound: 1.4 MB."""


class Clips(Protocol):
    """Finds what was recorded or said before; it never has anything synthesised."""

    async def find(
        self, text: str, language: str, *, voice: str | None = None, category: Category | None = None
    ) -> str | None:
        """Name of the recording of a whole text; None where any of it is missing.

        Args:
            text: as written, one clause or several.
            language: ISO 639-1 code.
            voice: whose; None for the voice that sessions are given first.
            category: what kind of answer it must belong to; clips of no special kind belong to all.
        """
        ...

    async def sound(self, name: str) -> Pcm | None:
        """The recording of that name, int16 at 24 kHz; None for no such name, or a sound above `MAX_CLIP_MS`."""
        ...


class NoClips:
    """For servers without a voice library."""

    async def find(
        self, text: str, language: str, *, voice: str | None = None, category: Category | None = None
    ) -> str | None:
        """Nothing, whatever is asked for."""
        del text, language, voice, category
        return None

    async def sound(self, name: str) -> Pcm | None:
        """Nothing."""
        del name
        return None


def url_of(name: str) -> str:
    """Where a client gets a recording."""
    return f"/api/clips/{name}.wav"


async def play_voice(clips: Clips, notice: VoiceMissing, language: str, voice: str) -> Numbered:
    """The message that leaves an answer's sound to the client, with the answer's recording if there is one."""
    name = await clips.find(notice.text, language, voice=voice)
    return partial(
        wire.PlayVoiceMessage,
        turn=notice.turn,
        text=notice.text,
        responseType=notice.response_type,
        clip=None if name is None else url_of(name),
    )


def joined(digests: Sequence[str]) -> str:
    """The name of a recording that consists of several clips."""
    return ".".join(digests)


def parted(name: str) -> list[str]:
    """The digests of the clips that a name stands for."""
    return name.split(".")
