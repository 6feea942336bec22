"""Every address of the interface, in each of the forms in which people ask for it."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from web.serving import Serving, schedule, session

ADDRESSES = {
    "/": "text/html",
    "/stadtimpuls": "text/html",
    "/stadtimpuls.ics": "text/calendar",
    "/feeds/google/stadtimpuls.ics": "text/calendar",
    "/feeds/deadlines/stadtimpuls.ics": "text/calendar",
    "/feeds/reminder/stadtimpuls.ics": "text/calendar",
    "/stadtimpuls/2": "text/html",
    "/stadtimpuls/2.ics": "text/calendar",
    "/stadtimpuls.json": "application/json",
}
"""Those that also stand below ``/de`` and ``/en``, with their types."""

LONELY = {
    "/healthz": "application/json",
    "/robots.txt": "text/plain",
    "/static/style.css": "text/css",
}


def forms(address: str) -> Iterator[str]:
    plain = address.rstrip("/")
    yield plain or "/"
    yield f"{plain}/"
    yield f"{plain}//"
    yield plain.replace("/", "//") or "//"


ALL = [
    (form, kind)
    for prefix in ("", "/de", "/en")
    for address, kind in {**ADDRESSES, **({} if prefix else LONELY)}.items()
    for form in forms(prefix + address)
]


def ask(client: FlaskClient, path: str) -> tuple[int, str | None]:
    """Ask for a path as a server hands it on, doubled slashes and all."""
    answer = client.get("/", environ_overrides={"PATH_INFO": path})
    return answer.status_code, answer.mimetype


def test_every_address_answers_with_and_without_needless_slashes(client: FlaskClient) -> None:
    answers = {path: ask(client, path) for path, _kind in ALL}

    assert answers == {path: (200, kind) for path, kind in ALL}


@pytest.mark.parametrize("base_path", ["/termine", "/gruppe/termine", "/gr%C3%B6%C3%9Fe"])
def test_every_address_answers_behind_a_proxy_that_keeps_the_base_path(
    serving: Serving, base_path: str
) -> None:
    client = serving.start(base_url=f"https://kalender.example{base_path}")

    answers = {path: client.get(base_path + path).status_code for path in ADDRESSES}

    assert answers == dict.fromkeys(ADDRESSES, 200)


def test_every_address_answers_behind_a_proxy_that_cuts_the_base_path_off(serving: Serving) -> None:
    client = serving.start(base_url="https://kalender.example/termine")

    answers = {path: client.get(path).status_code for path in ADDRESSES}

    assert answers == dict.fromkeys(ADDRESSES, 200)


@pytest.mark.parametrize("kept", ["", "/stadtimpuls"])
def test_a_series_may_be_named_like_the_base_path(serving: Serving, kept: str) -> None:
    client = serving.start(base_url="https://kalender.example/stadtimpuls")

    answers = {path: ask(client, kept + path) for path in ADDRESSES}

    assert answers == {path: (200, kind) for path, kind in ADDRESSES.items()}


def test_what_only_begins_like_the_base_path_stays_whole(serving: Serving) -> None:
    client = serving.start(base_url="https://kalender.example/stadt")

    assert client.get("/stadtimpuls.ics").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nichts.ics",
        "/stadtimpuls/9.ics",
        "/feeds/nichts/stadtimpuls.ics",
        "/nichts.json",
        "/en/nichts.ics",
        "/static/nichts.css",
        "/fr/stadtimpuls.ics",
        "/Stadtimpuls.ics",
    ],
)
def test_an_unknown_address_of_a_file_is_a_404_in_plain_text(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.content_type) == (404, "text/plain; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/nichts", "/stadtimpuls/9/", "/feeds", "/de/de", "/fr/"])
def test_an_unknown_address_of_a_page_is_a_404_with_a_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("path", "heading", "home"),
    [
        # Of a single series everything speaks, so an unknown address does too.
        ("/nichts", "This page does not exist.", 'href="/walks/"'),
        ("/de/nichts", "Diese Seite gibt es nicht.", 'href="/de/walks/"'),
        ("/en/nichts", "This page does not exist.", 'href="/walks/"'),
        ("/walks/nichts", "This session does not exist (any more).", 'href="/walks/"'),
    ],
)
def test_a_404_speaks_the_language_of_its_address(
    serving: Serving, path: str, heading: str, home: str
) -> None:
    serving.write(schedule(id="walks", language="en"))
    client = serving.start()

    page = client.get(path).text

    assert heading in page
    assert home in page


def test_links_come_from_the_base_url_and_never_from_the_request(serving: Serving) -> None:
    serving.write(schedule(session(2, "2021-06-08", registration={"email": "a@b.example"})))
    client = serving.start(base_url="https://kalender.example/termine")
    lies = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Proto": "gopher",
        "Forwarded": "host=evil.example;proto=gopher",
    }

    honest = {path: client.get(path).data for path in ADDRESSES}
    deceived = {path: client.get(path, headers=lies).data for path in ADDRESSES}

    assert deceived == honest
    assert b"https://kalender.example/termine/stadtimpuls.ics" in honest["/stadtimpuls"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_below_a_language_everything_stands_in_it(client: FlaskClient, language: str) -> None:
    page = client.get(f"/{language}/stadtimpuls/").text
    feed = client.get(f"/{language}/stadtimpuls.ics").text.replace("\r\n ", "")

    assert f'<html lang="{language}"' in page
    assert {"de": "Fassung 1", "en": "version 1"}[language] in feed


def test_without_a_language_everything_stands_in_that_of_the_series(serving: Serving) -> None:
    serving.write(schedule(language="en"))
    client = serving.start()

    assert '<html lang="en"' in client.get("/stadtimpuls").text
    assert client.get("/stadtimpuls.ics").data == client.get("/en/stadtimpuls.ics").data


def test_several_series_have_a_list_at_the_root_with_both_validators(serving: Serving) -> None:
    serving.write(schedule(id="walks", title="Stadtspaziergänge"), "other.yaml")
    serving.schedules = (serving.file, serving.folder / "other.yaml")
    client = serving.start()

    answer = client.get("/")

    assert 'href="/stadtimpuls/"' in answer.text
    assert 'href="/walks/"' in answer.text
    assert answer.headers["Last-Modified"] == "Thu, 20 May 2021 07:00:00 GMT"
    assert client.get("/", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
