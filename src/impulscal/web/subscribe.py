"""The subscribe panel: what a reader chose, and the links that follow from it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import segno
from babel import Locale
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from impulscal.edition import Edition
from impulscal.errors import Message, _
from impulscal.language import LANGUAGES, locale_of, translate
from impulscal.links import LONGEST_ADDRESS, Links
from impulscal.vcalendar.feed import Options
from impulscal.web.addresses import Visit
from impulscal.web.options import parse
from impulscal.wording.lines import one_line

__all__ = ["Choice", "TooLongError", "Topic", "chosen", "qr_code", "topics"]


class TooLongError(ValueError):
    """So many topics were chosen that some calendar would refuse the address."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that can be chosen.

    Attributes:
        tag: Language of ``name``.
    """

    slug: str
    name: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a reader wants to subscribe to, and every link for it.

    Attributes:
        options: Of the feed.
        links: In the language of the calendar's texts.
        page_language: Of the page; the texts follow it unless told otherwise.
    """

    options: Options
    links: Links
    page_language: str

    @property
    def texts(self) -> str:
        """The language of the calendar's texts."""
        return self.links.language

    def query(self) -> str:
        """Return the choice as the page's query, in a fixed order; empty if nothing is chosen."""
        told = [self.options.query()]
        if self.texts != self.page_language:
            told.append(f"texts={self.texts}")
        return "&".join(part for part in told if part)

    def feed(self) -> str:
        """Return the calendar address."""
        return self.links.feed_address(self.options.query())

    def webcal(self) -> str:
        """Return the link that a calendar program on the device opens."""
        return self.links.webcal(self.options.query())

    def google(self) -> str:
        """Return Google's link; what is cancelled stays visible there."""
        return self.links.google_subscribe(replace(self.options, cancelled_visible=False).query())

    def outlook_com(self) -> str:
        """Return the link for a private Outlook calendar."""
        return self.links.outlook_com_subscribe(self.options.query())

    def microsoft365(self) -> str:
        """Return the link for an Outlook calendar at work."""
        return self.links.microsoft365_subscribe(self.options.query())

    def summary(self, edition: Edition) -> tuple[str, ...]:
        """Return in words what differs from the plain calendar."""
        told = _told(self, {topic.slug: topic for topic in topics(edition, self.page_language)})
        return tuple(translate(message, self.page_language) for message in told)


def chosen(query: MultiDict[str, str], visited: Visit) -> Choice:
    """Read what a reader chose from the query of the series' page.

    Raises:
        BadRequest, NotFound: As ``options.parse``.
        TooLongError: Fewer topics must be chosen.
    """
    edition, language = visited.edition, visited.language
    texts = query.get("texts", "")
    known = {*LANGUAGES, edition.series.language}
    choice = Choice(
        options=parse(query, edition, language),
        links=replace(visited.links, language=texts if texts in known else language),
        page_language=language,
    )
    longest = max(map(len, (choice.google(), choice.outlook_com(), choice.microsoft365())))
    if longest >= LONGEST_ADDRESS:
        raise TooLongError
    return choice


def topics(edition: Edition, language: str) -> tuple[Topic, ...]:
    """Return the topics of the announced sessions, in the order of the sessions.

    Not every topic ever published: one of a session whose announcement was taken back
    would give it away.
    """
    found: dict[str, Topic] = {}
    for session in edition.sessions:
        slug = session.topic_slug(edition.series)
        if session.public.topic is not None and slug:
            tag, name = session.public.topic.choose(language)
            found.setdefault(slug, Topic(slug, one_line(name), tag))
    return tuple(found.values())


def _told(choice: Choice, known: dict[str, Topic]) -> Iterator[Message]:
    options = choice.options
    if options.deadlines:
        yield _("with registration deadlines")
    if options.alarm is not None:
        # Translators: How long before a session the calendar reminds of it.
        yield _("reminder {minutes} minutes before", minutes=options.alarm)
    for topic in options.topics:
        yield _("topic “{topic}”", topic=known[topic].name if topic in known else topic)
    if options.cancelled_visible:
        yield _("cancelled sessions stay visible")
    if choice.texts != choice.page_language:
        yield _("texts: {language}", language=language_name(choice.texts, choice.page_language))


def language_name(language: str, page_language: str) -> str:
    """Return what ``language`` is called in the language of the page."""
    locale = Locale.parse(language.replace("-", "_"))
    return locale.get_display_name(locale_of(page_language)) or language


def qr_code(address: str) -> Markup:
    """Return a QR code of ``address`` as SVG: attributes only, no style.

    Level M, four modules of quiet zone (ISO/IEC 18004).
    """
    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        stream, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=4,
        svgclass=None, lineclass=None, draw_transparent=False,
    )  # fmt: skip
    svg = stream.getvalue().decode()
    return Markup(svg)  # noqa: S704 -- drawn by segno, holds numbers only
