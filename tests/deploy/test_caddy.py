"""deploy/Caddyfile in a real Caddy, before a real `impulscal serve` at a Unix socket."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.house import DEPLOY, FEED, Front, free_port, started
from serve.server import running
from web.running import until
from web.serving import schedule

pytestmark = pytest.mark.xdist_group("caddy")


SETTINGS = {
    "IMPULSCAL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "IMPULSCAL_STAFF": "redaktion@example.org",
    "IMPULSCAL_PROXIES": "1",
}


def settings(folder: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        # A site without a name gets no certificate, and so needs nobody to give one.
        "IMPULSCAL_SITE": f"http://127.0.0.1:{port}",
        "IMPULSCAL_SOCKET": str(folder / "socket"),
    }


@pytest.fixture(scope="module")
def front(
    tmp_path_factory: pytest.TempPathFactory, require_program: Callable[[str], None]
) -> Iterator[Front]:
    require_program("caddy")
    folder = tmp_path_factory.mktemp("caddy")
    (folder / "sessions.yaml").write_text(schedule(), encoding="utf-8")
    # Whoever else runs here may have Caddy's port for its administration.
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n", encoding="utf-8")
    with (folder / "Caddyfile").open("a", encoding="utf-8") as file:
        file.write((DEPLOY / "Caddyfile").read_text(encoding="utf-8"))
    site = Front(port=free_port(), tls=False)
    command = ["caddy", "run", "--config", str(folder / "Caddyfile")]
    with (
        running(folder, "--workers", "1", **SETTINGS),
        started(command, site, folder / "caddy.log", **settings(folder, site.port)),
    ):
        yield site


def test_caddy_finds_nothing_wrong(tmp_path: Path, require_program: Callable[[str], None]) -> None:
    require_program("caddy")
    shutil.copy(DEPLOY / "Caddyfile", tmp_path)

    checked, formatted = (
        subprocess.run(
            ["caddy", *order],
            cwd=tmp_path,
            env=settings(tmp_path, 80),
            capture_output=True,
            check=False,
            text=True,
        )
        for order in (["validate"], ["fmt", "--overwrite"])
    )

    assert (checked.returncode, formatted.returncode) == (0, 0), checked.stderr
    assert (tmp_path / "Caddyfile").read_bytes() == (DEPLOY / "Caddyfile").read_bytes()


def test_feeds_and_pages_come_through_as_they_are(front: Front) -> None:
    packing = {"Accept-Encoding": "gzip"}

    feed = front.ask(FEED, headers=packing)
    known = front.ask(FEED, headers={"If-None-Match": feed.headers["ETag"]})
    head = front.ask(FEED, "HEAD")
    page = front.ask("/stadtimpuls/", headers=packing)

    assert feed.status == 200
    assert feed.body.endswith(b"END:VCALENDAR\r\n")
    assert {"Content-Encoding", "Set-Cookie", "Location"} & set(feed.headers) == set()
    assert (known.status, known.body) == (304, b"")
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(feed.body)))
    assert page.headers["Content-Encoding"] == "gzip"


def test_metrics_stay_inside_and_large_bodies_outside(front: Front) -> None:
    metrics = [front.ask(path) for path in ("/metrics", "/metrics/", "/termine/metrics")]
    announced = [
        front.ask("/staff/sign-in", "POST", {"Content-Length": length}).status
        for length in ("11000000", "99999999", "123456789")
    ]
    small = front.ask("/staff/sign-in", "POST", body=b"a" * 12_000)

    assert [(answer.status, answer.body) for answer in metrics] == [(404, b"")] * 3
    assert announced == [413] * 3
    assert (small.status, b"<form" in small.body) == (200, False)


def test_no_log_holds_a_whole_address(
    front: Front, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = next(tmp_path_factory.getbasetemp().glob("caddy*"))
    front.ask("/de/stadtimpuls.ics", headers={"Cookie": "geheim=1"})

    def of_caddy() -> str:
        return (folder / "caddy.log").read_text(encoding="utf-8")

    until(lambda: "/de/stadtimpuls.ics" in of_caddy())
    until(lambda: "/de/stadtimpuls.ics" in (folder / "log").read_text(encoding="utf-8"))

    handled = [line for line in of_caddy().splitlines() if "handled request" in line]
    assert not any("127.0.0.1" in line.split('"remote_port"')[0] for line in handled)
    assert not any("geheim" in line for line in handled)
    assert "127.0.0.1" not in (folder / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/staff/sign-in/", "/staff/en/sign-in/", "/a/2/sign-off/"])
def test_no_log_holds_a_link_that_is_a_secret(
    front: Front, tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    log = next(tmp_path_factory.getbasetemp().glob("caddy*")) / "caddy.log"

    answer = front.ask(f"{path}geheimnis")
    until(lambda: f"{path}…" in log.read_text(encoding="utf-8"))

    assert "geheimnis" not in log.read_text(encoding="utf-8")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
