"""Invitations as mail, read back by Python's email package and by mail-parser."""

import email
import re
from dataclasses import replace
from email.message import Message

import mailparser  # type: ignore[import-untyped]  # it has no types
import pytest

from impulscal.invitations.inviting import bring_back
from impulscal.invitations.mail import SignInMail, compose_sign_in
from impulscal.invitations.model import Listed, Sender
from impulscal.schedule.clock import zone
from invitations.house import JUERGEN, NOW, House, schedule, session
from invitations.mails import (
    JOIN,
    calendar_of,
    event_of,
    html_of,
    life,
    plain_of,
    read,
    sent,
    words_of_html,
)

KINDS = ["invitation", "moved", "changed", "cancelled", "reinstated", "signed-off"]

FIELDS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Language",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]


def whole(data: bytes) -> str:
    """Return all that stands in a message, decoded."""
    parts = [str(value) for _name, value in read(data).items()]
    parts += [plain_of(data), html_of(data), str(event_of(data).to_ical().decode())]
    return re.sub(r"\r?\n ", "", "\n".join(parts))


def test_a_mail_offers_text_then_html_then_the_calendar(house: House) -> None:
    message = read(sent(house))

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]


def test_python_s_older_parser_sees_the_same_tree(house: House) -> None:
    message: Message = email.message_from_bytes(sent(house))

    kinds = [part.get_content_type() for part in message.walk()]

    assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert [part.defects for part in message.walk()] == [[], [], [], []]


def test_the_calendar_is_no_attachment_and_survives_every_relay(house: House) -> None:
    data = sent(house)

    (part,) = (part for part in read(data).walk() if part.get_content_type() == "text/calendar")

    assert part.get_content_disposition() is None
    assert part["Content-Transfer-Encoding"] == "base64"
    assert dict(part["Content-Type"].params) == {
        "method": "REQUEST",
        "charset": "UTF-8",
        "component": "VEVENT",
    }
    assert calendar_of(data).startswith(b"BEGIN:VCALENDAR\r\n")
    assert calendar_of(data).endswith(b"END:VCALENDAR\r\n")


def test_the_method_of_the_part_is_that_of_the_calendar(house: House) -> None:
    told = life(house)

    methods = {}
    for kind, data in told.items():
        (part,) = (part for part in read(data).walk() if part.get_content_type() == "text/calendar")
        inside = re.search(rb"\r\nMETHOD:(\w+)\r\n", calendar_of(data))
        assert inside is not None
        methods[kind] = part["Content-Type"].params["method"], inside[1].decode()

    assert methods == {
        "invitation": ("REQUEST", "REQUEST"),
        "moved": ("REQUEST", "REQUEST"),
        "changed": ("REQUEST", "REQUEST"),
        "cancelled": ("CANCEL", "CANCEL"),
        "reinstated": ("REQUEST", "REQUEST"),
        "signed-off": ("CANCEL", "CANCEL"),
    }


def test_a_mail_is_7_bit_clean_and_its_lines_are_short(house: House) -> None:
    name = "Ömer Özgür " * 18
    address = f"{'a' * 60}@{'b' * 60}.example"
    title = "Gerechte Städte für alle – " * 12

    data = sent(house, Listed(address=address, name=name), title=title)

    lines = data.split(b"\r\n")
    assert data.isascii()
    assert [line for line in lines if b"\r" in line or b"\n" in line or b"\0" in line] == []
    # A line with one long address cannot be folded.
    assert [line for line in lines if len(line) > 76 and b"@" not in line] == []
    assert max(map(len, lines)) <= 998


def test_the_same_step_gives_the_same_bytes(house: House) -> None:
    (guest,) = house.add()
    (step,) = house.invite()
    letter = house.post.letter(house.private(), guest, step)

    assert house.post.letter(house.private(), guest, step) == letter
    assert house.messages()[-1].data == letter.data


