"""What this process may still spend of a day's caps that several share: advances, asked for before they run out.

An advance is a slice of the caps that is this process's alone (`slices`), so nobody who speaks or listens waits for the
database: it is asked in the background, and in the handshake of a call whose tenant has no advance yet. While it cannot
be asked, the process lives from what it holds; then nothing more is bought.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import Final, Protocol

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.cost.bank import LIFE_MS, Settled
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.slices import Claim
from enterprise_stream.errors import StoreError

log = structlog.get_logger(__name__)

RENEW_S: Final = 5.0
"""How often this process tells what it has spent and hears what others have, if nothing makes it ask before."""

RETRY_S: Final = 1.0
"""How long a database that failed is left alone, in seconds."""

FUND_S: Final = 3.0
"""How long somebody waits for an advance, in seconds: a round, and the one before it."""

IDLE_MS: Final = 60_000.0
"""After how long without a call and without spending an advance is given back."""


class Asked(Protocol):
    """Who gives advances; see `Bank`."""

    async def settle(self, day: str, claims: Sequence[Claim], caps: Amounts) -> Settled:
        """See `Bank.settle`."""
        ...


@dataclass(slots=True)
class _Advance:
    """One tenant's, today.

    Attributes:
        spent: in micro-dollars.
        limit: up to where it may be spent.
        size: what it was when it was given.
        until_ms: how long it may be spent, on this process's clock.
        asking: whether an answer is awaited.
        calls: that may spend it.
        used_ms: when it was last spent or waited for.
        closed_at: what had been spent when it was given back; None while it is held.
    """

    spent: int = 0
    limit: int = 0
    size: int = 0
    until_ms: float = 0.0
    asking: bool = False
    calls: int = 0
    used_ms: float = -inf
    closed_at: int | None = 0

    def in_use(self, now: float) -> bool:
        """Whether it may be spent soon."""
        return self.calls > 0 or now - self.used_ms < IDLE_MS

    def drop(self) -> None:
        """Spend no more of it; before others are told so."""
        self.limit = self.spent
        self.size = 0


class Purse:
    """An `Allowance`; asks while `run` runs.

    Args:
        bank: who is asked.
        clock: says what day it is, and how old an advance.
        caps: `day` and `tenant_day` are what is shared.
    """

    def __init__(self, bank: Asked, clock: Clock, caps: Amounts) -> None:
        self._bank = bank
        self._clock = clock
        self._caps = caps
        self._day = clock.today()
        self._advances: dict[str, _Advance] = {}
        self._wake = asyncio.Event()
        self._answered = asyncio.Event()
        self._era = 0
        self._failing = False

    def left(self, tenant: str) -> int | None:
        """See `Allowance.left`."""
        if not (self._caps.day or self._caps.tenant_day):
            return None
        advance = self._of(tenant)
        return max(0, advance.limit - advance.spent) if self._clock.now_ms() < advance.until_ms else 0

    def over(self, tenant: str) -> bool:
        """See `Allowance.over`."""
        return self.left(tenant) == 0 and not self._of(tenant).asking

    def spend(self, tenant: str, amount: int) -> None:
        """See `Allowance.spend`; asks for more when half of the advance is gone."""
        advance = self._of(tenant)
        advance.spent += amount
        advance.used_ms = self._clock.now_ms()
        left = self.left(tenant)
        if left is not None and left * 2 <= advance.size:
            self._ask(advance)

    def enter(self, tenant: str) -> None:
        """See `Allowance.enter`."""
        self._of(tenant).calls += 1

    def leave(self, tenant: str) -> None:
        """See `Allowance.leave`."""
        advance = self._of(tenant)
        advance.calls -= 1
        advance.used_ms = self._clock.now_ms()

    def cap(self, caps: Amounts) -> None:
        """See `Allowance.cap`; what is held goes back first, since it was cut from other caps."""
        if caps != self._caps:
            self._caps = caps
            self._begin_anew()

    async def fund(self, tenant: str) -> None:
        """See `Allowance.fund`; waits `FUND_S` at most."""
        advance = self._of(tenant)
        advance.used_ms = self._clock.now_ms()
        if self.left(tenant) != 0:
            return
        self._ask(advance)
        with suppress(TimeoutError):
            async with asyncio.timeout(FUND_S):
                while advance.asking:
                    await self._answered.wait()

    async def run(self, learn: Callable[[str, Mapping[str, int]], None], look: Callable[[], None]) -> None:
        """Tell and ask until cancelled.

        Args:
            learn: told what others have spent on a day, by tenant.
            look: called when an advance may be over for good.
        """
        while True:
            settled = await self._round()
            if settled is None:
                look()
            else:
                learn(self._day, settled.others)
            if self._failing:
                await asyncio.sleep(RETRY_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_S):
                    await self._wake.wait()

    async def give_back(self) -> None:
        """Give back all that is not spent; what cannot be told is free after `LIFE_MS`."""
        self._turn()
        for advance in self._advances.values():
            advance.drop()
        claims = [Claim(tenant, each.spent, each.spent, wanted=False) for tenant, each in self._advances.items()]
        try:
            await self._bank.settle(self._day, claims, self._caps)
        except StoreError as error:
            log.warning("advances_not_given_back", message=error.message)

    async def _round(self) -> Settled | None:
        """Tell what was spent and ask for more, once; None where the answer does not count, or did not come."""
        self._wake.clear()
        self._turn()
        era, began = self._era, self._clock.now_ms()
        asked = [each for each in self._advances.values() if each.asking]
        claims = self._claims(began)
        settled: Settled | None = None
        try:
            settled = await self._bank.settle(self._day, claims, self._caps)
        except StoreError as error:
            if not self._failing:
                log.warning("advances_failing", message=error.message)
        if self._failing and settled is not None:
            log.info("advances_recovered")
        self._failing = settled is None
        self._turn()
        if era != self._era:
            return None  # another day, or other caps: those who wait go on waiting, for the next round
        if settled is not None:
            self._take(claims, settled, began + LIFE_MS)
        for advance in asked:
            advance.asking = False
        self._answered.set()
        self._answered = asyncio.Event()
        return settled

    def _claims(self, now: float) -> list[Claim]:
        claims = []
        for tenant, advance in self._advances.items():
            wanted = advance.asking or advance.in_use(now)
            if not wanted or now >= advance.until_ms:
                advance.drop()
            if wanted or advance.closed_at != advance.spent:
                claims.append(Claim(tenant, advance.spent, advance.limit, wanted))
        return claims

    def _take(self, claims: Sequence[Claim], settled: Settled, until_ms: float) -> None:
        for claim in claims:
            advance = self._advances[claim.tenant]
            advance.closed_at = None if claim.wanted else claim.spent
            if claim.wanted:
                advance.limit, advance.until_ms = settled.held[claim.tenant], until_ms
                advance.size = advance.limit - claim.spent

    def _of(self, tenant: str) -> _Advance:
        self._turn()
        return self._advances.setdefault(tenant, _Advance())

    def _turn(self) -> None:
        """Another day begins with nothing spent and nothing held."""
        today = self._clock.today()
        if today != self._day:
            self._day = today
            for advance in self._advances.values():
                advance.spent, advance.closed_at = 0, 0
            self._begin_anew()

    def _begin_anew(self) -> None:
        """What was given holds no more, and what is under way does not count; who spends asks at once."""
        self._era += 1
        now = self._clock.now_ms()
        for advance in self._advances.values():
            advance.drop()
            if advance.in_use(now):
                self._ask(advance)

    def _ask(self, advance: _Advance) -> None:
        advance.asking = True
        self._wake.set()
