"""The settings, and the one clock that is read: both belong to the edges (cli, web)."""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from impulscal.errors import UsageError, _
from impulscal.schedule.clock import zone

__all__ = ["Clock", "MailServer", "Settings", "Ticking", "moment"]


@dataclass(frozen=True, slots=True)
class Clock:
    """What tells the time.

    Attributes:
        fixed: A moment at which the clock stands, for tests and demonstrations;
            without an offset it is read in the zone of the series it is asked for.
    """

    fixed: datetime | None = None

    def now(self, timezone: str = "Europe/Berlin") -> datetime:
        """Return the moment, aware, in the zone ``timezone``."""
        tz = zone(timezone)
        if self.fixed is None:
            return datetime.now(UTC).astimezone(tz)
        if self.fixed.tzinfo is None:
            return self.fixed.replace(tzinfo=tz)
        return self.fixed.astimezone(tz)

    def ahead(self, stamp: datetime, timezone: str = "Europe/Berlin") -> timedelta:
        """Return how far ``stamp`` lies ahead of the clock; negative where it has passed.

        Args:
            stamp: Aware.
            timezone: In which a clock that stands without an offset is read.
        """
        return stamp - (self.now() if self.fixed is None else self.now(timezone))

    def wait_for(self, stamp: datetime, *, at_most: timedelta) -> None:
        """Wait until the clock has reached ``stamp``, unless it is too far or stands still."""
        ahead = self.ahead(stamp)
        if self.fixed is None and timedelta() < ahead <= at_most:
            time.sleep(ahead.total_seconds())

    def ticking(self) -> "Ticking":
        """Return a clock that starts at this one's moment, for work that takes time."""
        return Ticking(self)

    @staticmethod
    def file_time_ns() -> int:
        """Return the time by the file system's clock, nanoseconds since 1970."""
        return time.time_ns()


class Ticking:
    """A clock that goes on, even from a moment at which another stands.

    Pauses and limits of so many a minute would never end by a clock that stands.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.now()
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """Return the moment, aware."""
        if self._clock.fixed is None:
            return self._clock.now()
        return self._start + timedelta(seconds=time.monotonic() - self._begun)

    def sleep(self, duration: timedelta) -> None:
        """Let ``duration`` pass."""
        time.sleep(duration.total_seconds())


def moment(text: str, name: str) -> datetime:
    """Read a moment such as ``2021-05-20T09:00``, with or without an offset.

    Args:
        text: ISO 8601; without an offset the result is naive and means the series' zone.
        name: The option or setting it comes from, for the error.

    Raises:
        UsageError: It is no moment.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            _(
                "{name}: “{text}” is no moment. Write it like 2021-05-20T09:00.",
                name=name,
                text=text,
            )
        ) from error


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


# What is signed is public, so keys can be tried without asking the server.
_SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says (INTERFACE section 5).

    Attributes:
        schedules: Files, or folders of files.
        base_url: Public address without a closing slash; it may have a path.
        database_url: SQLAlchemy's form.
        reload_seconds: How often the files are looked at; 0 for never.
        clock: The clock, or one that stands still.
        preview: Show the files on top of a copy of the history and never write.
        secret_key: Signs links and cookies, at least 16 characters; without it there is no
            staff area.
        staff: E-mail addresses that may sign in, in lower case.
        mail_server: Where mail is handed over; without it none is sent.
        mail_from: Sender of invitations, ``Name <address>`` or an address; without it
            the organizer of the series.
        retention_days: How long guests are remembered after their session.
    """

    schedules: tuple[Path, ...] = (Path("sessions.yaml"),)
    base_url: str = "http://127.0.0.1:8000"
    database_url: str = "sqlite:///instance/impulscal.sqlite3"
    reload_seconds: float = 2.0
    clock: Clock = Clock()
    preview: bool = False
    secret_key: str | None = field(default=None, repr=False)
    staff: tuple[str, ...] = ()
    mail_server: MailServer | None = None
    mail_from: str | None = None
    retention_days: int = 30

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the ``IMPULSCAL_…`` variables; an empty one counts as not given.

        Raises:
            UsageError: A value cannot be what it should be.
        """
        given = {
            name.removeprefix("IMPULSCAL_"): value.strip()
            for name, value in environment.items()
            if name.startswith("IMPULSCAL_") and value.strip()
        }
        default = cls()
        preview = given.get("PREVIEW_AT")
        fixed = preview or given.get("NOW")
        return cls(
            schedules=_paths(given.get("SCHEDULE")) or default.schedules,
            base_url=_base_url(given.get("BASE_URL", default.base_url)),
            database_url=_database_url(given.get("DATABASE_URL", default.database_url)),
            reload_seconds=_seconds(given.get("RELOAD_SECONDS"), default.reload_seconds),
            clock=Clock(moment(fixed, "IMPULSCAL_NOW") if fixed else None),
            preview=preview is not None,
            secret_key=_secret_key(given.get("SECRET_KEY")),
            staff=tuple(re.findall(r"[^\s,;]+", given.get("STAFF", "").lower())),
            mail_server=MailServer.parse(given["SMTP_URL"]) if "SMTP_URL" in given else None,
            mail_from=given.get("MAIL_FROM"),
            retention_days=_days(given.get("RETENTION_DAYS"), default.retention_days),
        )

    @property
    def base_path(self) -> str:
        """The path of the base URL, without a closing slash; mostly empty."""
        return urlsplit(self.base_url).path


def _paths(value: str | None) -> tuple[Path, ...]:
    return tuple(Path(part) for part in (value or "").split(os.pathsep) if part)


def _base_url(value: str) -> str:
    if not _is_base_url(value):
        raise UsageError(
            _(
                "IMPULSCAL_BASE_URL: “{value}” is not a web address. "
                "Write it like https://termine.example.de or https://example.de/termine.",
                value=value,
            )
        )
    return value.rstrip("/")


def _is_base_url(value: str) -> bool:
    # It stands in calendars and pages as it is: no blanks, quotes or control characters.
    if not re.fullmatch(r"(?i:https?)://[^\s\x00-\x20\x7f\"<>\\^`{|}?#@]+", value):
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port, no IPv6 address
        return False


def _database_url(value: str) -> str:
    if not re.match(r"(?:sqlite|postgresql)(?:\+\w+)?://", value):
        # The value is not repeated: it may hold a password.
        raise UsageError(
            _(
                "IMPULSCAL_DATABASE_URL is not the address of a database. "
                "Write for example sqlite:///instance/impulscal.sqlite3."
            )
        )
    return value


def _secret_key(value: str | None) -> str | None:
    if value is not None and len(value) < _SHORTEST_KEY:
        # Not repeated: a log is no place for it.
        raise UsageError(
            _(
                "IMPULSCAL_SECRET_KEY has fewer than {least} characters, so it can be guessed. "
                "Take a long random text, for example from `openssl rand -hex 32`.",
                least=_SHORTEST_KEY,
            )
        )
    return value


def _seconds(value: str | None, default: float) -> float:
    if value is None:
        return default
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise UsageError(
            _(
                "IMPULSCAL_RELOAD_SECONDS: “{value}” is not a number of seconds. "
                "Write for example 2, or 0 for never.",
                value=value,
            )
        )
    return seconds


def _days(value: str | None, default: int) -> int:
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,5}", value):
        raise UsageError(
            _(
                "IMPULSCAL_RETENTION_DAYS: “{value}” is not a number of days. "
                "Write for example 30.",
                value=value,
            )
        )
    return int(value)
