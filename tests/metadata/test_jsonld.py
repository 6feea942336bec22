"""The JSON-LD of the pages, read out of their HTML."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from metadata.vocabulary import problems
from web.serving import Serving, schedule, session

SCHEMA = "https://schema.org/"
FULL: dict[str, Any] = {
    "title": "Gerechte Stadt",
    "topic": "Gerechtigkeit",
    "teaser": "Wie kann der *Zusammenhalt* gelingen?",
    "location": "Online",
    "speakers": [{"name": "Frank Schmitz", "role": "Planer", "organisation": "Saarbrücken"}],
    "moderators": [{"name": "Friederike Vogel"}],
    "registration": {"email": "a@b.example", "closes": "2021-06-04", "free": True, "places": 50},
    "join_url": "https://join.example/geheim",
}
SERIES: dict[str, Any] = {
    "organizer": {"name": "EINSATEAM", "email": "stadtimpuls@einsateam.de"},
    "homepage": "https://reihe.example/",
    "description": "Kompakt und **konkret**.",
}


def things(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200
    scripts = html.fromstring(answer.get_data()).iter("script")
    return [
        json.loads(script.text or "")
        for script in scripts
        if script.get("type") == "application/ld+json"
    ]


def event(client: FlaskClient, path: str = "/stadtimpuls/1/") -> dict[str, Any]:
    (found,) = things(client, path)
    return found


def served(serving: Serving, **facts: Any) -> FlaskClient:
    serving.write(schedule(session(1, "2021-06-08", **{**FULL, **facts}), **SERIES))
    return serving.start()


def edited(serving: Serving, client: FlaskClient, **facts: Any) -> dict[str, Any]:
    """Return the event after the first session was published and then edited."""
    client.get("/stadtimpuls.ics")
    serving.hand.go(days=1)
    serving.write(schedule({**session(1, "2021-06-08", **FULL), **facts}, **SERIES))
    return event(client)


def test_a_session_tells_all_that_is_public(serving: Serving) -> None:
    client = served(serving)

    assert event(client) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": "https://kalender.example/stadtimpuls/1/#event",
        "identifier": "1.stadtimpuls@einsateam.de",
        "name": "stadt:impuls #1: Gerechte Stadt",
        "url": "https://kalender.example/stadtimpuls/1/",
        "startDate": "2021-06-08T12:00:00+02:00",
        "endDate": "2021-06-08T12:30:00+02:00",
        "eventStatus": f"{SCHEMA}EventScheduled",
        "eventAttendanceMode": f"{SCHEMA}OnlineEventAttendanceMode",
        "location": {
            "@type": "VirtualLocation",
            "url": "https://kalender.example/stadtimpuls/1/",
        },
        "description": "Wie kann der Zusammenhalt gelingen?",
        "inLanguage": "de",
        "keywords": "Gerechtigkeit",
        "organizer": {
            "@type": "Organization",
            "name": "EINSATEAM",
            "url": "https://reihe.example/",
        },
        "performer": [
            {
                "@type": "Person",
                "name": "Frank Schmitz",
                "jobTitle": "Planer",
                "affiliation": {"@type": "Organization", "name": "Saarbrücken"},
            }
        ],
        "contributor": [{"@type": "Person", "name": "Friederike Vogel"}],
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": 50,
        "offers": {
            "@type": "Offer",
            "url": "https://kalender.example/stadtimpuls/1/",
            "availability": f"{SCHEMA}InStock",
            "validThrough": "2021-06-04T23:59:59+02:00",
            "price": 0,
            "priceCurrency": "EUR",
        },
        "superEvent": {
            "@type": "EventSeries",
            "@id": "https://kalender.example/stadtimpuls/#series",
            "name": "stadt:impuls",
            "url": "https://kalender.example/stadtimpuls/",
        },
    }


def test_the_series_tells_its_sessions(serving: Serving) -> None:
    serving.write(schedule(session(2, "2021-07-13"), session(1, "2021-06-08"), **SERIES))

    (series,) = things(serving.start(), "/stadtimpuls/")

    sessions = series.pop("subEvent")
    assert series == {
        "@context": "https://schema.org",
        "@type": "EventSeries",
        "@id": "https://kalender.example/stadtimpuls/#series",
        "name": "stadt:impuls",
        "url": "https://kalender.example/stadtimpuls/",
        "description": "Kompakt und konkret.",
        "inLanguage": "de",
        "startDate": "2021-06-08T12:00:00+02:00",
        "endDate": "2021-07-13T12:30:00+02:00",
        "organizer": {
            "@type": "Organization",
            "name": "EINSATEAM",
            "url": "https://reihe.example/",
        },
    }
    assert [(one["@type"], one["identifier"], one["startDate"]) for one in sessions] == [
        ("Event", "1.stadtimpuls@einsateam.de", "2021-06-08T12:00:00+02:00"),
        ("Event", "2.stadtimpuls@einsateam.de", "2021-07-13T12:00:00+02:00"),
    ]


def test_a_long_series_tells_those_to_come_and_the_latest(serving: Serving) -> None:
    past = [session(number, "2021-04-13") for number in range(1, 71)]
    coming = [session(number, "2021-06-08") for number in range(71, 81)]
    serving.write(schedule(*past, *coming))

    (series,) = things(serving.start(), "/stadtimpuls/")

    starts = [one["startDate"][:10] for one in series["subEvent"]]
    assert (len(starts), starts.count("2021-06-08")) == (60, 10)


def test_a_page_in_english_is_about_the_same_thing(serving: Serving) -> None:
    client = served(serving)

    german, english = event(client), event(client, "/en/stadtimpuls/1/")

    assert german["@id"] == english["@id"]
    assert english["url"] == "https://kalender.example/en/stadtimpuls/1/"


def test_the_page_of_changes_is_about_no_thing(serving: Serving) -> None:
    assert things(served(serving), "/stadtimpuls/changes/") == []


def test_a_cancelled_session_is_cancelled_and_offers_nothing(serving: Serving) -> None:
    found = edited(serving, served(serving), status="cancelled")

    assert found["eventStatus"] == f"{SCHEMA}EventCancelled"
    assert "offers" not in found


def test_a_moved_session_names_its_first_date(serving: Serving) -> None:
    found = edited(serving, served(serving), date="2021-06-15")

    assert found["eventStatus"] == f"{SCHEMA}EventRescheduled"
    assert found["previousStartDate"] == "2021-06-08T12:00:00+02:00"


def test_a_session_moved_twice_names_both_dates(serving: Serving) -> None:
    client = served(serving)
    edited(serving, client, date="2021-06-15")

    found = edited(serving, client, date="2021-06-22")

    assert found["previousStartDate"] == [
        "2021-06-15T12:00:00+02:00",
        "2021-06-08T12:00:00+02:00",
    ]


def test_a_session_moved_back_is_as_planned(serving: Serving) -> None:
    client = served(serving)
    edited(serving, client, date="2021-06-15")

    found = edited(serving, client)

    assert found["eventStatus"] == f"{SCHEMA}EventScheduled"
    assert "previousStartDate" not in found


@pytest.mark.parametrize(
    ("location", "mode", "kinds"),
    [
        ("Online", "OnlineEventAttendanceMode", ["VirtualLocation"]),
        ("Online (Zoom)", "OnlineEventAttendanceMode", ["VirtualLocation"]),
        ("Webinar", "OnlineEventAttendanceMode", ["VirtualLocation"]),
        ("Rathaus Saarbrücken", "OfflineEventAttendanceMode", ["Place"]),
        ("Rathaus und online", "MixedEventAttendanceMode", ["Place", "VirtualLocation"]),
    ],
)
def test_the_place_says_how_people_take_part(
    serving: Serving, location: str, mode: str, kinds: list[str]
) -> None:
    found = event(served(serving, location=location))

    places = found["location"] if isinstance(found["location"], list) else [found["location"]]
    assert found["eventAttendanceMode"] == f"{SCHEMA}{mode}"
    assert [place["@type"] for place in places] == kinds


def test_without_a_place_nothing_is_said_of_it(serving: Serving) -> None:
    found = event(served(serving, location=""))

    assert {"location", "eventAttendanceMode"} & set(found) == set()


@pytest.mark.parametrize(
    ("registration", "days", "offer"),
    [
        ({"full": True}, 0, "SoldOut"),
        ({}, 15, "InStock"),
        ({}, 16, "OutOfStock"),
        ({}, 60, None),
    ],
    ids=["full", "last day", "closed", "over"],
)
def test_the_offer_follows_the_registration(
    serving: Serving, registration: dict[str, Any], days: int, offer: str | None
) -> None:
    client = served(serving, registration={**FULL["registration"], **registration})
    serving.hand.go(days=days)

    found = event(client).get("offers")

    assert (found and found["availability"]) == (offer and f"{SCHEMA}{offer}")


def test_a_price_that_nobody_told_is_not_there(serving: Serving) -> None:
    registration = {"url": "https://anmeldung.example/1"}

    found = event(served(serving, registration=registration))

    assert "isAccessibleForFree" not in found
    assert found["offers"] == {
        "@type": "Offer",
        "url": "https://anmeldung.example/1",
        "availability": f"{SCHEMA}InStock",
    }


@pytest.mark.parametrize("registration", ["none", {}])
def test_without_a_registration_there_is_no_offer(serving: Serving, registration: Any) -> None:
    assert "offers" not in event(served(serving, registration=registration))


def test_before_the_announcement_only_what_is_public_is_told(serving: Serving) -> None:
    client = served(serving, announce="1 week before", working_title="Arbeitstitel")

    found = event(client)

    assert set(found) == {
        "@context",
        "@id",
        "@type",
        "endDate",
        "eventStatus",
        "identifier",
        "inLanguage",
        "name",
        "organizer",
        "startDate",
        "superEvent",
        "url",
    }
    assert found["name"] == "stadt:impuls #1: Arbeitstitel"


STATES: dict[str, dict[str, Any]] = {
    "open": {},
    "cancelled": {"status": "cancelled", "note": "Krank"},
    "moved": {"date": "2021-06-15"},
    "tentative": {"status": "tentative"},
    "unannounced": {"announce": "1 week before"},
    "in two places": {"location": "Rathaus und online"},
    "full": {"registration": {"email": "a@b.example", "full": True}},
}


@pytest.mark.parametrize("facts", STATES.values(), ids=STATES)
def test_every_term_is_one_of_schema_org(serving: Serving, facts: dict[str, Any]) -> None:
    client = served(serving)
    edited(serving, client, **facts)
    paths = ("/stadtimpuls/", "/en/stadtimpuls/", "/stadtimpuls/1/")

    told = [thing for path in paths for thing in things(client, path)]
    found = [problem for thing in told for problem in problems(thing)]

    assert found == []


MISTAKES = [
    ("begin", "2021-06-08T12:00:00+02:00"),
    ("startDate", "2021-06-08T12:00:00"),
    ("eventStatus", f"{SCHEMA}EventMoved"),
    ("eventStatus", f"{SCHEMA}InStock"),
    ("url", "/stadtimpuls/1/"),
    ("price", 0),
    ("performer", {"@type": "Offer"}),
    ("organizer", {"@type": "Organisation"}),
    ("isAccessibleForFree", "yes"),
]


def test_the_vocabulary_notices_what_it_does_not_know(serving: Serving) -> None:
    thing = event(served(serving))

    unnoticed = [(name, value) for name, value in MISTAKES if not problems({**thing, name: value})]

    assert unnoticed == []


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]> & &lt; \\u003c \\",
    "eins\u2028zwei\u2029drei",
    "\u202eעברית 🏙️",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_cannot_leave_its_place(serving: Serving, text: str) -> None:
    serving.write(schedule(session(1, "2021-06-08", title=text), title=text))
    client = serving.start()

    for path in ("/stadtimpuls/", "/stadtimpuls/1/"):
        source = client.get(path).text
        (found,) = things(client, path)

        raw = source.split('<script type="application/ld+json">')[1].split("</script>")[0]
        assert set(raw) & set("<>&\u2028\u2029") == set()
        assert text.replace("\u2028", " ").replace("\u2029", " ") in found["name"]
