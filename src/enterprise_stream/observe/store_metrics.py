"""How the database's writers stand, read at each scrape."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class WriterState:
    """A moment of it.

    Attributes:
        failing: whether the database does not answer, or did not take what was last written.
        waiting: entries that it does not have yet.
        refused: entries that were not taken since the start, because too many waited.
        calls_waiting: turns of calls that it does not have yet.
        calls_refused: turns that were not kept since the start, because too many waited.
        disk_low: whether almost nothing is left on the disk.
    """

    failing: bool
    waiting: int
    refused: int
    calls_waiting: int
    calls_refused: int
    disk_low: bool = False


class StoreCollector(Collector):
    """Asks for the state when Prometheus does."""

    def __init__(self, state: Callable[[], WriterState]) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """The state as metrics."""
        now = self._state()
        yield GaugeMetricFamily(
            "enterprise_stream_store_failing",
            "Whether the database does not answer or take what is written: 1 until it does; nothing taken is lost.",
            now.failing,
        )
        yield GaugeMetricFamily(
            "enterprise_stream_disk_low", "Whether less than 100 MB are left where the data lies.", now.disk_low
        )
        waiting = GaugeMetricFamily(
            "enterprise_stream_store_waiting",
            "What the database does not have yet: entries of the writer, turns of calls.",
            labels=["of"],
        )
        refused = CounterMetricFamily(
            "enterprise_stream_store_refused",
            "What was not kept, because too much waited for a database that failed.",
            labels=["of"],
        )
        for of, held, lost in (("entries", now.waiting, now.refused), ("turns", now.calls_waiting, now.calls_refused)):
            waiting.add_metric([of], held)
            refused.add_metric([of], lost)
        yield waiting
        yield refused
