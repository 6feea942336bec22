"""What all letters to guests are made of: for whom, of which session, when, where, how."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from impulscal.edition import PublishedSession
from impulscal.errors import Message, _
from impulscal.history.facts import Facts as ToldFacts
from impulscal.language import translate
from impulscal.schedule.clock import zone
from impulscal.schedule.model import Series, Text
from impulscal.wording.dates import period
from impulscal.wording.letter import Block, Heading, Letter, Link, Paragraph, Way
from impulscal.wording.lines import one_line, readable
from impulscal.wording.people import names
from impulscal.wording.titles import title

__all__ = [
    "Occasion",
    "call_off",
    "greeting",
    "letter",
    "note",
    "people",
    "place",
    "questions",
    "told_period",
    "wall",
    "ways",
    "when",
]

Row = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who is told, of which session, and where they turn.

    Attributes:
        name: Of the guest, as it was written; may be empty.
        join_url: None where there is none to tell.
        page: Address of the session's public page; of the series' where the session was
            withdrawn.
        sign_off: Address at which the guest signs off; None where they write.
        contact: E-mail address to write to; None where they answer the mail.
        attached: Whether the calendar entry is an attachment and not an invitation.
    """

    series: Series
    session: PublishedSession
    language: str
    name: str
    join_url: str | None
    page: str
    sign_off: str | None
    contact: str | None
    attached: bool = False

    def say(self, message: Message) -> str:
        """Return ``message`` in the guest's language."""
        return translate(message, self.language)

    def lines(self, *messages: Message) -> Paragraph:
        """Return ``messages`` as one paragraph, one on each line."""
        return Paragraph(tuple(self.say(message) for message in messages))

    def read(self, text: Text) -> str:
        """Return a text of the file, on one line."""
        return one_line(text.in_language(self.language))


def letter(
    to: Occasion,
    subject: Message,
    opening: Message,
    blocks: Iterable[Block],
    news: Iterable[Message] = (),
) -> Letter:
    """Return the letter that says ``opening``, names the session and goes on with ``blocks``.

    Args:
        to: The guest and the session.
        subject: Of the mail.
        opening: The first sentence, which the title follows.
        blocks: What comes then.
        news: What the calendar entry has to tell beside the state of the session.
    """
    tongue, _text = to.session.public.title.choose(to.language)
    return Letter(
        subject=to.say(subject),
        greeting=greeting(to.name, to.language),
        blocks=(
            to.lines(opening),
            Heading(title(to.series, to.session, to.language), tongue),
            *blocks,
            _signature(to),
        ),
        language=to.language,
        news=tuple(to.say(message) for message in news),
    )


def greeting(name: str, language: str) -> str:
    """Return the words that open a letter; without a name where none is known."""
    called = _called(readable(name))
    return translate(_("Hello {name},", name=called) if called else _("Hello,"), language)


# “Müller, Jürgen” as address books of offices have it, “von der Au, Dr. Eva” too; but not
# “Jürgen Müller, Stadt Saarbrücken”.
_SURNAME_FIRST = re.compile(
    r"(?P<surname>(?:[a-zß-ÿ']+ ){0,3}[^\s,]+), (?P<forename>[^\s,]+(?: [^\s,]+){0,2})"
)


def _called(name: str) -> str:
    turned = _SURNAME_FIRST.fullmatch(name)
    return name if turned is None else f"{turned['forename']} {turned['surname']}"


def when(to: Occasion) -> Row:
    """Return when the session takes place, or would have."""
    public = to.session.public
    label = _("Planned for") if to.session.cancelled else _("When")
    return to.say(label), period(public.start, public.end, to.language)


def told_period(told: ToldFacts, language: str) -> str:
    """Return from when to when it was to take place as the guest was ``told``."""
    return period(wall(told["start"]), wall(told["end"]), language)


def wall(moment: ToldFacts) -> datetime:
    """Return a moment as it was told: its wall time, in its zone."""
    return datetime.fromisoformat(moment["wall"]).replace(tzinfo=zone(moment["zone"]))


def place(to: Occasion) -> Iterator[Row]:
    """Return where the session takes place, as far as the file says it."""
    if to.session.public.location is not None:
        yield to.say(_("Where")), to.read(to.session.public.location)


def people(to: Occasion) -> Iterator[Row]:
    """Return who speaks and who moderates."""
    public = to.session.public
    if public.speakers:
        yield to.say(_("With")), names(public.speakers, to.language)
    if public.moderators:
        yield to.say(_("Host")), names(public.moderators, to.language)


def note(to: Occasion, label: Message) -> Iterator[Row]:
    """Return what the file notes, behind ``label``."""
    if to.session.public.note is not None:
        yield to.say(label), to.read(to.session.public.note)


def ways(to: Occasion) -> Iterator[Block]:
    """Return the ways in and out: the link, how to call off, what to do without an entry."""
    if to.join_url is not None:
        yield Way(to.say(_("Join")), to.say(_("Your participation link")), to.join_url)
        yield to.lines(_("Please do not pass the link on."))
    yield call_off(to)
    if to.attached:
        yield to.lines(_("The session for your calendar is attached."))
    else:
        yield Paragraph(
            (
                " ".join(
                    to.say(sentence)
                    for sentence in (
                        _("No entry in your calendar?"),
                        _("Some mail systems remove invitations."),
                        _("The link above is all you need."),
                    )
                ),
            )
        )
    yield questions(to)


def call_off(to: Occasion) -> Link | Paragraph:
    """Return how somebody says that they do not come."""
    if to.sign_off is not None:
        question = to.say(_("Not coming after all?"))
        return Link(question, to.say(_("Cancel your participation here")), to.sign_off)
    if to.contact is not None:
        return to.lines(_("Not coming after all? Write to {address}.", address=to.contact))
    return to.lines(_("Not coming after all? Answer this e-mail."))


def questions(to: Occasion) -> Paragraph:
    """Return whom to ask, and where all about the session stands."""
    asked = (
        _("Questions? Answer this e-mail.")
        if to.contact is None
        else _("Questions? Write to {address}.", address=to.contact)
    )
    more = (
        _("Session page: {address}", address=to.page)
        if to.session.revision.present
        else _("All sessions: {address}", address=to.page)
    )
    return to.lines(asked, more)


def _signature(to: Occasion) -> Paragraph:
    series = to.series
    who = series.title if series.organizer is None else series.organizer.name
    lines = [to.read(who)]
    if series.imprint is not None:
        lines.append(f"{to.say(_('Legal notice'))}: {series.imprint}")
    if series.privacy is not None:
        lines.append(f"{to.say(_('Privacy'))}: {series.privacy}")
    return Paragraph(tuple(lines))
