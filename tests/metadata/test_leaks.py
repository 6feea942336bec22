"""Nothing private, unannounced, withdrawn or taken back stands in what machines read."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from web.serving import Serving, schedule, session

ADDRESSES = ("", "/1", "/2", "/changes", ".atom", ".json", ".ics")
PATHS = [
    *(f"{prefix}/stadtimpuls{rest}" for prefix in ("", "/de", "/en") for rest in ADDRESSES),
    "/sitemap.xml",
]

SECRET = "Schweigsam"

# Everything that waits for the announcement, or is never public at all.
PRIVATE: dict[str, Any] = {
    "title": SECRET,
    "working_title": "Arbeitstitel",
    "topic": SECRET,
    "teaser": SECRET,
    "description": SECRET,
    "location": SECRET,
    "speakers": [{"name": SECRET, "role": SECRET, "organisation": SECRET, "about": SECRET}],
    "moderators": [{"name": SECRET}],
    "registration": {"email": f"{SECRET}@b.example", "note": SECRET},
    "links": [{"title": SECRET, "url": f"https://{SECRET}.example/"}],
    "materials": [{"title": SECRET}],
    "images": [{"alt": SECRET, "credit": SECRET}],
    "join_url": f"https://join.example/{SECRET}",
}
WAITING = {**PRIVATE, "announce": "1 week before"}
# A topic that was ever published stays known, since people subscribed to it (INTERFACE 2).
UNTOPICAL = {**PRIVATE, "topic": "Grün"}
OTHER = session(1, "2021-07-13")


def leaking(client: FlaskClient) -> list[str]:
    """Return the addresses whose answers hold the secret, whatever its case."""
    answers = {path: client.get(path) for path in PATHS}
    assert {answer.status_code for answer in answers.values()} <= {200, 404}
    return [path for path, answer in answers.items() if SECRET.lower() in answer.text.lower()]


def published(serving: Serving, *steps: dict[str, Any] | None) -> FlaskClient:
    """Publish one state of session 2 after the other, a day apart; None withdraws it."""
    client = serving.start()
    for number, facts in enumerate(steps):
        withdrawn = (2,) if facts is None else ()
        sessions = [OTHER] if facts is None else [OTHER, {**session(2, "2021-08-10"), **facts}]
        if number:
            serving.hand.go(days=1)
        serving.write(schedule(*sessions, withdrawn=withdrawn))
        client.get("/stadtimpuls.ics")
    return client


def test_the_secret_is_seen_where_it_is_public(serving: Serving) -> None:
    client = published(serving, {"title": SECRET}, {"title": SECRET, "date": "2021-08-17"})

    assert set(PATHS) - set(leaking(client)) == {"/sitemap.xml"}


STATES: dict[str, list[dict[str, Any] | None]] = {
    "waiting": [WAITING],
    "edited while it waits": [{**WAITING, "teaser": ""}, {**WAITING, "speakers": []}],
    "moved while it waits": [WAITING, {**WAITING, "date": "2021-08-17"}],
    "cancelled while it waits": [WAITING, {**WAITING, "status": "cancelled"}],
    "tentative while it waits": [{**WAITING, "status": "tentative"}],
    "withdrawn": [UNTOPICAL, None],
    "withdrawn and back": [UNTOPICAL, None, {}],
    "taken back": [UNTOPICAL, {**UNTOPICAL, "announce": "1 week before"}],
    "withdrawn while it waits and back": [WAITING, None, {}],
    "corrected": [{"title": SECRET}, {"title": "Richtig"}],
    "corrected and moved": [{"title": SECRET}, {"title": "Richtig", "date": "2021-08-17"}],
    "a note taken out": [{"note": SECRET, "status": "cancelled"}, {"status": "cancelled"}],
}


@pytest.mark.parametrize("steps", STATES.values(), ids=STATES)
def test_what_is_not_public_stands_nowhere(
    serving: Serving, steps: list[dict[str, Any] | None]
) -> None:
    assert leaking(published(serving, *steps)) == []


def test_a_join_link_stands_nowhere_after_the_announcement(serving: Serving) -> None:
    client = published(serving, {"join_url": f"https://join.example/{SECRET}"})

    assert leaking(client) == []


def test_the_join_link_of_a_running_session_stands_nowhere(serving: Serving) -> None:
    client = published(serving, {"join_url": f"https://join.example/{SECRET}"})
    serving.hand.go(days=82, hours=3, minutes=10)

    assert leaking(client) == []
