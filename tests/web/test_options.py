"""The options of a feed's address, alone, together, and wrong."""

import itertools

import pytest
from flask.testing import FlaskClient

from web.serving import Serving, schedule, session

FEED = "/stadtimpuls.ics"

OPTIONS = {
    "deadlines=1": "UID:1.deadline.stadtimpuls@einsateam.de",
    "alarm=30": "TRIGGER:-PT30M",
    "cancelled=visible": "STATUS:CONFIRMED",
    "topic=gruene-stadt": "CATEGORIES:Grüne Stadt",
}


@pytest.fixture(scope="module")
def topical(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    serving = Serving(tmp_path_factory.mktemp("topical"))
    register = {"email": "anmeldung@einsateam.de", "closes": "2021-06-04"}
    serving.write(
        schedule(
            session(1, "2021-06-08", topic="Grüne Stadt", registration=register),
            session(2, "2021-07-13", topic="Straße", status="cancelled"),
            session(3, "2021-08-10"),
        )
    )
    return serving.start()


def lines(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text.replace("\r\n ", "").splitlines()


def events(client: FlaskClient, address: str) -> list[str]:
    found = "\n".join(lines(client, address)).split("BEGIN:VEVENT")[1:]
    return [event.partition("END:VEVENT")[0] for event in found]


@pytest.mark.parametrize(("option", "shown"), OPTIONS.items())
def test_an_option_shows_what_is_asked_for(topical: FlaskClient, option: str, shown: str) -> None:
    plain, asked = lines(topical, FEED), lines(topical, f"{FEED}?{option}")

    assert asked.count(shown) > 0
    assert asked != plain


@pytest.mark.parametrize("count", [2, 3, 4])
def test_options_can_be_combined_in_any_order(topical: FlaskClient, count: int) -> None:
    orders = ["&".join(chosen) for chosen in itertools.permutations(OPTIONS, count)]

    answers = {
        (frozenset(order.split("&")), topical.get(f"{FEED}?{order}").headers["ETag"])
        for order in orders
    }

    assert len(answers) == len({options for options, _etag in answers})


@pytest.mark.parametrize(
    "query",
    [
        "utm_source=mail&fbclid=1",
        "deadlines=0",
        "deadlines=&alarm=&topic=&cancelled=",
        "topic=%20",
        "&&==&=x",
        "Alarm=nonsense",
        "%00=%ff",
        "DEADLINES=1",
    ],
)
def test_what_is_unknown_or_empty_is_not_given(topical: FlaskClient, query: str) -> None:
    assert topical.get(f"{FEED}?{query}").data == topical.get(FEED).data


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("topic=gruene-stadt&topic=strasse", "topic=strasse&topic=gruene-stadt"),
        ("topic=strasse&topic=strasse", "topic=strasse"),
        ("topic=Gr%C3%BCne+Stadt", "topic=gruene-stadt"),
        ("topic=Stra%C3%9Fe", "topic=strasse"),
        ("alarm=030", "alarm=30"),
    ],
)
def test_an_option_may_be_written_in_several_ways(
    topical: FlaskClient, query: str, same: str
) -> None:
    assert topical.get(f"{FEED}?{query}").data == topical.get(f"{FEED}?{same}").data


def test_several_topics_give_the_sessions_of_any_of_them(topical: FlaskClient) -> None:
    both = events(topical, f"{FEED}?topic=gruene-stadt&topic=strasse")

    assert both == [
        *events(topical, f"{FEED}?topic=gruene-stadt"),
        *events(topical, f"{FEED}?topic=strasse"),
    ]


@pytest.mark.parametrize("minutes", [0, 10080])
def test_the_bounds_of_the_alarm_are_allowed(topical: FlaskClient, minutes: int) -> None:
    # The cancelled session has none.
    assert "\n".join(lines(topical, f"{FEED}?alarm={minutes}")).count("BEGIN:VALARM") == 2


