"""How often something may be tried in this process."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

__all__ = ["Patience"]


@dataclass(slots=True)
class Patience:
    """Counts tries; safe to share between threads.

    Attributes:
        most: How many are borne within ``span``.
    """

    most: int
    span: timedelta
    _tried: deque[datetime] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def minutes_after(self, now: datetime) -> int | None:
        """Count a try at ``now``; return how many minutes to wait, None where it is borne."""
        with self._lock:
            while self._tried and self._tried[0] <= now - self.span:
                self._tried.popleft()
            if len(self._tried) >= self.most:
                # What is refused is not counted, so that waiting helps.
                return max(1, ceil((self._tried[0] + self.span - now) / timedelta(minutes=1)))
            self._tried.append(now)
            return None