def test_a_long_subject_with_umlauts_comes_back_whole(house: House) -> None:
    title = "Wie gelingt der Zusammenhalt in Städten, die sich täglich ändern?  Übung 1 " * 3

    data = sent(house, title=title)

    subject = f"Einladung: stadt:impuls #2 – {title.strip()}, 8. Juni 2021, 12:00 Uhr"
    assert read(data)["Subject"] == " ".join(subject.split())
    assert mailparser.parse_from_bytes(data).subject == " ".join(subject.split())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", ""),
        ("Jürgen Müller", "Jürgen Müller"),
        ("Müller, Jürgen", "Müller, Jürgen"),
        ("Mueller, Juergen", "Mueller, Juergen"),
        ('Jan "Der Weise" Groß', 'Jan "Der Weise" Groß'),
        ('Jan "The Wise" Gross', 'Jan "The Wise" Gross'),
        ("C:\\Jan", "C:\\Jan"),
        ("Jan <x@evil.example>", "Jan <x@evil.example>"),
        ("x@evil.example, Jan (Rat)", "x@evil.example, Jan (Rat)"),
        ("=?utf-8?q?=0ABcc=3A_x?=", "=?utf-8?q?=0ABcc=3A_x?="),
        ("👩🏽‍💻 Ada 🎉", "👩🏽‍💻 Ada 🎉"),
        ("محمد علي", "محمد علي"),
        ("Jan\r\nBcc: x@evil.example", "Jan Bcc: x@evil.example"),
        ("Jan\u2028Bcc: x@evil.example", "Jan Bcc: x@evil.example"),
        ("Jan\u202egnitirw", "Jan gnitirw"),
        ("Jürgen, " * 25, ("Jürgen, " * 25).strip()),
        ("<Jan>, " * 28, ("<Jan>, " * 28).strip()),
        ("ß" * 200, "ß" * 200),
    ],
)
def test_a_name_stays_one_name_of_one_person(house: House, written: str, shown: str) -> None:
    data = sent(house, Listed(address="jan@stadt.example", name=written))

    message = read(data)
    (address,) = message["To"].addresses
    # Python leaves the blanks between encoded words in names (RFC 2047 6.2 takes them out).
    assert address.display_name.replace(" ", "") == shown.replace(" ", "")
    assert address.addr_spec == "jan@stadt.example"
    assert list(message.keys()) == FIELDS
    assert [part.defects for part in message.walk()] == [[], [], [], []]
    assert mailparser.parse_from_bytes(data).to == [(shown, "jan@stadt.example")]


@pytest.mark.parametrize("field", ["title", "note", "location", "teaser"])
def test_no_text_of_the_file_opens_a_header_field(house: House, field: str) -> None:
    data = sent(house, **{field: "Stadt\nBcc: x@evil.example\n\n<b>Text"})

    assert list(read(data).keys()) == FIELDS
    assert mailparser.parse_from_bytes(data).bcc == []


def test_an_internationalised_domain_is_written_in_ascii(house: House) -> None:
    data = sent(house, Listed(address="jan@müller.example", name="Jan"))

    (address,) = read(data)["To"].addresses
    assert address.addr_spec == "jan@xn--mller-kva.example"
    assert str(event_of(data)["ATTENDEE"]) == "mailto:jan@xn--mller-kva.example"


def test_nobody_else_is_named_in_a_mail(house: House) -> None:
    house.add(JUERGEN, Listed(address="ada@stadt.example", name="Ada Ay"))
    house.invite()

    first, second = (message.data or b"" for message in house.messages())

    assert ("j.mueller@stadt.example" in whole(first), "ada@stadt.example" in whole(first)) == (
        True,
        False,
    )
    assert ("Jürgen" in whole(second), "Ada" in whole(second)) == (False, True)


