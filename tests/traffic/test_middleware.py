"""Every request is counted by who asks, for what, how it ends and how it was answered."""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from impulscal.front import AT_ONCE, NotAtOnceError
from impulscal.history.database import Database
from impulscal.subscribers.polls import Polls
from impulscal.subscribers.store import asked
from impulscal.web.traffic.kinds import place_of
from impulscal.web.traffic.middleware import Traffic
from impulscal.web.traffic.tally import Cell, Key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

APPLE = "iOS/26.5 (23F77) dataaccessd/1.0"


def answering(status: str = "200 OK", body: bytes = b"twelve bytes", answered: str = "") -> Any:
    """Return an application that answers just so."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if answered:
            environ["front.answer"] = answered
        start_response(status, [("Content-Length", str(len(body)))])
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    return app


def watching(app: Any, **options: Any) -> Traffic:
    return Traffic(app, seconds=lambda: 1_000.0, **options)


def ask(traffic: Traffic, path: str, method: str = "GET", **environ: str) -> str:
    asked = EnvironBuilder(path=path, method=method, headers=[("User-Agent", APPLE)]).get_environ()
    _body, status, _headers = run_wsgi_app(traffic, {**asked, **environ})
    return status


def counted(traffic: Traffic) -> dict[tuple[str, ...], tuple[int, int]]:
    return {(*key,): (one.requests, one.size) for key, one in traffic.tally.totals().items()}


def test_requests_are_counted_with_their_bytes() -> None:
    traffic = watching(answering(answered="memory"))

    told = [ask(traffic, "/stadtimpuls.ics") for _time in range(3)]

    assert told == ["200 OK"] * 3
    assert counted(traffic) == {("apple", "feed", "200", "memory"): (3, 36)}


def test_what_the_front_did_not_answer_was_answered_by_the_app() -> None:
    traffic = watching(answering())

    ask(traffic, "/stadtimpuls")

    assert counted(traffic) == {("apple", "page", "200", "app"): (1, 12)}


def test_a_head_has_no_bytes() -> None:
    traffic = watching(answering())

    ask(traffic, "/stadtimpuls.ics", "HEAD")

    assert counted(traffic) == {("apple", "feed", "200", "app"): (1, 0)}


def test_the_length_of_what_is_sent_in_pieces_stands_in_its_header() -> None:
    class Pieces:
        def __iter__(self) -> Any:
            return iter([b"twelve", b" bytes"])

    def app(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [("Content-length", "12")])
        return Pieces()

    traffic = watching(app)
    ask(traffic, "/static/style.css")

    assert counted(traffic) == {("apple", "static", "200", "app"): (1, 12)}


def test_an_application_that_fails_is_counted_and_goes_on_failing() -> None:
    def app(_environ: "WSGIEnvironment", _start: "StartResponse") -> Iterable[bytes]:
        raise ZeroDivisionError

    traffic = watching(app)

    with pytest.raises(ZeroDivisionError):
        ask(traffic, "/stadtimpuls.ics")
    assert counted(traffic) == {("apple", "feed", "500", "app"): (1, 0)}


def test_what_is_not_answered_at_once_is_counted_when_it_is() -> None:
    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ.get(AT_ONCE):
            raise NotAtOnceError
        return list(answering()(environ, start))

    traffic = watching(app)
    asked = EnvironBuilder(path="/a.ics", headers=[("User-Agent", APPLE)]).get_environ()

    with pytest.raises(NotAtOnceError):
        run_wsgi_app(traffic, {**asked, AT_ONCE: True})
    run_wsgi_app(traffic, asked)

    assert counted(traffic) == {("apple", "feed", "200", "app"): (1, 12)}


def test_no_request_is_lost_between_threads() -> None:
    traffic = watching(answering())

    def ask_often() -> None:
        for _time in range(500):
            ask(traffic, "/stadtimpuls.ics")

    threads = [threading.Thread(target=ask_often) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted(traffic) == {("apple", "feed", "200", "app"): (2_000, 24_000)}


def test_ever_new_paths_and_programs_fill_no_memory() -> None:
    traffic = watching(answering("404 NOT FOUND"))

    for number in range(10_000):
        ask_cheaply(traffic, f"/{number}", f"Firefox/{number}")
    ask_cheaply(traffic, "/" + "x" * 100_000, "x" * 100_000)

    assert len(traffic._seen) <= 4_096
    assert max(sum(map(len, key)) for key in traffic._seen) <= 1_100
    assert sum(cell.requests for cell in traffic.tally.totals().values()) == 10_001
    assert len(traffic.tally.totals()) == 2


def ask_cheaply(traffic: Traffic, path: str, agent: str) -> None:
    asked = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_USER_AGENT": agent}
    traffic(asked, lambda _status, _headers, _info=None, /: lambda _data: None)


@pytest.mark.parametrize(
    ("path", "kind", "series"),
    [
        ("/stadtimpuls.ics", "feed", "stadtimpuls"),
        ("/en/stadtimpuls.ics", "feed", "stadtimpuls"),
        ("/feeds/google/stadtimpuls.ics", "feed", "stadtimpuls"),
        ("/de/feeds/google/stadtimpuls.ics", "feed", "stadtimpuls"),
        ("/stadtimpuls/2.ics", "session file", ""),
        ("/en/stadtimpuls/2.ics", "session file", ""),
        ("/stadtimpuls/2/sign-off/a.b/session.ics", "sign-off", ""),
        ("/de/stadtimpuls/2/sign-off/a.b", "sign-off", ""),
        ("/", "page", ""),
        ("/de", "page", ""),
        ("/stadtimpuls", "page", ""),
        ("/stadtimpuls/2", "page", ""),
        ("/en/stadtimpuls/changes", "page", ""),
        ("/stadtimpuls.json", "data", ""),
        ("/stadtimpuls.atom", "data", ""),
        ("/sitemap.xml", "data", ""),
        ("/static/style-0123456789.css", "static", ""),
        ("/embed.js", "static", ""),
        ("/stadtimpuls/2/1-0123456789.png", "static", ""),
        ("/staff", "staff", ""),
        ("/staff/en/outbox", "staff", ""),
        ("/healthz", "state", ""),
        ("/metrics", "state", ""),
        ("/wp-login.php", "other", ""),
        ("/robots.txt", "other", ""),
    ],
)
def test_an_address_is_known_by_its_path(path: str, kind: str, series: str) -> None:
    found = place_of(path)

    assert (found.kind, found.series) == (kind, series)


@given(st.text())
def test_every_path_leads_somewhere(path: str) -> None:
    assert place_of(f"/{path}").kind != ""


@pytest.fixture
def polls() -> Polls:
    """Give what counts polls, with the salt of the day."""
    database = Database.in_memory()
    counting = Polls(lambda: database, lambda: 1_000.0)
    counting.tell()
    return counting


def polled(polls: Polls) -> list[tuple[str, str, int, int]]:
    polls.tell()
    with polls._database().reading() as transaction:
        rows = asked(transaction, since=polls._day.date)
    return [(one.series, one.family, one.requests, round(one.clients)) for one in rows]


@pytest.mark.parametrize("status", ["200 OK", "304 NOT MODIFIED"])
def test_a_feed_that_is_got_is_a_poll(polls: Polls, status: str) -> None:
    traffic = watching(answering(status), polls=polls)

    ask(traffic, "/stadtimpuls.ics")

    assert polled(polls) == [("stadtimpuls", "apple", 1, 1)]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/stadtimpuls.ics", "HEAD", "200 OK"),
        ("/unknown.ics", "GET", "404 NOT FOUND"),
        ("/stadtimpuls/2.ics", "GET", "200 OK"),
        ("/stadtimpuls", "GET", "200 OK"),
    ],
)
def test_nothing_else_is_a_poll(polls: Polls, path: str, method: str, status: str) -> None:
    traffic = watching(answering(status), polls=polls)

    ask(traffic, path, method)

    assert polled(polls) == []


@pytest.mark.parametrize(
    ("proxies", "forwarded", "clients"),
    [
        # Without a proxy of ours nobody is believed.
        (0, ["192.0.2.1", "192.0.2.2"], 1),
        (1, ["192.0.2.1", "192.0.2.2"], 2),
        # What the client writes itself stands in front.
        (1, ["10.0.0.1, 192.0.2.1", "10.0.0.2, 192.0.2.1"], 1),
        (2, ["192.0.2.1, 10.0.0.1", "192.0.2.2, 10.0.0.1"], 2),
        # A request that came past the proxies.
        (2, ["192.0.2.1", "192.0.2.2"], 1),
        (1, ["", ""], 1),
    ],
)
def test_only_our_own_proxies_are_believed(
    polls: Polls, proxies: int, forwarded: list[str], clients: int
) -> None:
    traffic = watching(answering(), polls=polls, proxies=proxies)

    for told in forwarded:
        ask(traffic, "/stadtimpuls.ics", HTTP_X_FORWARDED_FOR=told, REMOTE_ADDR="198.51.100.1")

    assert polled(polls) == [("stadtimpuls", "apple", 2, clients)]


def test_counts_are_the_same_for_who_asks_for_them_twice() -> None:
    traffic = watching(answering())
    ask(traffic, "/stadtimpuls.ics")

    before = traffic.tally.totals()[Key("apple", "feed", "200", "app")]

    assert traffic.tally.totals() == {Key("apple", "feed", "200", "app"): Cell(1, 12)}
    assert before == Cell(1, 12)
