"""Counts money as it is spent: per turn, call, day and tenant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

import structlog

from enterprise_stream.clock import Clock, MonotonicClock
from enterprise_stream.cost.account import Account, Bill, Call, Charge, bill_of
from enterprise_stream.cost.days import Days
from enterprise_stream.cost.governor import Amounts, Level, affords, level, nearest
from enterprise_stream.cost.prices import Prices
from enterprise_stream.purchases import Purchase

log = structlog.get_logger(__name__)

GONE_KEPT = 1024
"""Calls whose payer is remembered after their end, for what a vendor bills late."""

SHORT_ID = 6
"""Characters of a session's id that logs show, here as elsewhere: its last."""


class Allowance(Protocol):
    """What may still be spent of a day's caps where more than this meter counts against them."""

    def left(self, tenant: str) -> int | None:
        """How much of it now, in micro-dollars; None where only the meter's own caps hold."""
        ...

    def over(self, tenant: str) -> bool:
        """Whether nothing is left, and no more is on its way."""
        ...

    def spend(self, tenant: str, amount: int) -> None:
        """This much was spent, in micro-dollars, whether it was left or not."""
        ...

    def enter(self, tenant: str) -> None:
        """A call of this tenant begins."""
        ...

    def leave(self, tenant: str) -> None:
        """One is over."""
        ...

    def cap(self, caps: Amounts) -> None:
        """These caps hold from now on."""
        ...

    async def fund(self, tenant: str) -> None:
        """Wait until something is left, or it is known that nothing is; a few seconds at most."""
        ...


