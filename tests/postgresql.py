"""A PostgreSQL server of the tests' own, on a socket in a folder that goes with it.

It collates like a German and lives in Newfoundland's time, so that nothing that is served can
depend on either; and whoever uses it is an ordinary role.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import sqlalchemy as sa

__all__ = ["Server", "installed", "serve"]

_ROLE = "impulscal"

# Whom Debian makes for it.
_OWNER = "postgres"

_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
timezone = 'America/St_Johns'
# Nothing here has to outlive the machine.
fsync = off
full_page_writes = off
synchronous_commit = off
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be stopped and started again."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _free: list[str] = field(default_factory=list)

    def start(self) -> None:
        self._control("start")

    def stop(self) -> None:
        """End it as a restart does: all connections are cut."""
        self._control("stop", "--mode", "fast")

    def crash(self) -> None:
        """End it as a failure does: it has to recover at its next start.

        What was committed less than a second ago may be lost, since nothing here waits for the
        disk; ``lasting`` says otherwise.
        """
        self._control("stop", "--mode", "immediate")

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """Let commits outlive a crash."""
        self.run(f"ALTER ROLE {_ROLE} SET synchronous_commit = on")
        try:
            yield
        finally:
            self.run(f"ALTER ROLE {_ROLE} RESET synchronous_commit")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let it be gone for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the address of an empty database, as IMPULSCAL_DATABASE_URL has it."""
        name = self._free.pop() if self._free else self._make_database()
        yield self.url(name)
        # Whoever is still connected (processes that were killed) would keep it from being
        # emptied, which is far quicker than making another.
        self.run(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
            name,
        )
        self.run(f"DROP OWNED BY {_ROLE}", name)
        self._free.append(name)

    def url(self, database: str) -> str:
        address = sa.URL.create(
            "postgresql+psycopg",
            username=_ROLE,
            database=database,
            query={"host": str(self.folder)},
        )
        return address.render_as_string()

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run ``statement`` as the superuser."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def make(self) -> None:
        """Make the files of the server."""
        data = self.folder / "data"
        collation = ("--locale-provider=icu", "--icu-locale=de-DE", "--locale=C.UTF-8")
        self._program(
            "initdb",
            *collation,
            "--encoding=UTF8",
            "--auth=trust",
            "--username=postgres",
            "--no-sync",
            "--pgdata",
            str(data),
        )
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(_SETTINGS.format(folder=self.folder))

    def _make_database(self) -> str:
        name = f"history{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} OWNER {_ROLE}")
        return name

    def _control(self, action: str, *options: str) -> None:
        self._program("pg_ctl", action, "--pgdata", str(self.folder / "data"), *options)

    def _program(self, name: str, *arguments: str) -> None:
        program = _program(name)
        assert program is not None
        # It refuses to be run by root.
        another = ["runuser", "--user", _OWNER, "--"] if _root() else []
        # What it says goes to its log: the server would hold a pipe open as long as it runs.
        with (self.folder / "log").open("ab") as log:
            subprocess.run(
                [*another, program, *arguments],
                check=True,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def installed() -> bool:
    """Tell whether a server can be started here."""
    return _program("initdb") is not None and (not _root() or _is_user(_OWNER))


@contextmanager
def serve() -> Iterator[Server]:
    """Give a server that runs, with a role that may do nothing but use its own databases."""
    # Not pytest's folder, which nobody but its user may enter.
    with tempfile.TemporaryDirectory(prefix="impulscal-") as folder:
        if _root():
            shutil.chown(folder, _OWNER, _OWNER)
        server = Server(Path(folder))
        server.make()
        server.start()
        try:
            server.run(f"CREATE ROLE {_ROLE} LOGIN")
            yield server
        finally:
            server.stop()


def _program(name: str) -> str | None:
    # Debian keeps them out of the path, since several releases stand side by side.
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *map(str, folders)]))


def _root() -> bool:
    return os.geteuid() == 0


def _is_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())
