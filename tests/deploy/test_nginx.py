"""deploy/nginx.conf in a real nginx, before a real `impulscal serve` at a Unix socket."""

import struct
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.house import DEPLOY, FEED, Front, free_port, own_certificate, started
from serve.server import IMPULSCAL, PATIENCE, Answer, Server, environment, running
from web.running import until
from web.serving import schedule, session

# One house for all tests of this file, however they are dealt out.
pytestmark = pytest.mark.xdist_group("nginx")

KEY = "0123456789abcdef0123456789abcdef"

# What a site file stands in. Root's workers may use a socket of root's.
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
{user}
events {{ worker_connections 512; }}
http {{
    default_type text/plain;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """nginx and the server behind it."""

    folder: Path
    server: Server
    front: Front
    plain: Front

    def times_asked(self, path: str) -> int:
        """How often impulscal was asked for ``path``, as far as it has told."""
        return self.server.told().count(f'"GET {path} ')

    def let_expire(self) -> None:
        """Make all that is kept too old: the second field of its head (ngx_cache_header)."""
        for file in (self.folder / "cache").rglob("*"):
            if file.is_file():
                with file.open("r+b") as kept:
                    kept.seek(8)
                    kept.write(struct.pack("=q", 1))


def adapted(folder: Path, plain: Front, front: Front) -> str:
    """The site file with ports and places of the test; each has to stand in it."""
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for before, after in {
        "/run/impulscal.sock": str(folder / "socket"),
        "/var/cache/nginx/impulscal": str(folder / "cache"),
        "/var/log/nginx/impulscal.log": str(folder / "access.log"),
        "/etc/letsencrypt/live/termine.example.de": str(folder),
        "listen 80;": f"listen 127.0.0.1:{plain.port};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{front.port} ssl http2;",
        "listen [::]:443 ssl http2;": "",
    }.items():
        assert before in site
        site = site.replace(before, after)
    return site


def nginx(folder: Path) -> list[str]:
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, require_program: Callable[[str], None]
) -> Iterator[House]:
    require_program("nginx")
    with built(tmp_path_factory.mktemp("nginx")) as built_house:
        yield built_house


@contextmanager
def built(folder: Path, **changed: str) -> Iterator[House]:
    own_certificate(folder)
    front, plain = Front(port=free_port(), tls=True), Front(port=free_port(), tls=False)
    (folder / "site.conf").write_text(adapted(folder, plain, front), encoding="utf-8")
    user = "user root;" if Path("/root").owner() == folder.owner() else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user), encoding="utf-8")
    (folder / "sessions.yaml").write_text(
        schedule(session(1, "2021-06-08", description="Eine lange Beschreibung. " * 200)),
        encoding="utf-8",
    )
    with (
        running(folder, "--workers", "1", **(SETTINGS | changed)) as server,
        started(nginx(folder), front, folder / "nginx.log"),
    ):
        yield House(folder=folder, server=server, front=front, plain=plain)


SETTINGS = {
    "IMPULSCAL_SECRET_KEY": KEY,
    "IMPULSCAL_STAFF": "redaktion@example.org",
    "IMPULSCAL_PROXIES": "1",
}


def cached(answer: Answer) -> str | None:
    return answer.headers["X-Cache"]


def test_nginx_finds_nothing_wrong(house: House) -> None:
    checked = subprocess.run(
        [*nginx(house.folder), "-t"], capture_output=True, check=False, text=True
    )

    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


def test_a_feed_is_kept_and_conditional_requests_are_answered_from_what_is_kept(
    house: House,
) -> None:
    first = house.front.ask(FEED)
    second = house.front.ask(FEED)
    head = house.front.ask(FEED, "HEAD")
    by_tag = house.front.ask(FEED, headers={"If-None-Match": first.headers["ETag"]})
    by_date = house.front.ask(FEED, headers={"If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT"})

    assert (first.status, first.body) == (second.status, second.body)
    assert first.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert [cached(answer) for answer in (second, head, by_tag, by_date)] == ["HIT"] * 4
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.body))
    assert [(answer.status, answer.body) for answer in (by_tag, by_date)] == [(304, b"")] * 2
    for name in ("ETag", "Last-Modified", "Cache-Control"):
        assert len({answer.headers[name] for answer in (first, second, head, by_tag)}) == 1


