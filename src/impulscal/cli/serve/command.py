"""The command: its options, and what it tells."""

import logging
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from impulscal.cli.serve.listeners import inherited, listening, listening_at
from impulscal.cli.serve.supervisor import Supervisor
from impulscal.cli.terminal import lang_option, note
from impulscal.errors import Message, UsageError, _, reason_of
from impulscal.settings import Clock, Settings, moment

__all__ = ["serve"]

# Open files of a worker: a connection is one. Ordinary limits, 1,024, bear few that idle.
_MOST_FILES = 65_536

_ACCESS_LOG = "IMPULSCAL_ACCESS_LOG"
_METRICS = "PROMETHEUS_MULTIPROC_DIR"


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen: this machine alone by default, 0.0.0.0 for all.",
)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port to listen at.",
)
@click.option(
    "--unix-socket",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Listen at a Unix socket instead, for a web server in front on the same machine.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that answer; as many as cores by default.",
)
@click.option(
    "--access-log/--no-access-log",
    default=None,
    help="Write a line for each request to standard output, or do not. Without either, "
    "IMPULSCAL_ACCESS_LOG decides; where that is not set, they are written.",
)
@click.option(
    "--at",
    metavar="MOMENT",
    help="Show how it would be at another moment, like 2021-05-20T09:00 (in the zone of "
    "the series). Nothing is written.",
)
@lang_option
def serve(  # noqa: PLR0913 -- one for each option
    *,
    host: str,
    port: int,
    unix_socket: Path | None,
    workers: int | None,
    access_log: bool | None,
    at: str | None,
) -> None:
    """Serve feeds and pages until it is stopped with Ctrl-C.

    The files of IMPULSCAL_SCHEDULE are looked at every two seconds: a changed one is
    published by itself, a broken one never disturbs what is served.

    The public address is IMPULSCAL_BASE_URL; without it that of host and port.

    \b
    Signals:
      TERM, INT   answer what was asked, at most ten seconds, and end
      HUP         go on with new workers, of a new release too, and refuse no connection;
                  changed settings need a new start
    """  # noqa: D301 -- click wants the character itself, not a backslash and a b
    given = inherited(os.environ)
    place = None if given is not None or unix_socket is not None else (host, port)
    settings = _settings(at, place)
    # The workers are processes of their own: what they need travels in the environment.
    os.environ["IMPULSCAL_BASE_URL"] = settings.base_url
    if access_log is not None:
        os.environ[_ACCESS_LOG] = str(int(access_log))
    elif not os.environ.get(_ACCESS_LOG, "").strip():
        os.environ[_ACCESS_LOG] = "1"
    if at is not None:
        os.environ["IMPULSCAL_PREVIEW_AT"] = at
    _allow_many_files()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)

    def announce(lines: tuple[Message, ...]) -> None:
        for line in (*_preview(at), *lines, _("Stop with Ctrl-C.")):
            note(line)

    at_socket = listening_at(unix_socket) if unix_socket is not None else None
    with given or at_socket or listening(host, port) as listener, _metrics_folder():
        supervisor = Supervisor(listener, workers or _cores(), announce=announce)
        sys.exit(supervisor.run())


def _settings(at: str | None, place: tuple[str, int] | None) -> Settings:
    """Return the settings; at a Unix socket, None, nothing tells the public address.

    Raises:
        UsageError: One of them, or the moment, cannot be used.
    """
    settings = Settings.from_environment(os.environ)
    if at is not None:
        settings = replace(settings, clock=Clock(moment(at, "--at")))
    if os.environ.get("IMPULSCAL_BASE_URL", "").strip():
        return settings
    if place is None:
        raise UsageError(
            _(
                "A socket says nothing of the public address. "
                "Name it in IMPULSCAL_BASE_URL, like https://termine.example.de."
            )
        )
    host, port = place
    return replace(settings, base_url=f"http://{_shown(host)}:{port}")


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _preview(at: str | None) -> Iterator[Message]:
    if at is not None:
        yield _("Preview of {moment}: nothing is published, nothing is written.", moment=at)


def _cores() -> int:
    # What this process may use: a container or a service may have fewer than the machine.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # Where it is forbidden, fewer connections have to do.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _metrics_folder() -> Iterator[None]:
    """Give the workers a folder in which they count together (prometheus-client's name)."""
    if os.environ.get(_METRICS):
        yield
        return
    try:
        folder = TemporaryDirectory(prefix="impulscal-", ignore_cleanup_errors=True)
    except OSError as error:
        # Nothing else needs a place to write to.
        note(_("No figures for /metrics: {reason}.", reason=reason_of(error)))
        yield
        return
    with folder as path:
        os.environ[_METRICS] = path
        try:
            yield
        finally:
            del os.environ[_METRICS]
