"""What is kept, bounded by bytes; the least recently used goes first."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from impulscal.front.answer import Answer

__all__ = ["Kept", "Key", "Memory"]

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and the version of all that it belongs to."""

    version: object
    answer: Answer


class Memory:
    """Answers by path and query; shared by threads.

    Attributes:
        count: How many have been kept since the beginning.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self.count = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """How many bytes the bodies that are kept take at most."""
        return self._bytes

    def get(self, key: Key) -> Kept | None:
        """Return what is kept at ``key``, of whatever version."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def of(self, version: object) -> list[tuple[Key, Answer]]:
        """Return what is kept of ``version``, the least recently used first."""
        with self._lock:
            kept = list(self._kept.items())
        return [(key, entry.answer) for key, entry in kept if entry.version is version]

    def keep(self, key: Key, kept: Kept) -> None:
        """Keep it; a single answer is kept however large it is."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._bytes += kept.answer.size - (before.answer.size if before else 0)
            self._kept[key] = kept
            self.count += 1
            while self._bytes > self._most_bytes and len(self._kept) > 1:
                _key, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.answer.size
