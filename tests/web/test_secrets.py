"""What is private or not yet public stands nowhere that the public can ask for."""

import hashlib
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from web.serving import Serving, health, schedule, session

SECRET = "geheim"

STATES: dict[str, dict[str, Any]] = {
    "confirmed": {},
    "tentative": {"status": "tentative"},
    "cancelled": {"status": "cancelled", "note": "Wir bedauern das."},
}


def secretive(number: int, date: str, **facts: Any) -> dict[str, Any]:
    """Return a session whose every text is secret until it is announced."""
    return session(
        number,
        date,
        title=f"{SECRET}-titel",
        working_title=f"Termin {number}",
        topic=f"{SECRET}-thema",
        teaser=f"{SECRET}-teaser",
        description=f"{SECRET}-text",
        speakers=[{"name": f"{SECRET}-person", "about": f"{SECRET}-leben"}],
        registration={
            "email": f"{SECRET}@einsateam.de",
            "closes": "2021-05-30",
            "note": f"{SECRET}-notiz",
        },
        links=[{"title": f"{SECRET}-link", "url": f"https://{SECRET}.example"}],
        materials=[{"title": f"{SECRET}-blatt"}],
        images=[{"alt": f"{SECRET}-bild"}],
        announce="2021-05-31",
        **facts,
    )


def addresses(ids: tuple[str, ...]) -> list[str]:
    single = [
        f"{prefix}/stadtimpuls/{session}{kind}"
        for prefix in ("", "/de", "/en")
        for session in ids
        for kind in ("", ".ics")
    ]
    feeds = [
        f"{prefix}{path}"
        for prefix in ("", "/de", "/en")
        for path in (
            "/",
            "/stadtimpuls",
            "/stadtimpuls.ics",
            "/stadtimpuls.ics?deadlines=1&alarm=10&cancelled=visible",
            "/stadtimpuls.ics?topic=x",
            "/stadtimpuls.ics?alarm=x",
            "/feeds/google/stadtimpuls.ics",
            "/feeds/deadlines/stadtimpuls.ics",
            "/feeds/reminder/stadtimpuls.ics",
            "/stadtimpuls.json",
        )
    ]
    return [*single, *feeds, "/healthz", "/robots.txt", "/nichts", "/nichts.ics"]


def everything(client: FlaskClient) -> str:
    """Return all that the public can get, headers included, with the folds taken out."""
    answers = [client.get(path) for path in addresses(("1", "2"))]
    told = [f"{answer.headers}\n{answer.text}" for answer in answers]
    return "\n".join(told).replace("\r\n ", "")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("days", [0, 12, 19, 60])
def test_the_private_link_of_a_session_is_never_public(
    serving: Serving, state: str, days: int
) -> None:
    link = "https://treffen.example/raum?pwd=kennwort"
    register = {"email": "a@einsateam.de", "closes": "2021-06-04"}
    facts = {"join_url": link, "registration": register, "announce": "2021-05-31"}
    serving.write(
        schedule(
            session(1, "2021-06-08", **facts, **STATES[state]), session(2, "2021-07-13", **facts)
        )
    )
    client = serving.start()
    client.get("/stadtimpuls.ics")
    serving.hand.go(days=days)

    found = everything(client)

    assert "treffen.example" not in found
    assert "kennwort" not in found
    assert "join_url" not in found


@pytest.mark.parametrize("state", STATES)
def test_before_the_announcement_nothing_of_it_is_public(serving: Serving, state: str) -> None:
    serving.write(schedule(secretive(1, "2021-06-08", **STATES[state]), session(2, "2021-07-13")))
    client = serving.start()

    assert SECRET not in everything(client)
    serving.hand.go(days=12)
    assert f"{SECRET}-titel" in client.get("/stadtimpuls.ics").text


def test_a_moved_session_tells_its_old_date_and_nothing_else_before_the_announcement(
    serving: Serving,
) -> None:
    serving.write(schedule(secretive(1, "2021-06-08"), session(2, "2021-07-13")))
    client = serving.start()
    client.get("/")
    serving.hand.go(hours=1)
    serving.write(schedule(secretive(1, "2021-06-15"), session(2, "2021-07-13")))

    found = everything(client)

    assert "NEUER TERMIN" in found
    assert SECRET not in found


def test_the_digest_of_the_file_is_not_public(serving: Serving) -> None:
    # Whoever knows the rest of the file could find a short link by trying.
    text = schedule(session(1, "2021-06-08", join_url="https://treffen.example/1"))
    serving.write(text)

    assert hashlib.sha256(text.encode()).hexdigest() not in everything(serving.start())


def test_a_withdrawn_session_leaves_everything_with_its_log(serving: Serving) -> None:
    serving.write(schedule(session(1, "2021-06-08"), session(2, "2021-07-13", title=SECRET)))
    client = serving.start()
    assert SECRET in everything(client)
    serving.hand.go(hours=1)
    serving.write(schedule(session(1, "2021-06-08"), withdrawn=(2,)))

    found = everything(client)
    data = json.loads(client.get("/stadtimpuls.json").text)

    assert SECRET not in found
    assert {entry["id"] for entry in data["sessions"]} == {"1"}
    assert {entry["session"] for entry in data["revisions"]} == {"1"}


def test_a_leaked_link_is_refused_and_health_and_log_do_not_name_it(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    client = serving.start()
    client.get("/")
    link = "https://treffen.example/raum"
    told = session(2, "2021-07-13", join_url=link, description=f"Hier geht es hinein: {link}")
    serving.write(schedule(session(1, "2021-06-08"), told))

    found = everything(client)

    assert "leaked-link" in caplog.text
    assert "leaked-link" in json.dumps(health(client))
    assert "treffen.example" not in found + caplog.text


def test_the_data_are_what_restore_can_read(serving: Serving) -> None:
    serving.write(schedule(session(1, "2021-06-08", topic="Grün"), session(2, "2021-07-13")))
    client = serving.start()
    client.get("/")
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))

    data = json.loads(client.get("/stadtimpuls.json").text)

    assert (data["format"], data["topics"]) == (1, {"gruen": "Grün"})
    assert [(entry["id"], entry["sequence"]) for entry in data["sessions"]] == [("1", 0), ("2", 1)]
    assert [(entry["session"], entry["sequence"]) for entry in data["revisions"]] == [
        ("1", 0),
        ("2", 0),
        ("2", 1),
    ]
