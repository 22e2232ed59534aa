"""What a clip is filed under: who says what, how, in which language."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from enterprise_stream.speaking.speech_text import DEFAULT_REGION, Segment

_FORM = "1"
"""Raised when keys are made differently, so that no old clip is taken for another text."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """How synthesised clips come to be; another one makes other clips.

    Attributes:
        voice: the persona's voice.
        engine: the model, its files and the version of what is done with them.
        speed: 1.0 is the model's own.
        region: the business's country, whose habits texts are read by before they are looked for; no part of a name,
            since a text that is read otherwise has another one anyway.
    """

    voice: str
    engine: str
    speed: float = 1.0
    region: str = DEFAULT_REGION

    @property
    def folder(self) -> str:
        """A folder name of its own: readable, and safe on any file system."""
        whole = "\x1f".join((self.voice, self.engine, f"{self.speed:g}"))
        plain = re.sub(r"[^a-z0-9]+", "-", f"{self.voice} {self.engine}".lower()).strip("-")[:40]
        return f"{plain}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class ClipKey:
    """A clause in the form in which it is the same however it was written.

    Attributes:
        language: ISO 639-1 code.
        spoken: what is said, punctuation included, since it makes the melody; empty when nothing is.
    """

    language: str
    spoken: str

    @classmethod
    def of(cls, segments: Sequence[Segment], language: str) -> "ClipKey":
        """The key of a clause from its segments: "8:00" and "8.00 h" have the same."""
        spoken = " ".join(" ".join(segment.spoken for segment in segments).split())
        return cls(language, unicodedata.normalize("NFC", spoken))

    def digest(self, rendering: Rendering) -> str:
        """Name of the synthesised clip, 64 hexadecimal digits."""
        return _digest(rendering.voice, rendering.engine, f"{rendering.speed:g}", self.language, self.spoken)

    def own_digest(self, voice: str) -> str:
        """Name of the owner's own recording of this text, whatever synthesises the rest; 64 hexadecimal digits."""
        return _digest(voice, "recording", "1", self.language, self.spoken)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join((_FORM, *parts)).encode()).hexdigest()
