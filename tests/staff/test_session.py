"""The page of a session, and what staff take along from it."""

import io
import zipfile
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from impulscal.invitations import outbox
from impulscal.invitations.guest_list import read_guest_list
from impulscal.invitations.guests import remember_answer
from impulscal.invitations.model import Guest, Listed, Partstat
from impulscal.web.staff.places import places, taken
from invitations.house import JOIN_URL, JUERGEN, House, schedule, session
from staff.desk import Desk
from staff.reading import Reading

ADA = Listed(address="ada@amt.example", name="Ada Beispiel")

PAGE = "/staff/stadtimpuls/2"


def opened(desk: Desk, path: str = PAGE) -> Reading:
    return Reading(desk.get(path))


def facts(page: Reading) -> dict[str, str]:
    return dict(zip(page.all("//dl/dt"), page.all("//dl/dd"), strict=True))


def hand_over(house: House) -> None:
    with house.database.writing() as transaction:
        while message := outbox.claim(transaction, now=house.now, lease=timedelta(minutes=5)):
            outbox.sent(transaction, message, "250 OK", now=house.now)


def answer(house: House, guest: Guest, partstat: Partstat) -> None:
    with house.database.writing() as transaction:
        remember_answer(transaction, guest, partstat, at=house.now)


def test_it_tells_when_state_guests_and_the_private_link(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)

    page = opened(desk)

    assert page.one("//h1") == "#2 Gerechte Stadt, Teil 2"
    assert facts(page) == {
        "Wann": "Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)",
        "Stand": "Termin steht",
        "Gäste": "2",
        "Teilnahme-Link": JOIN_URL,
        "Öffentliche Seite": "https://kalender.example/stadtimpuls/2/",
    }


def test_more_guests_than_places_are_told(desk: Desk, house: House) -> None:
    registration = {"email": "a@stadt.example", "places": 1}
    house.publish(schedule(session(registration=registration)))
    house.add(JUERGEN, ADA)

    page = opened(desk)

    assert facts(page)["Gäste"] == "2 von 1"
    assert page.one("//p[@class='warning']") == "Es gibt 1 Platz, aber 2 Gäste."


def test_guests_without_an_invitation_can_be_sent_one(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)

    page = opened(desk)

    assert page.links("//section[@class='to-do']//a") == {"2 Einladungen senden": f"{PAGE}/send"}
    assert page.all("//section[@class='to-do']/p[1]") == ["2 Gäste haben noch keine Einladung."]


