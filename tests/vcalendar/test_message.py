"""iTIP messages and private files, line by line (RFC 5546 3.2; CLIENTS 5.2; SEMANTICS 12)."""

import re
from typing import Any

import pytest

from impulscal.edition import Edition
from impulscal.schedule.model import Status
from impulscal.vcalendar.feed import single_file
from impulscal.vcalendar.message import Mailbox, message, private_file
from schedules import make_series, make_session, publish, text, wall
from vcalendar.contents import event, head, lines
from vcalendar.lint import faults
from vcalendar.scheduled import JOIN_URL, private_texts, scheduling

UID = "2.stadtimpuls"

INVITED = (
    'CN="Müller, Jürgen";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE'
)
CONFERENCE = "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Teilnahme-Link"
TEAMS = "https://teams.microsoft.com/l/meetup-join/19%3ameeting%40thread.v2/0?context=%7b%7d"

# What belongs in feeds and files alone; wrong values of it made Outlook refuse messages.
FOREIGN = re.compile(r"X-WR-|NAME[;:]|COLOR|X-APPLE|SOURCE|X-ALT-DESC|X-MICROSOFT-CDO|X-PUBLISHED")


def rendered(edition: Edition | None = None, **facts: Any) -> bytes:
    of = publish([make_session()]) if edition is None else edition
    return message(of, of.by_id["2"], scheduling(**facts))


def private(edition: Edition | None = None, **facts: Any) -> bytes:
    of = publish([make_session()]) if edition is None else edition
    return private_file(of, of.by_id["2"], private_texts(**facts))


def name_of(calendar: bytes, line: str) -> str:
    """Return CN of the ORGANIZER or ATTENDEE as it is written, without its quotes."""
    (found,) = (one for one in lines(calendar) if one.startswith(line))
    written = re.search(r';CN=("[^"]*"|[^:;]*)', found)
    return "" if written is None else written[1].strip('"')


