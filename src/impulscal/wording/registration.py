"""How to register, and until when."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.schedule.lifecycle import Public
from impulscal.schedule.model import Deadline, Registration
from impulscal.wording.dates import day, time_of_day, zone_name
from impulscal.wording.lines import one_line

__all__ = ["registration_lines"]


def registration_lines(session: Public, language: str) -> Iterator[str]:
    """Return how to register for an announced session that is not cancelled."""
    registration = session.registration
    if registration is None:
        return
    if not registration.needed:
        yield translate(_("You do not need to register."), language)
        return
    how = _how(registration, session.start.tzinfo, language)
    if how is not None:
        yield translate(how, language)
    if registration.full and registration.closes is not None:
        closes = _deadline(registration.closes, session.start.tzinfo, language)
        yield translate(_("Registration closes: {deadline}", deadline=closes), language)
    terms = [translate(term, language) for term in _terms(registration)]
    if registration.note is not None:
        terms.append(one_line(registration.note.in_language(language)))
    if terms:
        yield " ".join(terms)


def _how(registration: Registration, tz: tzinfo | None, language: str) -> Message | None:
    if registration.full:
        return _("Fully booked: all places are taken.")
    if registration.closes is None:
        return _openly(registration)
    deadline = _deadline(registration.closes, tz, language)
    if registration.email is not None:
        return _(
            "Register by {deadline}: write to {email}", deadline=deadline, email=registration.email
        )
    if registration.url is not None:
        return _("Register by {deadline}: {url}", deadline=deadline, url=registration.url)
    return _("Register by {deadline}", deadline=deadline)


def _openly(registration: Registration) -> Message | None:
    if registration.email is not None:
        return _("To register, write to {email}", email=registration.email)
    if registration.url is not None:
        return _("To register: {url}", url=registration.url)
    return None


def _deadline(closes: Deadline, tz: tzinfo | None, language: str) -> str:
    last_day = day(closes.day, language)
    if closes.time_of_day is None:
        return last_day
    moment = datetime.combine(closes.day, closes.time_of_day, tz)
    return f"{last_day}, {time_of_day(moment, language)} ({zone_name(moment, language)})"


def _terms(registration: Registration) -> Iterator[Message]:
    if registration.free:
        yield _("Taking part is free of charge.")
    if registration.places == 1:
        yield _("There is one place.")
    elif registration.places is not None:
        yield _("There are {places} places.", places=registration.places)
