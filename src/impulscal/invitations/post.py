"""The office that writes messages: who sends, where links lead, how a message is composed."""

import hashlib
from dataclasses import dataclass, field
from email.utils import parseaddr

from impulscal.errors import UsageError, _
from impulscal.invitations.address import BadAddressError, ascii_address
from impulscal.invitations.mail import Heads, compose
from impulscal.invitations.model import Guest, Letter, PrivateSession, Sender, Step
from impulscal.invitations.sign_off import sign_off_token
from impulscal.links import Links
from impulscal.schedule.model import Series
from impulscal.settings import Settings
from impulscal.wording.lines import one_line

__all__ = ["Post"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What messages are made with, from the settings.

    Attributes:
        base_url: Public address of the server.
        secret_key: Signs the sign-off links.
        mail_from: ``Name <address>`` or an address; None for the organizer's.
    """

    base_url: str
    secret_key: str = field(repr=False)
    mail_from: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Post":
        """Return the post that ``settings`` describe.

        Raises:
            UsageError: There is no key to sign with.
        """
        if settings.secret_key is None:
            raise UsageError(
                _(
                    "IMPULSCAL_SECRET_KEY is not set: it signs the links in invitations. Set it to "
                    "a long random text and keep it, for example from `openssl rand -hex 32`."
                )
            )
        return cls(
            base_url=settings.base_url,
            secret_key=settings.secret_key,
            mail_from=settings.mail_from,
        )

    def sender(self, series: Series) -> Sender:
        """Return who sends the invitations of ``series``.

        Raises:
            UsageError: Neither the settings nor the file name an address.
        """
        organizer = series.organizer
        told = None if organizer is None else one_line(organizer.name.in_language(series.language))
        name, address = parseaddr(self.mail_from or "")
        if not address and organizer is not None:
            address = organizer.email or ""
        try:
            sending = ascii_address(address)
        except BadAddressError as error:
            raise UsageError(
                _(
                    "{series} has no address that its invitations come from. Write "
                    "organizer: {{name: …, email: …}} into the file, or set IMPULSCAL_MAIL_FROM.",
                    series=series.id,
                )
            ) from error
        return Sender(
            name=name or told or one_line(series.title.in_language(series.language)),
            address=sending,
            reply_to=_reply_to(series, sending),
        )

    def letter(self, private: PrivateSession, guest: Guest, step: Step) -> Letter:
        """Return the message that tells ``step`` to ``guest``.

        A pure function of its arguments: the same step gives the same bytes.

        Raises:
            UsageError: Nobody can be named as sender.
        """
        series = private.series
        links = Links(
            base_url=self.base_url, series=series, language=guest.language or series.language
        )
        token = sign_off_token(self.secret_key, guest.handle)
        heads = Heads(
            sender=self.sender(series),
            message_id=_message_id(guest, step, series.domain),
            sign_off=links.sign_off_address(private.session.id, token),
            links=links,
        )
        return Letter(
            guest=guest.id,
            kind=step.kind,
            recipient=ascii_address(guest.address),
            message_id=heads.message_id,
            data=compose(private, guest, step, heads),
            method=step.method,
            facts=step.facts,
        )


def _reply_to(series: Series, sending: str) -> str | None:
    try:
        contact = ascii_address(series.contact or "")
    except BadAddressError:
        return None  # none, or an address on the web
    return contact if contact.lower() != sending.lower() else None


def _message_id(guest: Guest, step: Step, domain: str) -> str:
    # Nothing of the guest can be read in it; the same step has the same.
    whom = hashlib.sha256(guest.handle.encode()).hexdigest()[:24]
    return f"<{whom}.{step.sequence}.{step.dtstamp:%Y%m%dT%H%M%SZ}@{domain}>"
