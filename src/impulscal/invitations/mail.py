"""Invitations as mail (RFC 5322, RFC 6047)."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from impulscal.errors import _
from impulscal.invitations.address import ascii_address
from impulscal.invitations.model import Guest, Method, PrivateSession, Sender, Step
from impulscal.language import translate
from impulscal.links import Links
from impulscal.vcalendar.message import Mailbox, Scheduling, message
from impulscal.wording.titles import marked_title, title

__all__ = ["Heads", "compose"]


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


def compose(private: PrivateSession, guest: Guest, step: Step, heads: Heads) -> bytes:
    """Return the message that tells ``step`` to ``guest``, and to nobody else."""
    sender, links = heads.sender, heads.links
    series, session, language = private.series, private.session, links.language
    heading = (marked_title if step.method is Method.CANCEL else title)(series, session, language)
    calendar = message(
        private.edition,
        session,
        Scheduling(
            method=step.method,
            sequence=step.sequence,
            dtstamp=step.dtstamp,
            partstat=step.partstat,
            rsvp=step.asks,
            organizer=Mailbox(sender.name, sender.address),
            attendee=Mailbox(guest.name, ascii_address(guest.address)),
            summary=heading,
            description=f"{private.join_url}\n{heads.sign_off}",
            location=private.join_url,
            join_url=private.join_url if step.method is Method.REQUEST else None,
            join_label=translate(_("Participation link"), language),
            page=links.session_page(session.id),
            language=language,
        ),
    )
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(guest.name, addr_spec=ascii_address(guest.address))
    mail["Subject"] = heading
    mail["Message-ID"] = heads.message_id
    mail["Date"] = step.dtstamp
    mail.set_content(heading)
    mail.add_alternative(
        calendar,
        maintype="text",
        subtype="calendar",
        cte="base64",
        params={"method": str(step.method), "charset": "UTF-8", "component": "VEVENT"},
    )
    return mail.as_bytes()
