"""New sessions as YAML that fits the file they are for.

The file itself is the judge: it is read with the new sessions in it, and one that it
would refuse gets a start, and then a length, of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from impulscal.schedule.clock import AmbiguousTimeError, NoSuchTimeError, localize, zone
from impulscal.schedule.model import Schedule, Session
from impulscal.schedule.reader import read
from impulscal.schedule.reader.encoding import decode
from impulscal.schedule.reader.problems import Problems

__all__ = ["Proposal", "Proposed", "proposal"]


@dataclass(frozen=True, slots=True)
class Proposed:
    """One new session; start and length only where the series does not give them."""

    id: str
    day: date
    start: time | None = None
    length: timedelta | None = None

    def lines(self, indent: str, title: str = "") -> tuple[str, ...]:
        """Return it as YAML."""
        lines = [f"- id: {self.id}", f"  date: {self.day}"]
        if self.start is not None:
            lines.append(f"  start: {self.start:%H:%M}")
        if self.length is not None:
            lines.append(f"  duration: {round(self.length.total_seconds() / 60)} min")
        return tuple(f"{indent}{line}" for line in (*lines, f"  title:{title}"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to paste.

    Attributes:
        text: YAML; the titles are empty.
        left_out: Days on which the clock shows the time never, nor any later one.
    """

    text: str
    left_out: tuple[date, ...]


def proposal(data: bytes, schedule: Schedule, sessions: Sequence[Proposed]) -> Proposal:
    """Return ``sessions`` in the shortest form that the file accepts.

    Args:
        data: The file, without errors.
        schedule: What it says.
        sessions: The new ones, with ids and days only.
    """
    file = _File.of(data)
    times = {entry.day: _start(schedule, entry.day) for entry in sessions}
    left_out = tuple(day for day, start in times.items() if start is None)
    chosen = [entry for entry in sessions if entry.day not in left_out]
    for complete in (_with_start, _with_length):
        refused = file.refused(chosen)
        chosen = [
            complete(entry, schedule, times[entry.day]) if number in refused else entry
            for number, entry in enumerate(chosen)
        ]
    lines = [line for entry in chosen for line in entry.lines(file.indent)]
    return Proposal("".join(f"{line}\n" for line in [*file.heading, *lines]), left_out)


def _with_start(entry: Proposed, schedule: Schedule, start: time | None) -> Proposed:
    return entry if start == schedule.series.start else replace(entry, start=start)


def _with_length(entry: Proposed, schedule: Schedule, _start: time | None) -> Proposed:
    last = _last(schedule)
    if last is None:
        return entry
    return replace(entry, length=last.end.astimezone(UTC) - last.start.astimezone(UTC))


def _last(schedule: Schedule) -> Session | None:
    return max(schedule.sessions, key=lambda session: session.start, default=None)


_MINUTE = timedelta(minutes=1)


def _start(schedule: Schedule, day: date) -> time | None:
    """Return the usual time of day, or the next one that the clock of that day shows once."""
    last = _last(schedule)
    usual = schedule.series.start or (last.start.time() if last else time(12))
    wall = datetime.combine(day, usual)
    while wall.date() == day:
        try:
            return localize(wall, zone(schedule.series.timezone)).time()
        except (NoSuchTimeError, AmbiguousTimeError):
            wall += _MINUTE
    return None


@dataclass(frozen=True, slots=True)
class _File:
    """The file that the sessions are for.

    Attributes:
        before: Its lines up to ``sessions:``; that line included unless it has to be added.
        after: Its lines behind that.
        heading: ``sessions:`` where the file has none.
        indent: What stands before the dash of a session.
    """

    before: list[str]
    after: list[str]
    heading: tuple[str, ...]
    indent: str

    @classmethod
    def of(cls, data: bytes) -> "_File":
        lines = decode(data, Problems()).split("\n")
        found = next((n for n, line in enumerate(lines) if _SESSIONS.match(line)), None)
        if found is None:
            return cls(lines, [], ("sessions:",), "  ")
        # “sessions: []” holds nothing that would have to stay.
        after = lines[found + 1 :]
        dash = next(filter(None, (_DASH.match(line) for line in after)), None)
        return cls(lines[:found], after, (), dash[1] if dash else "  ")

    def refused(self, sessions: Sequence[Proposed]) -> set[int]:
        """Return the numbers of those sessions that the file would not accept."""
        first = len(self.before) + 2
        owner: list[int] = []
        lines: list[str] = []
        for number, entry in enumerate(sessions):
            new = entry.lines(self.indent, title=" …")
            lines += new
            owner += [number] * len(new)
        text = "\n".join([*self.before, "sessions:", *lines, *self.after])
        problems = read(text.encode(), folder=None, now=_LONG_AGO).problems
        return {
            owner[problem.line - first]
            for problem in problems
            if problem.is_error and 0 <= problem.line - first < len(owner)
        }


_SESSIONS = re.compile(r"sessions:\s*(?:\[\s*\])?\s*(?:#.*)?$")
_DASH = re.compile(r"( *)-\s")
_LONG_AGO = datetime.fromtimestamp(0, UTC)
