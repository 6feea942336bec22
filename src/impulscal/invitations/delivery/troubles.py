"""What can be wrong with the mail server, and the words for it."""

import smtplib
import ssl

from impulscal.errors import ImpulscalError, Message, _, reason_of
from impulscal.invitations.delivery.bounded import EndlessAnswerError
from impulscal.settings import MailServer

__all__ = [
    "LostConnectionError",
    "MailServerError",
    "broken_off",
    "loss",
    "no_encryption",
    "no_password_wanted",
    "no_umlauts",
    "told",
    "turned_away",
    "unusable",
]

_LONGEST = 300  # characters of a server's words


class MailServerError(ImpulscalError):
    """The mail server takes nothing from us; no message is to blame."""


class LostConnectionError(Exception):
    """The connection ended before the server answered; it may have taken the message.

    Attributes:
        words: What happened.
        untouched: Whether the server had closed a connection that was used before, and
            has seen nothing of this message.
    """

    def __init__(self, words: str, *, untouched: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.untouched = untouched


def unusable(server: MailServer, error: OSError) -> MailServerError:
    """Return what is wrong with a connection, and what to do. No password stands in it."""
    match error:
        case ssl.SSLError():
            message = _no_tls(server, error)
        case smtplib.SMTPAuthenticationError(smtp_code=code, smtp_error=words):
            message = _(
                "The mail server {server} refuses user name or password: {reply}. "
                "Correct IMPULSCAL_SMTP_URL.",
                server=_name(server),
                reply=told(code, words),
            )
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return turned_away(server, told(code, words))
        case smtplib.SMTPException():
            return turned_away(server, loss(error))
        case _:
            message = _(
                "The mail server {server} cannot be reached: {reason}. Check that it runs and "
                "that IMPULSCAL_SMTP_URL names it.",
                server=_name(server),
                reason=reason_of(error),
            )
    return MailServerError(message)


def _no_tls(server: MailServer, error: ssl.SSLError) -> Message:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _(
            "The certificate of the mail server {server} is not to be trusted: {reason}. "
            "Nothing was sent. Write the host as the certificate names it. If the "
            "certificate is your own authority's, name that in SSL_CERT_FILE.",
            server=_name(server),
            reason=error.verify_message,
        )
    return _(
        "The mail server {server} does not speak TLS there: {reason}. Write smtps:// "
        "for port 465, smtp:// and ?starttls=1 for port 587.",
        server=_name(server),
        reason=error.reason,
    )


def no_encryption(server: MailServer) -> MailServerError:
    """Return the error for a server without STARTTLS."""
    return MailServerError(
        _(
            "The mail server {server} offers no encryption (STARTTLS), so nothing was sent. "
            "Check the port in IMPULSCAL_SMTP_URL: mostly 587, or 465 with smtps://.",
            server=_name(server),
        )
    )


def no_password_wanted(server: MailServer) -> MailServerError:
    """Return the error for a server without AUTH."""
    return MailServerError(
        _(
            "The mail server {server} asks for no password here. Check port and ?starttls=1 "
            "in IMPULSCAL_SMTP_URL, or leave out user name and password.",
            server=_name(server),
        )
    )


def no_umlauts(server: MailServer) -> MailServerError:
    """Return the error for credentials that Python's smtplib cannot say."""
    return MailServerError(
        _(
            "User name and password for the mail server {server} may hold only letters "
            "without accents, digits and common signs. Change them there.",
            server=_name(server),
        )
    )


def turned_away(server: MailServer, reply: str) -> MailServerError:
    """Return the error for a server that takes nothing from us."""
    return MailServerError(
        _(
            "The mail server {server} takes no mail from us: {reply}. Check IMPULSCAL_SMTP_URL, "
            "and whether it wants a user name and a password.",
            server=_name(server),
            reply=reply,
        )
    )


def broken_off(server: MailServer) -> MailServerError:
    """Return the error for a server that leaves message after message unanswered."""
    return MailServerError(
        _(
            "The mail server {server} broke off twice in a row. Look at its log. "
            "What waits is tried again.",
            server=_name(server),
        )
    )


def _name(server: MailServer) -> str:
    return f"{server.host}:{server.port}"


def loss(error: OSError) -> str:
    """Return how a connection was lost."""
    if isinstance(error, EndlessAnswerError):
        return "an answer without end"
    # smtplib hides what happened behind its own words.
    timed_out = isinstance(error, TimeoutError) or "timed out" in str(error)
    return "no answer in time" if timed_out else "connection lost"


def told(code: int, words: bytes | str) -> str:
    """Return a server's answer on one line, without what could harm a terminal."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    whole = f"{code} {text}" if code > 0 else text
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in whole).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
