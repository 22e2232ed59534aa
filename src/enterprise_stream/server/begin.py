"""What a session begins with: nothing but its terms, or what another process has left of it."""

from dataclasses import dataclass, field

from enterprise_stream.log.ports import Claim
from enterprise_stream.server.access.lease import UNLIMITED, Lease
from enterprise_stream.server.notes import Since
from enterprise_stream.server.resume_token import Digests
from enterprise_stream.server.told import Told
from enterprise_stream.session.engines import Engines


@dataclass(frozen=True, slots=True)
class Begin:
    """How a session begins.

    Attributes:
        lease: for whom it is, and how far it may go.
        digests: of the tokens that it has been given, where another process has led it.
        claim: made for it, likewise.
        told: what it has told, likewise.
        engines: that it is on already, likewise.
        paid: what it has cost already, likewise, in micro-dollars.
        began_ms: when it began, in ms since 1970.
        since: where its log begins, likewise, if not with its first message.
        lasted_ms: how long it has lasted, where another process has led it.
        warned: whether its guest was told there that his time is nearly over.
    """

    id: str
    language: str
    lease: Lease = UNLIMITED
    digests: Digests = field(default_factory=Digests)
    claim: Claim | None = None
    told: Told | None = None
    engines: Engines | None = None
    paid: int = 0
    began_ms: float = 0.0
    lasted_ms: float = 0.0
    since: Since | None = None
    warned: bool = False
