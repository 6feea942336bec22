"""Who is invited to a session: a list with its preview, one by hand, sign-off and return."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from impulscal.errors import ImpulscalError, Message, _
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import key_of
from impulscal.invitations.guest_list import GuestList, UnreadableListError, read_guest_list
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.inviting import Added, Inviting, add_guests, bring_back
from impulscal.invitations.model import Guest, Listed, PrivateSession
from impulscal.invitations.post import Post
from impulscal.language import LANGUAGES
from impulscal.publication import last_schedule
from impulscal.settings import Settings
from impulscal.web.addresses import site
from impulscal.web.frame import NAMES
from impulscal.web.staff.guard import route, say, see_other, show_staff, staff, staff_path
from impulscal.web.staff.rows import places_of
from impulscal.web.staff.sealing import seal, unseal
from impulscal.web.staff.session import find_guest, heading, opened
from impulscal.web.staff.words import added_words, crowded_words

__all__ = ["blueprint"]

blueprint = Blueprint("staff_guests", __name__)

_GET_AND_POST = ("GET", "POST")

# What a preview tells of a list that is wrong throughout; the rest will be the same.
_MOST_PROBLEMS = 100


class SessionOverError(ImpulscalError):
    """Somebody would be invited to a session that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of a guest list.

    Attributes:
        new: Would be added.
        known: Are guests already.
        away: Had signed off, and stay so.
        corrects: Whether it has another name or language for somebody who is known.
        coming: How many guests there would be.
        sealed: The list for the form.
    """

    read: GuestList
    new: tuple[Listed, ...]
    known: tuple[Listed, ...]
    away: tuple[Listed, ...]
    corrects: bool
    coming: int
    places: int | None
    sealed: str


@route(blueprint, "<series>/<session>/guests")
def show_forms(series: str, session: str) -> Response:
    """Show the two ways to add guests: a list, and one by hand."""
    with _opened_ahead(series, session) as (_transaction, private):
        return _show_forms(private)


@route(blueprint, "<series>/<session>/guests/preview", methods=_GET_AND_POST)
def show_preview(series: str, session: str) -> Response:
    """Show what would become of a list that was uploaded or pasted; nothing is kept."""
    if request.method == "GET":
        return _to_the_list(series, session)
    with _opened_ahead(series, session) as (transaction, private):
        guests = guests_of_session(transaction, series, session)
        places = places_of(last_schedule(transaction, series), session)
    file, lines = request.files.get("file"), request.form.get("lines", "")
    name = "" if file is None else file.filename or ""
    if not name and not lines.strip():
        return _wrong_list(private, _("Choose a file, or paste lines."), "file")
    if name and lines.strip():
        return _wrong_list(private, _("Choose a file or paste lines, not both."), "lines")
    data = file.read() if file is not None and name else lines.encode()
    try:
        found = read_guest_list(data, name)
    except UnreadableListError as error:
        return _wrong_list(private, error.message, "file" if name else "lines")
    return _show_preview(private, _preview(private, found, guests, places))


def _to_the_list(series: str, session: str) -> Response:
    # Whatever stands in the address: nobody has looked whether there is such a session.
    return see_other(staff_path("<series>/<session>/guests", series=series, session=session))


@route(blueprint, "<series>/<session>/guests/take", methods=_GET_AND_POST)
def take_list(series: str, session: str) -> Response:
    """Add the people of a list as its preview showed them."""
    place = f"{series}/{session}"
    if request.method == "GET":
        return _to_the_list(series, session)
    listed = unseal(_key(site().settings), place, request.form.get("list", ""))
    with _opened_ahead(series, session, writing=True) as (transaction, private):
        if listed is None:
            return _wrong_list(private, _("Please upload the list once more."), "file")
        added = add_guests(transaction, private, listed, now=staff().now)
    return see_other(staff_path(place), added_words(added))


@route(blueprint, "<series>/<session>/guests/add", methods=_GET_AND_POST)
def add_one(series: str, session: str) -> Response:
    """Add one guest by hand."""
    place = f"{series}/{session}"
    if request.method == "GET":
        return _to_the_list(series, session)
    with _opened_ahead(series, session, writing=True) as (transaction, private):
        try:
            person = _person()
        except ImpulscalError as error:
            return _show_forms(private, 400, problems=[("email", say(error.message))])
        added = add_guests(transaction, private, [person], now=staff().now)
        if added.corrected and added.known:
            return see_other(staff_path(place), _("1 name was corrected."))
        if not added.new:
            return _show_forms(private, 409, problems=[("email", say(_known(added)))])
    return see_other(staff_path(place), added_words(added))


@route(blueprint, "<series>/<session>/guests/<guest>/sign-off", methods=_GET_AND_POST)
def sign_off(series: str, session: str, guest: str) -> Response:
    """Ask whether one guest is to be signed off, and do it."""
    if request.method == "GET":
        return _ask(series, session, guest, "guest_sign_off.html")
    with _opened_ahead(series, session, writing=True) as (transaction, private):
        found = find_guest(transaction, private, guest)
        inviting = Inviting(transaction, private, Post.of(site().settings), staff().now)
        inviting.sign_off(found)
    name = found.name or found.address
    told = _("{name} is signed off. The cancellation is in the outbox.", name=name)
    if not found.invited or found.signed_off_at is not None:
        told = _("{name} is signed off.", name=name)
    return see_other(staff_path(f"{series}/{session}"), told)


@route(blueprint, "<series>/<session>/guests/<guest>/return", methods=_GET_AND_POST)
def bring_back_guest(series: str, session: str, guest: str) -> Response:
    """Ask whether one guest who signed off is to come back, and do it."""
    if request.method == "GET":
        return _ask(series, session, guest, "guest_return.html")
    with _opened_ahead(series, session, writing=True) as (transaction, private):
        transaction.lock(series)
        found = bring_back(transaction, find_guest(transaction, private, guest))
    told = _("{name} is a guest again. Now send the invitation.", name=found.name or found.address)
    return see_other(staff_path(f"{series}/{session}"), told)


def _ask(series: str, session: str, guest: str, template: str) -> Response:
    with _opened_ahead(series, session) as (transaction, private):
        found = find_guest(transaction, private, guest)
    return show_staff(template, **heading(private), guest=found)


@contextmanager
def _opened_ahead(
    series: str, session: str, *, writing: bool = False
) -> Iterator[tuple[Transaction, PrivateSession]]:
    with opened(series, session, writing=writing) as (transaction, private):
        if private.session.revision.over(staff().now):
            raise SessionOverError(_("This session is over. Its guest list no longer changes."))
        yield transaction, private


def _key(settings: Settings) -> str:
    return Post.of(settings).secret_key


def _show_forms(private: PrivateSession, status: int = 200, **values: Any) -> Response:
    form = request.form
    return show_staff(
        "guests.html",
        status,
        **heading(private),
        given={name: form.get(name, "") for name in ("lines", "name", "email", "language")},
        tongues_of_guests=[(code, NAMES[code]) for code in LANGUAGES],
        **{"problems": [], **values},
    )


def _wrong_list(private: PrivateSession, message: Message, field: str) -> Response:
    return _show_forms(private, 400, problems=[(field, say(message))])


def _preview(
    private: PrivateSession, found: GuestList, guests: Iterable[Guest], places: int | None
) -> Preview:
    place = f"{private.series.id}/{private.session.id}"
    there = {key_of(guest.address): guest for guest in guests}
    new: list[Listed] = []
    known: list[Listed] = []
    away: list[Listed] = []
    for person in found.listed:
        guest = there.get(key_of(person.address))
        group = new if guest is None else known if guest.signed_off_at is None else away
        group.append(person)
    coming = sum(guest.signed_off_at is None for guest in there.values()) + len(new)
    return Preview(
        read=found,
        new=tuple(new),
        known=tuple(known),
        away=tuple(away),
        corrects=any(_corrects(person, there[key_of(person.address)]) for person in known + away),
        coming=coming,
        places=places,
        sealed=seal(_key(site().settings), place, found.listed),
    )


def _corrects(person: Listed, guest: Guest) -> bool:
    return person.name not in ("", guest.name) or person.language not in (None, guest.language)


def _show_preview(private: PrivateSession, preview: Preview) -> Response:
    crowded = preview.places is not None and preview.coming > preview.places
    return show_staff(
        "guests_preview.html",
        **heading(private),
        preview=preview,
        summary=[say(words) for words in _list_words(preview.read)],
        problems=[(one.line, say(one.message)) for one in preview.read.problems[:_MOST_PROBLEMS]],
        more_problems=max(0, len(preview.read.problems) - _MOST_PROBLEMS),
        doubled=[(one.line, say(one.message)) for one in preview.read.doubled[:_MOST_PROBLEMS]],
        more_doubled=max(0, len(preview.read.doubled) - _MOST_PROBLEMS),
        crowded=say(crowded_words(preview.places or 0, preview.coming)) if crowded else "",
        language_names=NAMES,
        lines=request.form.get("lines", "").strip(),
    )


def _list_words(found: GuestList) -> Iterator[Message]:
    """Yield what was found in a guest list, in numbers."""
    yield _("{number} valid", number=len(found.listed))
    if found.merged:
        yield _("{number} double (merged)", number=found.merged)
    if found.problems:
        yield _("{number} faulty", number=len(found.problems))


def _person() -> Listed:
    """Return whom the form names: a list of one row, read as lists are."""
    email = request.form.get("email", "").strip()
    if not email:
        raise UnreadableListError(_("The e-mail address is missing."))
    row = (request.form.get("name", ""), email, request.form.get("language", ""))
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerows((("Name", "E-Mail", "Sprache"), row))
    found = read_guest_list(table.getvalue().encode())
    if found.problems:
        raise UnreadableListError(found.problems[0].message)
    return found.listed[0]


def _known(added: Added) -> Message:
    if added.signed_off:
        return _("This person has signed off. Invite them again from the guest list.")
    return _("This person is a guest already.")
