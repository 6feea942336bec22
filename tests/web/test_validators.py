"""Headers, ETag, Last-Modified and 304 (RFC 9110 8.8, 13.1, 13.2.2)."""

import hashlib

import pytest
from flask.testing import FlaskClient

from web.serving import Serving

FEED = "/stadtimpuls.ics"

PUBLIC = [
    "/",
    "/de/stadtimpuls/",
    FEED,
    f"{FEED}?alarm=30&deadlines=1",
    "/en/feeds/google/stadtimpuls.ics",
    "/stadtimpuls/2/",
    "/stadtimpuls/2.ics",
    "/stadtimpuls.json",
]

REVISED = "Thu, 20 May 2021 07:00:00 GMT"
EARLIER = "Thu, 20 May 2021 06:59:59 GMT"
LATER = "Thu, 20 May 2021 07:00:01 GMT"

OF_THE_BODY = ("Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding")


def etag(client: FlaskClient, path: str = FEED) -> str:
    return client.get(path).headers["ETag"]


@pytest.mark.parametrize("path", PUBLIC)
def test_the_etag_is_strong_and_the_digest_of_the_bytes(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'


@pytest.mark.parametrize("path", [*PUBLIC, "/healthz", "/robots.txt", "/static/style.css"])
def test_head_answers_with_the_headers_of_get_and_no_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(path), client.head(path)

    assert (head.status_code, list(head.headers), head.data) == (200, list(get.headers), b"")
    assert head.headers["Content-Length"] == str(len(get.data))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_answer_may_be_kept_for_five_minutes_and_has_both_validators(
    client: FlaskClient, path: str
) -> None:
    headers = client.get(path).headers

    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["Last-Modified"] == REVISED
    assert "ETag" in headers


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json"},
        {"Accept-Language": "en"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic \xff:"},
        {"Cookie": "session=1; language=en"},
        {"Range": "bytes=0-9"},
        {"Upgrade": "websocket", "Connection": "Upgrade"},
        {"If-Match": '"other"'},
        {"If-Unmodified-Since": EARLIER},
        {"Content-Length": "nonsense"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_nothing_is_negotiated(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    plain, asked = client.get(path), client.get(path, headers=headers)

    assert (asked.status_code, list(asked.headers), asked.data) == (
        200,
        list(plain.headers),
        plain.data,
    )


CALENDARS = [path for path in PUBLIC if ".ics" in path]


@pytest.mark.parametrize("path", [*CALENDARS, "/nichts", "/healthz", "/robots.txt"])
def test_no_calendar_varies_or_is_compressed(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Accept-Encoding": "gzip, br, zstd, deflate"}).headers

    assert {"Vary", "Content-Encoding"} & set(headers.keys()) == set()


@pytest.mark.parametrize("path", [*PUBLIC, "/nichts", "/healthz", "/robots.txt"])
def test_no_answer_sets_a_cookie(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert "Set-Cookie" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "disposition"),
    [
        (FEED, 'inline; filename="stadtimpuls.ics"'),
        ("/feeds/reminder/stadtimpuls.ics", 'inline; filename="stadtimpuls.ics"'),
        ("/stadtimpuls/2.ics", 'attachment; filename="stadtimpuls-2-2021-07-13.ics"'),
    ],
)
def test_a_calendar_says_what_it_is_and_how_to_save_it(
    client: FlaskClient, path: str, disposition: str
) -> None:
    headers = client.get(path).headers

    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == disposition
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Robots-Tag"] == "noindex"


def test_robots_are_let_in(client: FlaskClient) -> None:
    assert client.get("/robots.txt").text.startswith("User-agent: *\nAllow: /\n")


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_304_carries_the_validators_and_nothing_of_the_body(
    client: FlaskClient, path: str, method: str
) -> None:
    whole = client.get(path).headers

    answer = client.open(path, method=method, headers={"If-None-Match": whole["ETag"]})

    assert (answer.status_code, answer.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Last-Modified"):
        assert answer.headers[name] == whole[name]
    assert [name for name in OF_THE_BODY if name in answer.headers] == []


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"other", {etag}', 304),
        ('W/"other", W/{etag} , "more"', 304),
        ('"comma, inside",{etag}', 304),
        ("*", 304),
        ('"other"', 200),
        ('W/"other"', 200),
        ("", 200),
        ('"', 200),
        ("W/", 200),
        (",,,", 200),
        ("'; DROP TABLE address", 200),
    ],
)
def test_if_none_match_is_compared_weakly(client: FlaskClient, condition: str, status: int) -> None:
    told = condition.format(etag=etag(client))

    answer = client.get(FEED, headers={"If-None-Match": told})

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (REVISED, 304),
        (LATER, 304),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 304),
        ("Thursday, 20-May-21 07:00:00 GMT", 304),
        ("Thu May 20 07:00:00 2021", 304),
        (EARLIER, 200),
        ("gestern", 200),
        ("", 200),
        ("Thu, 20 May 99999999999999999999 07:00:00 GMT", 200),
        ("Thu, 20 May 2021 99999999999999999999:00:00 GMT", 200),
        ("Thu, 31 Feb 2021 07:00:00 GMT", 200),
    ],
)
def test_if_modified_since_is_compared_to_the_second(
    client: FlaskClient, since: str, status: int
) -> None:
    assert client.get(FEED, headers={"If-Modified-Since": since}).status_code == status


@pytest.mark.parametrize(
    ("matches", "since", "status"),
    [("{etag}", EARLIER, 304), ('"other"', LATER, 200), ("", LATER, 200), ("*", "garbage", 304)],
)
def test_if_none_match_goes_before_if_modified_since(
    client: FlaskClient, matches: str, since: str, status: int
) -> None:
    told = matches.format(etag=etag(client))

    answer = client.get(FEED, headers={"If-None-Match": told, "If-Modified-Since": since})

    assert answer.status_code == status


def test_of_two_addresses_with_one_text_each_has_its_own_last_modified(serving: Serving) -> None:
    client = serving.start()
    client.get(FEED)
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))
    changed = client.get(FEED).headers["Last-Modified"]

    untouched = client.get("/stadtimpuls/1.ics").headers["Last-Modified"]

    assert changed == "Thu, 20 May 2021 08:00:00 GMT"
    assert untouched in (REVISED, changed)
