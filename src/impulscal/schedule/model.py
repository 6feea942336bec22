"""What a schedule says, as plain frozen values.

These values know no YAML, no iCalendar, no clock. All datetimes are aware and carry
the zone of the series (see ``clock.zone``); all texts are in Unicode normal form C
and free of control characters except the line feed and the tab.
"""

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from impulscal.schedule.marks import with_few_marks

__all__ = [
    "Accessibility",
    "Announce",
    "Deadline",
    "Image",
    "Link",
    "Organizer",
    "Person",
    "Registration",
    "Schedule",
    "Series",
    "Session",
    "Status",
    "Text",
    "slug",
]


@dataclass(frozen=True, slots=True)
class Text:
    """One text that people read, in one or several languages.

    Attributes:
        by_language: Pairs of language tag (``de``) and text. The first pair is the
            fallback: the series' own language where it is given.
    """

    by_language: tuple[tuple[str, str], ...]

    def choose(self, language: str) -> tuple[str, str]:
        """Return (tag, text) in ``language``, else in the fallback language."""
        for tag, text in self.by_language:
            if tag == language:
                return tag, text
        return self.by_language[0]

    def in_language(self, language: str) -> str:
        """Return the text in ``language``, else in the fallback language."""
        return self.choose(language)[1]

    def __iter__(self) -> Iterator[str]:
        """All wordings, whatever their language."""
        return (text for _, text in self.by_language)


class Status(StrEnum):
    """How firm a session is (RFC 5545 3.8.1.11, in lower case)."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who speaks at or moderates a session."""

    name: Text
    role: Text | None = None
    organisation: Text | None = None
    about: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A reference for readers; without ``url`` it is shown as text alone."""

    title: Text
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture.

    Attributes:
        src: Path of the file, relative to the schedule's folder, with ``/``; None
            where only the texts of the picture are known.
        alt: What the picture shows, for those who cannot see it.
        credit: Who made it.
    """

    src: str | None = None
    alt: Text | None = None
    credit: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until when people can register.

    Attributes:
        day: The last day, in the series' zone; this is what people read.
        time_of_day: The time of that day, where the file names one.
        until: The first instant at which registration is closed: the named time, or
            the first instant of the next day.
    """

    day: date
    time_of_day: time | None = None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How people register for a session. At most one of ``email`` and ``url``.

    Attributes:
        needed: False where the file says that there is none; all else is empty then.
    """

    needed: bool = True
    email: str | None = None
    url: str | None = None
    closes: Deadline | None = None
    places: int | None = None
    free: bool = False
    full: bool = False
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """When all about a session becomes public.

    Attributes:
        written: What the file says (``4 weeks before``); it tells whether people
            changed their mind, which the instant alone does not when a session moves.
        at: The instant, or None for "now".
    """

    written: str = "now"
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organizer:
    """Who is answerable for the series."""

    name: Text
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessibility:
    """Where the statement on accessibility stands and barriers can be reported."""

    statement: str | None = None
    feedback: str | None = None
    label: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One entry of ``sessions.yaml``, with everything it inherits; it becomes one VEVENT.

    ``join_url`` is private: no public output may show it. Everything public is made
    from ``lifecycle.Public``, which does not have it.
    """

    id: str
    start: datetime
    end: datetime
    title: Text
    working_title: Text | None = None
    topic: Text | None = None
    teaser: Text | None = None
    description: Text | None = None
    location: Text | None = None
    speakers: tuple[Person, ...] = ()
    moderators: tuple[Person, ...] = ()
    registration: Registration | None = None
    announce: Announce = Announce()
    links: tuple[Link, ...] = ()
    materials: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    status: Status = Status.CONFIRMED
    note: Text | None = None
    join_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What holds for the whole series.

    Attributes:
        timezone: IANA name.
        color: CSS3 colour name in lower case, or None.
        rhythm: RFC 5545 RRULE value without COUNT and UNTIL, or None.
        start: Usual time of day of a session, or None.
        registration, moderators, location: The defaults of the sessions, as far as
            they hold for the series as a whole; the deadline, which is relative to a
            session, is not among them.
        contact: Address for questions: the file's, else the one for registration,
            else the organizer's.
    """

    id: str
    domain: str
    title: Text
    language: str = "de"
    timezone: str = "Europe/Berlin"
    subtitle: Text | None = None
    description: Text | None = None
    start: time | None = None
    rhythm: str | None = None
    location: Text | None = None
    homepage: str | None = None
    color: str | None = None
    organizer: Organizer | None = None
    coordination: Text | None = None
    moderators: tuple[Person, ...] = ()
    registration: Registration | None = None
    imprint: str | None = None
    privacy: str | None = None
    accessibility: Accessibility | None = None
    easy_language: str | None = None
    sign_language: str | None = None
    contact: str | None = None

    def uid(self, session: str) -> str:
        """Return the UID of a session's event: permanent (RFC 5545 3.8.4.7)."""
        return f"{session}.{self.id}@{self.domain}"

    def deadline_uid(self, session: str) -> str:
        """Return the UID of a session's deadline entry; ids hold no dot, so it is unique."""
        return f"{session}.deadline.{self.id}@{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All that one ``sessions.yaml`` says.

    Attributes:
        sessions: In the order of the file.
        withdrawn: Ids of sessions that were published by mistake. They leave
            everything public, also where they still stand among the sessions.
    """

    series: Series
    sessions: tuple[Session, ...] = ()
    withdrawn: frozenset[str] = frozenset()


# Letters that people in Germany and its neighbours spell out; all others lose their
# accents by decomposition.
_SPELT_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe"}
)


@functools.lru_cache(maxsize=256)
def slug(text: str) -> str:
    """Return ``text`` as it stands in an address: ``Grüne Stadt`` → ``gruene-stadt``.

    A text without any letter or digit of the Latin alphabet keeps its own letters, so
    that two topics in Arabic are not one.
    """
    # Strangers write topics into addresses, of any length.
    few = with_few_marks(text)
    spelt = unicodedata.normalize("NFC", few).casefold().translate(_SPELT_OUT)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    source = plain if any(c.isalnum() for c in plain) else spelt
    words = "".join(c if c.isalnum() else " " for c in source).split()
    return "-".join(words)