def test_text_html_and_calendar_all_hold_the_link(house: House) -> None:
    data = sent(house)

    assert plain_of(data).splitlines().count(JOIN) == 1
    assert html_of(data).count(f'href="{JOIN}"') == 2
    assert f"\n{JOIN}\n" in str(event_of(data)["DESCRIPTION"])
    assert str(event_of(data)["LOCATION"]) == f"Online, {JOIN}"
    assert str(event_of(data)["CONFERENCE"]) == JOIN


@pytest.mark.parametrize("kind", ["cancelled", "signed-off"])
def test_who_does_not_come_gets_no_link(house: House, kind: str) -> None:
    data = life(house)[kind]

    assert ("treffen.example" in whole(data), "sign-off" in whole(data)) == (False, False)


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(house: House, kind: str) -> None:
    data = life(house)[kind]

    # The button, and a link in place of an address, are all that only HTML has.
    plain = re.sub(r":?\nhttps://\S+/sign-off/\S+", "", plain_of(data))
    words = " ".join(plain.split()).replace("Ihr Teilnahme-Link:", "Teilnehmen Ihr Teilnahme-Link")
    html = words_of_html(data).replace("\N{NO-BREAK SPACE}", " ")
    labels = "Wann|Wo|Neu|Bisher|Grund|Hinweis|Geplant war"
    assert re.sub(rf"\b({labels}):", r"\1", words).replace(" .", ".") == html.replace(" .", ".")


def test_a_mail_is_dated_in_the_zone_of_the_series(house: House) -> None:
    data = sent(house)

    assert read(data)["Date"] == "Thu, 20 May 2021 09:00:00 +0200"
    assert b"\r\nDTSTAMP:20210520T070000Z\r\n" in calendar_of(data)


def test_answers_by_hand_go_to_the_contact(house: House) -> None:
    house.publish(schedule(contact="fragen@bücher.example"))
    house.add()
    house.invite()

    message = read(house.messages()[-1].data or b"")

    assert message["From"] == "EINSATEAM <stadtimpuls@einsateam.de>"
    assert message["Reply-To"] == "fragen@xn--bcher-kva.example"


def test_absence_notes_are_held_back_but_no_failure_report(house: House) -> None:
    message = read(sent(house))

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF"


@pytest.mark.parametrize(
    ("series", "guest", "language", "subject"),
    [
        ("de", None, "de", "Einladung"),
        ("de", "en", "en", "Invitation"),
        ("en", "de", "de", "Einladung"),
        ("fr", None, "en", "Invitation"),
    ],
)
def test_a_mail_is_in_the_language_of_the_guest_else_of_the_series(
    house: House, series: str, guest: str | None, language: str, subject: str
) -> None:
    house.publish(schedule(language=series))
    house.add(replace(JUERGEN, language=guest))
    house.invite()
    data = house.messages()[-1].data or b""

    message = read(data)

    assert message["Content-Language"] == language
    assert message["Subject"].partition(":")[0] == subject
    # Webmail shows the column alone.
    assert f'<html lang="{language}">' in html_of(data)
    assert f'<div class="page" lang="{language}"' in html_of(data)


def test_html_shows_every_text_as_it_is_written(house: House) -> None:
    evil = '<img src=x onerror="x()">'
    guest = Listed(address="jan@stadt.example", name=evil)

    html = html_of(sent(house, guest, title=evil, note=evil, location=evil, teaser=evil))
    shown = html.partition("</head>")[2].replace("&quot;", '"').replace("&#34;", '"')

    assert "<img" not in html
    # In the label, the greeting, the heading, the place, the teaser and the note.
    assert shown.count('&lt;img src=x onerror="x()"&gt;') == 6


def test_html_loads_nothing(house: House) -> None:
    html = html_of(sent(house, teaser="![Bild](https://evil.example/x.png) url(x)"))

    assert (
        re.findall(r"(?i)\bsrc\s*=|@import|<link|<script|<img|background=|url\(https", html) == []
    )


