"""Guests in the browser: a list with its preview, one by hand, sign-off and return."""

import io
from typing import Any

import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from impulscal.invitations.model import Guest, Kind, Listed
from invitations.house import JUERGEN, House, schedule, session
from staff.desk import Desk
from staff.reading import Reading

PAGE = "/staff/stadtimpuls/2"

LIST = """Name;E-Mail
Müller, Jürgen;j.mueller@stadt.example
Ada Beispiel;ada@amt.example
Ada;ADA@amt.example
Kaputt;mueller(at)stadt.de
"""

ADA = Listed(address="ada@amt.example", name="Ada Beispiel")


def upload(desk: Desk, data: bytes, name: str = "liste.csv", **fields: Any) -> TestResponse:
    return desk.post(f"{PAGE}/guests/preview", file=(io.BytesIO(data), name), **fields)


def paste(desk: Desk, lines: str) -> TestResponse:
    return desk.post(f"{PAGE}/guests/preview", lines=lines)


def take(desk: Desk, preview: TestResponse, page: str = PAGE) -> TestResponse:
    """Press the button of a preview."""
    return desk.post(f"{page}/guests/take", list=Reading(preview).field("list", "take"))


def add(desk: Desk, **fields: str) -> TestResponse:
    return desk.post(f"{PAGE}/guests/add", **{"name": "", "email": "", "language": "", **fields})


def people(house: House) -> list[tuple[str, str, str | None]]:
    return [(guest.name, guest.address, guest.language) for guest in house.guests()]


def kinds(house: House) -> list[Kind]:
    return [message.kind for message in house.messages() if message.kind is not Kind.SIGN_IN]


def told_after(desk: Desk, answer: TestResponse) -> str:
    """Return what the page tells that a form leads to."""
    assert answer.status_code == 303, answer.text
    return Reading(desk.get(answer.location)).notice


def test_a_preview_tells_valid_merged_and_faulty_rows_by_line(desk: Desk, house: House) -> None:
    page = Reading(upload(desk, LIST.encode()))

    assert page.one("//p[@class='lead']") == "2 gültig, 1 doppelt (zusammengeführt), 1 fehlerhaft"
    (problem,) = page.all("//section[@role='alert']//li")
    assert problem.startswith("Zeile 5: „mueller(at)stadt.de“ ist keine E-Mail-Adresse")
    assert page.rows("people") == [
        ["Müller, Jürgen", "j.mueller@stadt.example", "neu"],
        ["Ada Beispiel", "ada@amt.example", "neu"],
    ]
    assert page.all("//main//form//button") == ["2 Gäste übernehmen"]
    assert people(house) == []


def test_a_preview_tells_whoever_shares_an_address_with_another(desk: Desk) -> None:
    page = Reading(paste(desk, "Erika <post@amt.example>\nMax <post@amt.example>"))

    assert page.rows("people") == [["Erika", "post@amt.example", "neu"]]
    (told,) = page.all("//section[@aria-labelledby='h-doubled']//li")
    assert told == (
        "Zeile 2: post@amt.example steht schon in Zeile 1, dort als Erika. "
        "Max erhält keine eigene Nachricht."
    )


def test_the_people_of_a_preview_become_guests_and_nobody_is_told(desk: Desk, house: House) -> None:
    answer = take(desk, upload(desk, LIST.encode()))

    assert answer.location == PAGE
    assert told_after(desk, answer) == "2 Gäste sind hinzugefügt."
    assert people(house) == [
        ("Müller, Jürgen", "j.mueller@stadt.example", None),
        ("Ada Beispiel", "ada@amt.example", None),
    ]
    assert kinds(house) == []


def test_a_workbook_is_taken_as_excel_writes_it(desk: Desk, house: House) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (("Vorname", "Nachname", "E-Mail", "Sprache"), ("Zoë", "Ångström", "z@ü.de", "en")):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)

    preview = upload(desk, written.getvalue(), "liste.xlsx")
    take(desk, preview)

    assert Reading(preview).rows("people") == [["Zoë Ångström", "z@ü.de", "neu", "English"]]
    assert people(house) == [("Zoë Ångström", "z@ü.de", "en")]


def test_pasted_lines_are_taken(desk: Desk, house: House) -> None:
    take(desk, paste(desk, '"Müller, Jürgen" <j.mueller@stadt.example>; x@amt.example'))

    assert people(house) == [
        ("Müller, Jürgen", "j.mueller@stadt.example", None),
        ("", "x@amt.example", None),
    ]


