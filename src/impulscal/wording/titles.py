"""The titles of calendar entries."""

from impulscal.edition import PublishedSession
from impulscal.errors import _
from impulscal.language import translate
from impulscal.schedule.model import Series
from impulscal.wording.lines import one_line

__all__ = ["deadline_title", "marked_title", "title"]


def title(series: Series, session: PublishedSession, language: str) -> str:
    """Return ``stadt:impuls #2: Gerechte Stadt``; the number where the id is one."""
    number = f" #{session.id}" if session.id.isascii() and session.id.isdigit() else ""
    of_series = one_line(series.title.in_language(language))
    return f"{of_series}{number}: {one_line(session.public.title.in_language(language))}"


def marked_title(series: Series, session: PublishedSession, language: str) -> str:
    """Return the title with the mark that its state asks for.

    A cancellation says all. A new date that is not yet firm says both, since either
    alone would mislead.
    """
    plain = title(series, session, language)
    if session.cancelled:
        return translate(_("CANCELLED: {title}", title=plain), language)
    if session.revision.moved and session.tentative:
        return translate(_("NEW DATE, TENTATIVE: {title}", title=plain), language)
    if session.revision.moved:
        return translate(_("NEW DATE: {title}", title=plain), language)
    if session.tentative:
        return translate(_("TENTATIVE: {title}", title=plain), language)
    return plain


def deadline_title(series: Series, session: PublishedSession, language: str) -> str:
    """Return the title of the deadline entry; it never carries a mark."""
    plain = title(series, session, language)
    registration = session.public.registration
    closes = None if registration is None else registration.closes
    if closes is None or closes.time_of_day is None:
        return translate(_("Registration closes: {title}", title=plain), language)
    time = f"{closes.time_of_day:%H:%M}"
    return translate(_("Registration closes {time}: {title}", time=time, title=plain), language)
