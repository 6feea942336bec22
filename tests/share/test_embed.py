"""The list in a frame, its data for the element, and the script."""

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from share.reading import Page
from share.serving import Serve


def page(client: FlaskClient, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def titles(client: FlaskClient, address: str) -> list[str]:
    """Return the texts of the links, without the last one, which leads to all sessions."""
    return page(client, address).texts["a"][:-1]


def document(client: FlaskClient, address: str) -> Any:
    return json.loads(client.get(address).data)


def policy(client: FlaskClient, address: str) -> dict[str, str]:
    header = client.get(address).headers["Content-Security-Policy"]
    parts = (part.strip().partition(" ") for part in header.split(";"))
    return {name: value for name, _, value in parts}


def test_frame_lists_the_coming_sessions_in_order(client: FlaskClient) -> None:
    found = page(client, "/reihe/embed")

    assert found.texts["h1"] == ['Termine: Reihe "A" & B']
    assert found.texts["a"] == [
        "Gerechte Stadt",
        "<b>Fett</b>",
        "Fällt aus",
        "Spater",
        "Alle Termine und Abo",
    ]


def test_frame_tells_date_time_zone_and_state_in_words(client: FlaskClient) -> None:
    found = page(client, "/reihe/embed")

    assert found.texts["time"][0].replace("\N{NO-BREAK SPACE}", " ") == (
        "Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)"
    )
    assert found.of("time", "datetime")[0] == "2021-06-08T12:00+02:00"
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in found.texts["p"][:4]] == [
        "Anmeldung offen Anmeldung bis Freitag, 4. Juni 2021",
        "Anmeldung offen Anmeldung bis Freitag, 9. Juli 2021",
        "Abgesagt Dieser Termin findet nicht statt. Erkrankt.",
        "Termin steht Einzelheiten folgen am Dienstag, 17. August 2021.",
    ]


def test_links_of_the_frame_leave_the_frame(client: FlaskClient) -> None:
    found = page(client, "/en/reihe/embed")

    assert found.of("a", "target") == ["_top"] * 5
    assert found.of("a", "href") == [
        "https://termine.example/kalender/en/reihe/2/",
        "https://termine.example/kalender/en/reihe/3/",
        "https://termine.example/kalender/en/reihe/4/",
        "https://termine.example/kalender/en/reihe/5/",
        "https://termine.example/kalender/en/reihe/",
    ]


def test_frame_speaks_english_and_marks_what_does_not(client: FlaskClient) -> None:
    found = page(client, "/en/reihe/embed?limit=2")

    assert found.texts["h1"] == ['Sessions: Series "A" & B']
    assert found.of("html", "lang") == ["en"]
    assert found.texts["a"] == ["Just city", "<b>Fett</b>", "All sessions and subscription"]
    assert found.of("a", "lang") == [None, "de", None]


def test_past_sessions_follow_where_they_are_asked_for(client: FlaskClient) -> None:
    found = page(client, "/reihe/embed?past=1")

    assert found.texts["h2"] == ["Bisherige Termine"]
    assert found.texts["a"][-2:] == ["Vorbei", "Alle Termine und Abo"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=1", ["Gerechte Stadt"]),
        ("limit=2&past=1", ["Gerechte Stadt", "<b>Fett</b>"]),
        ("limit=100", ["Gerechte Stadt", "<b>Fett</b>", "Fällt aus", "Spater"]),
        ("utm_source=x&limit=1", ["Gerechte Stadt"]),
    ],
)
def test_limit_counts_all_sessions_together(
    client: FlaskClient, query: str, expected: list[str]
) -> None:
    assert titles(client, f"/reihe/embed?{query}") == expected


def test_series_without_coming_sessions_says_so(serve: Serve) -> None:
    past = (
        "series: {id: reihe, domain: example.org, title: R, start: 12:00, duration: 30 min}\n"
        "sessions: [{id: 1, date: 2021-05-11, title: Vorbei}]\n"
    )

    found = page(serve(past).test_client(), "/reihe/embed")

    assert found.texts["p"] == [
        "Zurzeit sind keine Termine angekündigt.",
        "Alle Termine und Abo",
        "Vorführung: Diese Seite zeigt den Stand zu einem anderen Zeitpunkt.",
    ]


def test_frame_is_the_only_page_that_may_be_framed(client: FlaskClient) -> None:
    addresses = ("/reihe", "/reihe/2", "/reihe/share", "/nirgends", "/reihe/embed")

    ancestors = {address: policy(client, address)["frame-ancestors"] for address in addresses}

    assert ancestors == {
        "/reihe": "'none'",
        "/reihe/2": "'none'",
        "/reihe/share": "'none'",
        "/nirgends": "'none'",
        "/reihe/embed": "*",
    }


