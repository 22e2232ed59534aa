"""How much of one guest's sound is worked on before the others get their turn."""

import asyncio
from typing import Final

PORTION: Final = 8_000
"""Samples, at 16 kHz, after which the event loop does something else first: half a second, about 2 ms of work."""

_COUNTED: Final = PORTION // 5
"""Samples from which the end of the loop's turn is looked for: a microphone's frames cost no timer each."""


class Portion:
    """The sound that is worked on in one turn of the event loop.

    What came before in small pieces may count as of this turn, and nothing of this turn as of another: so no turn has
    more than a whole portion and the piece that made it whole.
    """

    def __init__(self) -> None:
        self._had = 0
        self._ends = False

    @property
    def whole(self) -> bool:
        """Whether more has to wait for the loop's next turn."""
        return self._had >= PORTION

    def add(self, samples: int) -> None:
        """So much was worked on, at 16 kHz."""
        self._had += samples
        if self._had >= _COUNTED and not self._ends:
            self._ends = True
            asyncio.get_running_loop().call_soon(self._end)

    async def turn(self) -> None:
        """Wait for the loop's next turn, if this one has had its portion."""
        if self.whole:
            await asyncio.sleep(0)

    def _end(self) -> None:
        self._had, self._ends = 0, False