def test_guests_who_know_an_old_date_can_be_sent_an_update(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    house.go(hours=1)
    house.publish(schedule(session(date="2021-06-15")))

    page = opened(desk)

    assert page.links("//section[@class='to-do']//a") == {
        "Aktualisierung an 2 Personen senden": f"{PAGE}/update"
    }
    assert page.all("//section[@class='to-do']/p[1]") == ["2 Einladungen sind veraltet."]


def test_guests_of_a_cancelled_session_can_be_told(desk: Desk, house: House) -> None:
    house.add()
    house.invite()
    house.go(hours=1)
    house.publish(schedule(session(status="cancelled")))

    page = opened(desk, f"/staff/en{PAGE.removeprefix('/staff')}")

    assert page.links("//section[@class='to-do']//a") == {
        "Send cancellation to 1 person": "/staff/en/stadtimpuls/2/update"
    }


def test_guests_of_a_withdrawn_session_can_be_told(desk: Desk, house: House) -> None:
    house.publish(schedule(session(), session(3, "2021-09-14")))
    house.add(number=3)
    house.invite(number=3)
    house.go(hours=1)
    house.publish(schedule(session(), session(3, "2021-09-14")) + "withdrawn: [3]\n")

    page = opened(desk, "/staff/stadtimpuls/3")

    assert page.links("//section[@class='to-do']//a") == {
        "Absage an 1 Person senden": "/staff/stadtimpuls/3/update"
    }
    assert "Öffentliche Seite" not in facts(page)


def test_without_a_link_it_says_where_to_write_it(desk: Desk, house: House) -> None:
    house.publish(schedule(session(join_url=None)))
    house.add()

    page = opened(desk)

    assert page.one("//section[contains(@class, 'warning')]") == (
        "Der Teilnahme-Link fehlt Ohne ihn können Sie niemanden einladen. "
        "Tragen Sie ihn in der Datei beim Termin ein: - id: 2 join_url: https://…"
    )
    assert page.all("//section[@class='to-do']//a") == []
    assert not [link for link in page.links().values() if link.endswith((".ics", ".eml", ".zip"))]


def test_where_nothing_is_sent_from_here_it_offers_the_drafts(house: House) -> None:
    house.add()

    page = opened(Desk(house, {"mail_server": None}).sign_in())

    assert page.links("//section[@class='to-do']//a") == {
        "Alle Entwürfe (.zip)": f"{PAGE}/drafts.zip"
    }


def test_the_guest_list_tells_message_and_reply_of_each(desk: Desk, house: House) -> None:
    guest, away, _silent = house.add(JUERGEN, ADA, Listed(address="x@amt.example"))
    house.invite()
    hand_over(house)
    answer(house, guest, Partstat.ACCEPTED)
    house.go(hours=1)
    house.sign_off(away)
    house.add(Listed(address="neu@amt.example", name="Änne Neu"))

    page = opened(desk)

    assert page.rows("guests") == [
        [
            "Ada Beispiel",
            "ada@amt.example",
            "wartet",
            "abgemeldet 20.05.2021",
            "Wieder einladen – Ada Beispiel",
        ],
        [
            "Änne Neu",
            "neu@amt.example",
            "noch nicht eingeladen",
            "",
            "Entwurf – Änne Neu Abmelden – Änne Neu",
        ],
        [
            "Müller, Jürgen",
            "j.mueller@stadt.example",
            "gesendet",
            "zugesagt 20.05.2021",
            "Entwurf – Müller, Jürgen Abmelden – Müller, Jürgen",
        ],
        [
            "–",
            "x@amt.example",
            "gesendet",
            "ohne Antwort",
            "Entwurf – x@amt.example Abmelden – x@amt.example",
        ],
    ]


def test_what_is_out_of_date_stands_at_the_guest(desk: Desk, house: House) -> None:
    house.add()
    house.invite()
    hand_over(house)
    house.go(hours=1)
    house.publish(schedule(session(title="Anders")))

    assert opened(desk).rows("guests")[0][2] == "gesendet veraltet"


def test_replies_and_sending_are_drawn_with_the_numbers_in_words(desk: Desk, house: House) -> None:
    people = [Listed(address=f"gast{number}@amt.example") for number in range(10)]
    guests = house.add(*people)
    house.invite()
    for guest in guests[:6]:
        answer(house, guest, Partstat.ACCEPTED)
    answer(house, guests[6], Partstat.TENTATIVE)
    answer(house, guests[7], Partstat.DECLINED)

    page = opened(desk)

    assert page.all("//figure/figcaption") == [
        "Versand: wartet 10",
        "Antworten: zugesagt 6 · vielleicht 1 · abgesagt 1 · ohne Antwort 2",
    ]
    assert page.all("//section[@aria-labelledby='h-replies']//*[name()='text']") == ["6", "2"]


def test_guests_can_be_chosen_by_where_they_stand(desk: Desk, house: House) -> None:
    guest, _other = house.add(JUERGEN, ADA)
    house.invite()
    answer(house, guest, Partstat.DECLINED)

    page = opened(desk, f"{PAGE}?show=declined")

    assert [row[0] for row in page.rows("guests")] == ["Müller, Jürgen"]
    assert page.all("//nav[@class='filters']//a") == ["alle 2", "abgesagt 1", "ohne Antwort 1"]
    assert page.one("//nav[@class='filters']//a[@aria-current]") == "abgesagt 1"


@pytest.mark.parametrize("query", ["?show=nonsense", "?page=0", "?page=99999", "?page=x"])
def test_a_choice_that_is_none_shows_all(desk: Desk, house: House, query: str) -> None:
    house.add(JUERGEN, ADA)

    assert [row[0] for row in opened(desk, PAGE + query).rows("guests")] == [
        "Ada Beispiel",
        "Müller, Jürgen",
    ]


def test_a_thousand_guests_stand_on_pages_that_all_can_be_reached(desk: Desk, house: House) -> None:
    house.add(*[Listed(address=f"gast{number:04}@amt.example") for number in range(1001)])

    page = opened(desk)
    last = opened(desk, page.links()["Seite 3"].partition("#")[0])

    assert page.one("//caption") == "Gäste 1 bis 500 von 1001"
    assert len(page.rows("guests")) == 500
    assert [row[1] for row in last.rows("guests")] == ["gast1000@amt.example"]


def test_a_session_that_is_over_only_shows_its_guests(desk: Desk, house: House) -> None:
    house.add()
    house.go(days=30)
    desk.sign_in()

    page = opened(desk)

    assert page.links("//section[@class='guests']//a") == {
        "Liste herunterladen (.csv)": f"{PAGE}/guests.csv",
        "Alle Entwürfe (.zip)": f"{PAGE}/drafts.zip",
        "Entwurf – Müller, Jürgen": f"{PAGE}/guests/1.eml",
    }
    assert page.all("//section[@class='to-do']") == []


def test_the_single_invitation_holds_the_link_and_asks_for_no_answer(desk: Desk) -> None:
    file = desk.get(f"{PAGE}/invitation.ics")

    calendar = Calendar.from_ical(file.data)
    (event,) = calendar.walk("VEVENT")
    assert file.headers["Content-Disposition"] == (
        "attachment; filename=stadtimpuls-2-2021-06-08.ics"
    )
    assert file.content_type == "text/calendar; charset=utf-8"
    assert file.headers["Cache-Control"] == "no-store"
    assert JOIN_URL in str(event["DESCRIPTION"])
    assert ("METHOD" in calendar, "ATTENDEE" in event, "ORGANIZER" in event) == (False,) * 3


def test_the_single_invitation_is_there_in_the_other_language(desk: Desk) -> None:
    link = opened(desk).links("//section[contains(@class, 'panel')]//a")["Kalender-Datei (.ics)"]

    file = desk.get(link)

    assert "Participation link" in file.text.replace("\r\n ", "")


def test_the_draft_opens_for_writing_to_nobody_yet(desk: Desk) -> None:
    file = desk.get(f"{PAGE}/invitation.eml")

    mail = message_from_bytes(file.data, policy=policy.default)
    assert file.headers["Content-Disposition"] == (
        "attachment; filename=stadtimpuls-2-2021-06-08.eml"
    )
    assert (mail["X-Unsent"], mail["To"]) == ("1", None)


def test_the_draft_to_a_guest_names_that_guest_alone(desk: Desk, house: House) -> None:
    guest, _other = house.add(JUERGEN, ADA)

    file = desk.get(f"{PAGE}/guests/{guest.id}.eml")

    mail = message_from_bytes(file.data, policy=policy.default)
    assert mail["To"] == '"Müller, Jürgen" <j.mueller@stadt.example>'
    assert b"ada@amt.example" not in file.data


def test_all_drafts_come_as_one_file_without_those_who_signed_off(desk: Desk, house: House) -> None:
    away, _jurgen, _ada = house.add(Listed(address="weg@amt.example"), JUERGEN, ADA)
    house.sign_off(away)

    file = desk.get(f"{PAGE}/drafts.zip")

    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        mails = [
            message_from_bytes(archive.read(one), policy=policy.default)
            for one in archive.namelist()
        ]
    assert file.headers["Content-Disposition"] == (
        "attachment; filename=stadtimpuls-2-2021-06-08.zip"
    )
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == [
        "j.mueller@stadt.example",
        "ada@amt.example",
    ]


def test_drafts_are_packed_one_archive_at_a_time(desk: Desk, house: House) -> None:
    house.add()
    with desk.app.test_request_context(), taken(places().drafts):
        busy = desk.get(f"{PAGE}/drafts.zip").status_code
    after = desk.get(f"{PAGE}/drafts.zip")

    assert (busy, after.status_code) == (503, 200)
    assert int(after.headers["Content-Length"]) == len(after.data)


def test_an_archive_too_large_for_the_memory_comes_whole(desk: Desk, house: House) -> None:
    people = [Listed(address=f"{number}@amt.example") for number in range(600)]
    house.add(*people)

    file = desk.get(f"{PAGE}/drafts.zip")

    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert (archive.testzip(), len(archive.namelist())) == (None, 600)
    assert len(file.data) > 1024**2


def test_the_guest_list_can_be_taken_along_and_brought_back(desk: Desk, house: House) -> None:
    house.add(ADA, JUERGEN)

    file = desk.get(f"{PAGE}/guests.csv")

    assert file.headers["Content-Disposition"] == (
        "attachment; filename=stadtimpuls-2-2021-06-08-gaeste.csv"
    )
    assert read_guest_list(file.data).listed == (ADA, JUERGEN)


@pytest.mark.parametrize("file", ["invitation.ics", "invitation.eml", "drafts.zip"])
def test_without_a_link_there_is_no_file_but_a_page_that_says_why(
    desk: Desk, house: House, file: str
) -> None:
    house.publish(schedule(session(join_url=None)))
    house.add()

    answered = desk.get(f"{PAGE}/{file}")

    assert (answered.status_code, answered.mimetype) == (409, "text/html")
    assert "join_url" in answered.text


def test_guests_of_another_session_are_not_found(desk: Desk, house: House) -> None:
    house.publish(schedule(session(), session(3, "2021-09-14")))
    (guest,) = house.add(number=3)

    paths = [f"{PAGE}/guests/{guest.id}{rest}" for rest in (".eml", "/sign-off", "/return")]
    paths += [f"{PAGE}/guests/{2**40}.eml", "/staff/stadtimpuls/9", "/staff/andere/2"]

    assert [desk.get(path).status_code for path in paths] == [404] * 6


def test_names_stand_there_as_text(desk: Desk, house: House) -> None:
    house.add(Listed(address="x@amt.example", name="<script>alert(1)</script> {{ 7 * 7 }}"))

    answered = desk.get(PAGE)

    assert "<script>alert" not in answered.text
    assert Reading(answered).rows("guests")[0][0] == "<script>alert(1)</script> {{ 7 * 7 }}"
