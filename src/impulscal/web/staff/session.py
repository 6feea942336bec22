"""``/staff/{series}/{session}``: one session, its private invitation, its guests."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, request

from impulscal.errors import _
from impulscal.history.transaction import Transaction
from impulscal.invitations.guests import guest_by_id
from impulscal.invitations.model import Guest, PrivateSession
from impulscal.invitations.private import UnknownSessionError, private_session
from impulscal.invitations.standing import Numbers, Standing, numbers, standings
from impulscal.language import LANGUAGES, spoken
from impulscal.links import Links
from impulscal.publication import last_schedule
from impulscal.schedule.clock import zone
from impulscal.web.addresses import site
from impulscal.web.staff.charts import answers, messages
from impulscal.web.staff.guard import route, say, show_staff, staff, staff_path
from impulscal.web.staff.listing import listing, message_words, reply_words
from impulscal.web.staff.rows import name_of, places_of, stages
from impulscal.web.staff.words import (
    counted,
    crowded_words,
    outdated_words,
    uninvited_words,
)
from impulscal.web.told import told
from impulscal.wording import dates
from impulscal.wording.typography import tied

__all__ = ["blueprint", "find_guest", "heading", "opened"]

blueprint = Blueprint("staff_session", __name__)

# What the database takes for the id of a guest; beyond it there is none.
_LARGEST_ID = 2**31 - 1


@contextmanager
def opened(
    series: str, session: str, *, writing: bool = False
) -> Iterator[tuple[Transaction, PrivateSession]]:
    """Begin a transaction and give it with a session; 404 where there is none.

    Args:
        series: Id.
        session: Id.
        writing: Whether anything is to be written.
    """
    # Before the transaction: whatever a look publishes would wait for its end.
    edition = site().editions.current().editions.get(series)
    if edition is None:
        abort(404)
    database = site().editions.database()
    with database.writing() if writing else database.reading() as transaction:
        try:
            private = private_session(transaction, edition, session)
        except UnknownSessionError:
            abort(404)
        yield transaction, private


def find_guest(transaction: Transaction, private: PrivateSession, guest: str) -> Guest:
    """Return a guest of this session by what an address names; 404 where there is none."""
    number = int(guest) if re.fullmatch(r"[0-9]{1,10}", guest) else 0
    found = guest_by_id(transaction, number) if 0 < number <= _LARGEST_ID else None
    same = found is not None and (found.series, found.session) == (
        private.series.id,
        private.session.id,
    )
    if found is None or not same:
        abort(404)
    return found


def heading(private: PrivateSession) -> dict[str, Any]:
    """Return what the templates of a session's pages begin with."""
    series, session, language = private.series, private.session, staff().language
    links = Links(base_url=site().settings.base_url, series=series, language=language)
    return {
        "private": private,
        "name": name_of(session, language),
        "of_series": told(series.title, language),
        # Of one that was withdrawn there is no public page.
        "published": session.id in private.edition.by_id,
        "here": staff_path(f"{series.id}/{session.id}"),
        "page": links.session_page(session.id),
        "when": tied(dates.period(session.public.start, session.public.end, language)),
        "told": lambda text: told(text, language),
        "said": lambda message: tied(say(message)),
        "over": session.revision.over(staff().now),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    private: PrivateSession
    standings: tuple[Standing, ...]
    numbers: Numbers
    places: int | None


def _find(series: str, session: str) -> _Found:
    with opened(series, session) as (transaction, private):
        found = standings(transaction, private, now=staff().now)
        places = places_of(last_schedule(transaction, series), session)
    return _Found(private=private, standings=found, numbers=numbers(found), places=places)


@route(blueprint, "<series>/<session>")
def show_session(series: str, session: str) -> Response:
    """Show where a session and its guests stand; ``?show=`` and ``?page=`` choose guests."""
    found = _find(series, session)
    private, language = found.private, staff().language
    now = staff().now.astimezone(zone(private.series.timezone))
    page = request.args.get("page", "1")
    return show_staff(
        "session.html",
        **heading(private),
        signs=stages(private.series, private.session, now, language),
        numbers=found.numbers,
        places=found.places,
        listing=listing(
            found.standings,
            request.args.get("show", ""),
            int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        ),
        answers=answers(found.numbers) if found.numbers.answers else (),
        messages=messages(found.numbers) if found.numbers.messages else (),
        message_words=message_words,
        reply_words=reply_words,
        day_of=lambda when: tied(dates.stamp_day(when.astimezone(now.tzinfo), language)),
        other_language=_other_language(private),
        **_to_do(found),
        sends=site().settings.mail_server is not None,
        retention_days=site().settings.retention_days,
    )


def _to_do(found: _Found) -> dict[str, Any]:
    """Return the sentences and buttons of what is to be done, and of too many guests."""
    numbers, cancelled = found.numbers, found.private.session.cancelled
    update = (
        counted(
            numbers.outdated,
            _("Send cancellation to 1 person"),
            _("Send cancellation to {count} people", count=numbers.outdated),
        )
        if cancelled
        else counted(
            numbers.outdated,
            _("Send update to 1 person"),
            _("Send update to {count} people", count=numbers.outdated),
        )
    )
    invite = counted(
        numbers.uninvited,
        _("Send 1 invitation"),
        _("Send {count} invitations", count=numbers.uninvited),
    )
    return {
        "outdated_words": say(outdated_words(numbers.outdated, cancelled=cancelled)),
        "uninvited_words": say(uninvited_words(numbers.uninvited)),
        "update_words": say(update),
        "invite_words": say(invite),
        "crowded": say(crowded_words(found.places or 0, numbers.coming)),
    }


def _other_language(private: PrivateSession) -> str:
    return next(code for code in LANGUAGES if code != spoken(private.series.language))
