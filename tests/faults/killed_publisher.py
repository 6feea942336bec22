"""Publishes one edit after the other and is killed in each, every time a little later.

    python killed_publisher.py DATABASE_URL WAY STRIDE MOST

WAY says where a publisher is killed: ``statement``, before and after every statement and
commit; ``step``, within statements, after so many instructions of SQLite's machine;
``growth``, by the kernel, when a file is written beyond so many bytes: in the middle of the
journal, then between the pages of a commit;
``first``, as ``statement``, but each time in the making of a new history.

STRIDE is how much later each is killed than the one before. It ends when a publisher lives to
the end, or after MOST of them, and prints how many were killed.

Each publisher is a fork, and so is who looks after it, so that hundreds cost seconds.
"""

import functools
import os
import resource
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Never

import sqlalchemy as sa

from history.files import publish_file, saved, sessions
from impulscal.history.database import Database
from impulscal.publication import Outcome


@sa.event.listens_for(sa.Engine, "connect")
def _wait_for_no_disk(connection: Any, _record: object) -> None:
    # Killed processes lose nothing by it, and the disk is what takes the time.
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


def text(edit: int) -> str:
    return sessions(*(f"{number} 2021-06-{number:02} Fassung-{edit}" for number in range(1, 6)))


def publish(url: str, edit: int) -> None:
    """Publish, and remember an address, as a server does."""
    database = Database.open(url)
    published = publish_file(database, saved(text(edit), 1000 + edit))
    edition = published.edition
    assert edition is not None, published
    with database.writing() as transaction:
        transaction.renew_last_modified(
            "reihe",
            "/reihe.ics",
            edition.fingerprint,
            modified_at=edition.modified_at,
            now=edition.modified_at,
        )
    database.close()


def verify(url: str, edit: int) -> None:
    """See that the history is whole and lawful, and that the edit can be published on it."""
    database = Database.open(url)
    assert_lawful(database)
    with database.reading() as transaction:
        newest = transaction.newest_publication("reihe")
        told = {revision.facts["title"]["de"] for revision in transaction.log("reihe")[-5:]}
    # All five sessions carry the title of the newest text, or nothing is there at all.
    assert (newest is None) == (told == set())
    assert newest is None or newest.text in (text(edit).encode(), text(edit - 1).encode())
    assert newest is None or {title.encode() in newest.text for title in told} == {True}
    again = publish_file(database, saved(text(edit), 1000 + edit))
    assert again.outcome in (Outcome.PUBLISHED, Outcome.UNCHANGED)
    assert_lawful(database)
    assert again.edition is not None
    assert {session.revision.sequence for session in again.edition.sessions} == {edit}
    with database.reading() as transaction:
        if transaction.connection.dialect.name == "sqlite":
            assert transaction.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.close()


def assert_lawful(database: Database) -> None:
    with database.reading() as transaction:
        log = transaction.log("reihe")
    for session in {revision.session for revision in log}:
        own = [revision for revision in log if revision.session == session]
        assert [revision.ordinal for revision in own] == list(range(len(own)))
        for before, after in pairwise(own):
            assert after.sequence == before.sequence + 1
            assert after.revised_at > before.revised_at


def die() -> Never:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_at_statement(number: int) -> None:
    left = count(number, -1)

    def pass_by(*_arguments: object) -> None:
        if next(left) <= 0:
            die()

    for name in ("before_cursor_execute", "after_cursor_execute", "commit", "begin"):
        sa.event.listen(sa.Engine, name, pass_by)


def die_at_step(number: int) -> None:
    left = count(number, -1)

    def pass_by() -> int:
        if next(left) <= 0:
            die()
        return 0

    @sa.event.listens_for(sa.Engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.set_progress_handler(pass_by, 1)


def die_at_growth(number: int) -> None:
    # Python ignores the signal; here it kills, with part of what was to be written written.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))


WAYS: dict[str, Callable[[int], None]] = {
    "statement": die_at_statement,
    "step": die_at_step,
    "growth": die_at_growth,
    "first": die_at_statement,
}


def in_a_fork(work: Callable[[], object]) -> int:
    """Do ``work`` in a process of its own; return the signal that ended it, or 0."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 -- told, and the fork ends in any case
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    if os.WEXITSTATUS(status):
        sys.exit("a fork has failed")
    return 0


def main(url: str, way: str, stride: int, most: int) -> None:
    file = Path(str(sa.make_url(url).database))
    # What is imported now is not imported by every fork.
    Database.in_memory().close()
    if way != "first":
        in_a_fork(lambda: publish(url, 0))
    for killed in range(most):
        edit = 0 if way == "first" else killed + 1
        point = killed * stride

        def work(edit: int = edit, point: int = point) -> None:
            WAYS[way](point)
            publish(url, edit)

        ended_by = in_a_fork(work)
        in_a_fork(functools.partial(verify, url, edit))
        if way == "first":
            for path in file.parent.glob(f"{file.name}*"):
                path.unlink()
        if ended_by == 0:
            print(killed)
            return
    print(most)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
