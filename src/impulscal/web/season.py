"""The season at a glance: one arrow for each session on the year line.

Two drawings, one for wide and one for narrow screens, and the same in words. Shapes
tell the state, colours repeat it; the style sheet colours by class, since the content
policy allows no style in the page.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from markupsafe import Markup

from impulscal.edition import Edition
from impulscal.language import locale_of
from impulscal.web.overview import overview

__all__ = ["Mark", "Season", "season"]

# Up to so many sessions each gets an arrow on the line; above, a grid of months.
_MOST_ON_THE_LINE = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """One session in the drawing.

    Attributes:
        kind: ``over``, ``next``, ``live``, ``ahead``, ``tentative``, ``cancelled``, ``moved``.
        before: The day it was moved from.
        number: ``#2``, or empty where the id is no number.
    """

    day: date
    kind: str
    number: str
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Season:
    """The drawings, and the marks for the words beside them.

    Attributes:
        single: One session: an arrow without a line.
    """

    wide: Markup
    narrow: Markup
    marks: tuple[Mark, ...]

    @property
    def single(self) -> bool:
        """Whether there is one session."""
        return len(self.marks) == 1

    @property
    def counts(self) -> Mapping[str, int]:
        """How many sessions there are of each kind."""
        kinds = sorted(mark.kind for mark in self.marks)
        return {kind: len(list(group)) for kind, group in itertools.groupby(kinds)}

    @property
    def listed(self) -> bool:
        """Whether the sessions are few enough to be named one by one."""
        return len(self.marks) <= _MOST_ON_THE_LINE


def season(edition: Edition, language: str) -> Season:
    """Draw the sessions of ``edition`` with the months named in ``language``."""
    marks = tuple(_marks(edition))
    if not marks:
        empty = _svg(190, 56, (_arrow(x, 28, "none", 0.8) for x in (24, 84, 144)))
        return Season(empty, empty, marks)
    if len(marks) == 1:
        one = _single(marks[0], language)
        return Season(one, one, marks)
    if len(marks) > _MOST_ON_THE_LINE:
        return Season(_grid(marks, language, _WIDE), _grid(marks, language, _NARROW), marks)
    return Season(_line(marks, language), _months(marks, language), marks)


def _marks(edition: Edition) -> Iterator[Mark]:
    now = overview(edition)
    for session in edition.sessions:
        before = None
        if session.cancelled:
            kind = "cancelled"
        elif session.public.end <= edition.moment:
            kind = "over"
        elif session is now.next:
            kind = "live" if now.live else "next"
        elif session.tentative:
            kind = "tentative"
        else:
            kind = "ahead"
        if session.revision.moved and kind not in ("over", "cancelled"):
            before = date.fromisoformat(session.revision.first_start.wall[:10])
            kind = "moved" if kind == "ahead" else kind
        number = f"#{session.id}" if session.id.isdecimal() else ""
        yield Mark(session.public.start.date(), kind, number, before)


# Drawing


_PATH = "M0 0h22l26 26-26 26H0l22-26z"


def _svg(width: int, height: int, parts: Iterable[str]) -> Markup:
    return Markup(  # noqa: S704 -- numbers, and dates of Babel
        f'<svg viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def _arrow(x: float, y: float, kind: str, scale: float) -> str:
    """Return an arrow whose middle is at (x, y)."""
    shape = "next" if kind == "live" else kind
    inner = ""
    if kind == "live":
        inner = f'<path class="a-inner" transform="translate(14 13) scale(.5)" d="{_PATH}"/>'
    if kind == "cancelled":
        inner = '<path class="a-bar" d="M-4 56L50-4"/>'
    left, top = round(x - 24 * scale, 1), round(y - 26 * scale, 1)
    return (
        f'<g class="slide"><g transform="translate({left} {top}) scale({scale})">'
        f'<path class="a-{shape}" d="{_PATH}"/>{inner}</g></g>'
    )


def _text(x: float, y: float, size: int, text: str, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{round(x, 1)}" y="{y}" font-size="{size}"{name}>{text}</text>'


def _single(mark: Mark, language: str) -> Markup:
    text = format_date(mark.day, _day_pattern(language) + " y", locale=locale_of(language))
    words = f'<text x="72" y="38" font-size="26" class="beside">{text}</text>'
    return _svg(320, 60, [_arrow(32, 30, mark.kind, 1), words])


def _day_pattern(language: str) -> str:
    return "d. MMM" if locale_of(language).language == "de" else "d MMM"


# The year line

_WIDTH, _EDGE, _ARROW_Y, _AXIS_Y, _SIZE = 720, 28, 62, 92, 16
_ROWS = (24, 44)  # of the labels; the lower one first used


def _line(marks: Sequence[Mark], language: str) -> Markup:
    first, months = _span(marks)
    length = _WIDTH - 2 * _EDGE

    def x(day: date) -> float:
        month = (day.year - first.year) * 12 + day.month - first.month
        return _EDGE + length * (month + (day.day - 0.5) / 31) / months

    parts = [f'<path class="axis" d="{_axis(months, length)}"/>']
    parts += _month_names(first, months, length, language)
    for mark in marks:
        if mark.before is not None and first <= mark.before and x(mark.before) < _WIDTH:
            parts.append(_way(x(mark.before), x(mark.day)))
    parts += (_arrow(x(mark.day), _ARROW_Y, mark.kind, 0.6) for mark in marks)
    parts += _labels([(x(mark.day), mark) for mark in marks], language)
    return _svg(_WIDTH, 118, parts)


def _span(marks: Sequence[Mark]) -> tuple[date, int]:
    """Return the first month and the number of months, six at least."""
    days = [day for mark in marks for day in (mark.day, mark.before) if day is not None]
    first, last = min(days).replace(day=1), max(days)
    return first, max(6, (last.year - first.year) * 12 + last.month - first.month + 1)


def _axis(months: int, length: int) -> str:
    ticks = (f"M{round(_EDGE + length * n / months, 1)} {_AXIS_Y}v7" for n in range(months + 1))
    return f"M{_EDGE} {_AXIS_Y}h{length}" + "".join(ticks)


def _month_names(first: date, months: int, length: int, language: str) -> Iterator[str]:
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, months) if months / step <= 10)
    for number in range(0, months, step):
        day = _plus_months(first, number)
        pattern = "LLL" if step < 12 else "y"
        name = format_date(day, pattern, locale=locale_of(language)).rstrip(".")
        middle = _EDGE + length * (number + min(step, months - number) / 2) / months
        yield _text(middle, _AXIS_Y + 22, _SIZE, name, "month")


def _plus_months(first: date, number: int) -> date:
    years, month = divmod(first.month - 1 + number, 12)
    return date(first.year + years, month + 1, 1)


def _way(before: float, after: float) -> str:
    return (
        f'<circle class="axis" cx="{round(before, 1)}" cy="{_ARROW_Y}" r="5"/>'
        f'<path class="tie" d="M{round(before, 1)} {_ARROW_Y}H{round(after, 1)}"/>'
    )


def _labels(placed: Sequence[tuple[float, Mark]], language: str) -> Iterator[str]:
    """Name the days above the arrows: with numbers if they fit, in two rows if they must."""
    locale, pattern = locale_of(language), _day_pattern(language)
    days = [format_date(mark.day, pattern, locale=locale) for _x, mark in placed]
    numbered = [
        f"{mark.number} · {day}" if mark.number else day
        for (_x, mark), day in zip(placed, days, strict=True)
    ]
    places = [x for x, _mark in placed]
    words = numbered if _fit(places, numbered) else days
    ends = dict.fromkeys(_ROWS, 0.0)
    for x, word in zip(places, words, strict=True):
        half = len(word) * _SIZE * 0.28
        middle = min(max(x, half), _WIDTH - half)
        row = next((y for y in reversed(_ROWS) if ends[y] <= middle - half), None)
        if row is not None:
            ends[row] = middle + half + 8
            yield _text(middle, row - 14, _SIZE, word)


def _fit(places: Sequence[float], words: Sequence[str]) -> bool:
    halves = [len(word) * _SIZE * 0.28 for word in words]
    pairs = itertools.pairwise(zip(places, halves, strict=True))
    return all(left + a + 8 <= right - b for (left, a), (right, b) in pairs)


# The months for narrow screens


def _months(marks: Sequence[Mark], language: str) -> Markup:
    first = min(mark.day for mark in marks).replace(day=1)
    last = max(mark.day for mark in marks)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count > 24:
        return _grid(marks, language, _NARROW)
    parts: list[str] = []
    for number in range(count):
        month = _plus_months(first, number)
        of_month = [m for m in marks if (m.day.year, m.day.month) == (month.year, month.month)]
        left, top = number % 3 * 108, number // 3 * 74
        pattern = "LLL y" if month.month == 1 or number == 0 else "LLL"
        name = format_date(month, pattern, locale=locale_of(language))
        parts.append(f'<path class="cell" d="M{left + 1} {top + 1}h102v68h-102z"/>')
        parts.append(_text(left + 52, top + 19, 14, name, "month"))
        parts += _in_cell(of_month, left + 52, top)
    return _svg(320, (count + 2) // 3 * 74, parts)


def _in_cell(marks: Sequence[Mark], middle: float, top: float) -> Iterator[str]:
    if len(marks) > 4:
        yield _text(middle, top + 52, 20, str(len(marks)))
        return
    wide = 100 / max(1, len(marks))
    for number, mark in enumerate(marks):
        x = middle - 50 + wide * (number + 0.5)
        if len(marks) > 2:
            yield _arrow(x, top + 36, mark.kind, 0.34)
            yield _text(x, top + 63, 13, str(mark.day.day))
        else:
            yield _arrow(x - 11, top + 45, mark.kind, 0.46)
            yield _text(x + 14, top + 51, 17, str(mark.day.day))


# The grid of years and months for long series


@dataclass(frozen=True, slots=True)
class _Measure:
    """Sizes of the grid: the whole, the column of the years, a cell, most arrows in it."""

    width: int
    label: int
    height: int
    size: int
    most: int


_WIDE = _Measure(width=720, label=72, height=38, size=16, most=3)
_NARROW = _Measure(width=320, label=42, height=26, size=13, most=1)


def _grid(marks: Sequence[Mark], language: str, measure: _Measure) -> Markup:
    years = range(min(m.day.year for m in marks), max(m.day.year for m in marks) + 1)
    column = (measure.width - measure.label) / 12
    parts: list[str] = []
    for month in range(12):
        name = format_date(date(2021, month + 1, 1), "LLLLL", locale=locale_of(language))
        x = measure.label + column * (month + 0.5)
        parts.append(_text(x, measure.size, measure.size, name, "month"))
    for row, year in enumerate(years):
        top = measure.size + 8 + row * measure.height
        middle = top + measure.height / 2
        parts.append(_text(measure.label / 2, middle + measure.size / 3, measure.size, str(year)))
        parts.append(f'<path class="cell" d="M0 {top}h{measure.width}"/>')
        for month in range(12):
            here = [m for m in marks if (m.day.year, m.day.month) == (year, month + 1)]
            x = measure.label + column * (month + 0.5)
            parts += _in_grid(here, x, middle, column, measure)
    return _svg(measure.width, measure.size + 12 + len(years) * measure.height, parts)


def _in_grid(
    marks: Sequence[Mark], x: float, y: float, column: float, measure: _Measure
) -> Iterator[str]:
    if len(marks) > measure.most:
        kinds = {mark.kind for mark in marks}
        if kinds & {"next", "live"}:
            yield (
                f'<path class="a-next" d="M{round(x - column / 2 + 2, 1)} '
                f"{y - measure.height / 2 + 2}h{round(column - 4, 1)}v{measure.height - 4}"
                f'h-{round(column - 4, 1)}z"/>'
            )
        yield _text(x, round(y + measure.size / 3, 1), measure.size, str(len(marks)),
                    "in-next" if kinds & {"next", "live"} else "")  # fmt: skip
        return
    wide = column / max(1, len(marks))
    for number, mark in enumerate(marks):
        yield _arrow(x - column / 2 + wide * (number + 0.5), y, mark.kind, 0.3)