class Meter:
    """A `Buy` that prices each purchase once and adds it to everything it counts in.

    Args:
        prices: the table.
        clock: dates purchases and times calls.
        caps: the most that may be spent, in micro-dollars; 0 is no limit.
        on_charge: told of each purchase, in order; never waits, never raises.
        on_call: told of each call that is over; the same.
        allowance: what may be spent of the day's caps where this meter is not alone; all of them by default.
    """

    def __init__(
        self,
        prices: Prices,
        clock: Clock,
        caps: Amounts | None = None,
        on_charge: Iterable[Callable[[Charge], None]] = (),
        on_call: Iterable[Callable[[Call], None]] = (),
        allowance: Allowance | None = None,
    ) -> None:
        self.caps = caps or Amounts()
        self._prices = prices
        self._clock = clock
        self._on_charge = tuple(on_charge)
        self._on_call = tuple(on_call)
        self._allowance = allowance
        self._days = Days()
        self._accounts: dict[str, Account] = {}
        self._gone: dict[str, str] = {}

    def __call__(self, purchase: Purchase) -> None:
        """Count a purchase; see `Buy`."""
        account, tenant = self._accounts.get(purchase.owner), self._payer(purchase.owner)
        day = self._clock.today()
        charge = Charge(purchase, tenant, day, self._prices.price(purchase, day))
        self._days.add(day, tenant, charge.microdollars)
        if self._allowance is not None:
            self._allowance.spend(tenant, charge.microdollars)
        if account is not None:
            account.add(bill_of(charge))
        for tell in self._on_charge:
            tell(charge)
        if level(self.spent_today(tenant), self.caps) is Level.SPENT or self._over(tenant):
            self.look()
        elif account is not None:
            self._look(account)

    def renew(self, prices: Prices, caps: Amounts) -> None:
        """Price and cap by these from now on; what was bought before keeps its price."""
        self._prices, self.caps = prices, caps
        if self._allowance is not None:
            self._allowance.cap(caps)
        self.look()

    def open(
        self,
        owner: str,
        tenant: str = "",
        on_spent: Callable[[], None] = lambda: None,
        before: int = 0,
        cap: int = 0,
    ) -> Account:
        """A call begins.

        Args:
            owner: the session.
            tenant: who pays; empty where there is only one.
            on_spent: told once, on the event loop, when nothing more may be bought for it; not while this runs.
            before: what was paid for it before, in micro-dollars.
            cap: the most that it may cost, where that is less than for other calls; 0 for no cap of its own.
        """
        account = Account(owner, tenant, self._clock.now_ms(), on_spent, before, cap)
        self._accounts[owner] = account
        if self._allowance is not None:
            self._allowance.enter(tenant)
        self._look(account)
        return account

    def close(self, account: Account) -> Bill:
        """A call is over; returns what it cost."""
        if self._allowance is not None:
            self._allowance.leave(account.tenant)
        if self._accounts.get(account.owner) is account:
            del self._accounts[account.owner]
        self._gone[account.owner] = account.tenant
        while len(self._gone) > GONE_KEPT:
            del self._gone[next(iter(self._gone))]
        seconds = (self._clock.now_ms() - account.began_ms) / 1000
        call = Call(
            account.owner,
            account.tenant,
            self._clock.today(),
            seconds,
            account.turns,
            account.spoken_chars,
            account.library_chars,
        )
        for tell in self._on_call:
            tell(call)
        return account.call

    def learn(self, day: str, others: Mapping[str, int]) -> None:
        """What other servers, and this one before its start, have spent on a day, by tenant, in micro-dollars."""
        self._days.learn(day, others)
        self.look()

    def look(self) -> None:
        """Tell every call that has come to a cap."""
        self._look(*self._accounts.values())

    async def fund(self, tenant: str) -> None:
        """Wait, a few seconds at most, where it is not known yet whether a tenant may spend anything."""
        if self._allowance is not None:
            await self._allowance.fund(tenant)

    async def fund_session(self, owner: str) -> None:
        """The same for the tenant who pays for a session."""
        await self.fund(self._payer(owner))

    def spent(self, owner: str) -> Amounts:
        """What was spent, as it counts for a session; one that has no account only counts for the day."""
        account = self._accounts.get(owner)
        today = self.spent_today(self._payer(owner))
        if account is None:
            return today
        return replace(today, turn=account.turn, call=account.before + account.call.total)

    def spent_today(self, tenant: str) -> Amounts:
        """What was spent today, by everybody and by one tenant."""
        day = self._clock.today()
        return Amounts(day=self._days.all(day), tenant_day=self._days.of(day, tenant))

    def level(self, owner: str) -> Level:
        """How free she is to spend on a session."""
        account = self._accounts.get(owner)
        if account is not None and account.closing:
            return Level.SPENT
        if self._left(owner) == 0:
            return Level.SPENT
        return level(self.spent(owner), self._caps(account))

    def affords(self, owner: str, amount: int) -> bool:
        """Whether this much more for a session, in micro-dollars, passes no cap."""
        caps, left = self._caps(self._accounts.get(owner)), self._left(owner)
        within = left is None or amount <= left
        return within and self.level(owner) is not Level.SPENT and affords(self.spent(owner), caps, amount)

    def _payer(self, owner: str) -> str:
        """The tenant who pays for a session, also for one that is over; empty where nobody knows it."""
        account = self._accounts.get(owner)
        return self._gone.get(owner, "") if account is None else account.tenant

    def _left(self, owner: str) -> int | None:
        return None if self._allowance is None else self._allowance.left(self._payer(owner))

    def _over(self, tenant: str) -> bool:
        return self._allowance is not None and self._allowance.over(tenant)

    def _caps(self, account: Account | None) -> Amounts:
        """The caps that hold for a call: everybody's, and its own where that is lower."""
        if account is None or not account.cap:
            return self.caps
        return replace(self.caps, call=min(account.cap, self.caps.call or account.cap))

    def _look(self, *accounts: Account) -> None:
        """Tell each of these calls that has come to a cap, once."""
        for account in accounts:
            if account.closing:
                continue
            spent, caps, over = self.spent(account.owner), self._caps(account), self._over(account.tenant)
            if over or level(spent, caps) is Level.SPENT:
                account.closing = True
                cap = "advance" if over else nearest(spent, caps)
                log.warning("budget_spent", session=account.owner[-SHORT_ID:], cap=cap)
                account.on_spent()


def free_meter() -> Meter:
    """A meter where nothing costs anything, for servers without vendors."""
    return Meter(Prices(()), MonotonicClock())