def test_a_name_is_never_made_a_link(house: House) -> None:
    guest = Listed(address="jan@stadt.example", name="Gewinn: https://evil.example")

    html = html_of(sent(house, guest))

    assert "Guten Tag Gewinn: https://evil.example," in html
    assert 'href="https://evil.example' not in html


def test_a_session_that_is_not_yet_fixed_says_so_in_its_title(house: House) -> None:
    event = event_of(sent(house, status="tentative"))

    assert str(event["SUMMARY"]) == "VORLÄUFIG: stadt:impuls #2: Gerechte Stadt, Teil 2"


def test_titles_in_calendars_are_marked_by_what_is_so_now(house: House) -> None:
    told = life(house)

    titles = {kind: str(event_of(data)["SUMMARY"]) for kind, data in told.items()}

    plain = "stadt:impuls #2: Gerechte Stadt, Teil 2"
    assert titles == {**dict.fromkeys(KINDS, plain), "cancelled": f"ABGESAGT: {plain}"}


def test_without_a_place_the_link_is_the_place(house: House) -> None:
    house.publish(schedule(location=None))
    house.add()
    house.invite()

    event = event_of(house.messages()[-1].data or b"")

    assert str(event["LOCATION"]) == JOIN


def test_who_is_invited_again_is_warned_of_the_question_of_the_calendar(house: House) -> None:
    (guest,) = house.add()
    house.invite()
    first = plain_of(house.messages()[-1].data or b"")
    house.go(hours=1)
    house.sign_off(guest)
    with house.database.writing() as transaction:
        bring_back(transaction, guest)
    house.go(hours=1)
    house.invite()

    again = plain_of(house.messages()[-1].data or b"")

    question = "Ihr Kalender fragt vielleicht"
    assert (question in first, question in again) == (False, True)
    assert house.messages()[-1].kind == "invitation"


def test_guests_of_a_withdrawn_session_are_sent_to_no_page_that_is_gone(house: House) -> None:
    house.publish(schedule(session(1, "2021-06-01"), session(2)))
    house.add()
    house.invite()
    house.go(days=1)
    house.publish(schedule(session(1, "2021-06-01"), session(2)) + "withdrawn: [2]\n")
    house.update()
    data = house.messages()[-1].data or b""

    last = plain_of(data).splitlines()[-3]

    assert last == "Alle Termine: https://kalender.example/stadtimpuls/"
    assert str(event_of(data)["URL"]) == "https://kalender.example/stadtimpuls/"
    assert "/stadtimpuls/2/" not in whole(data)


def sign_in_mail(language: str) -> bytes:
    return compose_sign_in(
        SignInMail(
            address="ada@stadt.example",
            link="https://kalender.example/staff/sign-in/einmal",
            until=NOW.replace(hour=14, minute=25),
            language=language,
            sender=Sender(name="Büro", address="buero@stadt.example"),
            message_id="<1@stadt.example>",
            made_at=NOW.astimezone(zone("Europe/Berlin")),
        )
    )


def test_the_sign_in_mail_holds_the_link_and_its_end() -> None:
    data = sign_in_mail("de")

    assert read(data)["Subject"] == "Ihr Zugangslink für impulscal"
    assert plain_of(data) == (
        "Guten Tag,\n\n"
        "mit diesem Link loggen Sie sich ein.\n"
        "Er gilt bis 14:25 Uhr (MESZ) und nur einmal.\n\n"
        "Ihr Zugangslink:\nhttps://kalender.example/staff/sign-in/einmal\n\n"
        "Sie haben das nicht angefordert? Dann ist nichts zu tun.\n"
    )
    assert html_of(data).count('href="https://kalender.example/staff/sign-in/einmal"') == 2


def test_the_sign_in_mail_is_one_to_one_person() -> None:
    message = read(sign_in_mail("en"))

    assert list(message.keys()) == FIELDS
    assert message["To"] == "ada@stadt.example"
    assert message["Subject"] == "Your sign-in link for impulscal"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
