"""How many requests may be made twice: a vendor in trouble must not get more of them than one in health."""

SHARE = 0.2
"""Second tries for each request."""

RESERVE = 5.0
"""Second tries that may be saved up; so many are there from the beginning."""


class RetryBudget:
    """A bucket of second tries that requests fill; shared by all sessions of a ladder."""

    def __init__(self, share: float = SHARE, reserve: float = RESERVE) -> None:
        self._share = share
        self._reserve = reserve
        self._left = reserve

    def request(self) -> None:
        """A request is made for the first time."""
        self._left = min(self._reserve, self._left + self._share)

    def take(self) -> bool:
        """Whether one may be made again; if so, it counts."""
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
