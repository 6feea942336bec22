"""Who asked day by day, as stacked columns: an SVG that is colored by the style sheet.

One path for each kind of program, whose class gives its colour; names stand beside their part
of the column, so that nobody needs the colours. The same numbers stand in tables below.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from babel.dates import format_date
from markupsafe import Markup

from impulscal.language import locale_of, translate
from impulscal.subscribers.clients import FAMILY_WORDS, REACH, Family, Reach
from impulscal.subscribers.estimate import Course
from impulscal.subscribers.words import number

__all__ = ["NARROW", "WIDE", "Frame", "drawn", "steps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Measures of a drawing, in its own units.

    Attributes:
        left, right, top, bottom: What the columns leave free.
        line: Height of a line of text; 0 where names do not stand beside the columns.
        weeks: How many of them lie between two dates at the axis.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    line: int
    weeks: int

    @property
    def floor(self) -> float:
        """Where the columns stand."""
        return self.height - self.bottom


WIDE = Frame(
    width=960,
    height=330,
    left=62,
    right=190,
    top=12,
    bottom=30,
    line=21,
    weeks=2,
)
NARROW = Frame(width=320, height=230, left=40, right=2, top=10, bottom=24, line=0, weeks=4)

# Between two columns and between two parts of one; of what is narrow, a part.
_GAP, _PART = 1.5, 0.15

_MOST_STEPS = 4


def drawn(course: Course, frame: Frame, language: str) -> Markup:
    """Return the columns of ``course``, the kinds of program in their order from below."""
    parts = {
        family: many for family, many in course.clients.items() if REACH[family] is Reach.PEOPLE
    }
    marks = steps(max(course.people, default=0.0))
    scale = (frame.floor - frame.top) / marks[-1]
    pieces = [
        *_grid(frame, marks, scale, language),
        *_dates(frame, course, language),
        *_columns(frame, parts, scale, len(course.days)),
    ]
    if frame.line:
        pieces += _names(frame, parts, scale, language)
    return Markup("\n").join(pieces)


def steps(most: float) -> tuple[int, ...]:
    """Return round numbers from 0 to at least ``most``, at most five of them."""
    least = max(most, 1) / _MOST_STEPS
    size = 10 ** math.floor(math.log10(least))
    step = next(round(size * by) for by in (1, 2, 2.5, 5, 10) if _is_step(size * by, least))
    return tuple(range(0, step * math.ceil(max(most, 1) / step) + 1, step))


def _is_step(step: float, least: float) -> bool:
    return step >= least and step >= 1 and step == round(step)


def _grid(frame: Frame, marks: Sequence[int], scale: float, language: str) -> Iterator[Markup]:
    for mark in marks:
        y = _rounded(frame.floor - mark * scale)
        yield Markup('<path class="grid" d="M{} {}H{}"/>').format(
            frame.left, y, frame.width - frame.right
        )
        yield Markup('<text class="y" x="{}" y="{}">{}</text>').format(
            frame.left - 6, _rounded(float(y) + 5), number(mark, language)
        )


def _dates(frame: Frame, course: Course, language: str) -> Iterator[Markup]:
    width = _column(frame, len(course.days))
    mondays = [at for at, day in enumerate(course.days) if day.weekday() == 0]
    for at in mondays[:: frame.weeks]:
        x = frame.left + at * width
        label = format_date(
            course.days[at], "d. MMM" if language == "de" else "d MMM", locale_of(language)
        )
        # One that would stand out on the right is left out.
        if x + frame.left <= frame.width - frame.right:
            yield Markup('<path class="tick" d="M{} {}v6"/>').format(_rounded(x), frame.floor)
            yield Markup('<text class="x" x="{}" y="{}">{}</text>').format(
                _rounded(x), frame.height - 5, label
            )


def _columns(
    frame: Frame, parts: Mapping[Family, Sequence[float]], scale: float, days: int
) -> Iterator[Markup]:
    width = _column(frame, days)
    below = [0.0] * days
    for family, many in parts.items():
        strokes = []
        for at, count in enumerate(many):
            high = count * scale
            if high > 0:
                x, top = frame.left + at * width, frame.floor - (below[at] + count) * scale
                strokes.append(_rectangle(x, top, width, high))
            below[at] += count
        yield Markup('<path class="c-{}" d="{}"/>').format(str(family), "".join(strokes))


def _rectangle(x: float, top: float, width: float, height: float) -> str:
    wide = _rounded(width - min(_GAP, _PART * width))
    high = _rounded(height - min(_GAP, _PART * height))
    return f"M{_rounded(x)} {_rounded(top)}h{wide}v{high}h-{wide}z"


def _names(
    frame: Frame, parts: Mapping[Family, Sequence[float]], scale: float, language: str
) -> Iterator[Markup]:
    """Yield the names beside the last whole day, from below, none on top of another."""
    x = frame.width - frame.right + 10
    below, free = 0.0, frame.floor + frame.line
    for family, many in parts.items():
        last = many[-2] if len(many) > 1 else many[-1]
        middle = frame.floor - (below + last / 2) * scale
        below += last
        free = min(middle, free - frame.line)
        yield Markup('<path class="c-{}" d="M{} {}h12v12h-12z"/>').format(
            str(family), x, _rounded(free - 6)
        )
        yield Markup('<text class="name" x="{}" y="{}">{}</text>').format(
            x + 18, _rounded(free + 6), translate(FAMILY_WORDS[family], language)
        )


def _column(frame: Frame, days: int) -> float:
    return (frame.width - frame.left - frame.right) / days


def _rounded(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
