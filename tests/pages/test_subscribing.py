"""The subscribe panel: every program its link, every choice in every link, no script needed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

Open = Callable[[str], Any]

HOST = "kalender.example/termine"


def links(page: Any) -> list[str]:
    """The links of the eight programs, in their order."""
    found: list[str] = page.xpath('//ul[@class="programs"]//a/@href')
    return found


def test_each_program_has_the_link_that_works_there(open_page: Open) -> None:
    page = open_page("/offen/")
    feed = f"https://{HOST}/offen.ics"
    outlook = f"url={quote(feed, safe='')}&name=Reihe%20offen"

    assert links(page) == [
        f"https://outlook.office.com/calendar/0/addfromweb?{outlook}",
        f"https://outlook.live.com/calendar/0/addfromweb?{outlook}",
        f"webcal://{HOST}/offen.ics",
        "https://calendar.google.com/calendar/r?cid="
        + quote(f"webcal://{HOST}/feeds/google/offen.ics", safe=""),
        *[f"webcal://{HOST}/offen.ics"] * 4,
    ]
    assert page.xpath('//textarea[@id="kalender-adresse"]')[0].text == feed


def test_there_are_eight_programs_of_which_one_is_open_at_a_time(open_page: Open) -> None:
    page = open_page("/offen/")

    programs = page.xpath('//ul[@class="programs"]//details')

    assert [(program.get("name"), program.get("open")) for program in programs] == [
        ("programm", None)
    ] * 8


def test_a_choice_changes_every_link_of_the_panel(open_page: Open) -> None:
    query = "cancelled=visible&deadlines=1&alarm=30&topic=gruene-stadt"

    page = open_page(f"/offen/?{query}&texts=en&fbclid=x")

    feed = f"https://{HOST}/en/offen.ics?{query}"
    webcal = feed.replace("https:", "webcal:")
    google = f"webcal://{HOST}/en/feeds/google/offen.ics?deadlines=1&alarm=30&topic=gruene-stadt"
    told = {parse_qs(urlsplit(link).query).get("url", [link])[0] for link in links(page)}
    assert told == {feed, webcal, f"https://calendar.google.com/calendar/r?cid={quote(google, '')}"}
    assert page.xpath('//textarea[@id="kalender-adresse"]')[0].text == feed
    assert page.xpath('//footer//a[contains(@href, ".ics")]/@href') == [feed]


def test_a_choice_is_said_in_words_and_can_be_reset(open_page: Open) -> None:
    page = open_page("/offen/?deadlines=1&alarm=30&topic=gruene-stadt&texts=en")

    told = page.xpath('//p[@id="auswahl"]')[0]

    assert told.text.strip() == (
        "Ihre Auswahl: mit Anmeldefristen, Erinnerung 30\xa0Minuten vorher, Thema „Grüne Stadt“, "
        "Texte: Englisch. Alle Links zum Abonnieren gelten dafür."
    )
    assert told.xpath("./a/@href") == ["/termine/offen/#abonnieren"]


def test_the_form_sends_what_the_page_understands(open_page: Open) -> None:
    page = open_page("/offen/?deadlines=1&alarm=45&topic=gruene-stadt")

    form = page.xpath("//form")[0]

    assert (form.get("action"), form.get("method")) == ("/termine/offen/#abonnieren", "get")
    assert dict(form.form_values()) == {
        "deadlines": "1",
        "alarm": "45",
        "topic": "gruene-stadt",
        "texts": "de",
    }


def test_the_other_language_keeps_the_choice(open_page: Open) -> None:
    page = open_page("/offen/?alarm=30")

    [link] = page.xpath('//header//a[@hreflang="en"]/@href')

    assert link == "/termine/en/offen/?alarm=30"


def test_only_topics_of_announced_sessions_can_be_chosen(open_page: Open) -> None:
    announced = open_page("/offen/").xpath('//input[@name="topic"]/@value')
    unannounced = open_page("/vor-ankuendigung/").xpath('//input[@name="topic"]/@value')

    assert (announced, unannounced) == (["gruene-stadt", "soziale-stadt"], [])


@pytest.mark.parametrize("variant", ["deadlines", "reminder", "google"])
def test_the_fixed_variants_have_their_own_addresses(
    open_page: Open, client: FlaskClient, variant: str
) -> None:
    address = f"https://{HOST}/feeds/{variant}/offen.ics"

    assert address in open_page("/offen/").xpath("//a/@href")
    assert client.get(f"/feeds/{variant}/offen.ics").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        (
            "alarm=zehn",
            400,
            "Falscher Wert für „alarm“: „zehn“. Erlaubt: 0 bis 10080 (Minuten).",
        ),
        (
            "topic=nichts",
            404,
            "Unbekanntes Thema „nichts“. Möglich sind: gruene-stadt, soziale-stadt.",
        ),
    ],
)
def test_a_choice_that_cannot_be_is_answered_with_a_page(
    client: FlaskClient, query: str, status: int, told: str
) -> None:
    answer = client.get(f"/offen/?{query}")

    page: Any = html.fromstring(answer.text)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert page.xpath("//h1")[0].text == "Diese Auswahl ist nicht möglich."
    assert page.xpath('//p[contains(@class, "advice")]')[0].text == told
    assert page.xpath("//main//a/@href")[0] == "/termine/offen/#abonnieren"


@pytest.mark.parametrize("name", ["offen", "lange-woerter", "arabisch", "emoji", "dreihundert"])
def test_every_link_is_percent_encoded_and_short(open_page: Open, name: str) -> None:
    query = "&".join(f"topic=thema-{number}" for number in range(12))
    path = f"/{name}/" + (f"?{query}&alarm=10080&deadlines=1" if name == "dreihundert" else "")

    found = [link for link in open_page(path).xpath("//a/@href") if ":" in link]

    assert [link for link in found if len(link) >= 2000] == []
    assert [link for link in found if not link.isascii() or " " in link or '"' in link] == []


def test_the_qr_code_is_drawn_without_style_and_its_address_stands_beside_it(
    open_page: Open,
) -> None:
    page = open_page("/offen/")

    [drawn] = page.xpath('//section[@id="abonnieren"]//div[@role="img"]')

    assert drawn.xpath(".//svg/@viewbox|.//svg/@viewBox") == ["0 0 37 37"]
    assert page.xpath("//@style") == []
    assert f"https://{HOST}/offen/" in page.xpath('//div[@class="code"]')[0].text_content()
