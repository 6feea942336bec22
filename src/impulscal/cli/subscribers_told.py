"""Who subscribes, as a table for people."""

import textwrap
from collections.abc import Iterator, Sequence

from impulscal.cli.columns import table
from impulscal.cli.terminal import screen_columns, terminal_language
from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.subscribers.clients import FAMILY_WORDS, REACH, Family, Reach
from impulscal.subscribers.estimate import Course
from impulscal.subscribers.words import (
    METHOD,
    number,
    people_words,
    programs_words,
    range_words,
)

__all__ = ["as_lines", "sparkline"]

_BARS = "▁▂▃▄▅▆▇█"


def as_lines(courses: Sequence[Course], days: int) -> Iterator[str]:
    """Yield a table for each series, and below all of them how the numbers come about.

    Args:
        courses: Over at least the days of which an ordinary one is the median.
        days: How many of the last ones are counted and drawn, today included.
    """
    for course in courses:
        yield from _of_a_series(course, days)
        yield ""
    if not courses:
        yield _words(_("No series is published yet."))
    elif any(course.requests for course in courses):
        for sentence in METHOD:
            yield from textwrap.wrap(_words(sentence), screen_columns(), break_on_hyphens=False)


def sparkline(values: Sequence[float], columns: int) -> str:
    """Return small bars for the last ``columns`` values: none for 0, the highest for the most."""
    shown = values[-columns:]
    most = max(shown, default=0)
    return "".join(_bar(value / most) if value > 0 else " " for value in shown)


def _bar(part: float) -> str:
    return _BARS[min(int(part * len(_BARS)), len(_BARS) - 1)]


def _of_a_series(course: Course, days: int) -> Iterator[str]:
    if not course.requests:
        told = _("{series}: nobody has asked for the feed yet.", series=course.series)
        yield _words(told)
        return
    people = " ".join(_words(sentence) for sentence in people_words(course, terminal_language()))
    yield from textwrap.wrap(f"{course.series}: {people}", screen_columns(), break_on_hyphens=False)
    yield ""
    heads = (*_HEADS, _("TODAY") if days == 1 else _("LAST {count} DAYS", count=days))
    rows = [
        [_words(head) for head in heads],
        *(_row(course, family, days) for family in course.requests),
    ]
    yield from table(_aligned(rows), screen_columns())


_HEADS = (
    _("PROGRAM"),
    # Translators: Heading over about how many programs ask on an ordinary day.
    _("ABOUT"),
    # Translators: Heading over two numbers between which the true one lies.
    _("RANGE"),
    # Translators: Heading over how often a feed was asked for.
    _("REQUESTS"),
)


def _row(course: Course, family: Family, days: int) -> list[str]:
    language = terminal_language()
    counted = REACH[family] in (Reach.PEOPLE, Reach.SERVERS)
    # Of the others it is only known how often they ask.
    drawn = course.clients[family] if counted else course.requests[family]
    return [
        _words(FAMILY_WORDS[family]),
        _words(programs_words(course, family, language)),
        range_words(course.ordinary(family), language) if counted else "",
        number(sum(course.requests[family][-days:]), language),
        # A heading may be wider; more days than columns show the last ones.
        sparkline(drawn[-days:], 60),
    ]


def _aligned(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return ``rows`` with the numbers at the right of their columns."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        [
            row[0],
            *(cell.rjust(columns) for cell, columns in zip(row[1:4], widths[1:4], strict=True)),
            row[4],
        ]
        for row in rows
    ]


def _words(message: Message) -> str:
    return translate(message, terminal_language())
