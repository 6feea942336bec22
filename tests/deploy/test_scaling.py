"""What docs/scaling.md promises and can be tried here."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from deploy.house import FEED, ROOT
from serve.server import running
from web.running import until
from web.serving import schedule

PAPER = ROOT / "docs" / "scaling.md"


def test_every_file_that_the_paper_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PAPER.read_text(encoding="utf-8"))

    assert links
    assert [link for link in links if not (PAPER.parent / link).exists()] == []


def test_a_backup_made_while_it_is_served_is_whole(tmp_path: Path) -> None:
    places = [tmp_path / "before", tmp_path / "after"]
    for place in places:
        place.mkdir()
        (place / "sessions.yaml").write_text(schedule(), encoding="utf-8")
    statement = re.search(r'"(VACUUM INTO .*?)"', PAPER.read_text(encoding="utf-8"))
    assert statement is not None

    with running(places[0], "--workers", "1") as server:
        until(lambda: server.ask(FEED).status == 200)
        before = server.ask(FEED)
        with closing(sqlite3.connect(places[0] / "history.sqlite3")) as history:
            history.execute(
                statement[1].replace("/backup/history.sqlite3", str(places[1] / "history.sqlite3"))
            )
    with running(places[1], "--workers", "1") as server:
        until(lambda: server.ask(FEED).status == 200)
        after = server.ask(FEED)

    assert after.body == before.body
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"]
