"""What is said of estimates, on pages and on the terminal."""

from collections.abc import Iterator

from babel.numbers import format_decimal

from impulscal.errors import Message, _
from impulscal.language import locale_of
from impulscal.subscribers.clients import REACH, Family, Reach
from impulscal.subscribers.estimate import Course, Estimate

__all__ = ["METHOD", "number", "people_words", "programs_words", "range_words"]

METHOD = (
    _("A program counts once a day, however often it asks. A day is one in UTC."),
    _("An ordinary day is the median of the last seven whole days."),
    _("In 19 of 20 cases the count of a day lies within the range."),
    _("Programs of the same kind behind one address count as one: there are more of them."),
    _("Phones change their address and may count twice: there are fewer of them."),
    _("Google, Outlook online and Nextcloud ask for many people at once: nobody knows how many."),
    _("A cache in front of this server answers for it, so those polls are not counted."),
)
"""How the numbers come about and how wrong they may be, in sentences."""


def number(count: int, language: str) -> str:
    """Return ``12,345``, or ``12.345`` in German."""
    return str(format_decimal(count, locale=locale_of(language)))


def programs_words(course: Course, family: Family, language: str) -> Message:
    """Return how many programs of ``family`` there are on an ordinary day, as far as is known."""
    match REACH[family]:
        case Reach.PEOPLE:
            return _plain(number(course.ordinary(family).likely, language))
        case Reach.SERVERS:
            return _at_least(course.ordinary(family).likely, language)
        case Reach.CLOUD:
            return _at_least(1 if any(course.requests[family]) else 0, language)
        case _:
            return _plain("–")


def range_words(estimate: Estimate, language: str) -> str:
    """Return ``220–242``; nothing where there is no doubt."""
    if estimate.low == estimate.high:
        return ""
    return f"{number(estimate.low, language)}–{number(estimate.high, language)}"


def people_words(course: Course, language: str) -> Iterator[Message]:
    """Yield sentences on how many subscribe: those that can be counted, and the others."""
    found = course.ordinary()
    told = {"number": number(found.likely, language), "range": range_words(found, language)}
    if not course.whole_days:
        yield _("Counting began today; so far about {number} asked.", number=told["number"])
    elif found.likely == 1:
        yield _("About 1 program asks on an ordinary day.")
    elif told["range"]:
        yield _("About {number} programs ask on an ordinary day ({range}).", **told)
    else:
        yield _("About {number} programs ask on an ordinary day.", number=told["number"])
    if any(REACH[family] in (Reach.CLOUD, Reach.SERVERS) for family in course.requests):
        yield _("Services that ask for many people at once come on top.")


def _at_least(count: int, language: str) -> Message:
    return _("at least {number}", number=number(count, language)) if count else _plain("–")


def _plain(text: str) -> Message:
    return Message("{text}", {"text": text})