def test_a_calendar_is_never_packed_and_a_page_is(house: House) -> None:
    packing = {"Accept-Encoding": "gzip, deflate, br;q=0"}

    feed = house.front.ask(FEED, headers=packing)
    page = house.front.ask("/stadtimpuls/", headers=packing)
    plain = house.front.ask("/stadtimpuls/")

    assert feed.headers["Content-Encoding"] is None
    assert feed.body.endswith(b"END:VCALENDAR\r\n")
    assert (page.headers["Content-Encoding"], page.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert plain.headers["Content-Encoding"] is None
    assert plain.body.startswith(b"<!doctype html>")


def test_public_answers_set_no_cookie_and_take_none(house: House) -> None:
    mine = {"Cookie": "a=b", "Authorization": "Bearer x", "Host": "evil.example"}

    first = house.front.ask("/en/stadtimpuls.ics", headers=mine)
    second = house.front.ask("/en/stadtimpuls.ics")

    assert (first.status, first.body) == (200, second.body)
    assert cached(second) == "HIT"
    assert {"Set-Cookie", "Location"} & set(first.headers) == set()
    assert b"evil.example" not in first.body


def test_options_are_told_apart_and_marks_of_trackers_are_not(house: House) -> None:
    plain = house.front.ask(FEED)

    alarm = house.front.ask(f"{FEED}?alarm=30")
    disguised = house.front.ask(f"{FEED}?%61larm=45")
    tracked = house.front.ask(f"{FEED}?utm_source=mail&fbclid=abc")
    both = house.front.ask(f"{FEED}?utm_source=mail&alarm=30")
    in_the_path = house.front.ask("/stadtimpuls.ics%3Falarm=30")

    assert (tracked.body, cached(tracked)) == (plain.body, "HIT")
    assert b"TRIGGER" in alarm.body
    assert b"TRIGGER" in disguised.body
    assert both.body == alarm.body
    assert in_the_path.status == 404
    assert house.front.ask(FEED).body == plain.body


def test_a_refusal_is_not_kept(house: House) -> None:
    answers = [house.front.ask("/keine-reihe.ics") for _time in range(2)]

    assert [(answer.status, cached(answer)) for answer in answers] == [(404, "MISS")] * 2


@pytest.mark.parametrize("path", ["/staff/", "/de/staff/", "/healthz", "//staff//", "/metrics"])
def test_what_is_for_one_person_is_asked_each_time(house: House, path: str) -> None:
    answers = [house.front.ask(path) for _time in range(2)]

    assert [cached(answer) for answer in answers] == [None, None]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_below_a_path_too_the_staff_area_can_be_used(
    tmp_path: Path, require_program: Callable[[str], None]
) -> None:
    require_program("nginx")
    site, token = "https://termine.example.de", "0123456789abcdef"
    settings = {"IMPULSCAL_BASE_URL": f"{site}/termine", "IMPULSCAL_METRICS_TOKEN": token}

    with built(tmp_path, **settings) as house:
        way_in = signed_in(house, environment(tmp_path, **SETTINGS, **settings), site)
        inside = house.front.ask("/termine/staff/", headers={"Cookie": way_in})
        allowed = {"Authorization": f"Bearer {token}"}
        metrics = house.front.ask("/termine/metrics", headers=allowed)
        health = house.front.ask("/termine/healthz")
        feeds = [cached(house.front.ask(f"/termine{FEED}")) for _time in range(2)]

    private = [inside, metrics, health]
    assert [(answer.status, cached(answer)) for answer in private] == [(200, None)] * 3
    assert feeds == ["MISS", "HIT"]


def signed_in(house: House, settings: dict[str, str], site: str) -> str:
    """Take a link from `impulscal staff-link` through nginx; return the cookie."""
    order = [IMPULSCAL, "staff-link", "redaktion@example.org"]
    link = subprocess.run(order, env=settings, check=True, capture_output=True, text=True).stdout
    origin = {"Origin": site, "Host": site.removeprefix("https://")}
    answer = house.front.ask(link.strip().removeprefix(site), "POST", headers=origin, body=b"")
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def test_a_form_of_the_staff_area_arrives(house: House) -> None:
    body = b"email=redaktion%40example.org"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = house.front.ask("/staff/sign-in", "POST", headers=kind, body=body)

    assert answer.status < 500
    assert answer.status != 405
    assert cached(answer) is None


def test_what_is_too_long_is_refused_by_nginx(house: House) -> None:
    answer = house.front.ask("/staff/sign-in", "POST", headers={"Content-Length": "12000000"})

    assert answer.status == 413


def test_plain_http_leads_to_https_at_the_same_address(house: House) -> None:
    answer = house.plain.ask(f"{FEED}?alarm=30")

    assert answer.status == 301
    # The name of the site, whatever host the client says.
    assert answer.headers["Location"] == f"https://termine.example.de{FEED}?alarm=30"


@pytest.mark.parametrize("path", [FEED, "/staff/sign-in", "/nothing"])
def test_browsers_are_told_to_come_by_https_alone(house: House, path: str) -> None:
    answer = house.front.ask(path)

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_neither_log_holds_a_whole_address(house: House) -> None:
    house.front.ask(FEED)

    def written() -> str:
        return (house.folder / "access.log").read_text(encoding="utf-8")

    until(lambda: FEED in written())

    assert "127.0.0.1" not in written()
    assert "127.0.0.1" not in house.server.told()


def test_many_who_ask_for_an_expired_feed_are_one_request(house: House) -> None:
    path = "/feeds/google/stadtimpuls.ics"
    before = house.front.ask(path)
    house.let_expire()

    with ThreadPoolExecutor(max_workers=20) as pool:
        answers = list(pool.map(lambda _number: house.front.ask(path), range(60)))
    until(lambda: cached(house.front.ask(path)) == "HIT")
    until(lambda: house.times_asked(path) >= 2)

    assert {(answer.status, answer.body) for answer in answers} == {(200, before.body)}
    assert {cached(answer) for answer in answers} <= {"STALE", "UPDATING", "HIT"}
    assert house.times_asked(path) == 2


def test_many_who_ask_for_what_is_not_kept_yet_are_one_request(house: House) -> None:
    path = "/feeds/reminder/stadtimpuls.ics"

    with ThreadPoolExecutor(max_workers=20) as pool:
        answers = list(pool.map(lambda _number: house.front.ask(path), range(40)))
    until(lambda: house.times_asked(path) >= 1)

    assert {answer.status for answer in answers} == {200}
    assert house.times_asked(path) == 1


def test_while_the_server_is_away_what_is_kept_goes_on(
    tmp_path: Path, require_program: Callable[[str], None]
) -> None:
    require_program("nginx")

    with built(tmp_path) as house:
        kept = house.front.ask(FEED)
        house.server.process.terminate()
        house.server.process.wait(PATIENCE)
        house.let_expire()
        during = [house.front.ask(FEED) for _time in range(3)]
        by_tag = house.front.ask(FEED, headers={"If-None-Match": kept.headers["ETag"]})
        unknown = house.front.ask(f"{FEED}?alarm=77")
        with running(tmp_path, "--workers", "1", **SETTINGS):
            until(lambda: cached(house.front.ask(FEED)) == "HIT")

    assert {(answer.status, answer.body) for answer in during} == {(200, kept.body)}
    assert by_tag.status == 304
    assert (unknown.status, unknown.headers["Retry-After"]) == (503, "60")
    assert unknown.headers["Content-Type"] == "text/plain"