def test_invitation_says_who_asks_whom_for_what() -> None:
    calendar = rendered()

    assert head(calendar) == [
        "VERSION:2.0",
        "PRODID:-//impulscal//impulscal//DE",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]
    assert lines(calendar)[lines(calendar).index("BEGIN:VEVENT") :] == [
        "BEGIN:VEVENT",
        "UID:2.stadtimpuls@einsateam.de",
        "DTSTAMP:20210520T080000Z",
        "SEQUENCE:0",
        "DTSTART;TZID=Europe/Berlin:20210608T120000",
        "DTEND;TZID=Europe/Berlin:20210608T123000",
        "SUMMARY:stadt:impuls #2: Gerechte Stadt",
        f"DESCRIPTION:Ihr Teilnahme-Link: {JOIN_URL}\\nBitte geben Sie ihn nicht weiter.",
        f"LOCATION:Online\\, {JOIN_URL}",
        "URL:https://kalender.example/stadtimpuls/2/",
        "ORGANIZER;CN=EINSATEAM:mailto:stadtimpuls@einsateam.de",
        f"ATTENDEE;{INVITED}:mailto:j.mueller@stadt.example",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        f"{CONFERENCE}:{JOIN_URL}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_uid_is_that_of_the_public_file_so_that_a_saved_copy_becomes_the_invitation() -> None:
    edition = publish([make_session()])

    saved = single_file(edition, "2", language="de", base_url="https://kalender.example")

    assert event(saved, UID)["UID"] == event(rendered(edition), UID)["UID"]


def test_update_repeats_the_answer_and_asks_for_none() -> None:
    calendar = rendered(sequence=3, partstat="ACCEPTED", rsvp=False)

    (attendee,) = (line for line in lines(calendar) if line.startswith("ATTENDEE"))
    assert "SEQUENCE:3" in lines(calendar)
    assert ";PARTSTAT=ACCEPTED;RSVP=FALSE:" in attendee


@pytest.mark.parametrize(
    ("status", "method", "shown"),
    [
        (Status.CONFIRMED, "REQUEST", ("CONFIRMED", "OPAQUE")),
        (Status.TENTATIVE, "REQUEST", ("TENTATIVE", "OPAQUE")),
        (Status.CANCELLED, "CANCEL", ("CANCELLED", "TRANSPARENT")),
        # Without STATUS: the session takes place, only not for this guest.
        (Status.CONFIRMED, "CANCEL", (None, "OPAQUE")),
        (Status.TENTATIVE, "CANCEL", (None, "OPAQUE")),
    ],
)
def test_status_says_what_is_cancelled(
    status: Status, method: str, shown: tuple[str | None, str]
) -> None:
    edition = publish([make_session(status=status)])

    calendar = rendered(edition, method=method, join_url=None)

    found = event(calendar, UID)
    assert (found.get("STATUS"), found["TRANSP"]) == shown
    assert f"METHOD:{method}" in head(calendar)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
@pytest.mark.parametrize("status", Status)
def test_nothing_of_feeds_and_files_stands_in_a_message(status: Status, method: str) -> None:
    color = make_series(color="teal")
    edition = publish([make_session(status=status)], series=color)

    calendar = rendered(edition, method=method)

    assert [line for line in lines(calendar) if FOREIGN.match(line)] == []
    assert "BEGIN:VALARM" not in lines(calendar)


@pytest.mark.parametrize(
    ("start", "zone", "zones"),
    [
        ("2021-06-08 12:00", "Europe/Berlin", 1),
        ("2026-12-08 12:00", "America/Sao_Paulo", 1),
        # The zone had another rule then.
        ("2018-12-11 12:00", "America/Sao_Paulo", 0),
        ("2021-06-08 12:00", "UTC", 0),
    ],
)
def test_zone_is_described_exactly_where_it_is_named(start: str, zone: str, zones: int) -> None:
    session = make_session(wall(start, zone))
    edition = publish([session], series=make_series(timezone=zone))

    calendar = rendered(edition)

    named = [line for line in lines(calendar) if line.startswith("DTSTART;TZID=")]
    # Within its VTIMEZONE a zone's own DTSTART has no TZID.
    assert (lines(calendar).count("BEGIN:VTIMEZONE"), len(named)) == (zones, zones)


def test_session_in_the_night_of_the_change_is_told_in_utc() -> None:
    night = make_session(wall("2021-10-31 01:30"))
    edition = publish([night])

    found = event(rendered(edition), UID)

    assert (found["DTSTART"], found["DTEND"]) == ("20211030T233000Z", "20211031T000000Z")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Müller, Jürgen", "Müller, Jürgen"),
        ("Dr. Ada; M.A.: Beispiel", "Dr. Ada; M.A.: Beispiel"),
        ('Ada "die Erste" Beispiel', "Ada 'die Erste' Beispiel"),
        # RFC 6868: a caret says that a sign follows that could not stand there.
        ("Ada ^ Beispiel^n", "Ada ^^ Beispiel^^n"),
        # Programs take it for an escape, libical even that of the closing quote.
        ("Ada, AG \\Netz\\", "Ada, AG /Netz/"),
        ("👩🏽‍💻 Ada", "👩🏽‍💻 Ada"),
        ("مریم نیک‌نام", "مریم نیک‌نام"),
        ("שלום Ada", "שלום Ada"),
        ("Ada\r\nBCC: alle@stadt.example\tB\x00\x1b[31m", "Ada BCC: alle@stadt.example B [31m"),
        ("Ada\u2028Beispiel\ufffe", "Ada Beispiel"),
        ("", ""),
        (" \x01 ", ""),
    ],
)
def test_name_is_written_so_that_every_program_can_read_it(name: str, written: str) -> None:
    calendar = rendered(
        attendee=Mailbox(name, "ada@stadt.example"), organizer=Mailbox(name, "o@stadt.example")
    )

    assert name_of(calendar, "ATTENDEE") == written
    assert name_of(calendar, "ORGANIZER") == written
    assert ("CN=" in b"".join(calendar.split(b"\r\n ")).decode()) is bool(written)


