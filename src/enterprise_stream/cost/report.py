"""What was spent, added up from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from enterprise_stream.store import Store
from enterprise_stream.store.privacy import NOBODY
from enterprise_stream.store.tables import calls, spending


@dataclass(frozen=True, slots=True)
class Spent:
    """Purchases of one engine and model by one tenant on one day.

    Attributes:
        microdollars: what they cost.
        purchases: how many there were.
    """

    day: str
    tenant: str
    kind: str
    engine: str
    model: str
    microdollars: int
    purchases: int
    audio_ms: float
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    chars: int


@dataclass(frozen=True, slots=True)
class Called:
    """Calls of one tenant on one day; see `cost.account.Call`."""

    day: str
    tenant: str
    calls: int
    seconds: float
    turns: int
    spoken_chars: int
    library_chars: int


@dataclass(frozen=True, slots=True)
class Spending:
    """All of it.

    Attributes:
        dearest_call: what the call that cost most cost, in micro-dollars.
    """

    spent: tuple[Spent, ...]
    called: tuple[Called, ...]
    dearest_call: int = 0

    @property
    def total(self) -> int:
        """What everything cost, in micro-dollars."""
        return sum(row.microdollars for row in self.spent)

    @property
    def minutes(self) -> float:
        """How long all calls together lasted."""
        return sum(row.seconds for row in self.called) / 60

    @property
    def library_chars(self) -> int:
        """Characters that came from the voice library."""
        return sum(row.library_chars for row in self.called)

    @property
    def library_share(self) -> float:
        """The share of all characters that did."""
        spoken = sum(row.spoken_chars for row in self.called)
        return self.library_chars / spoken if spoken else 0.0

    @property
    def saved(self) -> int:
        """What the library's characters would have cost at the average price of those bought, in micro-dollars."""
        chars = sum(row.chars for row in self.spent if row.kind == "tts")
        return round(self.of("tts") * self.library_chars / chars) if chars else 0

    def of(self, kind: str) -> int:
        """What a stage cost, in micro-dollars."""
        return sum(row.microdollars for row in self.spent if row.kind == kind)

    def a_minute(self, amount: int) -> float:
        """An amount spread over the minutes of the calls, in micro-dollars; 0 without any."""
        return amount / self.minutes if self.minutes else 0.0

    def day(self, day: str, tenant: str | None = None) -> int:
        """What a day cost, or one tenant's part of it, in micro-dollars."""
        return sum(row.microdollars for row in self.spent if row.day == day and tenant in (None, row.tenant))

    @property
    def tenants(self) -> tuple[str, ...]:
        """Everybody who has called or paid."""
        return tuple(sorted({row.tenant for row in self.spent} | {row.tenant for row in self.called}))


async def read_spending(store: Store, since: str) -> Spending:
    """What was spent from a day (YYYY-MM-DD) on.

    Raises:
        StoreError: the database failed.
    """
    async with store.reading() as connection:
        spent = (await connection.execute(_spent(since))).all()
        called = (await connection.execute(_called(since))).all()
        dearest = (await connection.execute(_dearest_call(since))).scalar_one()
    return Spending(
        tuple(Spent(*_whole(row, floats=(7,))) for row in spent),
        tuple(Called(*_whole(row, floats=(3,))) for row in called),
        int(dearest or 0),
    )


def _dearest_call(since: str) -> Select[Any]:
    """What the call that cost most cost; what was bought for nobody's call is in none."""
    of_calls = spending.c.session.in_(select(calls.c.session).where(calls.c.day >= since, calls.c.session != NOBODY))
    by_call = select(func.sum(spending.c.microdollars).label("cost")).where(of_calls).group_by(spending.c.session)
    return select(func.max(by_call.subquery().c.cost))


def _spent(since: str) -> Select[Any]:
    place = (spending.c.day, spending.c.tenant, spending.c.kind, spending.c.engine, spending.c.model)
    sums = (
        func.sum(spending.c.microdollars),
        func.count(),
        func.sum(spending.c.audio_ms),
        func.sum(spending.c.input_tokens),
        func.sum(spending.c.cached_tokens),
        func.sum(spending.c.output_tokens),
        func.sum(spending.c.chars),
    )
    return select(*place, *sums).where(spending.c.day >= since).group_by(*place).order_by(*place)


def _called(since: str) -> Select[Any]:
    place = (calls.c.day, calls.c.tenant)
    sums = (
        func.count(),
        func.sum(calls.c.seconds),
        func.sum(calls.c.turns),
        func.sum(calls.c.spoken_chars),
        func.sum(calls.c.library_chars),
    )
    return select(*place, *sums).where(calls.c.day >= since).group_by(*place).order_by(*place)


def _whole(row: Row[Any], floats: Sequence[int]) -> tuple[Any, ...]:
    """A row as Python's own numbers: a database's sum of integers may be a decimal."""
    return tuple(
        value if isinstance(value, str) else float(value) if place in floats else int(value)
        for place, value in enumerate(row)
    )