def test_pasted_lines_with_faults_can_be_corrected_on_the_spot(desk: Desk) -> None:
    page = Reading(paste(desk, "ada@amt.example\nmueller(at)stadt.de"))

    assert page.field("lines", "preview") == "ada@amt.example\nmueller(at)stadt.de"


def test_who_is_a_guest_already_or_signed_off_is_told_apart(desk: Desk, house: House) -> None:
    _there, away = house.add(JUERGEN, Listed(address="weg@amt.example", name="Weg"))
    house.sign_off(away)
    text = "ada@amt.example\nj.mueller@stadt.example\nWEG@amt.example\n"

    preview = paste(desk, text)

    assert Reading(preview).rows("people") == [
        ["–", "ada@amt.example", "neu"],
        ["–", "j.mueller@stadt.example", "schon Gast"],
        ["–", "WEG@amt.example", "abgemeldet"],
    ]
    assert told_after(desk, take(desk, preview)) == (
        "1 Gast ist hinzugefügt. 1 war schon Gast. 1 hatte sich abgemeldet und bleibt abgemeldet."
    )
    assert [guest.signed_off_at is None for guest in house.guests()] == [True, False, True]


def test_a_list_with_nobody_new_has_no_button(desk: Desk, house: House) -> None:
    house.add(JUERGEN)

    page = Reading(paste(desk, "j.mueller@stadt.example"))

    assert page.all("//main//form//button") == []
    assert "Auf dieser Liste steht niemand Neues." in page.all("//main//p")


def test_a_list_may_correct_names_alone(desk: Desk, house: House) -> None:
    house.add(JUERGEN)
    preview = paste(desk, "Jürgen Müller <j.mueller@stadt.example>")

    answer = take(desk, preview)

    assert Reading(preview).all("//main//form//button")[:1] == ["Namen und Sprachen berichtigen"]
    assert "1 Name wurde berichtigt." in told_after(desk, answer)
    assert [guest.name for guest in house.guests()] == ["Jürgen Müller"]


def test_more_guests_than_places_are_told_before_they_are_added(desk: Desk, house: House) -> None:
    registration = {"email": "a@stadt.example", "places": 2}
    house.publish(schedule(session(registration=registration)))
    house.add(JUERGEN)

    page = Reading(paste(desk, "ada@amt.example, x@amt.example"))

    assert page.one("//p[@class='warning']") == "Es gibt 2 Plätze, aber 3 Gäste."


def test_the_same_preview_twice_adds_nobody_twice(desk: Desk, house: House) -> None:
    preview = upload(desk, LIST.encode())
    take(desk, preview)

    answer = take(desk, preview)

    assert told_after(desk, answer) == "0 Gäste sind hinzugefügt. 2 waren schon Gäste."
    assert len(house.guests()) == 2


@pytest.mark.parametrize("fields", [{}, {"lines": " \n"}])
def test_a_form_without_a_list_says_what_is_missing(desk: Desk, fields: dict[str, str]) -> None:
    answer = desk.post(f"{PAGE}/guests/preview", **fields)

    assert answer.status_code == 400
    assert Reading(answer).mistakes == {
        "Wählen Sie eine Datei, oder fügen Sie Zeilen ein.": "#file"
    }
    assert "<title>1 Fehler – Gäste hinzufügen" in answer.text


def test_a_form_with_two_lists_is_not_guessed_at(desk: Desk) -> None:
    answer = upload(desk, LIST.encode(), lines="ada@amt.example")

    assert Reading(answer).mistakes == {
        "Wählen Sie eine Datei oder fügen Sie Zeilen ein, nicht beides.": "#lines"
    }
    assert Reading(answer).field("lines") == "ada@amt.example"


def test_a_file_that_is_no_list_says_why(desk: Desk) -> None:
    answer = upload(desk, b"PK\x03\x04 nothing of the kind", "liste.xlsx")

    assert answer.status_code == 400
    ((sentence, field),) = Reading(answer).mistakes.items()
    assert sentence.startswith("liste.xlsx: ")
    assert field == "#file"


