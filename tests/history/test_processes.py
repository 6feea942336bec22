"""Several processes on one history, and processes that are killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from sqlalchemy import make_url

from history.files import publish_file, saved, sessions
from impulscal.history.database import Database
from impulscal.history.revisions import Revision

TESTS = Path(__file__).parents[1]
BUSY = Path(__file__).parent / "busy_publisher.py"


def start(url: str, name: str, edits: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(BUSY), url, name, str(edits)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


def finish(worker: subprocess.Popen[str]) -> int:
    worker.communicate(timeout=120)
    return worker.returncode


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


def logs(database: Database) -> dict[str, list[Revision]]:
    with database.reading() as transaction:
        log = transaction.log("reihe")
    found: dict[str, list[Revision]] = {}
    for revision in log:
        found.setdefault(revision.session, []).append(revision)
    return found


def assert_lawful(database: Database) -> None:
    for revisions in logs(database).values():
        assert [revision.ordinal for revision in revisions] == list(range(len(revisions)))
        for before, after in pairwise(revisions):
            assert after.sequence == before.sequence + 1
            assert after.revised_at > before.revised_at


def assert_whole(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_workers_that_start_together_on_no_database_agree_on_one(database_url: str) -> None:
    workers = [start(database_url, "same", 1) for _ in range(4)]

    codes = [finish(worker) for worker in workers]

    assert codes == [0, 0, 0, 0]
    with opened(database_url) as database:
        found = logs(database)
    assert {name: len(log) for name, log in found.items()} == {
        "1": 1,
        "2": 1,
        "3": 1,
        "4": 1,
        "5": 1,
    }


def test_workers_that_race_with_different_files_keep_one_lawful_history(database_url: str) -> None:
    workers = [start(database_url, name, 15) for name in ("a", "b")]

    codes = [finish(worker) for worker in workers]

    assert codes == [0, 0]
    with opened(database_url) as database:
        assert_lawful(database)
        assert len(logs(database)) == 5


def test_a_kill_at_any_point_loses_nothing(database_url: str) -> None:
    told = -1
    for attempt in range(12):
        worker = start(database_url, f"try{attempt}", 1000)
        assert worker.stdout is not None
        for _ in range(attempt % 4 + 1):
            told = int(worker.stdout.readline())
        worker.send_signal(signal.SIGKILL)
        finish(worker)

        with opened(database_url) as database:
            assert_lawful(database)
            with database.reading() as transaction:
                newest = transaction.newest_publication("reihe")
            titles = {revisions[-1].facts["title"]["de"] for revisions in logs(database).values()}
        assert newest is not None
        # All five sessions carry the title of the newest text: nothing is half done,
        # and what the process had reported is there.
        (title,) = titles
        assert title.encode() in newest.text
        assert int(title.partition("-")[2]) >= told
    if database_url.startswith("sqlite"):
        assert_whole(Path(str(make_url(database_url).database)))


def test_a_publication_after_kills_goes_on_where_it_stood(database_url: str) -> None:
    assert finish(start(database_url, "a", 3)) == 0
    entries = [f"{number} 2021-06-{number:02} Neu" for number in range(1, 6)]

    with opened(database_url) as database:
        before = {name: log[-1].sequence for name, log in logs(database).items()}
        publish_file(database, saved(sessions(*entries), 5000))
        after = {name: log[-1].sequence for name, log in logs(database).items()}

    assert after == {name: sequence + 1 for name, sequence in before.items()}
