"""Invitations, and the link to sign in, as mail (RFC 5322, RFC 6047)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from impulscal.errors import _
from impulscal.invitations.address import ascii_address
from impulscal.invitations.mail.mime import alternative, field, mailbox, one_message
from impulscal.invitations.model import Guest, Kind, Method, PrivateSession, Sender, Step
from impulscal.language import spoken
from impulscal.links import Links
from impulscal.schedule.clock import zone
from impulscal.vcalendar.message import Mailbox, Scheduling, message
from impulscal.wording.invitation import (
    cancelled,
    changed,
    invitation,
    moved,
    reinstated,
    signed_off,
)
from impulscal.wording.letter import Letter
from impulscal.wording.occasion import Occasion
from impulscal.wording.private_entry import private_location, private_text, private_title
from impulscal.wording.sign_in import sign_in

__all__ = ["Heads", "SignInMail", "compose", "compose_sign_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """What a message has beside its news.

    Attributes:
        sender: From and ORGANIZER.
        message_id: With its angle brackets.
        sign_off: Address at which the guest signs off.
        links: The public addresses in the guest's language.
    """

    sender: Sender
    message_id: str
    sign_off: str
    links: Links


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInMail:
    """A one-time link for staff.

    Attributes:
        address: To whom it goes, in ASCII.
        link: Address of the page that signs them in.
        until: Until when it is good; its zone is that of the reader.
        language: Of the words.
        message_id: With its angle brackets.
        made_at: Date of the message.
    """

    address: str
    link: str
    until: datetime
    language: str
    sender: Sender
    message_id: str
    made_at: datetime


def compose(private: PrivateSession, guest: Guest, step: Step, heads: Heads) -> bytes:
    """Return the message that tells ``step`` to ``guest``, and to nobody else.

    Plain text, HTML and the calendar in one alternative, the calendar last and as no
    attachment: else Outlook and Gmail show no invitation (CLIENTS.md 5.1). A pure
    function: the same step gives the same bytes.
    """
    to = _occasion(private, guest, step, heads)
    letter = _letter(to, guest, step)
    scheduling = _scheduling(to, guest, step, heads.sender, letter.news)
    body = alternative(letter, heads.message_id)
    body.add_alternative(
        message(private.edition, private.session, scheduling),
        maintype="text",
        subtype="calendar",
        cte="base64",
        params={"method": str(step.method), "charset": "UTF-8", "component": "VEVENT"},
    )
    addressee = Mailbox(guest.name, ascii_address(guest.address))
    made_at = step.dtstamp.astimezone(zone(private.series.timezone))
    fields = _fields(heads.sender, addressee, letter, heads.message_id, made_at)
    return one_message(fields, body)


def compose_sign_in(mail: SignInMail) -> bytes:
    """Return the message with the one-time link for staff."""
    letter = sign_in(mail.link, mail.until, mail.language)
    addressee = Mailbox("", mail.address)
    fields = _fields(mail.sender, addressee, letter, mail.message_id, mail.made_at)
    return one_message(fields, alternative(letter, mail.message_id))


def _fields(
    sender: Sender, addressee: Mailbox, letter: Letter, message_id: str, made_at: datetime
) -> Iterator[str]:
    yield mailbox("From", sender.name, sender.address)
    yield mailbox("To", addressee.name, addressee.address)
    if sender.reply_to is not None:
        yield mailbox("Reply-To", "", ascii_address(sender.reply_to))
    yield field("Subject", letter.subject)
    yield f"Date: {format_datetime(made_at)}"
    yield f"Message-ID: {message_id}"
    yield f"Content-Language: {spoken(letter.language)}"
    yield from _UNANSWERED


# Absence notes of a hundred guests help nobody (RFC 3834 5.2). What people answer by hand
# is none of them. For Exchange only those are named: "AutoReply" might hold back
# what a calendar answers, "All" the report that an address does not exist (MS-OXCMAIL
# 2.1.3.2.20).
_UNANSWERED = ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: OOF")


def _occasion(private: PrivateSession, guest: Guest, step: Step, heads: Heads) -> Occasion:
    there = private.session.revision.present
    return Occasion(
        series=private.series,
        session=private.session,
        language=heads.links.language,
        name=guest.name,
        join_url=private.join_url if step.method is Method.REQUEST else None,
        page=heads.links.session_page(guest.session) if there else heads.links.series_page(),
        sign_off=heads.sign_off if step.method is Method.REQUEST else None,
        contact=heads.sender.reply_to or heads.sender.address,
    )


def _letter(to: Occasion, guest: Guest, step: Step) -> Letter:
    match step.kind:
        case Kind.MOVED if step.before is not None:
            return moved(to, step.before, step.changed)
        case Kind.CHANGED:
            return changed(to, step.changed, asks=step.asks)
        case Kind.CANCELLED:
            return cancelled(to, step.before)
        case Kind.SIGNED_OFF:
            return signed_off(to)
        case Kind.REINSTATED:
            return reinstated(to)
        case _:
            return invitation(to, again=guest.reached)


def _scheduling(
    to: Occasion, guest: Guest, step: Step, sender: Sender, news: tuple[str, ...]
) -> Scheduling:
    return Scheduling(
        method=step.method,
        sequence=step.sequence,
        dtstamp=step.dtstamp,
        partstat=step.partstat,
        rsvp=step.asks,
        organizer=Mailbox(sender.name, sender.address),
        attendee=Mailbox(guest.name, ascii_address(guest.address)),
        summary=private_title(to),
        description=private_text(to, news),
        location=private_location(to),
        join_url=to.join_url,
        join_label=to.say(_("Participation link")),
        page=to.page,
        language=to.language,
    )
