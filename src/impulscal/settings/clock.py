"""The one clock that is read: it belongs to the edges (cli, web)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from impulscal.errors import UsageError, _
from impulscal.schedule.clock import zone

__all__ = ["Clock", "Ticking", "moment"]


@dataclass(frozen=True, slots=True)
class Clock:
    """What tells the time.

    Attributes:
        fixed: A moment at which the clock stands, for tests and demonstrations;
            without an offset it is read in the zone of the series it is asked for.
    """

    fixed: datetime | None = None

    def now(self, timezone: str = "Europe/Berlin") -> datetime:
        """Return the moment, aware, in the zone ``timezone``."""
        tz = zone(timezone)
        if self.fixed is None:
            return datetime.now(UTC).astimezone(tz)
        if self.fixed.tzinfo is None:
            return self.fixed.replace(tzinfo=tz)
        return self.fixed.astimezone(tz)

    def seconds(self) -> float:
        """Return the moment in seconds since 1970; cheap enough for every request."""
        return time.time() if self.fixed is None else self.now().timestamp()

    def has_reached(self, seconds: float) -> bool:
        """Tell whether the moment ``seconds`` after 1970 has come; always where it stands still."""
        return self.fixed is not None or seconds <= time.time()

    def ahead(self, stamp: datetime, timezone: str = "Europe/Berlin") -> timedelta:
        """Return how far ``stamp`` lies ahead of the clock; negative where it has passed.

        Args:
            stamp: Aware.
            timezone: In which a clock that stands without an offset is read.
        """
        return stamp - (self.now() if self.fixed is None else self.now(timezone))

    def wait_for(self, stamp: datetime, *, at_most: timedelta) -> None:
        """Wait until the clock has reached ``stamp``, unless it is too far or stands still."""
        ahead = self.ahead(stamp)
        if self.fixed is None and timedelta() < ahead <= at_most:
            time.sleep(ahead.total_seconds())

    def ticking(self) -> "Ticking":
        """Return a clock that starts at this one's moment, for work that takes time."""
        return Ticking(self)

    @staticmethod
    def file_time_ns() -> int:
        """Return the time by the file system's clock, nanoseconds since 1970."""
        return time.time_ns()


class Ticking:
    """A clock that goes on, even from a moment at which another stands.

    Pauses and limits of so many a minute would never end by a clock that stands.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.now()
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """Return the moment, aware."""
        if self._clock.fixed is None:
            return self._clock.now()
        return self._start + timedelta(seconds=time.monotonic() - self._begun)

    def sleep(self, duration: timedelta) -> None:
        """Let ``duration`` pass."""
        time.sleep(duration.total_seconds())


def moment(text: str, name: str) -> datetime:
    """Read a moment such as ``2021-05-20T09:00``, with or without an offset.

    Args:
        text: ISO 8601; without an offset the result is naive and means the series' zone.
        name: The option or setting it comes from, for the error.

    Raises:
        UsageError: It is no moment.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            _(
                "{name}: “{text}” is no moment. Write it like 2021-05-20T09:00.",
                name=name,
                text=text,
            )
        ) from error
