"""What a session is made with."""

from dataclasses import dataclass, field

from enterprise_stream.conversation.events import TurnMode
from enterprise_stream.conversation.history import History
from enterprise_stream.conversation.policy import SpeculationPolicy, TurnPolicy
from enterprise_stream.conversation.unfinished import Unfinished
from enterprise_stream.thinking.persona import Persona


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation that another process has led so far; nobody is connected yet.

    Attributes:
        unfinished: the answer that was being given; None where none was, or where it cannot be gone on with.
    """

    history: History
    last_turn: int
    mode: TurnMode
    unfinished: Unfinished | None = None


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What a session is made with.

    Attributes:
        id: also the owner of its work in the pool.
        language: ISO 639-1 code to begin with.
        languages: those that it may switch to.
        persona: who answers.
        policy: when a turn is over.
        openings: whether a word from the voice library may come before an answer that is not there yet.
        speculation: what is worked on ahead of that.
        past: what it goes on with; None begins anew.
        tenant: whose guest it is; empty where there is only one tenant.
    """

    id: str
    language: str
    languages: tuple[str, ...]
    persona: Persona
    policy: TurnPolicy = field(default_factory=TurnPolicy)
    openings: bool = False
    speculation: SpeculationPolicy = field(default_factory=SpeculationPolicy)
    past: Past | None = None
    tenant: str = ""
