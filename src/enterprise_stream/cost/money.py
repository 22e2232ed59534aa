"""Money: whole micro-dollars (a millionth of a US dollar), so that sums are exact."""

from decimal import ROUND_HALF_UP, Decimal

MICRO = 1_000_000
"""Micro-dollars in a dollar."""


def micro(dollars: Decimal | float) -> int:
    """Whole micro-dollars; half of one counts as one."""
    exact = dollars if isinstance(dollars, Decimal) else Decimal(str(dollars))
    return int((exact * MICRO).quantize(Decimal(1), ROUND_HALF_UP))


def dollars(amount: int) -> float:
    """Dollars, for messages and people; sums are made before."""
    return amount / MICRO