def test_a_file_of_50_mb_ends_in_a_clear_page(desk: Desk, house: House) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="liste.csv"\r\n\r\n'

    answer = desk.client.post(
        f"{PAGE}/guests/preview",
        data=part + b"x@amt.example\n" * (50 * 2**20 // 14) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert people(house) == []


def test_ten_thousand_people_pass_through_the_preview(desk: Desk, house: House) -> None:
    text = "".join(f"Person {number} <gast{number}@amt.example>\n" for number in range(10_000))

    take(desk, paste(desk, text))

    assert len(house.guests()) == 10_000


def test_a_list_that_we_did_not_sign_is_not_taken(desk: Desk, house: House) -> None:
    sealed = Reading(paste(desk, "ada@amt.example")).field("list", "take")

    answers = [
        desk.post(f"{PAGE}/guests/take", list=forged)
        for forged in ("", "x", sealed[:-1], f"{sealed}x")
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert people(house) == []


def test_a_list_of_one_session_is_not_taken_for_another(desk: Desk, house: House) -> None:
    house.publish(schedule(session(), session(3, "2021-09-14")))

    answer = take(desk, paste(desk, "ada@amt.example"), "/staff/stadtimpuls/3")

    assert answer.status_code == 400
    assert (house.guests(2), house.guests(3)) == ((), ())


@pytest.mark.parametrize("page", ["preview", "take", "add"])
def test_an_address_of_a_form_that_is_opened_leads_to_the_form(desk: Desk, page: str) -> None:
    assert desk.get(f"{PAGE}/guests/{page}").location == f"{PAGE}/guests"


def test_one_guest_is_added_by_hand(desk: Desk, house: House) -> None:
    answer = add(desk, name=" Jürgen “Jü” Müller; ", email=" j@stadt.example ", language="en")

    assert told_after(desk, answer) == "1 Gast ist hinzugefügt."
    assert people(house) == [("Jürgen “Jü” Müller;", "j@stadt.example", "en")]


def test_a_name_that_is_given_anew_by_hand_is_corrected_and_told(desk: Desk, house: House) -> None:
    house.add(JUERGEN)

    answer = add(desk, name="Jürgen Müller", email="j.mueller@stadt.example")

    assert told_after(desk, answer) == "1 Name wurde berichtigt."
    assert people(house) == [("Jürgen Müller", "j.mueller@stadt.example", None)]


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Die E-Mail-Adresse fehlt."),
        ("müller", "„müller“ ist keine E-Mail-Adresse: Das @ fehlt."),
        ("j.mueller@stadt.example", "Diese Person ist schon Gast."),
        (
            "weg@amt.example",
            "Diese Person hat sich abgemeldet. Laden Sie sie in der Gästeliste wieder ein.",
        ),
    ],
)
def test_what_is_wrong_with_one_guest_stands_at_the_field(
    desk: Desk, house: House, email: str, sentence: str
) -> None:
    _there, away = house.add(JUERGEN, Listed(address="weg@amt.example"))
    house.sign_off(away)

    page = Reading(add(desk, name=JUERGEN.name, email=email))

    assert page.mistakes == {sentence: "#email"}
    assert page.one("//span[@id='email-wrong']") == sentence
    assert (page.field("name"), page.field("email")) == (JUERGEN.name, email)
    assert len(house.guests()) == 2


@pytest.mark.parametrize("name", ["A\r\nBcc: x@boese.example", 'x" <x@boese.example>', "=1+1;b;c"])
def test_a_name_by_hand_is_a_name_whatever_it_holds(desk: Desk, house: House, name: str) -> None:
    add(desk, name=name, email="j@stadt.example")

    ((kept, address, _language),) = people(house)
    assert address == "j@stadt.example"
    assert kept == " ".join(name.split())


def signed_off(house: House) -> list[bool]:
    return [guest.signed_off_at is not None for guest in house.guests()]


def invited(house: House) -> Guest:
    guest, _other = house.add(JUERGEN, ADA)
    house.invite()
    house.go(hours=1)
    return guest


def test_before_a_guest_is_signed_off_it_is_asked(desk: Desk, house: House) -> None:
    guest = invited(house)

    page = Reading(desk.get(f"{PAGE}/guests/{guest.id}/sign-off"))

    assert page.one("//h1") == "Müller, Jürgen abmelden?"
    assert "Nur diese Person erhält eine Absage." in page.all("//main//p")
    assert page.all("//main//form//button") == ["Abmelden und Absage senden"]
    assert signed_off(house) == [False, False]


def test_a_guest_who_is_signed_off_alone_is_told(desk: Desk, house: House) -> None:
    guest = invited(house)

    answer = desk.post(f"{PAGE}/guests/{guest.id}/sign-off")

    assert told_after(desk, answer) == (
        "Müller, Jürgen ist abgemeldet. Die Absage ist im Postausgang."
    )
    assert signed_off(house) == [True, False]
    assert kinds(house) == [Kind.INVITATION, Kind.INVITATION, Kind.SIGNED_OFF]
    assert house.messages()[-1].recipient == "j.mueller@stadt.example"


def test_two_clicks_sign_off_once(desk: Desk, house: House) -> None:
    guest = invited(house)
    desk.post(f"{PAGE}/guests/{guest.id}/sign-off")

    answer = desk.post(f"{PAGE}/guests/{guest.id}/sign-off")

    assert told_after(desk, answer) == "Müller, Jürgen ist abgemeldet."
    assert kinds(house).count(Kind.SIGNED_OFF) == 1


def test_a_file_that_was_just_saved_does_not_hold_up_a_click(
    desk: Desk, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    guest = invited(house)
    house.file.write_text(schedule(session(title="Anders")), encoding="utf-8")

    desk.post(f"{PAGE}/guests/{guest.id}/sign-off")

    assert [told.message for told in caplog.records if told.levelname == "ERROR"] == []
    assert Reading(desk.get(PAGE)).one("//h1") == "#2 Anders"


def test_a_guest_without_an_invitation_is_signed_off_in_silence(desk: Desk, house: House) -> None:
    (guest,) = house.add(JUERGEN)

    asked = Reading(desk.get(f"{PAGE}/guests/{guest.id}/sign-off"))
    answer = desk.post(f"{PAGE}/guests/{guest.id}/sign-off")

    assert "Diese Person hat keine Einladung und erhält keine Nachricht." in asked.all("//main//p")
    assert told_after(desk, answer) == "Müller, Jürgen ist abgemeldet."
    assert kinds(house) == []


def test_a_guest_who_comes_back_waits_for_an_invitation(desk: Desk, house: House) -> None:
    guest = invited(house)
    house.sign_off(guest)

    asked = Reading(desk.get(f"{PAGE}/guests/{guest.id}/return"))
    answer = desk.post(f"{PAGE}/guests/{guest.id}/return")

    assert asked.one("//h1") == "Müller, Jürgen wieder auf die Gästeliste setzen?"
    assert told_after(desk, answer) == (
        "Müller, Jürgen ist wieder Gast. Senden Sie nun die Einladung."
    )
    assert signed_off(house) == [False, False]
    assert Reading(desk.get(PAGE)).links("//section[@class='to-do']//a") == {
        "1 Einladung senden": f"{PAGE}/send"
    }


def test_what_was_done_meanwhile_is_not_asked_again(desk: Desk, house: House) -> None:
    guest, away = house.add(JUERGEN, ADA)
    house.sign_off(away)

    headings = [
        Reading(desk.get(f"{PAGE}/guests/{path}")).one("//h1")
        for path in (f"{away.id}/sign-off", f"{guest.id}/return")
    ]

    assert headings == ["Ada Beispiel ist schon abgemeldet.", "Müller, Jürgen ist schon Gast."]


def test_the_guest_list_of_a_session_that_is_over_no_longer_changes(
    desk: Desk, house: House
) -> None:
    guest = invited(house)
    house.go(days=30)
    desk.sign_in()

    answers = [
        desk.get(f"{PAGE}/guests"),
        paste(desk, "x@amt.example"),
        add(desk, email="x@amt.example"),
        desk.post(f"{PAGE}/guests/{guest.id}/sign-off"),
        desk.post(f"{PAGE}/guests/{guest.id}/return"),
    ]

    assert [answer.status_code for answer in answers] == [409] * 5
    assert "Dieser Termin ist vorbei." in answers[0].text
    assert (len(house.guests()), signed_off(house)) == (2, [False, False])


def test_without_a_sender_nobody_is_signed_off_in_silence(desk: Desk, house: House) -> None:
    guest = invited(house)
    house.publish(schedule(organizer={"name": "EINSATEAM"}))

    answer = desk.post(f"{PAGE}/guests/{guest.id}/sign-off")

    assert answer.status_code == 409
    assert "IMPULSCAL_MAIL_FROM" in answer.text
    assert signed_off(house) == [False, False]
