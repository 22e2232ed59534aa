"""What is noted of a session beside what it has told, for a process that goes on with it."""

import json
from dataclasses import astuple, dataclass
from typing import Any

from enterprise_stream.log.ports import LostError
from enterprise_stream.server.access.lease import UNLIMITED, Lease
from enterprise_stream.server.resume_token import Digests


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes.

    Attributes:
        digests: of its tokens.
        voice: that it speaks with.
        played: turn and ms of the last playback that its client has reported; (0, 0.0) for none.
        began_ms: when it began, in ms since 1970.
        lease: what it was opened under.
    """

    digests: Digests
    voice: str
    played: tuple[int, float] = (0, 0.0)
    began_ms: float = 0.0
    lease: Lease = UNLIMITED

    def text(self) -> str:
        """As the log keeps them."""
        tokens = [self.digests.current, self.digests.before]
        return json.dumps([*tokens, self.voice, *self.played, self.began_ms, *astuple(self.lease)])

    @classmethod
    def of(cls, text: str) -> "Notes":
        """What `text` made, of a version before calls had a beginning and a lease too.

        Raises:
            LostError: nothing did; the file was damaged.
        """
        match _parsed(text):
            case [
                str() | None as current,
                str() | None as before,
                str(voice),
                int(turn),
                int() | float() as ms,
                *later,
            ]:
                return cls(Digests(current, before), voice, (turn, ms), *_later(later))
            case _:
                raise LostError("The session's notes cannot be read.")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> float:
    raise ValueError(name)


def _later(noted: list[Any]) -> tuple[float, Lease]:
    """When it began, and its lease, as far as a version has noted them."""
    match noted:
        case []:
            return 0.0, UNLIMITED
        case [int() | float() as began_ms]:
            return began_ms, UNLIMITED
        case [int() | float() as began_ms, str(tenant), str() | None as origin, int() | float() as until, int(most)]:
            return began_ms, Lease(tenant, origin, until, most)
        case _:
            raise LostError("The session's notes cannot be read.")
