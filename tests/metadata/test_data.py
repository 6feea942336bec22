"""``/{series}.json`` against its published JSON Schema."""

import json
from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from web.serving import Serving, schedule, session

FULL: dict[str, Any] = {
    "topic": {"de": "Grün", "en": "Green"},
    "teaser": "Wie?",
    "description": "So.",
    "note": "Neuer Saal",
    "speakers": [{"name": "A", "role": "B", "organisation": "C", "about": "D"}],
    "moderators": [{"name": "E"}],
    "registration": {
        "email": "a@b.example",
        "closes": "2021-06-04 12:00",
        "places": 50,
        "free": True,
        "full": True,
        "note": "Begrenzt",
    },
    "links": [{"title": "F", "url": "https://f.example/"}, {"title": "G"}],
    "materials": [{"title": "H", "url": "https://h.example/"}],
    "join_url": "https://join.example/geheim",
}


def document(client: FlaskClient, path: str = "/stadtimpuls.json") -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def schema(client: FlaskClient) -> dict[str, Any]:
    address = document(client)["$schema"]
    found: dict[str, Any] = json.loads(
        client.get(address.removeprefix("https://kalender.example")).data
    )
    return found


def closed(value: Any) -> Any:
    """Return a schema that allows no name but those that it describes."""
    if isinstance(value, list):
        return [closed(one) for one in value]
    if not isinstance(value, dict):
        return value
    strict = {name: closed(one) for name, one in value.items()}
    if "properties" in value and "type" in value:
        strict.setdefault("additionalProperties", False)
    return strict


def problems(client: FlaskClient, found: dict[str, Any]) -> list[str]:
    validator = Draft202012Validator(
        closed(schema(client)), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(found)]


@pytest.fixture
def client(serving: Serving) -> FlaskClient:
    """Give a process that has served all facts and all kinds of changes."""
    one, two = session(1, "2021-06-08", **FULL), session(2, "2021-07-13", announce="1 week before")
    steps: list[list[dict[str, Any]]] = [
        [one, two],
        [{**one, "date": "2021-06-09"}, two, session(3, "2021-08-10", registration="none")],
        [{**one, "status": "cancelled"}, {**two, "announce": "now"}, session(3, "2021-08-10")],
        [one, {**two, "status": "tentative"}, session(3, "2021-08-10")],
    ]
    client = serving.start()
    for step in steps:
        serving.write(
            schedule(
                *step,
                organizer={"name": "EINSATEAM", "email": "a@b.example"},
                subtitle="Praxis",
                description="Text",
                homepage="https://reihe.example/",
                location={"de": "Online", "en": "Online"},
            )
        )
        client.get("/stadtimpuls.ics")
        serving.hand.go(hours=1)
    return client


def test_the_schema_is_one(client: FlaskClient) -> None:
    Draft202012Validator.check_schema(schema(client))


@pytest.mark.parametrize(
    "path", ["/stadtimpuls.json", "/de/stadtimpuls.json", "/en/stadtimpuls.json"]
)
def test_the_document_holds_what_the_schema_describes_and_nothing_else(
    client: FlaskClient, path: str
) -> None:
    assert problems(client, document(client, path)) == []


def test_a_series_without_sessions_is_described_too(serving: Serving) -> None:
    written = schedule(session(1, "2021-06-08"))
    serving.write(written[: written.index("sessions:")])
    client = serving.start()

    assert problems(client, document(client)) == []


def test_every_fact_that_the_schema_describes_is_told(client: FlaskClient) -> None:
    described = set(schema(client)["properties"]["sessions"]["items"]["properties"])

    told = {name for one in document(client)["sessions"] for name in one}

    assert described - told == set()


def test_the_schema_notices_what_is_wrong(client: FlaskClient) -> None:
    found = document(client)
    for change in ("starts_at", "uid"):
        wrong = deepcopy(found)
        wrong["sessions"][0][change] = 12
        assert len(problems(client, wrong)) == 1
    assert len(problems(client, {**found, "join_url": "https://join.example/"})) == 1
    assert len(problems(client, {**found, "format": 2})) == 1


def test_a_later_release_may_tell_more(client: FlaskClient) -> None:
    found = {**document(client), "weather": "fine"}

    assert list(Draft202012Validator(schema(client)).iter_errors(found)) == []


def test_times_are_told_with_their_offset_too(client: FlaskClient) -> None:
    first = document(client)["sessions"][0]

    assert (first["starts_at"], first["ends_at"]) == (
        "2021-06-08T12:00:00+02:00",
        "2021-06-08T12:30:00+02:00",
    )


def test_the_addresses_lead_somewhere(client: FlaskClient) -> None:
    series = document(client)["series"]
    names = ("page", "changes", "atom", "feed")
    addresses = [*(series[name] for name in names), *series["variants"].values()]

    found = [client.get(one.removeprefix("https://kalender.example")) for one in addresses]

    assert [answer.status_code for answer in found] == [200] * 7


def test_scripts_of_other_websites_may_read_both(client: FlaskClient) -> None:
    found = [client.get(path) for path in ("/stadtimpuls.json", "/static/series.schema.json")]

    assert [answer.headers["Access-Control-Allow-Origin"] for answer in found] == ["*", "*"]
    assert [answer.mimetype for answer in found] == ["application/json", "application/schema+json"]
