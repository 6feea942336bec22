"""What a soak was like, in figures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from soak.saving import Desk
from soak.server import Sample
from soak.subscribing import Subscribers
from soak.troubles import Troubles

__all__ = ["Life", "Lives", "Written", "summary"]

# What a worker may have more in the last third of its life than in the middle one: a thousand
# sessions come and go, and with connections threads.
_MORE_MEMORY = 32.0  # MB
_MORE_THREADS = 4

# Seconds after which a worker can be said to grow, if it has seen everything by its middle third: a
# thousand sessions, too, which come when they come.
_GROWN_UP = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a worker did: medians of the middle third of its life and of the last one.

    Attributes:
        had_huge: Whether a huge file was saved in the first third.
    """

    seconds: int
    memory: tuple[float, float]
    files: tuple[float, float]
    threads: tuple[float, float]
    most_memory: float
    had_huge: bool


@dataclass
class Lives:
    """What was seen of each worker, once a second."""

    _samples: dict[int, list[Sample]] = field(default_factory=dict)
    _huge: dict[int, list[int]] = field(default_factory=dict)

    def take(self, samples: Iterable[Sample], *, huge: int) -> None:
        """Keep one sample of each worker, and how many huge files were saved so far."""
        for sample in samples:
            self._samples.setdefault(sample.pid, []).append(sample)
            self._huge.setdefault(sample.pid, []).append(huge)

    def lives(self) -> list[Life]:
        """Return how each worker did, the one that lived longest first."""
        told = [
            _life(samples, self._huge[pid])
            for pid, samples in self._samples.items()
            if len(samples) > 3
        ]
        return sorted(told, key=lambda life: -life.seconds)

    def longest(self) -> int:
        """Return how many seconds the oldest worker lived."""
        return max(life.seconds for life in self.lives())

    def grown(self) -> list[Life]:
        """Return the workers in which something grew."""
        return [
            life
            for life in self.lives()
            if life.seconds > _GROWN_UP
            and life.had_huge
            and (
                life.memory[1] - life.memory[0] > _MORE_MEMORY
                or life.threads[1] - life.threads[0] > _MORE_THREADS
            )
        ]

    def most_files(self) -> int:
        """Return how many files a worker had open at most."""
        return max(sample.files for samples in self._samples.values() for sample in samples)


def _life(samples: list[Sample], huge: list[int]) -> Life:
    third = len(samples) // 3
    middle, last = samples[third:-third], samples[-third:]
    return Life(
        seconds=len(samples),
        memory=(median(s.memory for s in middle), median(s.memory for s in last)),
        files=(median(s.files for s in middle), median(s.files for s in last)),
        threads=(median(s.threads for s in middle), median(s.threads for s in last)),
        most_memory=max(sample.memory for sample in samples),
        had_huge=huge[third] > huge[0],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in the history.

    Attributes:
        texts: Of all publications, in their order.
        revisions: Session, SEQUENCE and stamp of each, in their order.
        addresses: How many have a Last-Modified.
        megabytes: Size of the database.
    """

    texts: list[bytes]
    revisions: list[tuple[str, int, datetime]]
    addresses: int
    megabytes: float


def summary(
    desk: Desk, subscribers: Subscribers, troubles: Troubles, lives: Lives, history: Written
) -> str:
    """Return what happened, for people."""
    oracle = subscribers.oracle
    statuses = [f"{count} {' '.join(map(str, kind))}" for kind, count in oracle.statuses.items()]
    saved = [f"{times} {way}" for way, times in sorted(desk.saved.items())]
    published, revisions = len(history.texts), len(history.revisions)
    calendars = len(oracle.reader.calendars)
    longest = (
        f"longest answer {oracle.slowest:.1f} s, refusal {subscribers.worst_gap:.1f} s, "
        f"lag behind another worker {oracle.worst_lag:.1f} s"
    )
    versions = f"{len(desk.author.versions)} saved, {published} published"
    lines = [
        f"answers: {', '.join(sorted(statuses))}",
        f"calendars: {calendars} distinct ones, {oracle.reader.parsed} distinct events",
        f"file: {', '.join(saved)}",
        f"versions: {versions}, {oracle.versions} told",
        f"history: {revisions} revisions, {history.addresses} addresses",
        f"workers: {troubles.kills} killed, {troubles.reloads} reload",
        f"database: {troubles.restarts} times away; {history.megabytes:.1f} MB",
        f"connections: {subscribers.dropped} dropped, {subscribers.refused} refused",
        longest,
    ]
    lines += [
        f"worker of {life.seconds} s: {life.memory[0]:.0f} → {life.memory[1]:.0f} MB "
        f"(most {life.most_memory:.0f}), {life.files[0]:.0f} → {life.files[1]:.0f} files, "
        f"{life.threads[0]:.0f} → {life.threads[1]:.0f} threads"
        for life in lives.lives()
    ]
    return "\n".join(["", *lines])
