"""iTIP messages and private files, read back by every program: all agree with what was told."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from impulscal.edition import Edition
from impulscal.schedule.model import Status
from impulscal.vcalendar.message import Mailbox, Scheduling, message, private_file
from invitations.house import House, schedule, session
from read_back.message_readers import MESSAGE_READERS
from read_back.readers import READERS, libical_errors
from read_back.told import Attendee, Message, Party, Told, written
from schedules import make_series, make_session, publish, wall
from vcalendar.scheduled import private_texts, scheduling


@dataclass(frozen=True, slots=True)
class Case:
    """A message and what it should say."""

    edition: Edition
    scheduling: Scheduling

    @property
    def rendered(self) -> bytes:
        return message(self.edition, self.edition.by_id["2"], self.scheduling)

    @property
    def expected(self) -> Message:
        told, session = self.scheduling, self.edition.by_id["2"]
        leaves_alone = told.method == "CANCEL" and not session.cancelled
        return Message(
            method=told.method,
            event=Told(
                uid="2.stadtimpuls@einsateam.de",
                sequence=told.sequence,
                start=written(session.public.start),
                end=written(session.public.end),
                title=told.summary,
                description=told.description,
                location=told.location or "",
                status="" if leaves_alone else session.public.status.upper(),
            ),
            stamp=written(told.dtstamp),
            conference=told.join_url or "",
            organizer=Party(address=told.organizer.address, name=told.organizer.name),
            attendees=(
                Attendee(
                    address=told.attendee.address,
                    name=told.attendee.name,
                    partstat=told.partstat,
                    rsvp=told.rsvp,
                ),
            ),
        )


def _case(*steps: Any, timezone: str = "Europe/Berlin", **facts: Any) -> Case:
    sessions = [[step] for step in steps or (make_session(),)]
    edition = publish(*sessions, series=make_series(timezone=timezone))
    return Case(edition, scheduling(**facts))


def _named(name: str) -> Case:
    return _case(
        attendee=Mailbox(name, "ada@stadt.example"),
        organizer=Mailbox(name, "stadtimpuls@einsateam.de"),
    )


_SAO_PAULO = "America/Sao_Paulo"
_MOVED = wall("2021-06-15 12:00")
_CANCELLED = make_session(status=Status.CANCELLED)
_LATER = datetime(2021, 5, 22, 9, 30, 1, tzinfo=UTC)
_ANSWERED: dict[str, Any] = {"dtstamp": _LATER, "partstat": "ACCEPTED", "rsvp": False}
_CANCEL: dict[str, Any] = {**_ANSWERED, "method": "CANCEL", "sequence": 1, "join_url": None}

CASES = {
    "request": _case(),
    "quiet update": _case(**_ANSWERED),
    "move": _case(make_session(), make_session(_MOVED), sequence=1, dtstamp=_LATER),
    "cancelled session": _case(make_session(), _CANCELLED, **_CANCEL),
    "cancelled guest": _case(**_CANCEL),
    "reinstated": _case(make_session(), _CANCELLED, make_session(), sequence=2, dtstamp=_LATER),
    "tentative": _case(make_session(status=Status.TENTATIVE)),
    "tentative answer": _case(**{**_ANSWERED, "partstat": "TENTATIVE"}),
    "declined": _case(**{**_ANSWERED, "partstat": "DECLINED"}),
    "other zone": _case(make_session(wall("2026-12-08 12:00", _SAO_PAULO)), timezone=_SAO_PAULO),
    "zone that had other rules": _case(
        make_session(wall("2018-12-11 12:00", _SAO_PAULO)), timezone=_SAO_PAULO
    ),
    "utc": _case(make_session(wall("2021-06-08 12:00", "UTC")), timezone="UTC"),
    "night of the change": _case(make_session(wall("2021-10-31 01:30"))),
    "no organizer name": _case(organizer=Mailbox("", "stadtimpuls@einsateam.de")),
    "no guest name": _case(attendee=Mailbox("", "ada@stadt.example")),
    "no place": _case(location=None),
    "no link": _case(join_url=None),
    "comma": _named("Müller, Jürgen"),
    "semicolon and colon": _named("Dr. Ada; M.A.: Beispiel"),
    "caret": _named("Ada ^n ^' ^^ Beispiel"),
    "emoji": _named("👩🏽‍💻 Ada 🇩🇪"),
    "right to left": _named("مریم نیک‌نام, שלום"),
    "long name": _named("Ä" * 300),
    "address of an international domain": _case(
        attendee=Mailbox("Ada", "ada+impuls@xn--mller-kva.example")
    ),
    "odd address": _case(attendee=Mailbox("Ada", "o'brien#1=a/b@stadt.example")),
    "long address": _case(attendee=Mailbox("", f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example")),
    "link with commas and semicolons": _case(
        join_url="https://treffen.example/a,b;c?d=1,2;3&e=(f)"
    ),
    "long link": _case(join_url="https://treffen.example/" + "%C3%A4" * 300),
    "link of Teams": _case(
        join_url="https://teams.microsoft.com/l/meetup-join/19%3am%40thread.v2/0?context=%7b%7d"
    ),
    "link of Google": _case(join_url="https://meet.google.com/abc-defg-hij"),
    "texts": _case(
        summary="Stadt, Land; Fluß: \\Neu – “x” 👩🏽‍💻",
        description="Zeile\n\n- a, b; c\\d\nBEGIN:VEVENT\nשלום " + "ä" * 200,
        location="Rathaus, Saal 1; hinten: links",
        join_label="Teilnahme-Link; geheim: nicht, weitergeben",
    ),
}


@pytest.mark.parametrize("program", MESSAGE_READERS)
def test_every_program_reads_what_was_told(
    program: str, require_program: Callable[[str], None]
) -> None:
    require_program(program)

    read = MESSAGE_READERS[program]([case.rendered for case in CASES.values()])

    expected = [case.expected for case in CASES.values()]
    assert dict(zip(CASES, read, strict=True)) == {
        name: _as_far_as_known(one, like=found)
        for name, one, found in zip(CASES, expected, read, strict=True)
    }


# Names come from lists that people paste; texts have passed the reader of the file.
_NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    st.sampled_from([*"a \"'\\^n,;:=%\t\r\n", "ä", "\u200d", "💻", "\u202e", "\u2028", "\ufffe"]),
    max_size=12,
)
_TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]) | st.just("\n"), max_size=60
).map(lambda told: f"x{told}x")
_LINKS = st.text("aé,;:()%=&?#/~", max_size=90).map(lambda rest: f"https://treffen.example/{rest}")


def _generated() -> list[Case]:
    """Return a hundred messages nobody would think of, the same each time."""
    cases: list[Case] = []

    @settings(phases=[Phase.generate], max_examples=100)
    @given(_NAMES, _NAMES, _TEXTS, _TEXTS, _LINKS)
    def collect(guest: str, organizer: str, title: str, text: str, link: str) -> None:
        told = _case(
            attendee=Mailbox(guest, "ada@stadt.example"),
            organizer=Mailbox(organizer, "stadtimpuls@einsateam.de"),
            summary=title,
            description=text,
            location=f"{text}, {link}",
            join_url=link,
            join_label=guest,
        )
        cases.append(told)

    collect()
    return cases


def test_all_programs_agree_on_messages_nobody_would_think_of(
    require_program: Callable[[str], None],
) -> None:
    for program in ("libical", "ical.js"):
        require_program(program)
    cases = _generated()
    rendered = [case.rendered for case in cases]

    read = {program: reader(rendered) for program, reader in MESSAGE_READERS.items()}

    assert libical_errors(rendered) == [0] * len(cases)
    names = [(one.organizer, one.attendees) for one in read["libical"]]
    for found in read.values():
        assert [(one.organizer, one.attendees) for one in found] == names
        assert [one.event for one in found] == [case.expected.event for case in cases]


@pytest.mark.parametrize("program", MESSAGE_READERS)
def test_every_program_reads_alike_what_no_parameter_can_hold(
    program: str, require_program: Callable[[str], None]
) -> None:
    require_program(program)
    case = _named('"Ada" \\Netz\\')

    (read,) = MESSAGE_READERS[program]([case.rendered])

    assert [(one.address, one.name) for one in read.attendees] == [
        ("ada@stadt.example", "'Ada' /Netz/")
    ]


def _as_far_as_known(message: Message, *, like: Message | None = None) -> Message:
    """Return ``message`` without CONFERENCE, unless ``like`` tells of it."""
    knows = like is not None and like.conference is not None
    return message if knows else replace(message, conference=None)


def test_libical_finds_no_error_in_any_message(require_program: Callable[[str], None]) -> None:
    require_program("libical")

    errors = libical_errors([case.rendered for case in CASES.values()])

    assert dict(zip(CASES, errors, strict=True)) == dict.fromkeys(CASES, 0)


@pytest.mark.parametrize("line", [b"ORGANIZER", b"ATTENDEE", b"DTSTAMP", b"DTSTART", b"SUMMARY"])
def test_libical_would_find_what_is_missing(
    line: bytes, require_program: Callable[[str], None]
) -> None:
    require_program("libical")
    whole = CASES["no place"].rendered.replace(b"\r\n ", b"")
    broken = b"".join(one for one in whole.splitlines(keepends=True) if not one.startswith(line))

    assert libical_errors([whole, broken]) == [0, 1]


@pytest.mark.parametrize("program", READERS)
@pytest.mark.parametrize("status", Status)
def test_every_program_reads_a_private_file(
    program: str, status: Status, require_program: Callable[[str], None]
) -> None:
    require_program(program)
    edition = publish([make_session()], [make_session(_MOVED, status=status)])
    private = private_file(edition, edition.by_id["2"], private_texts())

    ((told,),) = READERS[program]([private])

    assert (told.sequence, told.start, told.location, told.status) == (
        1,
        "2021-06-15T10:00:00Z",
        "Online, https://treffen.example/geheim-2",
        status.upper(),
    )


@pytest.mark.parametrize("status", Status)
def test_libical_finds_no_error_in_a_private_file(
    status: Status, require_program: Callable[[str], None]
) -> None:
    require_program("libical")
    edition = publish([make_session(status=status)])

    errors = libical_errors([private_file(edition, edition.by_id["2"], private_texts())])

    assert errors == [0]


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Give the calendars of one guest's mails: invited, moved, reworded, cancelled, back, off."""
    house = House(Path(tmp_path_factory.mktemp("house")))
    house.add()
    house.invite()
    states: list[dict[str, Any]] = [
        {},
        {"title": "Gerechte Städte"},
        {"status": "cancelled"},
        {"status": "tentative"},
    ]
    for facts in states:
        house.go(days=1)
        house.publish(schedule(session(date="2021-06-15", **facts)))
        house.update()
    house.sign_off(*house.guests())
    mails = [one.data for one in house.messages() if one.data is not None]
    house.database.close()
    return [_calendar(mail) for mail in mails]


