"""The list for other websites: what one line of it says, and in which order."""

from dataclasses import dataclass

from impulscal.edition import Edition, PublishedSession
from impulscal.links import Links
from impulscal.web.selection import MOST, Selection
from impulscal.wording.dates import period
from impulscal.wording.lines import one_line
from impulscal.wording.status import Sign, signs
from impulscal.wording.typography import tied

__all__ = ["Mark", "Row", "chosen", "rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a session stands, or what is special about it.

    Attributes:
        kind: For the look: ``open``, ``moved``, ``cancelled`` …
        badge: Two words.
        sentence: The whole truth; may be empty.
        note: Why, in ``note_language``; may be empty.
    """

    kind: str
    badge: str
    sentence: str
    note: str
    note_language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session as the list tells it.

    Attributes:
        over: Whether it has ended.
        title: In ``title_language``.
        address: Of its page, absolute.
        start: ISO 8601 with offset.
        when: Date, time and zone in words.
        marks: The weightiest first.
    """

    over: bool
    title: str
    title_language: str
    address: str
    start: str
    when: str
    marks: tuple[Mark, ...]


def rows(edition: Edition, links: Links) -> tuple[Row, ...]:
    """Return the coming sessions in order, then the past ones, newest first; of each ``MOST``."""
    told = [_row(edition, session, links) for session in edition.sessions]
    coming = [row for row in told if not row.over]
    past = [row for row in reversed(told) if row.over]
    return (*coming[:MOST], *past[:MOST])


def chosen(edition: Edition, links: Links, selection: Selection) -> tuple[Row, ...]:
    """Return those of ``rows`` that ``selection`` shows."""
    shown = (row for row in rows(edition, links) if selection.past or not row.over)
    return tuple(shown)[: selection.limit]


def _row(edition: Edition, session: PublishedSession, links: Links) -> Row:
    public, language = session.public, links.language
    title_language, title = public.title.choose(language)
    found = signs(edition.series, session, edition.moment, language)
    return Row(
        over=public.end <= edition.moment,
        title=tied(one_line(title)),
        title_language=title_language,
        address=links.session_page(session.id),
        start=public.start.isoformat(timespec="minutes"),
        when=tied(period(public.start, public.end, language)),
        marks=tuple(_mark(sign, language) for sign in found),
    )


def _mark(sign: Sign, language: str) -> Mark:
    note_language, note = ("", "") if sign.note is None else sign.note.choose(language)
    return Mark(
        kind=sign.kind,
        badge=sign.badge,
        sentence=tied(sign.sentence),
        note=one_line(note),
        note_language=note_language,
    )
