"""What the heads of the pages tell search engines and other programs."""

import struct
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from web.serving import Serving, schedule, session

# The head of a PNG of 600 × 400; nobody looks further.
PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 600, 400)


def head(client: FlaskClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.get_data()).find("head")


def links(client: FlaskClient, path: str) -> list[tuple[str | None, ...]]:
    """Return rel, hreflang or type, and address of what the page points to."""
    return [
        (link.get("rel"), link.get("hreflang") or link.get("type"), link.get("href"))
        for link in head(client, path).iter("link")
        if link.get("rel") in ("canonical", "alternate")
    ]


def properties(client: FlaskClient, path: str) -> dict[str, str | None]:
    return {
        str(meta.get("property") or meta.get("name")): meta.get("content")
        for meta in head(client, path).iter("meta")
        if meta.get("property") or meta.get("name") == "description"
    }


def expected(base: str, here: str, prefix: str) -> list[tuple[str, str | None, str]]:
    return [
        ("canonical", None, f"{base}{prefix}/stadtimpuls/{here}"),
        ("alternate", "de", f"{base}/stadtimpuls/{here}"),
        ("alternate", "en", f"{base}/en/stadtimpuls/{here}"),
        ("alternate", "x-default", f"{base}/stadtimpuls/{here}"),
        ("alternate", "text/calendar", f"{base}{prefix}/stadtimpuls.ics"),
        ("alternate", "application/atom+xml", f"{base}{prefix}/stadtimpuls.atom"),
        ("alternate", "application/json", f"{base}{prefix}/stadtimpuls.json"),
    ]


def test_every_page_names_itself_its_languages_and_its_data(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start(base_url="https://kalender.example/termine")
    base = "https://kalender.example/termine"

    for here in ("", "1/", "changes/"):
        for asked, prefix in (("", ""), ("/de", ""), ("/en", "/en")):
            path = f"/termine{asked}/stadtimpuls/{here}"
            assert links(client, path) == expected(base, here, prefix), path


def test_the_start_page_of_one_series_is_the_series_page(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start()

    assert links(client, "/") == expected("https://kalender.example", "", "")


def test_the_options_of_the_panel_make_no_other_page(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start()

    assert links(client, "/stadtimpuls/?deadlines=1")[0] == (
        "canonical",
        None,
        "https://kalender.example/stadtimpuls/",
    )


def test_a_series_in_another_language_has_that_one_too(serving: Serving) -> None:
    serving.write(schedule(language="fr"))
    client = serving.start()

    found = links(client, "/stadtimpuls/")

    assert [(tag, address) for rel, tag, address in found if rel == "alternate"][:4] == [
        ("fr", "https://kalender.example/stadtimpuls/"),
        ("de", "https://kalender.example/de/stadtimpuls/"),
        ("en", "https://kalender.example/en/stadtimpuls/"),
        ("x-default", "https://kalender.example/stadtimpuls/"),
    ]


def test_open_graph_tells_what_a_link_to_the_page_is(serving: Serving) -> None:
    first = session(1, "2021-06-08", title="Gerechte Stadt", teaser="Wie *gelingt* sie?")
    serving.write(schedule(first, subtitle="Praxis-Wissen"))
    client = serving.start()

    found = properties(client, "/en/stadtimpuls/1/")

    assert found == {
        "description": "Wie gelingt sie?",
        "og:type": "website",
        "og:url": "https://kalender.example/en/stadtimpuls/1/",
        "og:site_name": "stadt:impuls",
        "og:title": "stadt:impuls #1: Gerechte Stadt",
        "og:description": "Wie gelingt sie?",
        "og:locale": "en_GB",
        "og:locale:alternate": "de_DE",
    }


def test_a_long_description_ends_at_a_word(serving: Serving) -> None:
    serving.write(schedule(description="Wort " * 200))
    client = serving.start()

    found = properties(client, "/stadtimpuls/")["description"]

    assert found == "Wort " * 60 + "…"


@pytest.fixture
def pictured(serving: Serving) -> Serving:
    (serving.folder / "2.png").write_bytes(PICTURE)
    return serving


IMAGE: dict[str, Any] = {"images": [{"src": "2.png", "alt": "Grüne Pfeile"}]}


def test_the_first_picture_stands_for_a_session(pictured: Serving) -> None:
    pictured.write(schedule(session(1, "2021-06-08", **IMAGE)))
    client = pictured.start()

    found = properties(client, "/stadtimpuls/1/")

    image = found["og:image"]
    assert image is not None
    assert image.startswith("https://kalender.example/stadtimpuls/1/1-")
    assert client.get(image.removeprefix("https://kalender.example")).data == PICTURE
    assert [found[f"og:image:{name}"] for name in ("type", "width", "height", "alt")] == [
        "image/png",
        "600",
        "400",
        "Grüne Pfeile",
    ]
    assert f'"image":["{image}"]' in client.get("/stadtimpuls/1/").text


def test_the_picture_of_a_session_that_is_not_announced_is_not_told(pictured: Serving) -> None:
    pictured.write(schedule(session(1, "2021-06-08", announce="1 week before", **IMAGE)))
    client = pictured.start()

    found = properties(client, "/stadtimpuls/1/")

    assert [name for name in found if name.startswith("og:image")] == []
