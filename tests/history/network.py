"""The network between us and PostgreSQL, which can be cut, or fall silent.

A server that is frozen, or lost behind a proxy, looks so: connections stand and are made, and
nobody ever answers.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

__all__ = ["Network", "joined"]


@dataclass
class Network:
    """Carries bytes between a TCP port and a server's socket in a folder.

    Attributes:
        held: Set once somebody has asked something in vain.
    """

    server: Path
    held: threading.Event = field(default_factory=threading.Event)
    _listener: socket.socket = field(default_factory=lambda: _listening(0))
    _ends: list[socket.socket] = field(default_factory=list)
    _flowing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.port: int = self._listener.getsockname()[1]
        self._flowing.set()
        self._start(self._accept, self._listener)

    def url(self, of_the_socket: str) -> str:
        """Return the address of a database as it is reached through this network."""
        url = sa.make_url(of_the_socket).difference_update_query(["host"])
        return url.set(host="127.0.0.1", port=self.port).render_as_string()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Let nothing through; connections stand and are accepted."""
        self.held.clear()
        self._flowing.clear()
        try:
            yield
        finally:
            self._flowing.set()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """End all connections and accept none."""
        self.close()
        try:
            yield
        finally:
            self._listener = _listening(self.port)
            self._start(self._accept, self._listener)

    def close(self) -> None:
        """End everything."""
        # ``shutdown`` wakes the thread that accepts; ``close`` alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._flowing.set()
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            _end(end)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _address = listener.accept()
                there = socket.socket(socket.AF_UNIX)
                with self._lock:
                    self._ends += [here, there]
                self._start(self._join, here, there)

    def _join(self, here: socket.socket, there: socket.socket) -> None:
        try:
            self._pass()
            there.connect(str(self.server / ".s.PGSQL.5432"))
        except OSError:
            _end(here)
            return
        self._start(self._carry, here, there)
        self._carry(there, here)

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._pass()
                sink.sendall(data)
        _end(source)
        _end(sink)

    def _pass(self) -> None:
        if not self._flowing.is_set():
            self.held.set()
            self._flowing.wait()

    @staticmethod
    def _start(target: object, *arguments: socket.socket) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()  # type: ignore[arg-type]


@contextmanager
def joined(server: Path) -> Iterator[Network]:
    """Give a network to the server whose socket is in the folder ``server``."""
    network = Network(server)
    try:
        yield network
    finally:
        network.close()


def _listening(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port))


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
