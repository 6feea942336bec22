"""What is special about a session: cancelled, moved, not yet fixed.

A calendar shows the beginning of a text in notices, so all of this is one first line.
"""

from collections.abc import Iterator

from impulscal.edition import PublishedSession
from impulscal.errors import Message, _
from impulscal.history.facts import Moment
from impulscal.language import translate
from impulscal.schedule.model import Series
from impulscal.wording.dates import moment, period
from impulscal.wording.lines import one_line

__all__ = ["state_line", "when_lines"]


def state_line(series: Series, session: PublishedSession, language: str) -> str:
    """Return the state with the note, or an empty text where all is as planned."""
    sentences = [translate(told, language) for told in _state(series, session, language)]
    if session.public.note is not None:
        sentences.append(one_line(session.public.note.in_language(language)))
    return " ".join(sentences)


def _state(series: Series, session: PublishedSession, language: str) -> Iterator[Message]:
    if session.cancelled:
        yield _("Cancelled: this session will not take place.")
        return
    if session.revision.reinstated:
        yield _("Was cancelled, takes place after all.")
    yield from _move(series, session, language)
    if session.tentative:
        yield _("Not yet fixed: this date may still change.")


def _move(series: Series, session: PublishedSession, language: str) -> Iterator[Message]:
    revision = session.revision
    earlier = [moment(told, series.timezone, language) for told in _earlier(session)]
    if revision.moved_back and not earlier:
        yield _("Takes place at the original time after all.")
    elif revision.moved_back:
        yield _(
            "Takes place at the original time after all, not on {previous}.", previous=earlier[0]
        )
    elif len(earlier) == 1:
        yield _("New date. Before: {previous}.", previous=earlier[0])
    elif earlier:
        yield _(
            "New date. Before: {previous}. At first: {first}.",
            previous=earlier[0],
            first=earlier[1],
        )


def _earlier(session: PublishedSession) -> list[Moment]:
    """Return the starts told earlier that are not the present one, the latest first."""
    revision = session.revision
    earlier: list[Moment] = []
    for told in (revision.previous_start, revision.first_start):
        if told is None or told.same_date(revision.start):
            continue
        if not any(told.same_date(other) for other in earlier):
            earlier.append(told)
    return earlier


def when_lines(series: Series, session: PublishedSession, language: str) -> Iterator[str]:
    """Return when it takes place; of a cancelled session, when it would have been."""
    span = period(session.public.start, session.public.end, language)
    if not session.cancelled:
        yield translate(_("When: {span}", span=span), language)
        return
    yield translate(_("Was planned for: {span}", span=span), language)
    for told in _earlier(session):
        before = moment(told, series.timezone, language)
        yield translate(_("Before that: {moment}", moment=before), language)