@pytest.mark.parametrize(
    "value", ["10081", "-1", "30.5", "abc", "٣٠", "3०", "+30", "1e3", "%2030", "9" * 5000, "%00"]
)
def test_an_alarm_that_is_no_number_of_minutes_is_refused(topical: FlaskClient, value: str) -> None:
    answer = topical.get(f"{FEED}?alarm={value}")

    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
    assert answer.text.endswith("Erlaubt: 0 bis 10080 (Minuten).\n")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (
            "/stadtimpuls.ics?deadlines=ja",
            "Falscher Wert für „deadlines“: „ja“. Erlaubt: 1 (mit Anmeldefristen) oder 0 (ohne).\n",
        ),
        (
            "/de/stadtimpuls.ics?cancelled=1",
            "Falscher Wert für „cancelled“: „1“. Erlaubt: visible.\n",
        ),
        (
            "/en/stadtimpuls.ics?alarm=soon",
            "Bad value for “alarm”: “soon”. Allowed: 0 to 10080 (minutes).\n",
        ),
        (
            "/en/feeds/google/stadtimpuls.ics?deadlines={x}",
            "Bad value for “deadlines”: “{x}”. Allowed: 1 (with deadlines) or 0 (without).\n",
        ),
    ],
)
def test_a_bad_value_is_refused_in_the_language_of_the_address(
    topical: FlaskClient, address: str, told: str
) -> None:
    answer = topical.get(address)

    assert (answer.status_code, answer.text) == (400, told)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (
            "/stadtimpuls.ics?topic=gruen",
            "Unbekanntes Thema „gruen“. Möglich sind: gruene-stadt, strasse.\n",
        ),
        (
            "/en/stadtimpuls.ics?topic=strasse&topic=gruen",
            "Unknown topic “gruen”. Possible: gruene-stadt, strasse.\n",
        ),
    ],
)
def test_a_topic_that_never_was_is_a_404_that_lists_the_topics(
    topical: FlaskClient, address: str, told: str
) -> None:
    answer = topical.get(address)

    assert (answer.status_code, answer.text) == (404, told)
    assert answer.content_type == "text/plain; charset=utf-8"


def test_a_topic_stays_good_after_it_left(serving: Serving) -> None:
    serving.write(schedule(session(1, "2021-06-08", topic="Grün"), session(2, "2021-07-13")))
    client = serving.start()
    assert len(events(client, f"{FEED}?topic=gruen")) == 1
    serving.hand.go(hours=1)
    serving.write(schedule(session(1, "2021-06-08"), session(2, "2021-07-13")))

    assert events(client, f"{FEED}?topic=gruen") == []
    assert events(serving.start(), f"{FEED}?topic=gruen") == []


def test_a_topic_is_unknown_until_it_is_announced(serving: Serving) -> None:
    serving.write(schedule(session(1, "2021-06-08", topic="Geheim", announce="2021-06-01")))
    client = serving.start()

    answer = client.get(f"{FEED}?topic=nichts")

    assert answer.text == "Unbekanntes Thema „nichts“. Möglich sind: –.\n"
    assert client.get(f"{FEED}?topic=geheim").status_code == 404


@pytest.mark.parametrize(
    ("variant", "option"),
    [("google", "cancelled=visible"), ("deadlines", "deadlines=1"), ("reminder", "alarm=30")],
)
@pytest.mark.parametrize("extra", ["", "topic=gruene-stadt", "alarm=30&deadlines=1"])
def test_a_variant_has_the_events_of_its_option(
    topical: FlaskClient, variant: str, option: str, extra: str
) -> None:
    fixed = f"/feeds/{variant}/stadtimpuls.ics" + (f"?{extra}" if extra else "")
    asked = f"{FEED}?{option}" + (f"&{extra}" if extra else "")

    different = set(lines(topical, fixed)) ^ set(lines(topical, asked))

    assert events(topical, fixed) == events(topical, asked)
    assert {line.partition(";")[0] for line in different} == {"SOURCE"}


def test_the_source_is_the_subscribed_address(topical: FlaskClient) -> None:
    address = "/en/feeds/google/stadtimpuls.ics?topic=strasse&utm_source=mail"

    sources = [line for line in lines(topical, address) if line.startswith("SOURCE")]

    assert sources == [
        "SOURCE;VALUE=URI:https://kalender.example/en/feeds/google/stadtimpuls.ics?topic=strasse"
    ]


def test_an_option_that_the_variant_fixes_is_not_looked_at(topical: FlaskClient) -> None:
    fixed = "/feeds/reminder/stadtimpuls.ics"

    assert topical.get(f"{fixed}?alarm=10").data == topical.get(fixed).data
    assert topical.get(f"{fixed}?alarm=soon").data == topical.get(fixed).data
