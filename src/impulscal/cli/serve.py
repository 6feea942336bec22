"""``impulscal serve``: the server."""

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from impulscal.cli.drafts import at_option, paths, settings_for
from impulscal.cli.terminal import lang_option, terminal_language
from impulscal.errors import ImpulscalError, Message, UsageError, _, reason_of
from impulscal.language import translate
from impulscal.links import Links
from impulscal.saved_file import load
from impulscal.schedule.reader import Problem, read
from impulscal.settings import Settings

__all__ = ["serve"]

# A feed is answered from memory; threads only keep one long rendering from holding up all,
# and half-sent forms of the staff area, of which `web.staff.places` bears eight.
_THREADS = 16

# How long a slow reader may hold up the end, in seconds.
_PATIENCE = 10


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
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer; about one for each core.",
)
@at_option
@lang_option
def serve(*, host: str, port: int, workers: int, at: str | None) -> None:
    """Serve feeds and pages until it is stopped with Ctrl-C.

    The files of IMPULSCAL_SCHEDULE are looked at every two seconds: a changed one is
    published by itself, a broken one never disturbs what is served.

    The public address is IMPULSCAL_BASE_URL; without it that of host and port.
    """
    settings = settings_for(at=at)
    address = _free_address(host, port)
    if not os.environ.get("IMPULSCAL_BASE_URL", "").strip():
        settings = replace(settings, base_url=f"http://{_shown(host)}:{port}")
    # The workers are processes of their own: what they need travels in the environment.
    os.environ["IMPULSCAL_BASE_URL"] = settings.base_url
    if at is not None:
        os.environ["IMPULSCAL_PREVIEW_AT"] = at
    server = Granian(
        "impulscal.web:create_looking_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=address,
        port=port,
        workers=workers,
        blocking_threads=_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=_PATIENCE,
        log_level=LogLevels.warning,
        websockets=False,
    )
    language = terminal_language()

    def announce() -> None:
        # A lock that is held while a worker is forked would stay locked in it for ever.
        while len(server.wrks) < workers:
            time.sleep(0.01)
        told = [translate(message, language) for message in _addresses(settings, at)]
        click.echo("\n".join(told), err=True)

    # Large files take a moment to read; the workers do not wait for it.
    server.on_startup(Thread(target=announce, daemon=True).start)
    server.serve()


def _free_address(host: str, port: int) -> str:
    """Return the IP address of ``host``.

    Raises:
        UsageError: There is no such host.
        ImpulscalError: The port cannot be used.
    """
    try:
        family, kind, protocol, _name, found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(
            _("--host: there is no “{host}”. Write for example 127.0.0.1.", host=host)
        ) from error
    try:
        with socket.socket(family, kind, protocol) as probe:
            # As the server does it: a port that was just left counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found)
    except OSError as error:
        raise ImpulscalError(
            _(
                "{host}:{port} cannot be used: {reason}. Choose another port with --port.",
                host=host,
                port=port,
                reason=reason_of(error),
            )
        ) from error
    return str(found[0])


def _addresses(settings: Settings, at: str | None) -> Iterator[Message]:
    if at is not None:
        yield _("Preview of {moment}: nothing is published, nothing is written.", moment=at)
    # Translators: An address follows; what stands there is meant for browsers.
    yield _("Page: {address}", address=f"{settings.base_url}/")
    for path in paths(settings):
        loaded = load(path, read_ns=settings.clock.file_time_ns())
        schedule = None
        if not isinstance(loaded, Problem):
            schedule = read(loaded.data, folder=path.parent, now=settings.clock.now()).schedule
        if schedule is None:
            yield _(
                "{path} has errors; what was published before is served. "
                "`impulscal check` names them.",
                path=path,
            )
            continue
        series = schedule.series
        links = Links(base_url=settings.base_url, series=series, language=series.language)
        # Translators: The address that calendars subscribe to follows.
        yield _("Feed: {address}", address=links.feed_address())
    yield _("Stop with Ctrl-C.")


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
