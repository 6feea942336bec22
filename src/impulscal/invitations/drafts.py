"""Files for staff who invite from a mail program of their own.

A draft that classic Outlook opens ready to be sent, and the session as a file with its
link. Both without METHOD: of a request in a draft Outlook makes no invitation
(CLIENTS.md 5.6), and nobody waits for an answer.
"""

import hashlib
import re
from collections.abc import Iterator
from email.utils import parseaddr

from impulscal.errors import _
from impulscal.invitations.address import ascii_address, key_of
from impulscal.invitations.inviting import no_join_link
from impulscal.invitations.mail.mime import (
    alternative,
    attach_file,
    field,
    mailbox,
    mixed,
    one_message,
)
from impulscal.invitations.model import Listed, PrivateSession
from impulscal.links import Links
from impulscal.schedule.model import Series
from impulscal.vcalendar.feed import single_file_name
from impulscal.vcalendar.message import PrivateTexts, private_file
from impulscal.wording.invitation import cancelled, invitation
from impulscal.wording.occasion import Occasion
from impulscal.wording.private_entry import private_location, private_text

__all__ = ["eml", "ics", "stem"]


def eml(
    private: PrivateSession, person: Listed | None, *, base_url: str, mail_from: str | None
) -> bytes:
    """Return the draft of an invitation, or of the news that the session is cancelled.

    ``X-Unsent`` opens it for writing; without Date and Message-ID, which the program
    that sends it gives.

    Args:
        private: The session.
        person: To whom it goes; None leaves that to the sender.
        base_url: Public address of the server.
        mail_from: ``Name <address>`` or an address to send from; None leaves it to the
            mail program, which knows from which addresses its user may send.

    Raises:
        NoJoinLinkError: There is no participation link, and the session takes place.
        BadAddressError: ``mail_from`` is no address.
    """
    language = None if person is None else person.language
    to = _occasion(private, language, base_url, name="" if person is None else person.name)
    letter = cancelled(to, None) if private.session.cancelled else invitation(to)
    seed = stem(private, person)
    body = mixed(alternative(letter, seed), seed)
    name = single_file_name(private.edition, private.session.id)
    attach_file(body, name, ics(private, language, base_url=base_url))
    fields = ["X-Unsent: 1", *_from(mail_from), *_to(person), field("Subject", letter.subject)]
    return one_message(fields, body)


def ics(private: PrivateSession, language: str | None, *, base_url: str) -> bytes:
    """Return the session as a file with its link, for a calendar.

    Args:
        private: The session.
        language: Of the texts; None for that of the series.
        base_url: Public address of the server.

    Raises:
        NoJoinLinkError: There is no participation link, and the session takes place.
    """
    to = _occasion(private, language, base_url, contact=_contact(private.series))
    return private_file(
        private.edition,
        private.session,
        PrivateTexts(
            description=private_text(to),
            location=private_location(to),
            join_url=to.join_url,
            join_label=to.say(_("Participation link")),
            base_url=base_url,
            language=to.language,
        ),
    )


def stem(private: PrivateSession, person: Listed | None) -> str:
    """Return the name of the file, without its ending: ``stadtimpuls-2-2021-06-08``.

    With the address of ``person``, and not their name, which two people may share. What
    no file system takes is replaced, and a digest keeps such names apart.
    """
    session = single_file_name(private.edition, private.session.id).removesuffix(".ics")
    if person is None:
        return session
    key = key_of(person.address)
    safe = re.sub(r"[^a-z0-9@._+-]", "_", key)[:_LONGEST]
    if safe != key:
        safe = f"{safe}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return f"{session}-{safe}"


# With the session's name below the 255 bytes of common file systems.
_LONGEST = 120


def _occasion(
    private: PrivateSession,
    language: str | None,
    base_url: str,
    *,
    name: str = "",
    contact: str | None = None,
) -> Occasion:
    series, session = private.series, private.session
    if private.join_url is None and not session.cancelled:
        raise no_join_link(private)
    links = Links(base_url=base_url, series=series, language=language or series.language)
    there = session.revision.present
    return Occasion(
        series=series,
        session=session,
        language=links.language,
        name=name,
        join_url=None if session.cancelled else private.join_url,
        page=links.session_page(session.id) if there else links.series_page(),
        sign_off=None,
        contact=contact,
        attached=True,
    )


def _contact(series: Series) -> str | None:
    """Return to whom people write who hold only the file."""
    if series.contact is not None and re.fullmatch(r"[^@:/\s]+@[^@\s]+", series.contact):
        return series.contact
    return None if series.organizer is None else series.organizer.email


def _from(mail_from: str | None) -> Iterator[str]:
    if mail_from is not None:
        name, address = parseaddr(mail_from)
        yield mailbox("From", name, ascii_address(address))


def _to(person: Listed | None) -> Iterator[str]:
    if person is not None:
        yield mailbox("To", person.name, ascii_address(person.address))
