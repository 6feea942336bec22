"""A start on a schedule that is as it was: the feed is answered before the program is there."""

import sqlite3
from contextlib import closing
from pathlib import Path

from impulscal.kept_answers import recall
from impulscal.settings import Settings
from serve.server import environment, running, started
from serve.test_workers import series
from web.running import until

FEED = "/stadtimpuls.ics"

# Stands in for a machine so slow that the test can look at what happens meanwhile.
HELD_UP = """
import os, sys, time
class Slow:
    def find_spec(self, name, *_rest):
        while name == "impulscal.web" and not os.path.exists(os.environ["GO"]):
            time.sleep(0.01)
if "impulscal.worker" in sys.orig_argv:
    sys.meta_path.insert(0, Slow())
"""


def test_the_feed_is_answered_while_the_program_is_still_imported(tmp_path: Path) -> None:
    folder = series(tmp_path)
    with running(folder, "--workers", "1") as server:
        before = server.ask(FEED)
        until(lambda: bool(recall(Settings.from_environment(environment(folder))).answers))
    (folder / "sitecustomize.py").write_text(HELD_UP, encoding="utf-8")
    slow = {"PYTHONPATH": str(folder), "GO": str(folder / "go")}

    with started(folder, **slow) as server:
        first = server.ask(FEED)
        known = server.ask(FEED, headers={"If-None-Match": before.headers["ETag"]})
        (folder / "go").touch()
        page = server.ask("/stadtimpuls/")

    assert (first.status, first.body) == (200, before.body)
    assert (known.status, page.status) == (304, 200)


def test_a_history_that_somebody_else_has_locked_takes_no_feed_away(tmp_path: Path) -> None:
    folder = series(tmp_path)
    with running(folder, "--workers", "1") as server:
        before = server.ask(FEED)
        until(lambda: bool(recall(Settings.from_environment(environment(folder))).answers))

    with closing(sqlite3.connect(folder / "history.sqlite3")) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        with started(folder, "--workers", "1") as server:
            first = server.ask(FEED)
            until(lambda: "Stop with Ctrl-C." in server.told())
            without_editions = server.ask(FEED)
            state = server.ask("/healthz").status
            lock.rollback()
            until(lambda: server.ask("/healthz").status == 200)
            at_last = server.ask(FEED)

    answers = [first, without_editions, at_last]
    assert [(answer.status, answer.body) for answer in answers] == [(200, before.body)] * 3
    assert state == 503
