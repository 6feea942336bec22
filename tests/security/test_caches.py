"""What one asks changes nothing of what another gets: no stored answer is poisoned."""

import random
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from impulscal.front import Front
from impulscal.web import create_app
from security.asking import Asked, made_up
from web.serving import Serving, schedule, session

Told = tuple[int, list[tuple[str, str]], bytes]

KNOWN = {"lang": "en", "series": "stadtimpuls", "session": "2", "variant": "google"}

QUERIES = ("", "deadlines=1&alarm=30", "topic=gruen", "limit=1", "lang=en", "utm_source=x")

CODINGS = ("identity", "gzip", "br")

MODES = {
    "at the root": "https://kalender.example",
    "below a path like the series": "https://kalender.example/stadtimpuls",
}


@pytest.fixture(scope="module", params=tuple(MODES.values()), ids=tuple(MODES))
def apps(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Flask, Flask]:
    """Give a process that anybody asks anything, and one that nobody has asked before."""
    serving = Serving(tmp_path_factory.mktemp("served"))
    topics = (session(1, "2021-06-08", topic="Grün"), session(2, "2021-07-13", topic="Blau"))
    serving.write(schedule(*topics))
    told = serving.settings(reload_seconds=0, base_url=request.param)
    return create_app(told), create_app(told)


def plain(app: Flask) -> list[Asked]:
    """Return what programs and people ask for."""
    adapter = app.url_map.bind("")
    return [
        Asked(
            "GET",
            adapter.build(rule.endpoint, {name: KNOWN[name] for name in rule.arguments}),
            query,
        )
        for rule in app.url_map.iter_rules()
        if rule.arguments <= KNOWN.keys() and rule.rule not in ("/healthz", "/metrics")
        for query in QUERIES
    ]


def told(answer: TestResponse) -> Told:
    return answer.status_code, list(answer.headers), answer.data


@given(seed=st.integers(min_value=0, max_value=2**32))
def test_whatever_was_asked_before_the_answer_is_that_of_a_fresh_process(
    apps: tuple[Flask, Flask], seed: int
) -> None:
    (app, fresh), chance = apps, random.Random(seed)
    client, other = app.test_client(), fresh.test_client()
    for _ in range(5):
        made_up(app, {}, chance).send(client)

    for asked in chance.sample(plain(app), 5):
        again = replace(asked, headers={"Accept-Encoding": chance.choice(CODINGS)})
        assert told(again.send(client)) == told(again.send(other)), again


HEADERS = [
    {"Host": "boese.example"},
    {"X-Forwarded-Host": "boese.example", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "1"},
    {"Forwarded": "for=1;host=boese.example;proto=http"},
    {"X-Forwarded-Prefix": "/boese.example", "X-Script-Name": "/boese.example"},
    {"X-Original-URL": "/boese.example", "X-Rewrite-URL": "/boese.example"},
    {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "DELETE"},
    {"Accept-Language": "en", "Accept": "application/json", "Accept-Charset": "utf-7"},
    {"Cookie": "impulscal_staff=x; lang=en; theme=boese.example", "Authorization": "Basic YTpi"},
    {"Origin": "https://boese.example", "Referer": "https://boese.example/"},
    {"Range": "bytes=0-1", "If-Range": '"x"', "If-Match": '"x"', "Expect": "100-continue"},
    {
        "User-Agent": "<script>boese.example</script>",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
    },
]


@pytest.mark.parametrize("headers", HEADERS, ids=" ".join)
def test_no_header_changes_an_answer_or_stands_in_it(
    apps: tuple[Flask, Flask], headers: dict[str, str]
) -> None:
    app, fresh = apps
    client, other = app.test_client(), fresh.test_client()

    for asked in plain(app)[:: len(QUERIES)]:
        answer = Asked("GET", asked.path, asked.query, headers).send(client)

        assert told(answer) == told(asked.send(other)), asked.path
        assert b"boese.example" not in answer.data


def test_junk_in_queries_takes_no_memory(apps: tuple[Flask, Flask]) -> None:
    app, _fresh = apps
    front = app.extensions["impulscal.front"]
    assert isinstance(front, Front)
    client = app.test_client()
    client.get("/stadtimpuls.ics")
    before = front.memory.bytes

    for number in range(500):
        client.get(f"/stadtimpuls.ics?x{number}={number}&alarm=&topic=")

    assert front.memory.bytes == before


def test_of_a_request_of_great_length_nothing_is_remembered(apps: tuple[Flask, Flask]) -> None:
    app, _fresh = apps
    client, long = app.test_client(), "x" * 100_000
    watch = app.extensions["impulscal.watch"]

    answers = [
        Asked(f"X{long}", "/stadtimpuls/2").send(client),
        Asked("GET", f"/stadtimpuls/{long}").send(client),
        Asked("GET", "/stadtimpuls/2", headers={"User-Agent": long}).send(client),
        Asked("GET", "/stadtimpuls/2", headers={"Accept-Encoding": f"{long}, gzip"}).send(client),
    ]

    assert [answer.status_code for answer in answers] == [405, 404, 200, 200]
    assert "Content-Encoding" not in answers[3].headers
    assert [key for key in watch.traffic._seen if len("".join(key)) > 2_000] == []
