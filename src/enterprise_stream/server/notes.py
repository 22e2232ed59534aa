"""What is noted of a session beside what it has told, for a process that goes on with it."""

import json
from dataclasses import dataclass

from enterprise_stream.server.resume_token import Digests


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes.

    Attributes:
        digests: of its tokens.
        voice: that it speaks with.
        played: turn and ms of the last playback that its client has reported; (0, 0.0) for none.
    """

    digests: Digests
    voice: str
    played: tuple[int, float] = (0, 0.0)

    def text(self) -> str:
        """As the log keeps them."""
        return json.dumps([self.digests.current, self.digests.before, self.voice, *self.played])

    @classmethod
    def of(cls, text: str) -> "Notes":
        """What `text` made."""
        current, before, voice, turn, played_ms = json.loads(text)
        return cls(Digests(current, before), voice, (turn, played_ms))
