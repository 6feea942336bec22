"""The file of one session, to save and to send on."""

import pytest

from impulscal.schedule.model import Status
from impulscal.vcalendar.feed import single_file, single_file_name
from real_series import BASE_URL, changed_edition, real_edition
from schedules import make_series, make_session, publish, text, wall
from vcalendar.contents import event, head, lines


def test_saved_event_is_busy_and_says_more() -> None:
    saved = single_file(real_edition(), "2", language="de", base_url=BASE_URL)

    found = event(saved, "2.stadtimpuls")

    assert found.pop("DESCRIPTION").endswith("\\nStand: 20.05.2021\\, Fassung 1")
    assert found.pop("X-ALT-DESC;FMTTYPE=text/html").endswith("Fassung 1</p></body></html>")
    assert list(found.items()) == [
        ("UID", "2.stadtimpuls@einsateam.de"),
        ("DTSTAMP", "20210520T070000Z"),
        ("LAST-MODIFIED", "20210520T070000Z"),
        ("CREATED", "20210520T070000Z"),
        ("SEQUENCE", "0"),
        ("DTSTART;TZID=Europe/Berlin", "20210608T120000"),
        ("DTEND;TZID=Europe/Berlin", "20210608T123000"),
        ("SUMMARY", "stadt:impuls #2: Gerechte Stadt – PatchWorkCity Saarbrücken"),
        ("LOCATION", "Online"),
        ("URL", "https://kalender.example/stadtimpuls/2/"),
        ("CATEGORIES", "Gerechte Stadt"),
        ("STATUS", "CONFIRMED"),
        ("TRANSP", "OPAQUE"),
        ("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY"),
    ]


def test_calendar_has_no_name_since_outlook_would_open_a_new_one() -> None:
    saved = single_file(real_edition(), "2", language="en", base_url=BASE_URL)

    assert head(saved) == [
        "VERSION:2.0",
        "PRODID:-//impulscal//impulscal//EN",
        "CALSCALE:GREGORIAN",
    ]


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.CONFIRMED, ["CONFIRMED", "OPAQUE", "BUSY"]),
        (Status.TENTATIVE, ["TENTATIVE", "OPAQUE", "TENTATIVE"]),
        (Status.CANCELLED, ["CANCELLED", "TRANSPARENT", "FREE"]),
    ],
)
def test_status_decides_what_it_shows_as(status: Status, shown: list[str]) -> None:
    edition = publish([make_session(status=status)])

    saved = single_file(edition, "2", language="de", base_url=BASE_URL)

    found = event(saved, "2.stadtimpuls")
    assert [found[name] for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")] == shown


def test_sequence_is_that_of_the_last_change_of_date() -> None:
    first = make_session()
    moved = make_session(wall("2021-06-15 12:00"))
    retitled = make_session(wall("2021-06-15 12:00"), title=text("Gerechte Städte"))

    saved = single_file(
        publish([first], [moved], [retitled]), "2", language="de", base_url=BASE_URL
    )

    found = event(saved, "2.stadtimpuls")
    assert (found["SEQUENCE"], found["DTSTAMP"], found["DESCRIPTION"].split("\\n")[-1]) == (
        "1",
        "20210522T070000Z",
        "Stand: 22.05.2021\\, Fassung 3",
    )


def test_zone_is_described_only_where_it_is_named() -> None:
    sao_paulo = make_series(timezone="America/Sao_Paulo")
    old = make_session(wall("2018-12-11 12:00", "America/Sao_Paulo"), id="1")
    new = make_session(wall("2026-12-08 12:00", "America/Sao_Paulo"), id="2")
    edition = publish([old, new], series=sao_paulo)

    zones = [
        lines(single_file(edition, session, language="de", base_url=BASE_URL)).count(
            "BEGIN:VTIMEZONE"
        )
        for session in ("1", "2")
    ]

    assert zones == [0, 1]


def test_file_is_named_by_series_session_and_day() -> None:
    assert single_file_name(changed_edition(), "2") == "stadtimpuls-2-2021-06-22.ics"
