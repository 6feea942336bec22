"""What a reader can do with a session: register for it, and save it in a calendar."""

from dataclasses import dataclass

from impulscal.edition import PublishedSession
from impulscal.errors import _
from impulscal.language import translate
from impulscal.links import LONGEST_ADDRESS, Entry, Links, google_add, mailto, outlook_add
from impulscal.schedule.lifecycle import State, state
from impulscal.web.addresses import Visit
from impulscal.wording import dates
from impulscal.wording.description import description
from impulscal.wording.lines import one_line
from impulscal.wording.titles import marked_title

__all__ = ["Registering", "Saving", "registering", "saving"]


@dataclass(frozen=True, slots=True)
class Registering:
    """How to register for a session now.

    Attributes:
        href: A mail that is already begun, or the address of a form.
        email: Whom the mail goes to; None for a form.
        subject: Of the mail.
    """

    href: str
    email: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Saving:
    """Links that save one session in a calendar on the web; they do not update."""

    google: str
    outlook_com: str
    microsoft365: str


def registering(visited: Visit, session: PublishedSession) -> Registering | None:
    """Return how to register for ``session``, or None where that is not possible (any more)."""
    stage = state(session.public, visited.edition.moment)
    registration = session.public.registration
    if registration is None or stage not in (State.OPEN, State.LAST_DAY):
        return None
    if registration.url is not None:
        return Registering(registration.url)
    if registration.email is None:
        return None
    return _mail(visited, session, registration.email)


def _mail(visited: Visit, session: PublishedSession, email: str) -> Registering:
    title = one_line(session.public.title.in_language(visited.language))
    # Letters of some scripts take twelve characters each in an address.
    for longest in (len(title), 120, 60, 30, 15):
        shown = title if len(title) <= longest else title[: longest - 1].rstrip() + "…"
        subject, body = _mail_texts(visited, session, shown)
        href = mailto(email, subject, body)
        if len(href) < LONGEST_ADDRESS:
            break
    return Registering(href, email, subject)


def _mail_texts(visited: Visit, session: PublishedSession, title: str) -> tuple[str, str]:
    language, public = visited.language, session.public
    number = f" #{session.id}" if session.id.isdecimal() else ""
    name = f"{one_line(visited.edition.series.title.in_language(language))}{number} – {title}"
    subject = _(
        "Registration: {name}, {day}", name=name, day=dates.date_only(public.start, language)
    )
    body = _(
        # Translators: The mail with which somebody registers; name and organisation are
        # for the reader to fill in.
        "Hello,\n\nI would like to register for:\n{name}\n{period}\n\n"
        "Name:\nOrganisation (optional):\n\nKind regards\n",
        name=name,
        period=dates.period(public.start, public.end, language),
    )
    return translate(subject, language), translate(body, language)


def saving(visited: Visit, session: PublishedSession) -> Saving:
    """Return the links that save ``session``: what its own file says, shortened to fit."""
    links: Links = visited.links
    series, language = visited.edition.series, visited.language
    page = links.session_page(session.id)
    public = session.public
    entry = Entry(
        title=_cut(marked_title(series, session, language), 200),
        start=public.start,
        end=public.end,
        location=_cut(one_line(public.location.in_language(language)), 100)
        if public.location
        else "",
        details=description(series, session, language, page).plain(),
        page=page,
    )
    return Saving(
        google=google_add(entry),
        outlook_com=outlook_add("outlook.live.com", entry),
        microsoft365=outlook_add("outlook.office.com", entry),
    )


def _cut(text: str, longest: int) -> str:
    """Return ``text`` so short that its percent-encoded form stays below 3 × ``longest``."""
    while len(text.encode()) > longest:
        text = text[: len(text) * 4 // 5].rstrip() + "…" if len(text) > 4 else ""
    return text