def _calendar(mail: bytes) -> bytes:
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    (part,) = (one for one in parsed.walk() if one.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


@pytest.mark.parametrize("program", MESSAGE_READERS)
def test_every_program_follows_the_life_of_an_invitation(
    program: str, mailed: list[bytes], require_program: Callable[[str], None]
) -> None:
    require_program(program)

    read = MESSAGE_READERS[program](mailed)

    assert [
        (one.method, one.event.sequence, one.event.start, one.event.status, one.attendees[0].rsvp)
        for one in read
    ] == [
        ("REQUEST", 0, "2021-06-08T10:00:00Z", "CONFIRMED", True),
        ("REQUEST", 1, "2021-06-15T10:00:00Z", "CONFIRMED", True),
        ("REQUEST", 1, "2021-06-15T10:00:00Z", "CONFIRMED", False),
        ("CANCEL", 3, "2021-06-15T10:00:00Z", "CANCELLED", False),
        ("REQUEST", 4, "2021-06-15T10:00:00Z", "TENTATIVE", True),
        ("CANCEL", 5, "2021-06-15T10:00:00Z", "", False),
    ]
    assert {(one.event.uid, one.organizer, one.attendees[0].address) for one in read} == {
        (
            "2.stadtimpuls@einsateam.de",
            Party(address="stadtimpuls@einsateam.de", name="EINSATEAM"),
            "j.mueller@stadt.example",
        )
    }
    stamps = [one.stamp for one in read]
    assert stamps == sorted(set(stamps))


def test_all_programs_agree_on_every_word_of_the_mails(
    mailed: list[bytes], require_program: Callable[[str], None]
) -> None:
    for program in ("libical", "ical.js"):
        require_program(program)

    read = [
        [_as_far_as_known(one) for one in reader(mailed)] for reader in MESSAGE_READERS.values()
    ]

    assert [len(set(map(repr, told))) for told in zip(*read, strict=True)] == [1] * len(mailed)


def test_libical_finds_no_error_in_the_mails(
    mailed: list[bytes], require_program: Callable[[str], None]
) -> None:
    require_program("libical")

    assert libical_errors(mailed) == [0] * 6
