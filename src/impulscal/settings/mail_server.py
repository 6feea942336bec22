"""The mail server that the settings name."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from impulscal.errors import UsageError, _

__all__ = ["MailServer"]

# What the strictest of the large providers take (30 to 100 a minute).
_PER_MINUTE = 60

# RFC 5321 4.5.3.2 is more patient (5 minutes), for servers that ask others before they
# answer. The one that mail is submitted to knows us, and what it has not taken is tried again.
_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A server that takes mail (RFC 6409): ``smtp://user:password@host:587?starttls=1``.

    Attributes:
        user, password: For authentication (RFC 4954), or None.
        tls: Whether the connection is encrypted from the beginning (``smtps:``).
        starttls: Whether it is encrypted before anything is said; if the server does not
            offer that, nothing is sent. Where there is a password it has to be said if
            that is not wanted (``?starttls=0``).
        per_minute: How many messages it is given a minute at most (``?per_minute=60``); 0
            for as many as it takes.
        timeout: How many seconds an answer may take (``?timeout=30``).
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    starttls: bool = False
    per_minute: int = _PER_MINUTE
    timeout: float = _TIMEOUT

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Read the address of a mail server.

        Raises:
            UsageError: It is none. The address is not repeated: it may hold a password.
        """
        try:
            parts = urlsplit(url)
            tls = {"smtp": False, "smtps": True}[parts.scheme]
            options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
            secret = parts.password is not None
            asked = {"1": True, "0": False, None: secret}[options.pop("starttls", None)]
            starttls = asked and not tls
            server = cls(
                host=(parts.hostname or "").encode("idna").decode(),
                port=parts.port or (465 if tls else 587 if starttls else 25),
                user=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                tls=tls,
                starttls=starttls,
                per_minute=int(options.pop("per_minute", _PER_MINUTE)),
                timeout=float(options.pop("timeout", _TIMEOUT)),
            )
        except (ValueError, KeyError):
            raise _no_mail_server() from None
        if options or not server._makes_sense():
            raise _no_mail_server()
        return server

    def _makes_sense(self) -> bool:
        complete = (self.user is None) == (self.password is None)
        in_range = self.per_minute >= 0 and 0 < self.timeout < float("inf")
        return bool(self.host) and complete and in_range


def _no_mail_server() -> UsageError:
    return UsageError(
        _(
            "IMPULSCAL_SMTP_URL is not the address of a mail server. Write for example "
            "smtp://user:password@mail.example.org:587?starttls=1 (the signs @ : / ? # % in a "
            "password as %40 %3A %2F %3F %23 %25)."
        )
    )
