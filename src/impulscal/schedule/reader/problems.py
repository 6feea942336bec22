"""Problems: what is wrong in a ``sessions.yaml``, where, and how to mend it.

The codes are permanent (INTERFACE.md 1): people write them into editors' settings and
build scripts. Messages are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from impulscal.errors import Message, _

__all__ = [
    "MAX_BYTES",
    "START",
    "Code",
    "Place",
    "Problem",
    "Problems",
    "Severity",
    "changed_domain",
    "large_feed",
    "no_file",
    "removed_id",
    "removed_series",
    "repeated_series",
    "reused_id",
    "too_large",
    "vanished_series",
]

MAX_BYTES = 32 * 1024 * 1024
"""The largest file that is read, in bytes."""


class Place(NamedTuple):
    """A place in the file: line and column from 1, in characters."""

    line: int
    column: int


START = Place(1, 1)
"""Where a fault of the whole file is placed."""


class Severity(StrEnum):
    """How grave a problem is. The words are part of the interface; never translated."""

    ERROR = "error"
    """Nothing of the series is published."""
    WARNING = "warning"
    """The series is published as it is."""


class Code(StrEnum):
    """The kinds of problem: errors first, then warnings."""

    NO_FILE = "no-file"
    BAD_YAML = "bad-yaml"
    TOO_LARGE = "too-large"
    BAD_TYPE = "bad-type"
    MISSING_KEY = "missing-key"
    UNKNOWN_KEY = "unknown-key"
    DUPLICATE_KEY = "duplicate-key"
    CONFLICTING_KEYS = "conflicting-keys"
    BAD_ID = "bad-id"
    DUPLICATE_ID = "duplicate-id"
    BAD_DATE = "bad-date"
    BAD_TIME = "bad-time"
    NO_SUCH_TIME = "no-such-time"
    AMBIGUOUS_TIME = "ambiguous-time"
    BAD_DURATION = "bad-duration"
    BAD_OFFSET = "bad-offset"
    BAD_NUMBER = "bad-number"
    END_BEFORE_START = "end-before-start"
    BAD_ZONE = "bad-zone"
    BAD_RHYTHM = "bad-rhythm"
    BAD_EMAIL = "bad-email"
    BAD_URL = "bad-url"
    BAD_LANGUAGE = "bad-language"
    BAD_STATUS = "bad-status"
    BAD_COLOR = "bad-color"
    BAD_TEXT = "bad-text"
    NO_IMAGE = "no-image"
    LEAKED_LINK = "leaked-link"
    REMOVED_ID = "removed-id"
    REUSED_ID = "reused-id"
    REMOVED_SERIES = "removed-series"
    CHANGED_DOMAIN = "changed-domain"

    OFF_RHYTHM = "off-rhythm"
    OVERLAP = "overlap"
    LATE_DEADLINE = "late-deadline"
    NO_DESCRIPTION = "no-description"
    LONG_TITLE = "long-title"
    FRAGILE_TEXT = "fragile-text"
    TOPIC_SEPARATOR = "topic-separator"
    NO_ALT = "no-alt"
    NO_LEGAL = "no-legal"
    LARGE_FEED = "large-feed"

    @property
    def severity(self) -> Severity:
        """Whether the series is published all the same."""
        return Severity.WARNING if self in _WARNINGS else Severity.ERROR


_WARNINGS = frozenset(
    {
        Code.OFF_RHYTHM,
        Code.OVERLAP,
        Code.LATE_DEADLINE,
        Code.NO_DESCRIPTION,
        Code.LONG_TITLE,
        Code.FRAGILE_TEXT,
        Code.TOPIC_SEPARATOR,
        Code.NO_ALT,
        Code.NO_LEGAL,
        Code.LARGE_FEED,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a file, in no language yet; ordered by line and column.

    Attributes:
        line: From 1.
        column: From 1, in characters.
        message: What is wrong and how to mend it.
    """

    line: int
    column: int
    severity: Severity
    code: str
    message: Message

    @classmethod
    def at(cls, place: Place, code: Code, message: Message) -> "Problem":
        """Return the problem ``code`` at ``place``."""
        return cls(place.line, place.column, code.severity, code.value, message)

    @property
    def place(self) -> Place:
        """Line and column."""
        return Place(self.line, self.column)

    @property
    def is_error(self) -> bool:
        """Whether it keeps the series from being published."""
        return self.severity is Severity.ERROR

    def __lt__(self, other: "Problem") -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[int, int, str, str]:
        return self.line, self.column, self.code, str(self.message)


