"""Where the server listens: a port, a Unix socket, or what systemd hands over.

The watching process opens the socket and all workers accept from it. A worker that ends
so takes no waiting connection with it, as it would with a socket of its own (SO_REUSEPORT).
"""

import os
import socket
import stat
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

from impulscal.errors import ImpulscalError, Message, UsageError, _, reason_of

__all__ = ["BACKLOG", "inherited", "listening", "listening_at"]

BACKLOG = 4096
"""How many connections may wait to be accepted; the kernel cuts it to its own limit."""

# A client that takes no bytes of an answer for that long is given up, in milliseconds
# (RFC 5482); one that is gone without a word is noticed after about two minutes.
_UNREAD = 30_000
_SILENT, _PROBES, _BETWEEN = 60, 6, 10

# The first descriptor that systemd hands over (sd_listen_fds(3)).
_FIRST_INHERITED = 3


def inherited(
    environment: MutableMapping[str, str],
) -> "AbstractContextManager[socket.socket] | None":
    """Return the socket that systemd opened for this process; None where it did not.

    Takes the variables out of ``environment``: they are meant for nobody else.

    Raises:
        UsageError: There are several; one was to be.
    """
    process = environment.pop("LISTEN_PID", "")
    number = environment.pop("LISTEN_FDS", "")
    environment.pop("LISTEN_FDNAMES", None)
    if process != str(os.getpid()) or not number:
        return None
    if number != "1":
        raise UsageError(_("systemd hands over {number} sockets. Name only one.", number=number))
    listener = socket.socket(fileno=_FIRST_INHERITED)
    listener.set_inheritable(False)
    return closing(_tuned(listener))


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen at a port.

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
    with socket.socket(family, kind, protocol) as listener:
        # A port that was just left counts as free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(found)
            _tuned(listener).listen(BACKLOG)
        except OSError as error:
            raise ImpulscalError(
                _(
                    "{host}:{port} cannot be used: {reason}. Choose another port with --port.",
                    host=host,
                    port=port,
                    reason=reason_of(error),
                )
            ) from error
        yield listener


@contextmanager
def listening_at(path: Path) -> Iterator[socket.socket]:
    """Listen at a Unix socket that owner and group may use, and remove it in the end.

    Raises:
        ImpulscalError: Something else is there, or a server that answers.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        try:
            _remove_stale(path)
            # Nobody may use it before its mode is set.
            mask = os.umask(0o177)
            try:
                listener.bind(str(path))
            finally:
                os.umask(mask)
            path.chmod(0o660)
            listener.listen(BACKLOG)
        except OSError as error:
            raise _unusable(path, reason_of(error)) from error
        own = path.stat().st_ino
        try:
            yield listener
        finally:
            # Another server may have taken the place.
            with suppress(OSError):
                if path.stat().st_ino == own:
                    path.unlink()


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise _unusable(path, _("something else is there"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except TimeoutError:
            pass
    raise _unusable(path, _("another program uses it"))


def _unusable(path: Path, reason: Message) -> ImpulscalError:
    return ImpulscalError(
        _(
            "{path} cannot be used: {reason}. Choose another path with --unix-socket.",
            path=path,
            reason=reason,
        )
    )


def _tuned(listener: socket.socket) -> socket.socket:
    """Give a TCP socket the time-outs that its connections take over from it."""
    if listener.family == socket.AF_UNIX:
        return listener
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # Not every system has them all.
    for name, value in (
        ("TCP_KEEPIDLE", _SILENT),
        ("TCP_KEEPCNT", _PROBES),
        ("TCP_KEEPINTVL", _BETWEEN),
        ("TCP_USER_TIMEOUT", _UNREAD),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            listener.setsockopt(socket.IPPROTO_TCP, option, value)
    return listener
