"""Small files to read."""

from datetime import UTC, datetime
from pathlib import Path

from impulscal.schedule.model import Schedule, Session
from impulscal.schedule.reader import Problem, Reading, read

NOW = datetime(2021, 5, 20, 9, tzinfo=UTC)

SERIES = """\
series:
  id: stadtimpuls
  domain: einsateam.de
  title: "stadt:impuls"
  imprint: https://einsateam.de/imprint
  privacy: https://einsateam.de/privacy
  accessibility: {statement: https://einsateam.de/a11y}
  start: 12:00
  duration: 30 min
"""
"""Nine lines without any problem."""

SESSION = """\
sessions:
  - id: 2
    date: 2021-06-08
    title: Gerechte Stadt
    description: Wie gelingt Zusammenhalt?
"""
"""Five lines without any problem; after ``SERIES`` they are 10 to 14."""


def reading(text: str, *, folder: Path | None = None, now: datetime = NOW) -> Reading:
    return read(text.encode(), folder=folder, now=now)


def schedule(text: str) -> Schedule:
    found = reading(text)
    assert found.schedule is not None, found.problems
    return found.schedule


def session(*, series: str = "", lines: str = "", id_: str = "2") -> Session:
    """Return the session of ``SERIES`` and ``SESSION`` with further lines in each."""
    return next(s for s in schedule(with_lines(series=series, lines=lines)).sessions if s.id == id_)


def with_lines(*, series: str = "", lines: str = "") -> str:
    indented = "".join(f"  {line}\n" for line in filter(None, series.split("\n")))
    deeper = "".join(f"    {line}\n" for line in filter(None, lines.split("\n")))
    return SERIES + indented + SESSION + deeper


def brief(problem: Problem) -> tuple[str, int, int]:
    return problem.code, problem.line, problem.column


def briefs(
    text: str, *, folder: Path | None = None, now: datetime = NOW
) -> list[tuple[str, int, int]]:
    return [brief(problem) for problem in reading(text, folder=folder, now=now).problems]