def test_frame_forbids_all_but_its_own_look_and_script(client: FlaskClient) -> None:
    answer = client.get("/reihe/embed")

    assert policy(client, "/reihe/embed") == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "*",
    }
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_bad_options_are_told_in_the_frame(client: FlaskClient) -> None:
    answer = client.get("/en/reihe/embed?accent=ffff00&limit=0")

    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert Page(answer.text).texts["p"] == [
        "Bad value for “limit”: “0”. Allowed: 1 to 100.",
        "Text on #ffff00 reaches 1.07:1, 4.5:1 is needed. Take a darker colour.",
        "Back to the selection",
    ]


@pytest.mark.parametrize(
    ("query", "media"),
    [("", "(prefers-color-scheme: light)"), ("&theme=light", None)],
)
def test_colour_is_a_style_sheet_of_its_own(
    client: FlaskClient, query: str, media: str | None
) -> None:
    found = page(client, f"/reihe/embed?accent=8c1330{query}")

    assert (found.of("link", "href")[-1], found.of("link", "media")[-1]) == (
        "/kalender/embed/8c1330.css",
        media,
    )
    assert client.get("/embed/8c1330.css").text == (
        ":root, :root[data-theme] { --accent: #8c1330; }\n"
    )


@pytest.mark.parametrize("name", ["8C1330", "8c133", "red", "8c1330}x"])
def test_what_is_no_colour_has_no_style_sheet(client: FlaskClient, name: str) -> None:
    assert client.get(f"/embed/{name}.css").status_code == 404


def test_strangers_cannot_fill_the_memory_with_colours_and_limits(serve: Serve) -> None:
    app = serve()
    client = app.test_client()

    for number in range(60):
        client.get(f"/reihe/embed?accent=0000{number:02x}&limit={number + 10}")

    kept = app.extensions["impulscal"].representations._kept
    assert list(kept) == ["/reihe/embed?limit=5&accent=any"]


def test_each_colour_has_its_own_validator(client: FlaskClient) -> None:
    tags = {client.get(f"/reihe/embed?accent=00000{n}").headers["ETag"] for n in range(5)}

    assert len(tags) == 5


def test_known_frame_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/reihe/embed?accent=00595e").headers["ETag"]

    answer = client.get("/reihe/embed?accent=00595e", headers={"If-None-Match": tag})

    assert (answer.status_code, answer.data) == (304, b"")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


def test_document_for_the_element_holds_words_and_dates(client: FlaskClient) -> None:
    found = document(client, "/en/reihe/embed.json")

    assert {name: found[name] for name in found if name != "sessions"} == {
        "lang": "en",
        "heading": "Sessions:",
        "title": 'Series "A" & B',
        "title_language": "en",
        "past": "Past sessions",
        "empty": "No sessions announced at the moment.",
        "all": "All sessions and subscription",
        "page": "https://termine.example/kalender/en/reihe/",
    }
    assert found["sessions"][0] == {
        "title": "Just city",
        "title_language": "en",
        "address": "https://termine.example/kalender/en/reihe/2/",
        "start": "2021-06-08T12:00+02:00",
        "when": "Tuesday, 8\N{NO-BREAK SPACE}June 2021, 12:00–12:30 (CEST)",
        "marks": [
            {
                "kind": "open",
                "badge": "Open",
                "sentence": "Register by Friday, 4\N{NO-BREAK SPACE}June 2021",
            }
        ],
    }
    assert [session["title"] for session in found["sessions"] if session.get("over")] == ["Vorbei"]


def test_document_and_script_may_be_fetched_from_everywhere(client: FlaskClient) -> None:
    answers = [client.get(address) for address in ("/reihe/embed.json", "/embed.js")]

    assert [answer.headers["Access-Control-Allow-Origin"] for answer in answers] == ["*", "*"]
    assert [answer.content_type for answer in answers] == [
        "application/json; charset=utf-8",
        "text/javascript; charset=utf-8",
    ]


@pytest.mark.parametrize(
    "address", ["/reihe/embed?past=1", "/en/reihe/embed", "/reihe/embed.json", "/reihe/share"]
)
def test_nothing_private_or_unannounced_is_told(client: FlaskClient, address: str) -> None:
    text = client.get(address).text

    assert [secret for secret in ("geheim.example", "Geheimes Thema") if secret in text] == []


def test_script_is_small(client: FlaskClient) -> None:
    weight = len(gzip.compress(client.get("/embed.js").data, mtime=0))

    assert weight < 3000


def test_script_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/embed.js").headers["ETag"]

    answer = client.get("/embed.js", headers={"If-None-Match": tag})

    assert answer.status_code == 304


@pytest.mark.parametrize("address", ["/nirgends/embed", "/nirgends/embed.json", "/nirgends/share"])
def test_series_that_is_not_there_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/reihe/embed/", "/en/reihe/embed/", "/kalender/reihe/embed"])
def test_frame_answers_with_a_slash_and_below_the_base_path(
    client: FlaskClient, address: str
) -> None:
    assert client.get(address).status_code == 200
