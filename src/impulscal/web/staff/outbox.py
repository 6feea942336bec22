"""``/staff/outbox``: what waits, what went out, what did not and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, request

from impulscal.errors import Message, _
from impulscal.invitations import outbox
from impulscal.invitations.guests import guests_by_id
from impulscal.invitations.model import Guest, OutboxMessage, State
from impulscal.invitations.words import KIND_WORDS, STATE_WORDS
from impulscal.schedule.clock import zone
from impulscal.web.addresses import site
from impulscal.web.staff.guard import route, say, see_other, show_staff, staff, staff_path
from impulscal.web.staff.listing import state_looks
from impulscal.wording import dates
from impulscal.wording.typography import tied

__all__ = ["blueprint"]

blueprint = Blueprint("staff_outbox", __name__)

# The newest; a page with all of them would help nobody.
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message as the table shows it.

    Attributes:
        to: Name, else address.
        session: Path of its session's page; None for a sign-in link.
        about: What the link to it says.
        looks: Of the badge.
        when: When it was sent, or will be tried again.
        reply: The server's words.
        again: Whether it can be tried again.
    """

    id: int
    to: str
    address: str
    kind: str
    session: str | None
    about: str
    queued: str
    state: str
    looks: str
    when: str
    reply: str | None
    again: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages stand in a state."""

    state: State
    words: str
    count: int


@route(blueprint, "outbox")
def show_outbox() -> Response:
    """Show the newest messages; ``?state=`` chooses one state."""
    chosen = next((state for state in State if state == request.args.get("state")), None)
    with site().editions.database().reading() as transaction:
        counts = outbox.count_states(transaction)
        found = outbox.messages(transaction, states=tuple(State) if chosen is None else (chosen,))
        newest = found[: -_MOST - 1 : -1]
        named = {one.guest for one in newest if one.guest is not None}
        guests = guests_by_id(transaction, named)
    return show_staff(
        "outbox.html",
        counts=[
            Count(state, say(STATE_WORDS[state]), counts[state]) for state in State if counts[state]
        ],
        total=sum(counts.values()),
        undelivered=counts[State.GIVEN_UP] + counts[State.FAILED],
        chosen=chosen,
        entries=[_entry(one, guests) for one in newest],
        more=len(found) - len(newest),
        delivers=site().settings.mail_server is not None,
    )


@route(blueprint, "outbox/retry", methods=("POST",))
def retry() -> Response:
    """Try one message again, or all that were not delivered if none is named."""
    chosen = request.form.get("message", "")
    if re.fullmatch(r"[0-9]{0,9}", chosen) is None:
        abort(404)
    with site().editions.database().writing() as transaction:
        count = outbox.retry(transaction, (int(chosen),) if chosen else None, now=staff().now)
    return see_other(staff_path("outbox"), _retried(count))


def _retried(count: int) -> Message:
    if count == 0:
        return _("There was nothing to try again.")
    if count == 1:
        return _("1 message is tried again.")
    return _("{count} messages are tried again.", count=count)


def _entry(message: OutboxMessage, guests: Mapping[int, Guest]) -> Entry:
    guest = None if message.guest is None else guests.get(message.guest)
    looks, state = state_looks(message.state)
    return Entry(
        id=message.id,
        to=(guest and guest.name) or message.recipient,
        address=guest.address if guest else message.recipient,
        kind=say(KIND_WORDS[message.kind]),
        session=None if guest is None else staff_path(f"{guest.series}/{guest.session}"),
        about="" if guest is None else _about(guest),
        queued=_moment(message.queued_at, guest),
        state=say(state),
        looks=looks,
        when=_when(message, guest),
        reply=message.reply,
        again=message.state in (State.FAILED, State.GIVEN_UP),
    )


def _about(guest: Guest) -> str:
    return f"{guest.series} {'#' if guest.session.isdecimal() else ''}{guest.session}"


def _when(message: OutboxMessage, guest: Guest | None) -> str:
    if message.state is State.FAILED:
        return say(_("next try {moment}", moment=_moment(message.due_at, guest)))
    return "" if message.sent_at is None else _moment(message.sent_at, guest)


def _moment(when: datetime, guest: Guest | None) -> str:
    """Return ``20.05.2021, 09:00 Uhr`` in the zone of the guest's series."""
    editions = site().editions.current().editions
    edition = editions.get(guest.series) if guest else next(iter(editions.values()), None)
    local = when.astimezone(zone("Europe/Berlin" if edition is None else edition.series.timezone))
    language = staff().language
    return tied(f"{dates.stamp_day(local, language)}, {dates.time_of_day(local, language)}")
