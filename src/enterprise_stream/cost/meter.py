"""Counts money as it is spent: per turn, call, day and tenant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

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


class Meter:
    """A `Buy` that prices each purchase once and adds it to everything it counts in.

    Args:
        prices: the table.
        clock: dates purchases and times calls.
        caps: the most that may be spent, in micro-dollars; 0 is no limit.
        on_charge: told of each purchase, in order; never waits, never raises.
        on_call: told of each call that is over; the same.
    """

    def __init__(
        self,
        prices: Prices,
        clock: Clock,
        caps: Amounts | None = None,
        on_charge: Iterable[Callable[[Charge], None]] = (),
        on_call: Iterable[Callable[[Call], None]] = (),
    ) -> None:
        self.caps = caps or Amounts()
        self._prices = prices
        self._clock = clock
        self._on_charge = tuple(on_charge)
        self._on_call = tuple(on_call)
        self._days = Days()
        self._accounts: dict[str, Account] = {}
        self._gone: dict[str, str] = {}

    def __call__(self, purchase: Purchase) -> None:
        """Count a purchase; see `Buy`."""
        account = self._accounts.get(purchase.owner)
        tenant = self._gone.get(purchase.owner, "") if account is None else account.tenant
        day = self._clock.today()
        charge = Charge(purchase, tenant, day, self._prices.price(purchase, day))
        self._days.add(day, tenant, charge.microdollars)
        if account is not None:
            account.add(bill_of(charge))
        for tell in self._on_charge:
            tell(charge)
        if level(self.spent_today(tenant), self.caps) is Level.SPENT:
            self._look(*self._accounts.values())
        elif account is not None:
            self._look(account)

    def renew(self, prices: Prices, caps: Amounts) -> None:
        """Price and cap by these from now on; what was bought before keeps its price."""
        self._prices, self.caps = prices, caps
        self._look(*self._accounts.values())

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
        self._look(account)
        return account

    def close(self, account: Account) -> Bill:
        """A call is over; returns what it cost."""
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
        self._look(*self._accounts.values())

    def spent(self, owner: str) -> Amounts:
        """What was spent, as it counts for a session; one that has no account only counts for the day."""
        account = self._accounts.get(owner)
        tenant = self._gone.get(owner, "") if account is None else account.tenant
        today = self.spent_today(tenant)
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
        return level(self.spent(owner), self._caps(account))

    def affords(self, owner: str, amount: int) -> bool:
        """Whether this much more for a session, in micro-dollars, passes no cap."""
        caps = self._caps(self._accounts.get(owner))
        return self.level(owner) is not Level.SPENT and affords(self.spent(owner), caps, amount)

    def _caps(self, account: Account | None) -> Amounts:
        """The caps that hold for a call: everybody's, and its own where that is lower."""
        if account is None or not account.cap:
            return self.caps
        return replace(self.caps, call=min(account.cap, self.caps.call or account.cap))

    def _look(self, *accounts: Account) -> None:
        """Tell each of these calls that has come to a cap, once."""
        for account in accounts:
            if not account.closing and self.level(account.owner) is Level.SPENT:
                account.closing = True
                spent = self.spent(account.owner)
                log.warning("budget_spent", session=account.owner[-SHORT_ID:], cap=nearest(spent, self._caps(account)))
                account.on_spent()


def free_meter() -> Meter:
    """A meter where nothing costs anything, for servers without vendors."""
    return Meter(Prices(()), MonotonicClock())
