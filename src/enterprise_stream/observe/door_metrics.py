"""What an operator's Prometheus reads of the door: who is inside, who was not let in and why, how busy it is."""

from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge

RequestDropped = Literal["drip", "silent", "not_taken", "long_head"]
"""Why an HTTP connection was cut: a request was not whole in time, none began, its answer was not taken in time, its
head was too long. Browsers open connections that they ask nothing on, so `silent` alone says nothing of anybody."""


class DoorMetrics:
    """Counters of one server's door."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._inside = Gauge("enterprise_stream_sessions", "Guests connected now.", registry=registry)
        self._waiting = Gauge(
            "enterprise_stream_sessions_waiting", "Sessions that wait for their guests to come back.", registry=registry
        )
        self._tasks = Gauge("enterprise_stream_tasks", "Tasks of the event loop now.", registry=registry)
        self._lag = Gauge(
            "enterprise_stream_event_loop_lag_seconds",
            "How late the event loop is, as `MAX_LAG_MS` is compared with it; NaN while nothing is known.",
            registry=registry,
        )
        self._wait = Gauge(
            "enterprise_stream_engine_wait_seconds",
            "How long work of the embedded engines waits for a thread, likewise.",
            registry=registry,
        )
        self._drain = Gauge(
            "enterprise_stream_drain_seconds", "How long the guests' leave took, once it has.", registry=registry
        )
        self._rejected = Counter(
            "enterprise_stream_rejected",
            "Guests that were not let in, and connections that were closed at a limit, by reason (docs/operations.md).",
            ["reason"],
            registry=registry,
        )

        self._errors = Counter(
            "enterprise_stream_errors",
            "What clients were told that something was not done as asked, by code; the conversation goes on.",
            ["code"],
            registry=registry,
        )

        self._dropped = Counter(
            "enterprise_stream_requests_dropped",
            "HTTP connections that were cut, by reason (docs/operations.md).",
            ["reason"],
            registry=registry,
        )
        self._surplus = Counter(
            "enterprise_stream_sessions_surplus",
            "Sessions that had to end while they waited for their guests, since too many did; by whether anything was "
            "said or done in them.",
            ["begun"],
            registry=registry,
        )

    def request_dropped(self, why: RequestDropped) -> None:
        """An HTTP connection was cut."""
        self._dropped.labels(why).inc()

    def surplus_ended(self, *, begun: bool) -> None:
        """A session that waited for its guest has made room for another."""
        self._surplus.labels(str(begun).lower()).inc()

    def told(self, code: str) -> None:
        """A client was told of an error, or that its message was dropped."""
        self._errors.labels(code).inc()

    def rejected(self, reason: str) -> None:
        """A guest was not let in, or met a limit that ends the connection."""
        self._rejected.labels(reason).inc()

    def stands(self, inside: int, waiting: int, tasks: int, lag_ms: float | None, wait_ms: float | None) -> None:
        """How it is at this moment."""
        self._inside.set(inside)
        self._waiting.set(waiting)
        self._tasks.set(tasks)
        self._lag.set(float("nan") if lag_ms is None else lag_ms / 1000)
        self._wait.set(float("nan") if wait_ms is None else wait_ms / 1000)

    def drained(self, took_ms: float) -> None:
        """The server has let its guests go."""
        self._drain.set(took_ms / 1000)
