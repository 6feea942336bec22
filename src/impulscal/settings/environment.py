"""The settings as the environment gives them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from impulscal.errors import UsageError, _
from impulscal.settings.clock import Clock, moment
from impulscal.settings.mail_server import MailServer

__all__ = ["Settings"]

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
        access_log: Whether each request is written to standard output.
        proxies: Through how many proxies of ours requests come; so many entries of
            X-Forwarded-For are believed.
        metrics_token: Who brings it along may read ``/metrics``, at least 16 characters;
            without it there are none.
    """

    schedules: tuple[Path, ...] = (Path("sessions.yaml"),)
    base_url: str = "http://127.0.0.1:8000"
    database_url: str = "sqlite:///instance/impulscal.sqlite3"
    reload_seconds: float = 2.0
    clock: Clock = field(default_factory=Clock)
    preview: bool = False
    secret_key: str | None = field(default=None, repr=False)
    staff: tuple[str, ...] = ()
    mail_server: MailServer | None = None
    mail_from: str | None = None
    retention_days: int = 30
    access_log: bool = False
    proxies: int = 0
    metrics_token: str | None = field(default=None, repr=False)

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
            secret_key=_secret("IMPULSCAL_SECRET_KEY", given.get("SECRET_KEY")),
            staff=tuple(re.findall(r"[^\s,;]+", given.get("STAFF", "").lower())),
            mail_server=MailServer.parse(given["SMTP_URL"]) if "SMTP_URL" in given else None,
            mail_from=given.get("MAIL_FROM"),
            retention_days=_days(given.get("RETENTION_DAYS"), default.retention_days),
            access_log=_switch("IMPULSCAL_ACCESS_LOG", given.get("ACCESS_LOG", "0")),
            proxies=_proxies(given.get("PROXIES", "0")),
            metrics_token=_secret("IMPULSCAL_METRICS_TOKEN", given.get("METRICS_TOKEN")),
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


def _secret(name: str, value: str | None) -> str | None:
    if value is not None and len(value) < _SHORTEST_KEY:
        # Not repeated: a log is no place for it.
        raise UsageError(
            _(
                "{name} has fewer than {least} characters, so it can be guessed. "
                "Take a long random text, for example from `openssl rand -hex 32`.",
                name=name,
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


def _switch(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise UsageError(
            _("{name}: “{value}” is neither 1 (yes) nor 0 (no).", name=name, value=value)
        )
    return value == "1"


def _proxies(value: str) -> int:
    if not re.fullmatch(r"[0-9]", value):
        raise UsageError(
            _(
                "IMPULSCAL_PROXIES: “{value}” is not a number of proxies. "
                "Write 0 for none, or 1 behind one nginx.",
                value=value,
            )
        )
    return int(value)
