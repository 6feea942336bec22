"""The sessions of a series as staff see them: where each stands, and its guests in numbers."""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from impulscal.edition import Edition, PublishedSession
from impulscal.history.transaction import Transaction
from impulscal.invitations.guests import guests_of_series
from impulscal.invitations.model import PrivateSession
from impulscal.invitations.private import (
    UnknownSessionError,
    private_session,
    private_sessions,
)
from impulscal.invitations.standing import Numbers, last_states, numbers, standing
from impulscal.publication import last_schedule
from impulscal.schedule.lifecycle import State
from impulscal.schedule.model import Registration, Schedule, Series
from impulscal.web.staff.guard import staff_path
from impulscal.web.told import told
from impulscal.wording import dates
from impulscal.wording.status import Sign, signs
from impulscal.wording.typography import tied

__all__ = ["Row", "name_of", "places_of", "rows", "stages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session.

    Attributes:
        private: The session with its link.
        numbers: Of its guests.
        places: How many there are; None where the file does not tell.
        name: ``#2 Gerechte Stadt``, marked with its language.
        announced_on: When all about it becomes public by itself; None where it is.
        signs: What is to be known of it, without the note.
        path: Of its page in the staff area.
        over: Whether nobody can be told anything any more.
    """

    private: PrivateSession
    numbers: Numbers
    places: int | None
    name: Markup
    day: str
    announced_on: str | None
    signs: tuple[Sign, ...]
    path: str
    over: bool

    @property
    def session(self) -> PublishedSession:
        """The session as the public sees it."""
        return self.private.session

    @property
    def crowded(self) -> bool:
        """Whether more guests come than there are places."""
        return self.places is not None and self.numbers.coming > self.places


def rows(
    transaction: Transaction, edition: Edition, language: str, *, now: datetime
) -> Iterator[Row]:
    """Yield the sessions of ``edition`` in the order of their dates.

    Those that were withdrawn while guests hold invitations come last.

    Raises:
        NoEditionError: This release cannot read what was published last.
    """
    series = edition.series
    schedule = last_schedule(transaction, series.id)
    guests = guests_of_series(transaction, series.id)
    states = last_states(transaction, series.id)
    published = private_sessions(transaction, edition, schedule)
    withdrawn = _withdrawn(transaction, edition, schedule, guests)
    for private in itertools.chain(published, withdrawn):
        session = private.session
        found = standing(private, guests.get(session.id, ()), states, now=now)
        yield Row(
            private=private,
            numbers=numbers(found),
            places=places_of(schedule, session.id),
            name=name_of(session, language),
            day=tied(dates.date_only(session.public.start, language)),
            announced_on=_announced_on(session, language),
            signs=tuple(
                sign for sign in stages(series, session, now, language) if sign.kind != "note"
            ),
            path=staff_path(f"{series.id}/{session.id}"),
            over=session.revision.over(now),
        )


def _withdrawn(
    transaction: Transaction, edition: Edition, schedule: Schedule, guests: Iterable[str]
) -> Iterator[PrivateSession]:
    for session in sorted(set(guests) - set(edition.by_id)):
        with suppress(UnknownSessionError):  # nobody can be told anything of it any more
            yield private_session(transaction, edition, session, schedule)


def stages(
    series: Series, session: PublishedSession, now: datetime, language: str
) -> tuple[Sign, ...]:
    """Return what is to be known of ``session``: of a date that may change, not that it stands."""
    found = signs(series, session, now, language)
    tentative = any(sign.kind == "tentative" for sign in found)
    return tuple(sign for sign in found if not (tentative and sign.kind == State.ANNOUNCED))


def _announced_on(session: PublishedSession, language: str) -> str | None:
    day = session.public.details_on
    return None if day is None or session.cancelled else tied(dates.date_only(day, language))


def name_of(session: PublishedSession, language: str) -> Markup:
    """Return the number of ``session``, if its id is one, and its title."""
    number = f"#{session.id} " if session.id.isascii() and session.id.isdigit() else ""
    return Markup("{}{}").format(number, told(session.public.title, language))


def places_of(schedule: Schedule, session: str) -> int | None:
    """Return how many places a session has, also before that is public."""
    found = (one.registration for one in schedule.sessions if one.id == session)
    return (next(found, None) or Registration()).places
