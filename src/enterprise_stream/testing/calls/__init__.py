"""Calls that never were, for a console to show and for benches: as many as one likes, the same for the same seed."""

from enterprise_stream.testing.calls.library import stock
from enterprise_stream.testing.calls.seeding import seed

__all__ = ["seed", "stock"]
