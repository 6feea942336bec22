"""``impulscal count-polls``: count who subscribes from the log of a cache."""

import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote_to_bytes

import click

from impulscal.cli.drafts import settings_for
from impulscal.cli.terminal import lang_option, note
from impulscal.errors import HistoryError, ImpulscalError, _, reason_of
from impulscal.history.database import Database
from impulscal.settings import Settings
from impulscal.subscribers.clients import family_of
from impulscal.subscribers.polls import Polls
from impulscal.web.traffic.kinds import Kind, place_of

__all__ = ["count_polls"]

# The Combined Log Format of Apache and nginx; syslog sets something before it.
_LINE = re.compile(
    r'(\S+) \S+ \S+ \[[^\]]*\] "GET (\S+) HTTP/[0-9.]+" (?:200|304) \S+ "[^"]*" "([^"]*)"'
)

# How both write what would break a line.
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})")

# Larger than any line that nginx sends to syslog.
_DATAGRAM = 65_536

# How often a silent socket is left to tell the database, in seconds.
_PAUSE = 1.0


@click.command("count-polls", short_help="Count who subscribes from the log of a cache.")
@click.option(
    "--socket",
    "path",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Take lines at this Unix socket, to which nginx writes as to syslog.",
)
@lang_option
def count_polls(*, path: Path | None) -> None:
    """Read lines of an access log and count the polls of feeds in them, for `subscribers`.

    For servers behind a cache, which answers most polls itself. Lines have the Combined Log
    Format with whole addresses; they come from standard input, or at a socket, so that no
    file has to hold them. Nothing of them is kept but counts.

    \b
    In nginx:
      access_log syslog:server=unix:/run/impulscal/polls.sock combined;
    """  # noqa: D301 -- click wants the character itself, not a backslash and a b
    settings = settings_for()
    database = Database.open(settings.database_url)
    polls = Polls(lambda: database, settings.clock.seconds)
    polls.has_help()
    # From now on programs can be told apart.
    polls.tell()
    try:
        with suppress(KeyboardInterrupt):
            for line in _lines_of_input() if path is None else _lines_at(path):
                if line:
                    _count(polls, line, settings)
                polls.tell_if_due()
    finally:
        _tell_the_rest(polls)
        database.close()


def _count(polls: Polls, line: str, settings: Settings) -> None:
    found = _LINE.search(line)
    if found is None:
        return
    address, target, agent = found.groups()
    path = unquote_to_bytes(target.partition("?")[0]).decode("latin-1")
    plain = "/" + "/".join(part for part in path.split("/") if part)
    place = place_of(plain.removeprefix(settings.base_path))
    if place.kind == str(Kind.FEED):
        told = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), agent)
        polls.count(place.series, str(family_of(told)), address, "" if told == "-" else told)


def _lines_of_input() -> Iterator[str]:
    waits = ended = False

    def end(_number: int, _frame: object) -> None:
        nonlocal ended
        ended = True
        # What is being told to the database meanwhile would be told twice.
        if waits:
            raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not ended:
        line = b""
        with suppress(KeyboardInterrupt):
            waits = True
            line = sys.stdin.buffer.readline()
        waits = False
        if line:
            yield line.decode("utf-8", "replace")
        elif not ended:
            return


def _lines_at(path: Path) -> Iterator[str]:
    """Yield what comes at ``path`` until a signal, and what had come by then.

    An empty line is yielded where none came for a while.
    """
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    with _listening(path) as listener:
        note(_("Lines are taken at {path}. Stop with Ctrl-C.", path=path))
        while not ended.is_set():
            try:
                yield listener.recv(_DATAGRAM).decode("utf-8", "replace")
            except TimeoutError:
                yield ""
        listener.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                yield listener.recv(_DATAGRAM).decode("utf-8", "replace")


@contextmanager
def _listening(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(_PAUSE)
        try:
            if path.is_socket():
                # Of a process that has ended.
                path.unlink()
            listener.bind(str(path))
        except OSError as error:
            raise ImpulscalError(
                _(
                    "No socket can be made at {path}: {reason}.",
                    path=path,
                    reason=reason_of(error),
                )
            ) from error
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _tell_the_rest(polls: Polls) -> None:
    try:
        polls.tell()
    except HistoryError as error:
        note(error.message)
