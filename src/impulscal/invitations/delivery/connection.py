"""One connection to the mail server (RFC 5321, RFC 6409).

Two kinds of trouble are told apart. What the server says of a message is an ``Answer``;
what it says of us (not there, no encryption, a wrong password) is a ``MailServerError``,
which no message is to blame for.
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser

from impulscal.invitations.delivery.bounded import BoundedSMTP, BoundedSMTPOverTLS
from impulscal.invitations.delivery.troubles import (
    LostConnectionError,
    loss,
    no_encryption,
    no_password_wanted,
    no_umlauts,
    told,
    turned_away,
    unusable,
)
from impulscal.invitations.model import OutboxMessage
from impulscal.settings import MailServer

__all__ = ["ANSWERS", "Answer", "MailConnection"]

# The text is looked at before it is taken, by filters too. Whoever gives up too early sends
# it twice (RFC 5321 4.5.3.2.6 asks for ten minutes).
_TEXT = 8

ANSWERS = 4 + _TEXT
"""How many timeouts one message can take: MAIL, RCPT, DATA, the end of the text, RSET."""

# Commands out of order, or authentication, or encryption wanted (RFC 4954 6, RFC 3207 4):
# the next message would hear the same.
_ABOUT_US = frozenset({503, 530, 534, 535, 538})

_Command = Callable[[], tuple[int, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said of a message.

    Attributes:
        taken: Whether it is the server's now.
        final: Whether it will never be taken (5xx).
        words: The server's, on one line. They may name the guest: no log gets them.
    """

    taken: bool
    final: bool
    words: str


class MailConnection:
    """A connection that is encrypted and authenticated as asked for, for many messages."""

    def __init__(self, server: MailServer) -> None:
        """Connect.

        Raises:
            MailServerError: That is not possible.
        """
        self._server = server
        self._used = False
        try:
            self._smtp = _connected(server)
        except OSError as error:
            raise unusable(server, error) from error

    @property
    def usable(self) -> bool:
        """Whether it is still there, as far as is known."""
        return self._smtp.sock is not None

    def close(self) -> None:
        """Take leave; nothing that happens then matters."""
        try:
            if self.usable:
                self._smtp.quit()
        except OSError:
            pass
        finally:
            self._smtp.close()

    def hand_over(self, message: OutboxMessage) -> Answer:
        """Send ``message``, byte for byte, to its recipient and nobody else.

        Raises:
            LostConnectionError: It is not known whether the server took it.
            MailServerError: The server takes nothing from us.
        """
        data = message.data or b""
        sender, reused = _sender(data), self._used
        self._used = True
        smtp = self._smtp
        # RFC 1870: so the server can refuse what is too large before it gets it.
        size = f" SIZE={len(data)}" if smtp.has_extn("size") else ""
        # Not by smtplib's own mail() and rcpt(): they guess what an address might mean.
        dialogue: tuple[tuple[_Command, int], ...] = (
            (lambda: smtp.docmd("MAIL", f"FROM:<{sender}>{size}"), 2),
            (lambda: smtp.docmd("RCPT", f"TO:<{message.recipient}>"), 2),
            (lambda: smtp.docmd("DATA"), 3),
            (lambda: self._text(data), 2),
        )
        for step, (command, yes) in enumerate(dialogue):
            code, words = self._ask(command, untouched=reused and step == 0)
            if code // 100 != yes:
                self._begin_anew()
                return Answer(taken=False, final=code // 100 == 5, words=told(code, words))
        return Answer(taken=True, final=False, words=told(code, words))

    def _text(self, data: bytes) -> tuple[int, bytes]:
        whole = data if data.endswith(b"\r\n") else data + b"\r\n"
        self._smtp.patience = _TEXT
        try:
            # RFC 5321 4.5.2: a line that begins with a dot gets a second one.
            self._smtp.send(whole.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            return self._smtp.getreply()
        finally:
            self._smtp.patience = 1

    def _ask(self, command: _Command, *, untouched: bool) -> tuple[int, bytes]:
        try:
            code, words = command()
        except OSError as error:  # those of smtplib are such, too
            self._smtp.close()
            raise LostConnectionError(loss(error), untouched=untouched) from None
        except BaseException:
            # Interrupted: whatever is heard next would answer the wrong question.
            self._smtp.close()
            raise
        if code == 421:  # RFC 5321 3.8: the server closes the connection
            self._smtp.close()
            raise LostConnectionError(told(code, words), untouched=untouched)
        if code in _ABOUT_US:
            raise turned_away(self._server, f"{code}")
        return code, words

    def _begin_anew(self) -> None:
        try:
            self._smtp.rset()
        except OSError:
            self._smtp.close()


def _connected(server: MailServer) -> BoundedSMTP:
    context = ssl.create_default_context() if server.tls or server.starttls else None
    place = (server.host, server.port)
    smtp = (
        BoundedSMTPOverTLS(*place, timeout=server.timeout, context=context)
        if server.tls
        else BoundedSMTP(*place, timeout=server.timeout)
    )
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.starttls:
            _encrypt(smtp, server, context)
        if server.user is not None and server.password is not None:
            _authenticate(smtp, server, server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _encrypt(smtp: smtplib.SMTP, server: MailServer, context: ssl.SSLContext | None) -> None:
    if not smtp.has_extn("starttls"):
        raise no_encryption(server)
    smtp.starttls(context=context)
    smtp.ehlo_or_helo_if_needed()


def _authenticate(smtp: smtplib.SMTP, server: MailServer, user: str, password: str) -> None:
    if not smtp.has_extn("auth"):
        raise no_password_wanted(server)
    if not (user + password).isascii():
        raise no_umlauts(server)
    smtp.login(user, password)


def _sender(data: bytes) -> str:
    head, _blank, _body = data.partition(b"\r\n\r\n")
    sender = BytesHeaderParser(policy=policy.SMTP).parsebytes(head)["From"]
    return str(sender.addresses[0].addr_spec)
