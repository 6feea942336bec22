"""Web processes that share a PostgreSQL server, also while it is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from impulscal.web.editions import Editions
from postgresql import Server
from web.serving import Serving, health, schedule, session

FEED = "/stadtimpuls.ics"

PATHS = [FEED, "/en/stadtimpuls.ics", "/stadtimpuls/2.ics", "/stadtimpuls.json", "/"]


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    serving = Serving(tmp_path)
    serving.write(schedule())
    return serving


@pytest.fixture
def start(serving: Serving, postgresql: Server) -> Iterator[Callable[[], FlaskClient]]:
    """Give what starts a process on the files and one database."""
    started: list[FlaskClient] = []
    with postgresql.database() as url:

        def start() -> FlaskClient:
            started.append(serving.start(database_url=url))
            return started[-1]

        yield start
        for client in started:
            editions_of(client).database().close()


def editions_of(client: FlaskClient) -> Editions:
    editions = client.application.extensions["impulscal"].editions
    assert isinstance(editions, Editions)
    return editions


def told(client: FlaskClient, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    answer = client.get(path)
    return answer.status_code, list(answer.headers), answer.data


def retitled(serving: Serving, title: str) -> None:
    serving.hand.go(hours=1)
    serving.write(schedule(session(2, "2021-07-13", title=title), session(1, "2021-06-08")))


def test_two_processes_agree_byte_for_byte_and_header_for_header(
    serving: Serving, start: Callable[[], FlaskClient]
) -> None:
    one, two = start(), start()
    for title in ("Eins", "Zwei", "Drei"):
        retitled(serving, title)
        first, second = (one, two) if title == "Zwei" else (two, one)

        for path in PATHS:
            assert told(first, path) == told(second, path)


def test_a_process_that_sees_a_file_seconds_later_tells_what_the_first_one_told(
    serving: Serving, start: Callable[[], FlaskClient]
) -> None:
    one, two = start(), start()
    before = told(one, FEED), told(two, FEED)
    retitled(serving, "Anders")
    first = told(one, FEED)
    serving.hand.go(seconds=5)

    later = told(two, FEED)

    assert before[0] == before[1] != first
    assert later == first


def test_while_the_server_is_gone_the_feed_goes_on_and_the_edit_comes_later(
    serving: Serving, start: Callable[[], FlaskClient], postgresql: Server
) -> None:
    one, two = start(), start()
    before = [told(client, FEED) for client in (one, two)]
    with postgresql.away():
        retitled(serving, "Anders")
        meanwhile = [told(client, FEED) for client in (one, two)]
        fresh = one.get("/stadtimpuls/2.ics")
        state = health(one)

    after = [told(client, FEED) for client in (one, two)]

    assert meanwhile == before
    assert (fresh.status_code, "Last-Modified" in fresh.headers) == (200, False)
    assert (state["status"], state["history"]) == ("degraded", "failed")
    assert after[0] == after[1]
    assert b"Anders" in after[0][2]
    assert health(one)["status"] == "ok"


def test_that_the_server_was_started_again_is_noticed_by_nobody(
    serving: Serving, start: Callable[[], FlaskClient], postgresql: Server
) -> None:
    client = start()
    client.get(FEED)
    with postgresql.away():
        retitled(serving, "Anders")

    first = client.get(FEED)

    assert "Anders" in first.text
    assert "Last-Modified" in first.headers


def test_a_process_that_starts_without_the_server_serves_as_soon_as_it_is_there(
    start: Callable[[], FlaskClient], postgresql: Server
) -> None:
    client = start()
    with postgresql.away():
        early = client.get(FEED)

    assert (early.status_code, "Retry-After" in early.headers) == (503, True)
    assert client.get(FEED).status_code == 200