def test_long_names_and_links_are_folded() -> None:
    link = "https://treffen.example/" + "ä%C3%A4,;" * 150
    calendar = rendered(join_url=link, attendee=Mailbox("Ä" * 300, "ada@stadt.example"))

    assert max(map(len, calendar.split(b"\r\n"))) <= 75
    assert name_of(calendar, "ATTENDEE") == "Ä" * 300
    assert f"{CONFERENCE}:{link}" in lines(calendar)


@pytest.mark.parametrize(
    ("link", "own"),
    [
        (
            "https://meet.google.com/abc-defg-hij",
            ["X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij"],
        ),
        (TEAMS, [f"X-MICROSOFT-SKYPETEAMSMEETINGURL:{TEAMS}"]),
        (
            "https://teams.live.com/meet/9123",
            ["X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.live.com/meet/9123"],
        ),
        (
            "https://Teams.Microsoft.com/meet/9123",
            ["X-MICROSOFT-SKYPETEAMSMEETINGURL:https://Teams.Microsoft.com/meet/9123"],
        ),
        ("https://zoom.us/j/123?pwd=a,b;c", []),
        ("https://teams.microsoft.com.example.org/meet", []),
        ("https://example.org/?meet.google.com", []),
        ("mailto:ada@meet.google.com", []),
    ],
)
def test_only_a_link_of_teams_or_google_gets_their_own_property(link: str, own: list[str]) -> None:
    calendar = rendered(join_url=link)

    found = [line for line in lines(calendar) if line.startswith(("X-GOOGLE", "X-MICROSOFT"))]
    assert found == own
    assert event(calendar, UID)[CONFERENCE] == link


def test_cancellation_tells_no_link() -> None:
    calendar = rendered(method="CANCEL", join_url=None)

    assert [line for line in lines(calendar) if line.startswith("CONFERENCE")] == []


def test_words_of_the_link_cannot_break_out_of_their_parameter() -> None:
    calendar = rendered(join_label='Link";X-EVIL=1:\r\nX-EVIL:1')

    assert [line for line in lines(calendar) if line.startswith("CONFERENCE")] == [
        f'CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL="Link\';X-EVIL=1: X-EVIL:1":{JOIN_URL}'
    ]


def test_private_file_is_the_public_one_with_the_link() -> None:
    edition = publish([make_session(location=text("Online"))])
    public = event(
        single_file(edition, "2", language="de", base_url="https://kalender.example"), UID
    )

    found = event(private(edition), UID)

    del public["X-ALT-DESC;FMTTYPE=text/html"]
    assert found == {
        **public,
        "DESCRIPTION": f"Ihr Teilnahme-Link: {JOIN_URL}",
        "LOCATION": f"Online\\, {JOIN_URL}",
        CONFERENCE: JOIN_URL,
    }


def test_private_file_asks_nobody_to_answer() -> None:
    calendar = private()

    assert faults(calendar) == []
    assert head(calendar) == [
        "VERSION:2.0",
        "PRODID:-//impulscal//impulscal//DE",
        "CALSCALE:GREGORIAN",
    ]


def test_private_file_has_number_and_stamp_of_the_schedule_and_is_busy() -> None:
    moved = make_session(wall("2021-06-15 12:00"))
    retitled = make_session(wall("2021-06-15 12:00"), title=text("Gerechte Städte"))
    edition = publish([make_session()], [moved], [retitled])

    found = event(private(edition), UID)

    names = ("SEQUENCE", "DTSTAMP", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
    assert [found[name] for name in names] == ["1", "20210522T070000Z", "OPAQUE", "BUSY"]


def test_private_file_without_a_link_has_the_public_place() -> None:
    edition = publish([make_session(location=text("Rathaus"))])

    found = event(private(edition, join_url=None, location=None), UID)

    assert found["LOCATION"] == "Rathaus"
    assert [name for name in found if name.startswith("CONFERENCE")] == []
