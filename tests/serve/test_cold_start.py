"""A start on a schedule that is as it was: the feed is answered before the program is there."""

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
        until(lambda: recall(Settings.from_environment(environment(folder))) != {})
    (folder / "sitecustomize.py").write_text(HELD_UP, encoding="utf-8")
    slow = {"PYTHONPATH": str(folder), "GO": str(folder / "go")}

    with started(folder, **slow) as server:
        first = server.ask(FEED)
        known = server.ask(FEED, headers={"If-None-Match": before.headers["ETag"]})
        (folder / "go").touch()
        page = server.ask("/stadtimpuls/")

    assert (first.status, first.body) == (200, before.body)
    assert (known.status, page.status) == (304, 200)
