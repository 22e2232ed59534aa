"""What is noted of a session beside what it has told, for a process that goes on with it."""

import json
from dataclasses import astuple, dataclass
from typing import Any

from enterprise_stream.log.ports import LostError
from enterprise_stream.server.access.lease import UNLIMITED, Lease
from enterprise_stream.server.resume_token import Digests


@dataclass(frozen=True, slots=True)
class Since:
    """What goes on of a session whose beginning was erased, without a word of it.

    Attributes:
        seq: number of the last message that was erased.
        started: the settings in force then, as a `started` message tells them.
        last_turn: of those so far.
        streams: audio streams so far.
        paid: what the call had cost, in micro-dollars: nothing else says any more whose purchases those were.
    """

    seq: int
    started: str
    last_turn: int
    streams: int
    paid: int


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes.

    Attributes:
        digests: of its tokens.
        voice: that it speaks with.
        played: turn and ms of the last playback that its client has reported; (0, 0.0) for none.
        began_ms: when it began, in ms since 1970.
        lease: what it was opened under.
        since: where its log begins, if its guest has had what was before erased.
        warned: whether its guest was told that his time is nearly over.
    """

    digests: Digests
    voice: str
    played: tuple[int, float] = (0, 0.0)
    began_ms: float = 0.0
    lease: Lease = UNLIMITED
    since: Since | None = None
    warned: bool = False

    def text(self) -> str:
        """As the log keeps them."""
        since = () if self.since is None else astuple(self.since)
        tokens = [self.digests.current, self.digests.before]
        warned = (True,) if self.warned else ()
        return json.dumps([*tokens, self.voice, *self.played, self.began_ms, *astuple(self.lease), *since, *warned])

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


def _later(noted: list[Any]) -> tuple[float, Lease, Since | None, bool]:
    """When it began, its lease, where its log begins and whether he was warned, as far as a version has noted them."""
    warned = noted[-1:] == [True] and isinstance(noted[-1], bool)
    return *_begun(noted[:-1] if warned else noted), warned


def _begun(noted: list[Any]) -> tuple[float, Lease, Since | None]:
    match noted:
        case []:
            return 0.0, UNLIMITED, None
        case [int() | float() as began_ms]:
            return began_ms, UNLIMITED, None
        case [
            int() | float() as began_ms,
            str(tenant),
            str() | None as origin,
            int() | float() as until,
            int(most),
            *since,
        ]:
            return began_ms, Lease(tenant, origin, until, most), _since(since)
        case _:
            raise LostError("The session's notes cannot be read.")


def _since(noted: list[Any]) -> Since | None:
    match noted:
        case []:
            return None
        case [int(seq), str(started), int(last_turn), int(streams), int(paid)]:
            return Since(seq, started, last_turn, streams, paid)
        case _:
            raise LostError("The session's notes cannot be read.")
