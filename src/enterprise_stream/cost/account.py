"""What one call has bought, turn by turn."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from enterprise_stream.purchases import Purchase


@dataclass(frozen=True, slots=True)
class Bill:
    """Purchases added up: amounts and, in micro-dollars, what each stage cost."""

    stt_ms: float = 0.0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    tts_chars: int = 0
    stt: int = 0
    llm: int = 0
    tts: int = 0

    @property
    def total(self) -> int:
        """What all of it cost, in micro-dollars."""
        return self.stt + self.llm + self.tts

    def __add__(self, other: "Bill") -> "Bill":
        return Bill(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Charge:
    """A purchase with its price.

    Attributes:
        purchase: what was bought.
        tenant: who pays; empty where there is only one.
        day: YYYY-MM-DD at the business.
        microdollars: what it cost.
    """

    purchase: Purchase
    tenant: str
    day: str
    microdollars: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is over.

    Attributes:
        owner: the session.
        tenant: who pays; empty where there is only one.
        day: YYYY-MM-DD at the business, when it ended.
        seconds: how long it lasted.
        turns: answers that were complete.
        spoken_chars: characters of the answers.
        library_chars: those of them that needed no synthesis.
    """

    owner: str
    tenant: str
    day: str
    seconds: float
    turns: int
    spoken_chars: int
    library_chars: int


@dataclass(slots=True)
class Account:
    """One call's money; made by `Meter.open`.

    Attributes:
        owner: the session.
        tenant: who pays; empty where there is only one.
        began_ms: when the call began.
        on_spent: told once, when nothing more may be bought.
        before: what was paid for this call before its account was opened, as in another process, in micro-dollars.
        cap: the most that it may cost, in micro-dollars; 0 for no cap of its own.
        call: all that was bought.
        untold: what was bought and is in no turn's bill yet.
        turn: what was paid since the last answer was complete or cut short, in micro-dollars.
        closing: whether `on_spent` has been told.
        turns: answers that were complete.
        spoken_chars: characters of the answers.
        library_chars: those of them that needed no synthesis.
    """

    owner: str
    tenant: str
    began_ms: float
    on_spent: Callable[[], None]
    before: int = 0
    cap: int = 0
    call: Bill = Bill()
    untold: Bill = Bill()
    turn: int = 0
    closing: bool = False
    turns: int = 0
    spoken_chars: int = 0
    library_chars: int = 0

    def add(self, bill: Bill) -> None:
        """Something was bought for this call."""
        self.call += bill
        self.untold += bill
        self.turn += bill.total

    def turn_ended(self, spoken_chars: int = 0, library_chars: int = 0) -> Bill:
        """An answer is complete; returns all that was bought since the one before it was.

        That holds the drafts that were dropped, retries, summaries, answers that were cut short, and what the answer
        before it was still to say when it was complete: the bills of a call add up to what it cost.

        Args:
            spoken_chars: characters of the answer.
            library_chars: those of them that need no synthesis.
        """
        bill, self.untold, self.turn = self.untold, Bill(), 0
        self.turns += 1
        self.spoken_chars += spoken_chars
        self.library_chars += library_chars
        return bill

    def turn_cut(self) -> None:
        """An answer was cut short: the next turn begins; what was bought is in the next bill."""
        self.turn = 0


def bill_of(charge: Charge) -> Bill:
    """One purchase as a bill."""
    bought, amount = charge.purchase, charge.microdollars
    match bought.kind:
        case "stt":
            return Bill(stt_ms=bought.audio_ms, stt=amount)
        case "llm":
            tokens = (bought.input_tokens, bought.cached_tokens, bought.output_tokens)
            return Bill(0.0, *tokens, llm=amount)
        case "tts":
            return Bill(tts_chars=bought.chars, tts=amount)