class Problems:
    """Collects the problems of one file while it is read.

    The same problem is told once, however many sessions inherit it. An attack file
    may hold a million; what nobody would read is not kept.
    """

    LIMIT = 1000

    def __init__(self) -> None:
        self._problems: dict[tuple[Place, str, str], Problem] = {}

    @property
    def full(self) -> bool:
        """Whether more would be dropped."""
        return len(self._problems) >= self.LIMIT

    @property
    def has_errors(self) -> bool:
        """Whether one of them is an error."""
        return any(problem.is_error for problem in self._problems.values())

    def add(self, place: Place, code: Code, message: Message) -> None:
        """Write down the problem ``code`` at ``place``."""
        if not self.full:
            key = (place, code.value, str(message))
            self._problems.setdefault(key, Problem.at(place, code, message))

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._problems.values()))


def no_file(path: Path, reason: Message | str) -> Problem:
    """Return the problem of a file that cannot be opened, and why."""
    message = _(
        "{path} cannot be read ({reason}). Check the name and the rights of the file.",
        path=str(path),
        reason=reason,
    )
    return Problem.at(START, Code.NO_FILE, message)


def too_large() -> Problem:
    """Return the problem of a file of more than ``MAX_BYTES``."""
    message = _(
        "The file is larger than {limit} MB. Split the series into several files.",
        limit=MAX_BYTES // (1024 * 1024),
    )
    return Problem.at(START, Code.TOO_LARGE, message)


def removed_id(place: Place, session: str) -> Problem:
    """Return the problem of a published session that is gone from the file."""
    message = _(
        "Session {id} was published and is gone. If it does not take place, put it back with "
        "“status: cancelled”; if it was published by mistake, write “withdrawn: [{id}]” at the "
        "end.",
        id=session,
    )
    return Problem.at(place, Code.REMOVED_ID, message)


def reused_id(place: Place, session: str) -> Problem:
    """Return the problem of a session already held that comes back with a future date."""
    message = _(
        "Session {id} has already taken place. An id is for ever: give the new session one that "
        "was never used.",
        id=session,
    )
    return Problem.at(place, Code.REUSED_ID, message)


def removed_series(place: Place, series: str) -> Problem:
    """Return the problem of a published series whose file now holds another one."""
    message = _(
        "This file published the series “{id}”, and people still wait for its sessions. Set “id” "
        "back to “{id}”, or put the new series into a file of its own.",
        id=series,
    )
    return Problem.at(place, Code.REMOVED_SERIES, message)


def vanished_series(series: str) -> Problem:
    """Return the problem of a published series whose file is gone from its folder."""
    message = _(
        "This file held the series “{id}”, and people still wait for its sessions. It is gone: "
        "put it back. Until then the last good edition is served.",
        id=series,
    )
    return Problem.at(START, Code.REMOVED_SERIES, message)


def changed_domain(place: Place, before: str, after: str) -> Problem:
    """Return the problem of a domain that differs from the one already published."""
    message = _(
        "“{after}” would make every session a new one in people’s calendars. The domain is for "
        "ever: set it back to “{before}”.",
        before=before,
        after=after,
    )
    return Problem.at(place, Code.CHANGED_DOMAIN, message)


def repeated_series(place: Place, series: str) -> Problem:
    """Return the problem of a series that another file holds already."""
    message = _(
        "Another file already holds the series “{id}”. Keep one file for each series, and give "
        "another series an id of its own.",
        id=series,
    )
    return Problem.at(place, Code.DUPLICATE_ID, message)


def large_feed(place: Place, kilobytes: int) -> Problem:
    """Return the problem of a feed that comes near to Google's limit of 1 MB."""
    message = _(
        "The feed has {kilobytes} kB; Google reads at most 1 MB. Shorten the texts or start a "
        "new series.",
        kilobytes=kilobytes,
    )
    return Problem.at(place, Code.LARGE_FEED, message)
