"""What pages say of a session in each state: badge, sentence, note, and what one can do."""

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[[str], Any]


def signs(page: Any) -> list[str]:
    """The badges with their sentences, of the session's own page."""
    found = page.xpath('//dl//p[contains(@class, "state")]')
    return [" | ".join(part.text_content().strip() for part in sign) for sign in found]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/offen/2/", ["Anmeldung offen | Anmeldung bis Freitag, 11.\xa0Juni 2021"]),
        ("/en/offen/2/", ["Open | Register by Friday, 11\xa0June 2021"]),
        (
            "/letzter-tag/2/",
            ["Letzter Anmeldetag | Anmeldung bis Freitag, 4.\xa0Juni 2021, 23:59\xa0Uhr\xa0(MESZ)"],
        ),
        (
            "/geschlossen/2/",
            ["Anmeldung geschlossen | Anmeldeschluss war Donnerstag, 3.\xa0Juni 2021."],
        ),
        (
            "/laeuft/2/",
            [
                (
                    "Läuft gerade | Bis 12:30\xa0Uhr\xa0(MESZ). "
                    "Den Teilnahme-Link haben angemeldete Personen per E-Mail erhalten."
                )
            ],
        ),
        ("/vorbei/2/", ["Hat stattgefunden"]),
        ("/ausgebucht/2/", ["Ausgebucht | Alle Plätze sind vergeben."]),
        ("/ohne-anmeldung/2/", ["Ohne Anmeldung | Sie brauchen sich nicht anzumelden."]),
        (
            "/vorlaeufig/2/",
            [
                "Noch nicht fest | Dieser Termin kann sich noch verschieben.",
                "Anmeldung offen | Anmeldung bis Freitag, 11.\xa0Juni 2021",
            ],
        ),
        (
            "/vor-ankuendigung/1/",
            [
                (
                    "Noch nicht fest | Dieser Termin kann sich noch verschieben. "
                    "Einzelheiten folgen am Sonntag, 13.\xa0Juni 2021."
                )
            ],
        ),
        (
            "/verschoben/2/",
            [
                (
                    "Neuer Termin | Neu: Dienstag, 22.\xa0Juni 2021, 12:00–12:30\xa0Uhr\xa0(MESZ). "
                    "Bisher: Dienstag, 15.\xa0Juni 2021, 12:00\xa0Uhr. | Der Saal ist belegt."
                ),
                "Anmeldung offen | Anmeldung bis Freitag, 18.\xa0Juni 2021",
            ],
        ),
        (
            "/zurueckverschoben/2/",
            [
                (
                    "Wieder wie zuerst | Findet doch zum ursprünglichen Termin statt, nicht am "
                    "Dienstag, 22.\xa0Juni 2021, 12:00\xa0Uhr."
                ),
                "Anmeldung offen | Anmeldung bis Freitag, 11.\xa0Juni 2021",
            ],
        ),
        (
            "/findet-doch-statt/2/",
            [
                "Findet statt | Dieser Termin war abgesagt und findet nun doch statt.",
                "Anmeldung offen | Anmeldung bis Freitag, 11.\xa0Juni 2021",
            ],
        ),
    ],
)
def test_a_session_says_where_it_stands(open_page: Open, path: str, told: list[str]) -> None:
    page = open_page(path)

    assert signs(page) == told


@pytest.mark.parametrize(
    ("path", "heading", "note"),
    [
        ("/abgesagt/2/", "Dieser Termin ist abgesagt", "Die Referentin ist erkrankt."),
        ("/en/abgesagt/2/", "This session is cancelled", "Die Referentin ist erkrankt."),
        ("/verschoben/2/", "Neuer Termin: Dienstag, 22.\xa0Juni 2021", "Der Saal ist belegt."),
    ],
)
def test_a_cancelled_or_moved_session_says_so_first(
    open_page: Open, path: str, heading: str, note: str
) -> None:
    page = open_page(path)

    assert page.xpath("(//h2)[1]")[0].text_content() == heading
    assert note in page.xpath('//section[contains(@class, "notice")]')[0].text_content()
    assert signs(open_page("/abgesagt/2/")) == []


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/offen/", "Nächster Termin"),
        ("/laeuft/", "Läuft gerade"),
        ("/vorbei/", "Die Reihe ist abgeschlossen"),
        ("/abgesagt/", "Zurzeit kein Termin"),
        ("/ohne-termine/", "Noch keine Termine"),
        ("/en/offen/", "Next session"),
        ("/en/ohne-termine/", "No sessions yet"),
    ],
)
def test_the_green_frame_says_what_is_next(open_page: Open, path: str, heading: str) -> None:
    page = open_page(path)

    frames = page.xpath('//section[contains(@class, "frame")]')

    assert [frame.xpath("./h2")[0].text_content() for frame in frames] == [heading]


def test_a_past_session_leads_to_its_materials(open_page: Open) -> None:
    page = open_page("/vorbei/")

    links = page.xpath('//ol//a[contains(@href, "#unterlagen")]')

    assert [(link.get("href"), link.text.strip()) for link in links] == [
        ("/termine/vorbei/2/#unterlagen", "Unterlagen (1)")
    ]


def test_a_long_series_is_folded_by_years_with_the_present_one_open(open_page: Open) -> None:
    page = open_page("/dreihundert/")

    years = page.xpath('//details[@class="years"]')

    assert [
        (year.xpath(".//h3|.//h4")[0].text.strip(), year.get("open") is not None) for year in years
    ] == [
        *(("2021", True), ("2022", False), ("2023", False), ("2024", False)),
        *(("2021", False), ("2020", False), ("2019", False)),
    ]


@pytest.mark.parametrize(
    ("path", "language", "direction"),
    [("/en/offen/", "de", "auto"), ("/arabisch/", "ar", "auto"), ("/offen/", None, "auto")],
)
def test_a_title_in_another_language_than_the_page_says_so(
    open_page: Open, path: str, language: str | None, direction: str
) -> None:
    heading = open_page(path).xpath("//h1")[0]

    assert (heading.get("lang"), heading.get("dir")) == (language, direction)
