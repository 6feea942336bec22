"""The file of an SQLite, which somebody may delete, empty or replace while it is used.

A connection goes on with a file that has lost its name: SQLite then refuses to write, and what
is in it ends with the last process. So each process keeps a connection of its own to the file,
notices that the path leads elsewhere, and puts the file back where nothing has taken its place.
"""

import logging
import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

__all__ = ["StandingFile"]

_log = logging.getLogger("impulscal")

_Identity = tuple[int, int]


class StandingFile:
    """The file at ``path``, held open; not safe to share between threads but for ``stands``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._identity: _Identity | None = None

    def hold(self) -> None:
        """Keep the file that is at the path now, which is a whole history.

        Raises:
            OSError: It is gone.
            sqlite3.Error: It cannot be opened.
        """
        self.let_go()
        address = f"{self._path.absolute().as_uri().replace('file://', 'file:')}?mode=rw"
        self._connection = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False
        )
        self._identity = _identity_of(self._path.stat())

    def let_go(self) -> None:
        """Hold the file no more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def stands(self) -> bool:
        """Tell whether the path still leads to the file that is held, and it is not empty."""
        try:
            status = self._path.stat()
        except OSError:
            return False
        return _identity_of(status) == self._identity and status.st_size > 0

    def put_back(self) -> None:
        """Put the file back where it was deleted, or an empty one has taken its place.

        Another file is left alone: it may be a backup, and people do not expect it to go.

        Raises:
            OSError: There is no room for it, or no right to write.
            sqlite3.Error: It can no longer be read.
        """
        connection = self._connection
        if connection is None or not self._is_away():
            return
        # All processes hold the same nameless file: one puts it back, the others find it done.
        connection.execute("BEGIN IMMEDIATE")
        try:
            if self._is_away():
                self._write(connection.serialize())
                _log.error(
                    "The history %s was deleted or emptied while it was in use. It was put back.",
                    self._path,
                )
        finally:
            connection.execute("ROLLBACK")

    def _is_away(self) -> bool:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return True
        empty = stat.S_ISREG(status.st_mode) and status.st_size == 0
        # One that was emptied in its place is lost for the connection too.
        return empty and _identity_of(status) != self._identity

    def _write(self, data: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            # A journal belongs to the file that is gone: SQLite would spoil this one with it.
            with suppress(FileNotFoundError):
                self._path.with_name(f"{self._path.name}-journal").unlink()
            new.replace(self._path)
        finally:
            new.unlink(missing_ok=True)


def _identity_of(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino
