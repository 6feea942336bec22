"""Requests that nobody sends by accident: each has an answer, and none is a 500."""

import http
import sqlite3
from contextlib import closing

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from web.serving import Serving

PATHS = [
    "/%00",
    "/stadtimpuls%00.ics",
    "/stadtimpuls.ics%0d%0aSet-Cookie:%20a=b",
    "/stadtimpuls/2.ics%0aX:%20y",
    "/%ff%fe.ics",
    "/%ed%a0%80/2",
    "/stadtimpuls/%c3%28",
    "/%",
    "/%zz.ics",
    "/%25%30%30",
    "/../../etc/passwd",
    "/static/../../settings/clock.py",
    "/static/..%2f..%2fsettings/clock.py",
    "/static/%2e%2e/pages.py",
    "/feeds/../stadtimpuls.ics",
    "/stadtimpuls.ics;jsessionid=1",
    "/stadtimpuls.ics.",
    "/de/en/stadtimpuls.ics",
    "/{{7*7}}",
    "/<script>alert(1)</script>",
    "/" + "a" * 100_000,
    "/" + "a/" * 20_000,
    "/stadtimpuls/" + "ä" * 5_000 + ".ics",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_a_twisted_path_is_a_404_that_gives_nothing_back(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    assert "X" not in answer.headers
    assert "script>alert" not in answer.text
    assert "49" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"x{number}=1" for number in range(20_000)),
        "&" * 100_000,
        "=" * 100_000,
        "%00=%00&%ff=%ff&%ed%a0%80=1",
        "utm=" + "a" * 500_000,
        "topic=&" * 5_000,
    ],
    ids=["many", "ampersands", "equals", "bytes", "long", "empty topics"],
)
def test_a_heavy_query_of_nothing_known_changes_nothing(client: FlaskClient, query: str) -> None:
    plain = client.get("/stadtimpuls.ics").data

    assert client.get(f"/stadtimpuls.ics?{query}").data == plain


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&".join(f"topic=t{number}" for number in range(5_000)), 404),
        ("topic=%0d%0aX:%20y", 404),
        ("topic=%ed%a0%80", 404),
        ("topic=" + "ß" * 50_000, 404),
        ("alarm=" + "0" * 50_000, 400),
        ("alarm=%0d%0aX:%20y", 400),
        ("deadlines=<script>", 400),
        ("cancelled={0.__class__}", 400),
        ("cancelled=%(x)s{x}", 400),
    ],
)
def test_a_bad_value_of_any_size_is_refused(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"/stadtimpuls.ics?{query}")

    assert (answer.status_code, answer.content_type) == (status, "text/plain; charset=utf-8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/stadtimpuls.ics", "/stadtimpuls/2/", "/healthz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X"])
def test_what_is_public_can_only_be_read(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method, data=b"x" * 10_000)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_what_can_be_done_is_told(client: FlaskClient) -> None:
    answer = client.options("/stadtimpuls.ics")

    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (
        200,
        {"GET", "HEAD", "OPTIONS"},
    )


ANYTHING = st.text(max_size=60)
HEADERS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(path=ANYTHING, query=ANYTHING, matches=HEADERS, since=HEADERS)
def test_whatever_is_asked_for_the_answer_is_known(
    client: FlaskClient, path: str, query: str, matches: str, since: str
) -> None:
    raw = path.encode("utf-8", "surrogatepass").decode("latin-1")
    answer = client.get(
        "/stadtimpuls.ics",
        environ_overrides={
            "PATH_INFO": f"/{raw}",
            "QUERY_STRING": query.encode("utf-8", "surrogatepass").decode("latin-1"),
            "HTTP_IF_NONE_MATCH": matches,
            "HTTP_IF_MODIFIED_SINCE": since,
        },
    )

    assert http.HTTPStatus(answer.status_code) in (
        http.HTTPStatus.OK,
        http.HTTPStatus.NOT_MODIFIED,
        http.HTTPStatus.BAD_REQUEST,
        http.HTTPStatus.NOT_FOUND,
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(matches=HEADERS, since=HEADERS, host=HEADERS, token=HEADERS)
def test_whatever_the_headers_are_the_feed_is_whole(
    client: FlaskClient, matches: str, since: str, host: str, token: str
) -> None:
    plain = client.get("/stadtimpuls.ics").data
    answer = client.get(
        "/stadtimpuls.ics",
        environ_overrides={
            "HTTP_IF_NONE_MATCH": matches,
            "HTTP_IF_MODIFIED_SINCE": since,
            "HTTP_HOST": host,
            "HTTP_AUTHORIZATION": token,
            "HTTP_COOKIE": token,
            "HTTP_ACCEPT": token,
            "CONTENT_LENGTH": token,
        },
    )

    assert (answer.status_code, answer.data) in ((200, plain), (304, b""))


@pytest.mark.parametrize("path", ["/", "/stadtimpuls", "/stadtimpuls.ics", "/stadtimpuls/embed"])
@pytest.mark.parametrize("query", [b"\xff", b"utm=Gr\xfcn", b"\xff&topic=", "ü=€".encode()])
def test_letters_in_any_encoding_do_no_harm_to_an_address(
    client: FlaskClient, path: str, query: bytes
) -> None:
    asked = {"QUERY_STRING": query.decode("latin-1")}

    answer = client.get(path, environ_overrides=asked)

    assert answer.status_code == 200


def test_what_strangers_ask_for_does_not_fill_the_history(serving: Serving) -> None:
    client = serving.start()
    known = client.get("/stadtimpuls.ics?alarm=1").headers["Last-Modified"]
    rows = [("stadtimpuls", f"/x.ics?alarm={number}", "0", "2021-05-20") for number in range(1000)]
    with closing(sqlite3.connect(serving.history)) as history, history:
        history.executemany("INSERT INTO address VALUES (?, ?, ?, ?)", rows)

    asked_before, new, page = (
        client.get(path).headers
        for path in ("/stadtimpuls.ics?alarm=1", "/stadtimpuls.ics?alarm=2", "/stadtimpuls/1/")
    )

    assert asked_before["Last-Modified"] == page["Last-Modified"] == known
    assert ("Last-Modified" in new, "ETag" in new) == (True, True)
    with closing(sqlite3.connect(serving.history)) as history:
        query = "SELECT count(*) FROM address WHERE address LIKE '%?%'"
        assert history.execute(query).fetchone() == (1001,)


def test_health_tells_no_path_and_no_address(serving: Serving) -> None:
    client = serving.start()
    serving.write("kaputt: [")

    text = client.get("/healthz").text

    assert str(serving.folder) not in text
    assert "sqlite" not in text
    assert "einsateam.de" not in text
