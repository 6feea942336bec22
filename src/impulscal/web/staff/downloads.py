"""What staff take along of a session: the private invitation, drafts, the guest list."""

import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from flask import Blueprint, Response, request

from impulscal.errors import _
from impulscal.invitations import drafts
from impulscal.invitations.guest_list.table import guest_table
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.model import Guest, Listed, PrivateSession
from impulscal.invitations.standing import last_states
from impulscal.language import LANGUAGES
from impulscal.schedule.clock import zone
from impulscal.web.addresses import site
from impulscal.web.staff.guard import route, say, staff
from impulscal.web.staff.listing import by_name
from impulscal.web.staff.places import places, taken
from impulscal.web.staff.session import find_guest, opened

__all__ = ["blueprint"]

blueprint = Blueprint("staff_downloads", __name__)

_CALENDAR = "text/calendar; charset=utf-8"
_MAIL = "message/rfc822"

# Bytes of an archive; a larger one lies on the disk.
_IN_MEMORY = 1024 * 1024

_CHUNK = 64 * 1024


@route(blueprint, "<series>/<session>/invitation.ics")
def send_calendar_file(series: str, session: str) -> Response:
    """Answer with the single invitation; ``?lang=`` chooses the language."""
    with opened(series, session) as (_transaction, private):
        data = drafts.ics(private, _language(), base_url=site().settings.base_url)
    return _file(data, f"{drafts.stem(private, None)}.ics", _CALENDAR)


@route(blueprint, "<series>/<session>/invitation.eml")
def send_draft(series: str, session: str) -> Response:
    """Answer with a draft of a mail to nobody yet."""
    with opened(series, session) as (_transaction, private):
        data = _draft(private, None)
    return _file(data, f"{drafts.stem(private, None)}.eml", _MAIL)


@route(blueprint, "<series>/<session>/guests/<guest>.eml")
def send_draft_to(series: str, session: str, guest: str) -> Response:
    """Answer with a draft of a mail to one guest."""
    with opened(series, session) as (transaction, private):
        person = _listed(find_guest(transaction, private, guest))
    return _file(_draft(private, person), f"{drafts.stem(private, person)}.eml", _MAIL)


@route(blueprint, "<series>/<session>/drafts.zip")
def send_drafts(series: str, session: str) -> Response:
    """Answer with one draft a guest, for staff who send from their own mail program."""
    with opened(series, session) as (transaction, private):
        guests = guests_of_session(transaction, series, session)
    people = [_listed(guest) for guest in guests if guest.signed_off_at is None]
    with taken(places().drafts):
        packed = _packed(private, people)
    size = packed.seek(0, os.SEEK_END)
    response = _file(_read(packed), f"{drafts.stem(private, None)}.zip", "application/zip")
    response.content_length = size
    response.call_on_close(packed.close)
    return response


@route(blueprint, "<series>/<session>/guests.csv")
def send_guest_list(series: str, session: str) -> Response:
    """Answer with the guest list as a table for Excel."""
    with opened(series, session) as (transaction, private):
        guests = guests_of_session(transaction, series, session)
        states = last_states(transaction, series, session)
    tz = zone(private.series.timezone)
    data = guest_table(sorted(guests, key=by_name), states, staff().language, zone=tz)
    # Translators: The end of a file name: only a to z.
    ending = say(_("guests"))
    return _file(data, f"{drafts.stem(private, None)}-{ending}.csv", "text/csv; charset=utf-8")


def _packed(private: PrivateSession, people: Iterable[Listed]) -> IO[bytes]:
    """Return an archive with one draft a person, in a file that is gone once it is closed."""
    packed = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- it is read later on
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for person in people:
                name = f"{drafts.stem(private, person)}.eml"
                archive.writestr(_entry(name), _draft(private, person))
    except BaseException:
        packed.close()
        raise
    return packed


def _read(packed: IO[bytes]) -> Iterator[bytes]:
    with packed:
        packed.seek(0)
        yield from iter(lambda: packed.read(_CHUNK), b"")


def _entry(name: str) -> zipfile.ZipInfo:
    now = staff().now
    entry = zipfile.ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _listed(guest: Guest) -> Listed:
    return Listed(address=guest.address, name=guest.name, language=guest.language)


def _draft(private: PrivateSession, person: Listed | None) -> bytes:
    settings = site().settings
    return drafts.eml(private, person, base_url=settings.base_url, mail_from=settings.mail_from)


def _language() -> str | None:
    given = request.args.get("lang")
    return given if given in LANGUAGES else None


def _file(data: bytes | Iterator[bytes], name: str, content_type: str) -> Response:
    response = Response(data, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
