"""The static export: the server's bytes, whole or not at all, on top of the history."""

import http.client
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from impulscal.cli import main
from impulscal.export import MARKER
from impulscal.history.database import Database
from impulscal.invitations.inviting import Inviting, add_guests
from impulscal.invitations.model import Kind, Listed
from impulscal.invitations.post import Post
from impulscal.invitations.private import private_session
from impulscal.publication import recall
from impulscal.schedule.clock import zone
from impulscal.settings import Settings
from impulscal.web import create_app

SECRET = "https://meet.example.org/geheim"
SCHEDULE = f"""
series:
  id: reihe
  domain: example.org
  title: Reihe
  start: 12:00
  duration: 30 min
  description: Text mit [Verweis](https://example.org/x).
sessions:
  - {{id: 1, date: 2021-06-08, title: Eins, topic: Grüne Stadt, join_url: "{SECRET}"}}
  - {{id: 2, date: 2021-09-14, title: Noch geheim, working_title: Zwei, announce: 4 weeks before}}
"""
NOW = datetime(2021, 5, 20, 9, tzinfo=zone("Europe/Berlin"))
ENVIRONMENT = {
    "IMPULSCAL_NOW": "2021-05-20T09:00",
    "IMPULSCAL_BASE_URL": "https://example.org/termine",
    "LANG": "en_GB.UTF-8",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "sessions.yaml").write_text(SCHEDULE)
    return tmp_path


def build(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["build", *arguments])


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def invite(folder: Path, person: Listed) -> None:
    database = Database.open(f"sqlite:///{folder}/instance/impulscal.sqlite3")
    edition = recall(database, "reihe", now=NOW)
    with database.writing() as transaction:
        private = private_session(transaction, edition, "1")
        add_guests(transaction, private, (person,), now=NOW)
        post = Post(base_url="https://example.org", secret_key="x", mail_from="a@example.org")
        Inviting(transaction, private, post, NOW).send({Kind.INVITATION})
    database.close()


def sequence(feed: bytes, uid: str) -> int:
    (event,) = (part for part in feed.decode().split("BEGIN:VEVENT") if f"UID:{uid}" in part)
    found = re.search(r"^SEQUENCE:(\d+)", event, re.MULTILINE)
    assert found is not None
    return int(found[1])


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_every_file_holds_the_bytes_that_the_server_gives(folder: Path) -> None:
    assert build("out", "--first").exit_code == 0
    settings = Settings.from_environment(
        {**ENVIRONMENT, "IMPULSCAL_SCHEDULE": str(folder / "sessions.yaml")}
    )
    client = create_app(settings).test_client()

    exported = files(folder / "out")
    del exported[MARKER], exported["404.html"]
    answers = {name: client.get("/" + name.removesuffix("index.html")).data for name in exported}

    assert answers == exported


def test_the_site_is_complete(folder: Path) -> None:
    build("out", "--first")

    names = set(files(folder / "out"))

    expected = {"404.html", "robots.txt", "sitemap.xml", "embed.js", "index.html"}
    for prefix in ("", "de/", "en/"):
        expected |= {
            f"{prefix}reihe/index.html",
            f"{prefix}reihe/1/index.html",
            f"{prefix}reihe/2/index.html",
            f"{prefix}reihe/changes/index.html",
            f"{prefix}reihe/share/index.html",
            f"{prefix}reihe/embed/index.html",
            f"{prefix}reihe.ics",
            f"{prefix}reihe.atom",
            f"{prefix}reihe.json",
            f"{prefix}reihe/1.ics",
            f"{prefix}reihe/2.ics",
            f"{prefix}feeds/google/reihe.ics",
            f"{prefix}feeds/deadlines/reihe.ics",
            f"{prefix}feeds/reminder/reihe.ics",
        }
    assert expected - names == set()
    assert not {"healthz", "healthz/index.html"} & names


def test_every_link_of_every_page_leads_to_a_file_below_the_sub_path(folder: Path) -> None:
    build("out", "--first")
    out = folder / "out"

    broken = []
    for page in out.rglob("*.html"):
        parser = Links()
        parser.feed(page.read_text())
        for link in parser.found:
            parts = urlsplit(link)
            own = parts.netloc in ("", "example.org") and parts.scheme in ("", "https")
            if not own or not parts.path or (parts.netloc and "/termine" not in parts.path):
                continue
            assert parts.path.startswith("/termine"), (page, link)
            target = out / parts.path.removeprefix("/termine").strip("/")
            if not (target.is_file() or (target / "index.html").is_file()):
                broken.append((str(page.relative_to(out)), link))

    assert broken == []


