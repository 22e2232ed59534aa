"""What was spent today, by this server and by others."""

from collections import Counter
from collections.abc import Mapping


class Days:
    """Sums of one day by tenant, in micro-dollars; another day begins at nothing."""

    def __init__(self) -> None:
        self._day = ""
        self._own: Counter[str] = Counter()
        self._others: Counter[str] = Counter()

    def add(self, day: str, tenant: str, amount: int) -> None:
        """This server has spent something."""
        self._turn_to(day)
        self._own[tenant] += amount

    def learn(self, day: str, others: Mapping[str, int]) -> None:
        """All that others have spent on this day."""
        self._turn_to(day)
        self._others = Counter(dict(others))

    def all(self, day: str) -> int:
        """Everybody's spending."""
        self._turn_to(day)
        return self._own.total() + self._others.total()

    def of(self, day: str, tenant: str) -> int:
        """One tenant's."""
        self._turn_to(day)
        return self._own[tenant] + self._others[tenant]

    def _turn_to(self, day: str) -> None:
        if day != self._day:
            self._day = day
            self._own.clear()
            self._others = Counter()
