"""Registering for a session and saving it: only while that makes sense, with whole links."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

Open = Callable[[str], Any]


def ways(page: Any) -> list[str]:
    """The links that register, on the page of a session."""
    found: list[str] = page.xpath('//section[contains(@class, "frame")]//a[@class="button"]/@href')
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/abgesagt/2/",
        "/geschlossen/2/",
        "/laeuft/2/",
        "/vorbei/2/",
        "/ausgebucht/2/",
        "/ohne-anmeldung/2/",
        "/vor-ankuendigung/1/",
    ],
)
def test_nobody_is_sent_to_a_registration_that_is_not_open(open_page: Open, path: str) -> None:
    series = path.split("/")[1]

    assert ways(open_page(path)) == []
    assert ways(open_page(f"/{series}/")) == []


@pytest.mark.parametrize("path", ["/offen/2/", "/letzter-tag/2/", "/verschoben/2/"])
def test_an_open_registration_begins_a_mail(open_page: Open, path: str) -> None:
    [link] = ways(open_page(path))

    assert link.startswith("mailto:reihe@example.org?subject=Anmeldung%3A%20Reihe%20")
    assert "+" not in link


def test_the_mail_names_session_and_date_and_what_to_write(open_page: Open) -> None:
    [link] = ways(open_page("/offen/2/"))

    fields = parse_qs(urlsplit(link).query)
    assert fields == {
        "subject": ["Anmeldung: Reihe offen #2 – Grüne Stadt, Teil 2, 15. Juni 2021"],
        "body": [
            (
                "Guten Tag,\r\n\r\nich melde mich an für:\r\n"
                "Reihe offen #2 – Grüne Stadt, Teil 2\r\n"
                "Dienstag, 15. Juni 2021, 12:00–12:30 Uhr (MESZ)\r\n\r\nName:\r\n"
                "Organisation (freiwillig):\r\n\r\nMit freundlichen Grüßen\r\n"
            )
        ],
    }


def test_a_registration_on_the_web_is_a_plain_link(open_page: Open) -> None:
    assert ways(open_page("/web-anmeldung/2/")) == ["https://example.org/anmeldung"]


def test_a_session_ahead_can_be_saved_in_every_calendar_but_yahoo(open_page: Open) -> None:
    page = open_page("/offen/2/")

    file, google, private, work = page.xpath('//ul[@class="stack"]//a/@href')

    assert file == "/termine/offen/2.ics"
    told = parse_qs(urlsplit(google).query)
    assert told["dates"] == ["20210615T120000/20210615T123000"]
    assert told["ctz"] == ["Europe/Berlin"]
    for link, host in ((private, "outlook.live.com"), (work, "outlook.office.com")):
        told = parse_qs(urlsplit(link).query)
        assert urlsplit(link).hostname == host
        assert told["startdt"] == ["2021-06-15T10:00:00Z"]
        assert told["enddt"] == ["2021-06-15T10:30:00Z"]
    assert all(
        "https://kalender.example/termine/offen/2/" in unquote(link)
        for link in (google, private, work)
    )


@pytest.mark.parametrize("path", ["/abgesagt/2/", "/vorbei/2/"])
def test_a_session_that_will_not_be_cannot_be_saved(open_page: Open, path: str) -> None:
    assert open_page(path).xpath('//ul[@class="stack"]') == []


@pytest.mark.parametrize("name", ["lange-woerter", "arabisch", "emoji", "stadtimpuls"])
def test_the_links_of_a_session_stay_short_enough(open_page: Open, name: str) -> None:
    found = open_page(f"/{name}/2/").xpath("//a/@href")

    assert [link for link in found if len(link) >= 2000 or not link.isascii()] == []
