"""Several processes on one history, and processes that are killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

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


def test_workers_that_start_together_on_no_database_agree_on_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/history.sqlite3"
    workers = [start(url, "same", 1) for _ in range(4)]

    codes = [finish(worker) for worker in workers]

    assert codes == [0, 0, 0, 0]
    database = Database.open(url)
    assert {name: len(log) for name, log in logs(database).items()} == {
        "1": 1,
        "2": 1,
        "3": 1,
        "4": 1,
        "5": 1,
    }


def test_workers_that_race_with_different_files_keep_one_lawful_history(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/history.sqlite3"
    workers = [start(url, name, 15) for name in ("a", "b")]

    codes = [finish(worker) for worker in workers]

    assert codes == [0, 0]
    database = Database.open(url)
    assert_lawful(database)
    assert len(logs(database)) == 5


def test_a_kill_at_any_point_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    url = f"sqlite:///{file}"
    told = -1
    for attempt in range(12):
        worker = start(url, f"try{attempt}", 1000)
        assert worker.stdout is not None
        for _ in range(attempt % 4 + 1):
            told = int(worker.stdout.readline())
        worker.send_signal(signal.SIGKILL)
        finish(worker)

        database = Database.open(url)
        assert_lawful(database)
        with database.reading() as transaction:
            newest = transaction.newest_publication("reihe")
        assert newest is not None
        titles = {revisions[-1].facts["title"]["de"] for revisions in logs(database).values()}
        # All five sessions carry the title of the newest text: nothing is half done,
        # and what the process had reported is there.
        (title,) = titles
        assert title.encode() in newest.text
        assert int(title.partition("-")[2]) >= told
        database.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_publication_after_kills_goes_on_where_it_stood(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/history.sqlite3"
    assert finish(start(url, "a", 3)) == 0
    database = Database.open(url)
    before = {name: log[-1].sequence for name, log in logs(database).items()}

    entries = [f"{number} 2021-06-{number:02} Neu" for number in range(1, 6)]
    publish_file(database, saved(sessions(*entries), 5000))

    after = {name: log[-1].sequence for name, log in logs(database).items()}
    assert after == {name: sequence + 1 for name, sequence in before.items()}
