"""Counting polls in a process that serves: cheap for the request, private by construction.

What is remembered of a request is one number in a sketch, which comes from a hash of the
address and the program's name under a random salt of the day. All processes share the salt
through the database, where it is erased when the day is over.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from socket import AF_INET6, inet_pton
from typing import TYPE_CHECKING

from impulscal.errors import HistoryError
from impulscal.subscribers.clients import REACH, Family, Reach
from impulscal.subscribers.sketch import Sketch
from impulscal.subscribers.tally import Tally

if TYPE_CHECKING:
    from impulscal.history.database import Database

__all__ = ["Polls"]

_log = logging.getLogger("impulscal")

# How often counts are added to the database, in seconds; longer where it fails.
_EVERY = 60.0

# Programs that a process knows to have counted; if there are more, all are counted anew.
_MOST_KNOWN = 50_000

# How long the end of a process waits for what is being told, in seconds.
_LAST_WAIT = 2.0

# Days that are held while the database is gone.
_MOST_DAYS = 7

# In the others an address is nobody's.
_TOLD_APART = (Reach.PEOPLE, Reach.SERVERS)

_HASHED = frozenset(str(family) for family in Family if REACH[family] in _TOLD_APART)


@dataclass(frozen=True, slots=True)
class _Day:
    """A day in UTC.

    Attributes:
        keyed: A hash that has taken in the salt and goes on from there; None until the database
            has told the salt.
        ends: Seconds since 1970.
        known: Programs that were counted already: they ask dozens of times a day.
    """

    date: date
    keyed: "blake2b | None"
    ends: float
    known: set[int] = field(default_factory=set)


class Polls:
    """What one process has counted since it last told the database."""

    def __init__(self, database: "Callable[[], Database]", seconds: Callable[[], float]) -> None:
        """Begin with nothing.

        Args:
            database: Gives the database; may raise HistoryError, and is asked again then.
            seconds: The clock, in seconds since 1970.
        """
        self._database = database
        self._seconds = seconds
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._counted: dict[tuple[date, str, str], Tally] = {}
        self._salts: dict[date, bytes] = {}
        self._day = self._begin(seconds())
        self._alone = True
        # The last day on which it was told that an erasure waits.
        self._late: date | None = None
        self._next = time.monotonic() + _EVERY

    def count(self, series: str, family: str, address: str, user_agent: str) -> None:
        """Count one poll of a feed of ``series``.

        Args:
            series: Id of the series.
            family: A value of ``Family``.
            address: Of the network, as far as it is known; not remembered.
            user_agent: Not remembered either.
        """
        day = self._day
        now = self._seconds()
        if now >= day.ends:
            day = self._day = self._begin(now)
        key = (day.date, series, family)
        # By Python's own hash, which is another in every process, and far cheaper.
        known = hash((series, address, user_agent))
        hashed = None
        if known not in day.known and day.keyed is not None and family in _HASHED:
            hashed = _hash(day.keyed, series, address, user_agent)
            if len(day.known) >= _MOST_KNOWN:
                day.known.clear()
            day.known.add(known)
        with self._lock:
            tally = self._counted.get(key)
            if tally is None:
                tally = self._counted[key] = Tally(0, Sketch())
            tally.requests += 1
            if hashed is not None:
                tally.sketch.add(hashed)
        if self._alone and time.monotonic() >= self._next:
            # The request is not to wait for the database.
            threading.Thread(target=self.tell_if_due, name="polls", daemon=True).start()

    def has_help(self) -> None:
        """Leave it to a thread of somebody else's to call ``tell_if_due``: soon, at first."""
        self._alone = False
        self._next = 0.0

    def tell_if_due(self) -> None:
        """Add what was counted to the database about once a minute, and never raise."""
        if time.monotonic() >= self._next and self._telling.acquire(blocking=False):
            self._tell_quietly()

    def tell_at_the_end(self) -> None:
        """Add what is left, unless the database is slow to answer already; never raise."""
        if self._counted and self._telling.acquire(timeout=_LAST_WAIT):
            self._tell_quietly()

    def _tell_quietly(self) -> None:
        self._next = time.monotonic() + _EVERY
        try:
            self.tell()
        except HistoryError as error:
            # Nothing is lost, and whoever looks after the database hears of it from others.
            _log.debug("%s The counts of polls wait.", error)
        finally:
            self._telling.release()

    def tell(self) -> None:
        """Add what was counted to the database, and erase there what is over.

        What cannot be erased now is tried again the next time, and the log tells of it.

        Raises:
            HistoryError: It cannot be written; what was counted waits for the next time.
        """
        # Slow to import, and the first answer needs none of it.
        from impulscal.subscribers.store import add, is_over, salts  # noqa: PLC0415

        now = datetime.fromtimestamp(self._seconds(), UTC)
        today = now.date()
        with self._lock:
            taken, self._counted = self._counted, {}
        days = (today, today + timedelta(days=1))
        try:
            with self._database().writing() as transaction:
                # Salts before counts, as the erasure has it, so that neither waits for the other.
                # Tomorrow's too: at midnight the database may be away.
                known = salts(transaction, days)
                counted = {(d, s, Family(f)): one for (d, s, f), one in taken.items()}
                add(transaction, counted, now)
                over = is_over(transaction, now)
        except BaseException:
            # Whatever ended it: the transaction kept nothing.
            self._take_back(taken, today)
            raise
        before, self._salts = self._salts.get(today), known
        if before != known[today]:
            self._day = self._begin(now.timestamp())
        if over:
            self._forget(now)

    def _forget(self, now: datetime) -> None:
        from impulscal.subscribers.store import forget_polls  # noqa: PLC0415 -- as above

        try:
            with self._database().writing() as transaction:
                forget_polls(transaction, now)
        except HistoryError as error:
            # Once a day, not once a minute: a backup may read the table for hours.
            level = logging.DEBUG if self._late == now.date() else logging.WARNING
            self._late = now.date()
            _log.log(level, "%s The salt of a day that is over waits to be erased.", error)

    def _begin(self, seconds: float) -> _Day:
        today = datetime.fromtimestamp(seconds, UTC).date()
        tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC)
        # Of yesterday nothing is known any more.
        self._salts = {day: salt for day, salt in self._salts.items() if day >= today}
        salt = self._salts.get(today)
        keyed = None if salt is None else blake2b(digest_size=8, key=salt)
        return _Day(today, keyed, tomorrow.timestamp())

    def _take_back(self, taken: dict[tuple[date, str, str], Tally], today: date) -> None:
        with self._lock:
            for key, tally in taken.items():
                if (today - key[0]).days >= _MOST_DAYS:
                    continue
                again = self._counted.setdefault(key, tally)
                if again is not tally:
                    again.requests += tally.requests
                    again.sketch.merge(tally.sketch)


def _hash(keyed: "blake2b", series: str, address: str, user_agent: str) -> int:
    household = _network(address) if ":" in address else address
    hasher = keyed.copy()
    hasher.update(f"{series}\0{household}\0{user_agent}".encode("utf-8", "replace"))
    return int.from_bytes(hasher.digest())


def _network(address: str) -> str:
    """Return the household of an IPv6 address: programs change the rest of it by the day."""
    try:
        return inet_pton(AF_INET6, address)[:8].hex()
    except OSError:
        return address
