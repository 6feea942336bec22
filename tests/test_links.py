"""The public addresses, and the links by which calendar programs subscribe."""

import pytest

from impulscal.links import Links
from schedules import make_series, text


def links(language: str = "de", base_url: str = "https://a.de") -> Links:
    return Links(base_url=base_url, series=make_series(), language=language)


@pytest.mark.parametrize(
    ("base_url", "language", "root"),
    [
        ("https://a.de", "de", "https://a.de"),
        ("https://a.de/", "de", "https://a.de"),
        ("https://a.de", "en", "https://a.de/en"),
        ("http://127.0.0.1:8000/kalender/", "en", "http://127.0.0.1:8000/kalender/en"),
    ],
)
def test_addresses_have_the_language_where_it_is_not_the_series_own(
    base_url: str, language: str, root: str
) -> None:
    found = links(language, base_url)

    assert [
        found.series_page(),
        found.session_page("2"),
        found.single_file_address("2"),
        found.feed_address(),
        found.feed_address("deadlines=1"),
        found.variant_address("google"),
    ] == [
        f"{root}/stadtimpuls/",
        f"{root}/stadtimpuls/2/",
        f"{root}/stadtimpuls/2.ics",
        f"{root}/stadtimpuls.ics",
        f"{root}/stadtimpuls.ics?deadlines=1",
        f"{root}/feeds/google/stadtimpuls.ics",
    ]


def test_english_series_has_german_addresses() -> None:
    series = make_series(language="en", title=text("city:pulse"))

    found = Links(base_url="https://a.de", series=series, language="de")

    assert found.feed_address() == "https://a.de/de/stadtimpuls.ics"


@pytest.mark.parametrize("base_url", ["https://a.de", "http://a.de"])
def test_webcal_opens_the_calendar_program(base_url: str) -> None:
    assert links(base_url=base_url).webcal() == "webcal://a.de/stadtimpuls.ics"


def test_google_subscribes_by_webcal_to_the_variant_that_keeps_cancelled_sessions() -> None:
    assert links().google_subscribe() == (
        "https://calendar.google.com/calendar/r?cid="
        "webcal%3A%2F%2Fa.de%2Ffeeds%2Fgoogle%2Fstadtimpuls.ics"
    )


def test_outlook_subscribes_by_https() -> None:
    query = "url=https%3A%2F%2Fa.de%2Fstadtimpuls.ics&name=stadt%3Aimpuls"

    assert [links().outlook_com_subscribe(), links().microsoft365_subscribe()] == [
        f"https://outlook.live.com/calendar/0/addfromweb?{query}",
        f"https://outlook.office.com/calendar/0/addfromweb?{query}",
    ]
