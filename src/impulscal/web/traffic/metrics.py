"""What Prometheus reads: counters of the requests, and the state at this moment.

Counters of several workers are added up by prometheus-client, through files in
PROMETHEUS_MULTIPROC_DIR, which `impulscal serve` sets. The package is slow to import, so this
module is imported only where a token is set.
"""

import os
from collections.abc import Callable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from impulscal import __version__
from impulscal.web.traffic.readings import Readings
from impulscal.web.traffic.tally import Cell, Key, Tally

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# In seconds: a small feed takes a millisecond, one of 10,000 sessions some seconds.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_LABELS = ("client", "address", "status", "answered")


class Metrics:
    """The counters of this process, and with several workers those of all."""

    def __init__(self, tally: Tally) -> None:
        """Count what ``tally`` counts."""
        self._tally = tally
        self._carried: dict[Key, Cell] = {}
        # Nobody asks since when it is counted; it would be one more series for each.
        without_created: Callable[[], None] = disable_created_metrics
        without_created()
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "impulscal_requests",
            "Requests by kind of client, kind of address, status, and whether they were "
            "answered from memory or by the app.",
            _LABELS,
            registry=self._registry,
        )
        self._bytes = Counter(
            "impulscal_response_body_bytes",
            "Bytes of the bodies of answers, labelled as the requests.",
            _LABELS,
            registry=self._registry,
        )
        self.rendering = Histogram(
            "impulscal_render_seconds",
            "How long it took to render an address anew.",
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def carry(self) -> None:
        """Carry over what was counted since the last time."""
        for key, cell in self._tally.totals().items():
            before = self._carried.get(key, Cell())
            requests, size = cell.requests, cell.size
            self._requests.labels(*key).inc(requests - before.requests)
            self._bytes.labels(*key).inc(size - before.size)
            self._carried[key] = Cell(requests, size)

    def tell(self, readings: Readings) -> bytes:
        """Return all in Prometheus' text format."""
        self.carry()
        counted = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            counted = CollectorRegistry()
            counted.register(_all_workers())
        now = CollectorRegistry()
        now.register(_State(readings))
        return generate_latest(counted) + generate_latest(now)


class _State(Collector):
    """What is so at this moment, the same for all workers."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Metric]:
        """Yield what Prometheus is to know."""
        yield InfoMetricFamily("impulscal_build", "The release.", {"version": __version__})
        yield from self._editions()
        yield from self._health()
        dropped = CounterMetricFamily(
            "impulscal_access_log_dropped_lines",
            "Lines of the access log of this worker that came faster than they were read.",
        )
        dropped.add_metric((), self._readings.dropped_lines)
        yield dropped
        yield self._subscribers()

    def _editions(self) -> Iterator[Metric]:
        age = _gauge("edition_age_seconds", "Since the last change that subscribers see.")
        turn = _gauge("edition_next_turn_timestamp_seconds", "When the edition changes by itself.")
        sessions = _gauge("sessions", "Sessions of the edition.")
        for edition in self._readings.editions:
            label = (edition.series,)
            age.add_metric(label, edition.age)
            sessions.add_metric(label, edition.sessions)
            if edition.next_turn is not None:
                turn.add_metric(label, edition.next_turn)
        yield from (age, turn, sessions)

    def _health(self) -> Iterator[Metric]:
        read = self._readings
        yield _plain("ready", "Whether there is something to serve.", float(read.ready))
        yield _plain("history_failed", "Whether the history fails.", float(read.history_failed))
        if read.look_age is not None:
            yield _plain("last_look_age_seconds", "Since the files were looked at.", read.look_age)
        problems = _gauge("problems", "Problems of the files.", "severity")
        for severity, count in read.problems.items():
            problems.add_metric((severity,), count)
        yield problems
        messages = _gauge("outbox_messages", "Messages to guests, by where they stand.", "state")
        for state, count in read.outbox.items():
            messages.add_metric((state,), count)
        yield messages

    def _subscribers(self) -> Metric:
        labels = ("series", "client")
        found = _gauge(
            "subscribers_estimate",
            "About how many programs asked for the feed on the last whole day (UTC); "
            "docs/operating.md tells the error.",
            *labels,
        )
        for series, client, count in self._readings.subscribers:
            found.add_metric((series, client), count)
        return found


def _all_workers() -> Collector:
    collector: Callable[[None], Collector] = MultiProcessCollector
    return collector(None)


def _gauge(name: str, told: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"impulscal_{name}", told, labels=labels or ("series",))


def _plain(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"impulscal_{name}", told, value=value)
