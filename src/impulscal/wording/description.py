"""The text of a calendar entry, as plain text and as HTML.

It must read well alone in a plain pane: what, who, when with the zone named, how to
register and until when, links written out. It tells facts of the revision only, so
that it never changes without one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from impulscal.edition import PublishedSession
from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.schedule.model import Link, Person, Series
from impulscal.wording import markdown
from impulscal.wording.dates import day, stamp_day
from impulscal.wording.lines import one_line
from impulscal.wording.people import names
from impulscal.wording.registration import registration_lines
from impulscal.wording.state import state_line, when_lines
from impulscal.wording.titles import title

__all__ = ["Description", "Lines", "Prose", "deadline_description", "description", "details"]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of plain text that belong together."""

    lines: tuple[str, ...]

    def plain(self) -> str:
        """Return the lines as plain text."""
        return "\n".join(self.lines)

    def html(self) -> str:
        """Return the lines as one paragraph."""
        return "<p>" + "<br>".join(markdown.line_as_html(line) for line in self.lines) + "</p>"


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that somebody wrote in Markdown."""

    text: str

    def plain(self) -> str:
        """Return the text without its marks."""
        return markdown.plain(self.text)

    def html(self) -> str:
        """Return the text as safe HTML."""
        return markdown.html(self.text)


@dataclass(frozen=True, slots=True)
class Description:
    """The text of a calendar entry, block by block."""

    blocks: tuple[Lines | Prose, ...]

    def plain(self) -> str:
        """Return the text for DESCRIPTION, blocks parted by an empty line."""
        return "\n\n".join(text for block in self.blocks if (text := block.plain()))

    def html(self) -> str:
        """Return the text for X-ALT-DESC."""
        return "\n".join(text for block in self.blocks if (text := block.html()))


def description(series: Series, session: PublishedSession, language: str, page: str) -> Description:
    """Return what subscribers read of ``session``.

    Args:
        series: Its series.
        session: As far as the public may know it.
        language: Of the words and, where there is a choice, of the texts.
        page: Absolute address of the session's page.
    """
    blocks = [
        _lines(state_line(series, session, language)),
        _lines(title(series, session, language), *_teaser(session, language)),
        _lines(
            *when_lines(series, session, language),
            *_where_and_who(session, language),
            *_registration(session, language),
        ),
        *details(session, language),
        _closing(series, session, language, page),
    ]
    return Description(tuple(block for block in blocks if block != Lines(())))


def deadline_description(
    series: Series, session: PublishedSession, language: str, page: str
) -> Description:
    """Return what subscribers read in the deadline entry of ``session``."""
    blocks = [
        _lines(*_registration(session, language)),
        _lines(state_line(series, session, language)),
        _lines(
            title(series, session, language),
            *when_lines(series, session, language),
            *_where_and_who(session, language),
        ),
        _closing(series, session, language, page),
    ]
    return Description(tuple(block for block in blocks if block != Lines(())))


def _lines(*lines: str) -> Lines:
    return Lines(tuple(line for line in lines if line))


def _teaser(session: PublishedSession, language: str) -> Iterator[str]:
    if session.public.teaser is not None:
        yield one_line(session.public.teaser.in_language(language))


def _where_and_who(session: PublishedSession, language: str) -> Iterator[str]:
    public = session.public
    told: list[Message] = []
    if public.location is not None:
        told.append(_("Where: {place}", place=one_line(public.location.in_language(language))))
    if public.speakers:
        # Translators: Who speaks at a session; names follow.
        told.append(_("With {people}", people=names(public.speakers, language)))
    if public.moderators:
        # Translators: Who moderates a session; names follow.
        told.append(_("Host: {people}", people=names(public.moderators, language)))
    for message in told:
        yield translate(message, language)


def _registration(session: PublishedSession, language: str) -> Iterator[str]:
    if session.public.announced and not session.cancelled:
        yield from registration_lines(session.public, language)


def details(session: PublishedSession, language: str) -> Iterator[Lines | Prose]:
    """Yield what more is told of an announced session, else when more follows."""
    public = session.public
    if not public.announced:
        if not session.cancelled:
            yield _lines(translate(_more_follows(session, language), language))
        return
    if public.description is not None:
        yield Prose(public.description.in_language(language))
    for somebody in (*public.speakers, *public.moderators):
        yield from _biography(somebody, language)
    yield _references(_("More on this topic"), public.links, language)
    yield _references(_("Materials"), public.materials, language)


def _biography(somebody: Person, language: str) -> Iterator[Lines | Prose]:
    if somebody.about is None:
        return
    name, about = (
        one_line(somebody.name.in_language(language)),
        somebody.about.in_language(language),
    )
    if not about.startswith(name):
        yield _lines(translate(_("About {name}", name=name), language))
    yield Prose(about)


def _more_follows(session: PublishedSession, language: str) -> Message:
    if session.public.details_on is None:
        return _("Details follow.")
    return _("Details follow on {day}.", day=day(session.public.details_on, language))


def _references(heading: Message, links: Iterable[Link], language: str) -> Lines:
    listed = [f"- {_reference(link, language)}" for link in links]
    return _lines(translate(heading, language), *listed) if listed else Lines(())


def _reference(link: Link, language: str) -> str:
    text = one_line(link.title.in_language(language))
    return text if link.url is None or link.url == text else f"{text}: {link.url}"


def _closing(series: Series, session: PublishedSession, language: str, page: str) -> Lines:
    told: list[Message] = []
    if series.organizer is not None:
        name = one_line(series.organizer.name.in_language(language))
        address = series.organizer.email
        organizer = name if address is None else f"{name}, {address}"
        told.append(_("Organised by {organizer}", organizer=organizer))
    told.append(_("Session page: {address}", address=page))
    revised_on = session.revision.revised_at.astimezone(session.public.start.tzinfo).date()
    told.append(
        # Translators: Date and number of the revision, the last line of a calendar entry.
        _(
            "As of {day}, version {version}",
            day=stamp_day(revised_on, language),
            version=session.revision.sequence + 1,
        )
    )
    return _lines(*(translate(message, language) for message in told))
