"""How the session log stands, read at each scrape."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class LogState:
    """A moment of it.

    Attributes:
        errors: times since the start that it did not do what a session asked of it.
        given_up: sessions since the start of which too much waited, so that nothing more is logged of them.
        sessions: those whose log fails now.
        waiting: messages that it does not have yet.
        out_s: for how long the one that waits longest has waited, in seconds.
    """

    errors: int
    given_up: int
    sessions: int
    waiting: int
    out_s: float


class LogCollector(Collector):
    """Asks for the state when Prometheus does."""

    def __init__(self, state: Callable[[], LogState]) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """The state as metrics."""
        now = self._state()
        yield CounterMetricFamily(
            "enterprise_stream_session_log_errors",
            "Times that the session log did not do what a session asked of it.",
            now.errors,
        )
        yield CounterMetricFamily(
            "enterprise_stream_session_log_given_up",
            "Sessions of which too much waited for a log that failed: they cannot be resumed by another process.",
            now.given_up,
        )
        yield GaugeMetricFamily(
            "enterprise_stream_session_log_failing", "Sessions whose log fails; they go on.", now.sessions
        )
        yield GaugeMetricFamily(
            "enterprise_stream_session_log_waiting", "Messages that the session log does not have yet.", now.waiting
        )
        yield GaugeMetricFamily(
            "enterprise_stream_session_log_out_seconds",
            "For how long the session log has failed, for the session that has waited longest; 0 where it does not.",
            now.out_s,
        )