def test_any_web_host_can_serve_it(folder: Path) -> None:
    build("termine", "--first")

    with served(folder) as host:
        client = host.removeprefix("http://")
        connection = http.client.HTTPConnection(client)
        statuses = {}
        for path in ("/termine/reihe/", "/termine/reihe.ics", "/termine/en/reihe/1/"):
            connection.request("GET", path)
            answer = connection.getresponse()
            statuses[path] = answer.status, bool(answer.read())
        connection.close()

    assert statuses == dict.fromkeys(statuses, (200, True))


def test_nothing_private_is_in_any_file(folder: Path) -> None:
    build("out", "--first")

    leaking = [
        name
        for name, data in files(folder / "out").items()
        if b"geheim" in data.lower().replace(b"noch geheim", b"geheim")
    ]

    assert leaking == []


def test_neither_guests_nor_the_staff_area_are_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPULSCAL_SECRET_KEY", "a key that only this test knows")
    monkeypatch.setenv("IMPULSCAL_STAFF", "team@stadt.example")
    build("out", "--first")
    before = files(folder / "out")
    invite(folder, Listed(address="gast@stadt.example", name="Ada Gast"))

    assert build("out").exit_code == 0

    assert files(folder / "out") == before
    assert [name for name in before if "staff" in name or "sign-off" in name] == []


def test_without_a_history_it_asks_whether_this_is_the_first(folder: Path) -> None:
    result = build("out")

    assert result.exit_code == 2
    assert "--first" in result.stderr
    assert not (folder / "out").exists()


def test_a_lost_history_is_taken_over_from_the_earlier_export(folder: Path) -> None:
    build("out", "--first")
    schedule = folder / "sessions.yaml"
    schedule.write_text(SCHEDULE.replace("2021-06-08", "2021-06-15"))
    assert build("out").exit_code == 0
    (folder / "instance" / "impulscal.sqlite3").unlink()
    schedule.write_text(SCHEDULE.replace("2021-06-08", "2021-06-22"))

    assert build("out").exit_code == 0

    assert sequence((folder / "out/reihe.ics").read_bytes(), "1.reihe@") == 2


def test_a_lost_history_is_taken_over_from_the_published_site(folder: Path) -> None:
    build("old", "--first")
    (folder / "instance" / "impulscal.sqlite3").unlink()
    (folder / "sessions.yaml").write_text(SCHEDULE.replace("2021-06-08", "2021-06-15"))

    with served(folder / "old") as address:
        result = build("new", "--previous", f"{address}/")

    assert result.exit_code == 0
    assert sequence((folder / "new/reihe.ics").read_bytes(), "1.reihe@") == 1


def test_a_broken_file_leaves_the_old_site_whole(folder: Path) -> None:
    build("out", "--first")
    before = files(folder / "out")
    (folder / "sessions.yaml").write_text(SCHEDULE.replace("2021-06-08", "2021-13-08"))

    result = build("out")

    assert result.exit_code == 1
    assert "sessions.yaml has errors" in result.stderr
    assert files(folder / "out") == before


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "file").write_text("")

    result = build("file/out", "--first")

    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_a_folder_with_other_things_is_never_replaced(folder: Path) -> None:
    (folder / "home").mkdir()
    (folder / "home" / "diary.txt").write_text("Liebes Tagebuch")

    result = build("home", "--first")

    assert result.exit_code == 2
    assert files(folder / "home") == {"diary.txt": b"Liebes Tagebuch"}


def test_building_again_changes_nothing_and_leaves_nothing_behind(folder: Path) -> None:
    build("out", "--first")
    before = files(folder / "out")

    assert build("out").exit_code == 0

    assert files(folder / "out") == before
    assert sorted(path.name for path in folder.iterdir()) == ["instance", "out", "sessions.yaml"]


def test_a_session_that_left_leaves_no_file(folder: Path) -> None:
    build("out", "--first")
    (folder / "sessions.yaml").write_text(SCHEDULE + "withdrawn: [2]\n")

    build("out")

    assert not (folder / "out/reihe/2").exists()
    assert not (folder / "out/reihe/2.ics").exists()


def test_a_preview_never_writes_the_history(folder: Path) -> None:
    result = build("out", "--at", "2021-09-01T09:00")

    assert result.exit_code == 0
    assert not (folder / "instance").exists()
    assert "Noch geheim" in (folder / "out/reihe/2/index.html").read_text()


def test_a_preview_on_a_history_leaves_its_bytes(folder: Path) -> None:
    build("out", "--first")
    database = folder / "instance/impulscal.sqlite3"
    before = database.read_bytes()

    build("later", "--at", "2021-09-01T09:00")

    assert database.read_bytes() == before
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM revision").fetchone() == (2,)


def test_there_is_no_progress_in_a_pipe() -> None:
    result = build("out", "--first")

    assert "Writing" not in result.output
