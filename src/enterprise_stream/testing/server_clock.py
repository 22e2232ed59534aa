"""A client's view of the server's clock, from `ping` and `pong`; its twin in the page is `serverClock.ts`."""

from collections import deque
from dataclasses import dataclass

DRIFT = 200e-6
"""How far two machines' clocks may run apart, as a share: twice the 100 ppm of a poor crystal."""

KEPT = 16
"""Pongs that are remembered."""


@dataclass(frozen=True, slots=True)
class _Pong:
    offset_ms: float
    round_trip_ms: float
    at: float

    def error_ms(self, now: float) -> float:
        """How far off the server's clock may be, taken from this pong: half of the way, and the drift since."""
        return self.round_trip_ms / 2 + DRIFT * (now - self.at)


class ServerClock:
    """Turns moments of the client's clock, in ms, into the server's. The best pong counts, not the last or the mean."""

    def __init__(self) -> None:
        self._pongs: deque[_Pong] = deque(maxlen=KEPT)

    def pong(self, sent: float, at: float, now: float) -> None:
        """Take a `pong`.

        Args:
            sent: when its `ping` was sent, on the client's clock.
            at: `pong.at`.
            now: when it came, on the client's clock.
        """
        self._pongs.append(_Pong(at - (sent + now) / 2, now - sent, now))

    def to_server(self, ms: float) -> float | None:
        """A moment on the server's clock; None before the first pong."""
        best = self._best(ms)
        return None if best is None else ms + best.offset_ms

    def round_trip_ms(self, now: float) -> float | None:
        """The shortest recent way to the server and back; None before the first pong."""
        best = self._best(now)
        return None if best is None else best.round_trip_ms

    def _best(self, now: float) -> _Pong | None:
        return min(self._pongs, key=lambda pong: pong.error_ms(now), default=None)
