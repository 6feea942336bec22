"""``/staff/subscribers``: about how many subscribe to each series, and with which programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from flask import Blueprint, Response
from markupsafe import Markup

from impulscal.subscribers.clients import FAMILY_WORDS, REACH, Family, Reach
from impulscal.subscribers.estimate import Course, course_of
from impulscal.subscribers.store import asked
from impulscal.subscribers.words import (
    METHOD,
    number,
    people_words,
    programs_words,
    range_words,
)
from impulscal.web.addresses import site
from impulscal.web.staff.guard import route, say, show_staff, staff
from impulscal.web.staff.plot import NARROW, WIDE, drawn
from impulscal.web.told import told
from impulscal.wording import dates

__all__ = ["blueprint"]

blueprint = Blueprint("staff_subscribers", __name__)

_WEEKS = 12
_DAYS = 7 * _WEEKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of program.

    Attributes:
        kind: A value of ``Family``.
        drawn: Whether it is part of the plot.
        about, range: Programs on an ordinary day.
        week: How often it asked in the last seven days, today included.
    """

    kind: str
    name: str
    drawn: bool
    about: str
    range: str
    week: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One series.

    Attributes:
        title: Marked with its language.
        sentences: How many there are.
        span: From when to when it is drawn.
        weeks: The first day of each, and the most programs of each drawn kind on one of its
            days; the newest first.
    """

    series: str
    title: Markup
    sentences: tuple[str, ...]
    span: str
    lines: tuple[Line, ...]
    wide: Markup
    narrow: Markup
    weeks: tuple[tuple[str, tuple[str, ...]], ...]


@route(blueprint, "subscribers")
def show_subscribers() -> Response:
    """Show the last twelve weeks of each series."""
    today = staff().now.astimezone(UTC).date()
    with site().editions.database().reading() as transaction:
        rows = asked(transaction, since=today - timedelta(days=_DAYS - 1))
    editions = site().editions.current().editions
    views = [
        _view(
            course_of(series, rows, today=today, days=_DAYS),
            told(edition.series.title, staff().language),
        )
        for series, edition in sorted(editions.items())
    ]
    return show_staff("subscribers.html", views=views, method=[say(one) for one in METHOD])


def _view(course: Course, title: Markup) -> View:
    language = staff().language
    return View(
        series=course.series,
        title=title,
        sentences=tuple(say(one) for one in people_words(course, language)),
        span=f"{_day(course.days[0], year=False)} – {_day(course.days[-1])}",
        lines=tuple(_line(course, family) for family in course.requests),
        wide=drawn(course, WIDE, language),
        narrow=drawn(course, NARROW, language),
        weeks=tuple(_weeks(course))[::-1],
    )


def _line(course: Course, family: Family) -> Line:
    language, reach = staff().language, REACH[family]
    counted = reach in (Reach.PEOPLE, Reach.SERVERS)
    return Line(
        kind=str(family),
        name=say(FAMILY_WORDS[family]),
        drawn=reach is Reach.PEOPLE,
        about=say(programs_words(course, family, language)),
        range=range_words(course.ordinary(family), language) if counted else "",
        week=number(sum(course.requests[family][-7:]), language),
    )


def _weeks(course: Course) -> Iterator[tuple[str, tuple[str, ...]]]:
    for first in range(0, len(course.days), 7):
        most = (
            max(many[first : first + 7])
            for family, many in course.clients.items()
            if REACH[family] is Reach.PEOPLE
        )
        told = tuple(number(round(one), staff().language) for one in most)
        yield _day(course.days[first]), told


def _day(when: date, *, year: bool = True) -> str:
    return dates.date_only(when, staff().language, year=year)
