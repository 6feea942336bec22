"""Drafts for staff who send from a mail program of their own (CLIENTS.md 5.6)."""

import mailparser  # type: ignore[import-untyped]  # it has no types
import pytest

from impulscal.invitations.drafts import eml, ics, stem
from impulscal.invitations.inviting import NoJoinLinkError
from impulscal.invitations.model import Listed
from invitations.house import JUERGEN, House, schedule, session
from invitations.mails import JOIN, calendar_of, event_of, html_of, plain_of, read

BASE_URL = "https://kalender.example"


def draft(house: House, person: Listed | None = JUERGEN, mail_from: str | None = None) -> bytes:
    return eml(house.private(), person, base_url=BASE_URL, mail_from=mail_from)


def test_a_draft_is_opened_for_writing_and_bears_no_stamp(house: House) -> None:
    message = read(draft(house))

    assert list(message.keys()) == ["X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"]
    assert message["X-Unsent"] == "1"
    (address,) = message["To"].addresses
    assert (address.display_name, address.addr_spec) == (
        "Müller, Jürgen",
        "j.mueller@stadt.example",
    )


def test_the_first_child_of_a_draft_is_what_it_says_and_the_session_is_a_file(house: House) -> None:
    message = read(draft(house))

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "stadtimpuls-2-2021-06-08.ics"
    assert dict(attachment["Content-Type"].params) == {
        "charset": "utf-8",
        "name": "stadtimpuls-2-2021-06-08.ics",
    }
    found = mailparser.parse_from_bytes(draft(house)).attachments
    assert [file["filename"] for file in found] == ["stadtimpuls-2-2021-06-08.ics"]


def test_the_file_asks_for_no_answer_and_holds_the_link(house: House) -> None:
    data = draft(house)

    calendar, event = calendar_of(data), event_of(data)

    assert [name for name in (b"METHOD", b"ORGANIZER", b"ATTENDEE") if name in calendar] == []
    assert str(event["DESCRIPTION"]).startswith(f"Ihr Teilnahme-Link:\n{JOIN}\n\n")
    assert str(event["LOCATION"]) == f"Online, {JOIN}"
    assert str(event["UID"]) == "2.stadtimpuls@einsateam.de"
    assert calendar == ics(house.private(), None, base_url=BASE_URL)


def test_a_draft_holds_the_link_and_asks_to_answer_the_mail(house: House) -> None:
    house.publish(schedule(privacy="https://stadt.example/datenschutz"))

    assert plain_of(draft(house)) == (
        "Guten Tag Jürgen Müller,\n\n"
        "Sie sind angemeldet zum Webinar:\n\n"
        "stadt:impuls #2: Gerechte Stadt, Teil 2\n\n"
        "Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Wo: Online\n\n"
        f"Ihr Teilnahme-Link:\n{JOIN}\n\n"
        "Bitte geben Sie den Link nicht weiter.\n\n"
        "Doch nicht dabei? Antworten Sie auf diese E-Mail.\n\n"
        "Im Anhang finden Sie den Termin für Ihren Kalender.\n\n"
        "Fragen? Antworten Sie auf diese E-Mail.\n"
        "Seite zum Termin: https://kalender.example/stadtimpuls/2/\n\n"
        "EINSATEAM\n"
        "Datenschutz: https://stadt.example/datenschutz\n"
    )


def test_a_draft_without_a_person_leaves_name_and_address_to_the_sender(house: House) -> None:
    data = draft(house, None)

    message = read(data)

    assert list(message.keys()) == ["X-Unsent", "Subject", "MIME-Version", "Content-Type"]
    assert plain_of(data).startswith("Guten Tag,\n")


def test_a_draft_comes_from_where_the_settings_say(house: House) -> None:
    message = read(draft(house, mail_from="Büro <buero@stadt.example>"))

    (address,) = message["From"].addresses
    assert (address.display_name, address.addr_spec) == ("Büro", "buero@stadt.example")


def test_a_draft_is_in_the_language_of_its_person(house: House) -> None:
    person = Listed(address="ada@stadt.example", name="Ada Ay", language="en")

    data = draft(house, person)

    assert read(data)["Subject"] == (
        "Invitation: stadt:impuls #2 – Gerechte Stadt, Teil 2, 8 June 2021, 12:00"
    )
    assert '<html lang="en">' in html_of(data)
    assert str(event_of(data)["DESCRIPTION"]).startswith("Your participation link:")


def test_the_draft_of_a_cancelled_session_says_so_and_holds_no_link(house: House) -> None:
    house.publish(schedule(session(status="cancelled", note="Wir holen das Thema 2022 nach.")))

    data = draft(house)

    assert plain_of(data) == (
        "Guten Tag Jürgen Müller,\n\n"
        "Ihr Webinar findet nicht statt:\n\n"
        "stadt:impuls #2: Gerechte Stadt, Teil 2\n\n"
        "Geplant war: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Grund: Wir holen das Thema 2022 nach.\n\n"
        "Im Anhang finden Sie die Absage für Ihren Kalender.\n\n"
        "Fragen? Antworten Sie auf diese E-Mail.\n"
        "Seite zum Termin: https://kalender.example/stadtimpuls/2/\n\n"
        "EINSATEAM\n"
    )
    assert b"treffen.example" not in calendar_of(data)
    assert b"\r\nSTATUS:CANCELLED\r\n" in calendar_of(data)


def test_there_is_no_draft_of_a_session_without_a_link(house: House) -> None:
    house.publish(schedule(session(join_url=None)))

    with pytest.raises(NoJoinLinkError):
        draft(house)
    with pytest.raises(NoJoinLinkError):
        ics(house.private(), None, base_url=BASE_URL)


def test_a_draft_is_the_same_bytes_each_time_and_7_bit_clean(house: House) -> None:
    data = draft(house)

    assert draft(house) == data
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (None, "stadtimpuls-2-2021-06-08"),
        ("J.Mueller@Stadt.example", "stadtimpuls-2-2021-06-08-j.mueller@stadt.example"),
        ("ada@bücher.example", "stadtimpuls-2-2021-06-08-ada@xn--bcher-kva.example"),
        ("a*b?c@a.example", "stadtimpuls-2-2021-06-08-a_b_c@a.example-8a726784"),
    ],
)
def test_the_name_of_a_file_is_that_of_session_and_address(
    house: House, address: str | None, name: str
) -> None:
    person = None if address is None else Listed(address=address, name="Ada")

    assert stem(house.private(), person) == name


def test_two_guests_never_share_a_file(house: House) -> None:
    addresses = [f"a{sign}b@a.example" for sign in "!#$%&'*+/=?^_`{|}~-."]
    addresses += [f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{tail}.example" for tail in ("d", "e")]

    names = [stem(house.private(), Listed(address=address)) for address in addresses]

    assert len(set(names)) == len(addresses)
    assert max(len(f"{name}.eml") for name in names) <= 255
    assert [name for name in names if set(name) & set('/\\:*?"<>|')] == []
