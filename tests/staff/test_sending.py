"""Sending from the browser: shown first, whole, with its number; then sent, once."""

import re
from email import message_from_bytes, policy

from impulscal.invitations.model import Listed
from invitations.house import JOIN_URL, House, schedule, session
from staff.desk import Desk
from staff.reading import Reading

SEND = "/staff/stadtimpuls/2/send"
UPDATE = "/staff/stadtimpuls/2/update"

ADA = Listed(address="ada@amt.example", name="Ada Beispiel")
JUERGEN = Listed(address="j.mueller@stadt.example", name="Müller, Jürgen")


def seal(desk: Desk, path: str) -> str:
    found = re.search(r'name="seal" value="(\w+)"', desk.get(path).text)
    return "" if found is None else found[1]


def recipients(house: House) -> list[str]:
    return [message.recipient for message in house.messages()]


def test_the_page_shows_a_whole_message_and_the_number_on_the_button(
    desk: Desk, house: House
) -> None:
    house.add(JUERGEN, ADA)

    page = desk.get(SEND).text

    assert "2 Einladungen an 2 Personen." in page
    assert ">2 Einladungen senden</button>" in page
    assert "Müller, Jürgen" in page
    assert JOIN_URL in page
    assert "METHOD:REQUEST" in page


def test_looking_sends_nothing(desk: Desk, house: House) -> None:
    house.add(JUERGEN)

    desk.get(SEND)

    assert house.messages() == ()


def test_the_button_queues_one_message_each(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)

    answer = desk.post(SEND, seal=seal(desk, SEND))

    assert (answer.status_code, answer.location) == (303, "/staff/stadtimpuls/2")
    assert recipients(house) == [JUERGEN.address, ADA.address]
    assert "2 Nachrichten sind im Postausgang." in desk.get("/staff/stadtimpuls/2").text


def test_the_shown_message_is_the_one_that_is_sent(desk: Desk, house: House) -> None:
    house.add(JUERGEN)
    shown = desk.get(SEND).text

    desk.post(SEND, seal=seal(desk, SEND))

    data = house.messages()[0].data
    assert data is not None
    mail = message_from_bytes(data, policy=policy.default)
    assert f"<bdi>{mail['Subject']}</bdi>".replace("'", "&#39;") in shown


def test_a_second_click_sends_nothing_more(desk: Desk, house: House) -> None:
    house.add(JUERGEN)
    seen = seal(desk, SEND)
    desk.post(SEND, seal=seen)

    again = desk.post(SEND, seal=seen)

    assert again.status_code == 409
    assert "Alle auf der Gästeliste sind schon eingeladen." in again.text
    assert recipients(house) == [JUERGEN.address]


def test_what_changed_since_it_was_shown_is_shown_again_and_not_sent(
    desk: Desk, house: House
) -> None:
    house.add(JUERGEN)
    seen = seal(desk, SEND)
    house.add(ADA)

    answer = desk.post(SEND, seal=seen)

    assert answer.status_code == 409
    assert "Es wurde nichts versendet." in answer.text
    assert ">2 Einladungen senden</button>" in answer.text
    assert house.messages() == ()


def test_a_moved_session_says_what_was_and_what_is_and_asks_again(desk: Desk, house: House) -> None:
    house.add(JUERGEN)
    house.invite()
    house.go(hours=1)
    house.publish(schedule(session(date="2021-06-15")))

    page = desk.get(UPDATE).text
    desk.post(UPDATE, seal=seal(desk, UPDATE))

    assert "Dienstag, 15. Juni 2021, 12:00" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 Einladung ist veraltet." in page
    assert "erneut, ob sie teilnehmen" in page
    assert ">Aktualisierung an 1 Person senden</button>" in page
    assert [message.kind for message in house.messages()] == ["invitation", "moved"]


def test_another_link_names_what_changed_and_keeps_the_answers(desk: Desk, house: House) -> None:
    house.add(JUERGEN)
    house.invite()
    house.go(hours=1)
    house.publish(schedule(session(join_url="https://treffen.example/neu")))

    page = desk.get(UPDATE).text

    assert "Teilnahme-Link" in page
    assert "Ihre Antworten bleiben." in page


def test_a_cancellation_tells_the_consequence_first(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    house.go(hours=1)
    house.publish(schedule(session(status="cancelled", note="Die Referentin ist erkrankt.")))

    page = desk.get(UPDATE).text
    desk.post(UPDATE, seal=seal(desk, UPDATE))

    assert "2 Personen erhalten eine Absage." in page
    assert ">Absage an 2 Personen senden</button>" in page
    assert [message.kind for message in house.messages()] == [
        "invitation",
        "invitation",
        "cancelled",
        "cancelled",
    ]


def test_without_a_mail_server_the_page_names_the_other_way(house: House) -> None:
    house.add(JUERGEN)
    desk = Desk(house, {"mail_server": None}).sign_in()

    page = desk.get(SEND).text
    answer = desk.post(SEND, seal=seal(desk, SEND))

    assert "Es ist kein Mailserver eingerichtet" in page
    assert "</button>" not in page.partition("<main")[2]
    assert answer.status_code == 409
    assert house.messages() == ()


def test_without_a_link_nobody_is_invited(desk: Desk, house: House) -> None:
    house.publish(schedule(session(join_url="")))
    house.add(JUERGEN)

    answer = desk.post(SEND, seal=seal(desk, SEND))

    assert answer.status_code == 409
    assert "join_url" in answer.text
    assert house.messages() == ()


def nothing_to_send(desk: Desk) -> str:
    return Reading(desk.get(SEND)).one("//main//p[not(@class)][1]")


def test_to_a_cancelled_session_nobody_is_invited(desk: Desk, house: House) -> None:
    house.add()
    house.publish(schedule(session(status="cancelled")))

    assert nothing_to_send(desk) == "Dieser Termin ist abgesagt: Niemand wird eingeladen."


def test_to_a_session_that_is_over_nobody_is_invited(desk: Desk, house: House) -> None:
    house.add()
    house.go(days=20)

    told = nothing_to_send(desk.sign_in())

    assert told == "Dieser Termin ist vorbei: Niemand wird eingeladen."


def test_whoever_is_invited_already_is_not_invited_again(desk: Desk, house: House) -> None:
    house.add()
    house.invite()

    assert nothing_to_send(desk) == "Alle auf der Gästeliste sind schon eingeladen."


def test_a_session_that_does_not_exist_is_not_found(desk: Desk) -> None:
    assert desk.get("/staff/stadtimpuls/77/send").status_code == 404
    assert desk.get("/staff/none/2/update").status_code == 404


def test_html_in_names_and_titles_stays_text(desk: Desk, house: House) -> None:
    house.publish(schedule(session(title="<b>Stadt</b>")))
    house.add(Listed(address="x@stadt.example", name="<script>alert(1)</script>"))

    page = desk.get(SEND).text

    assert "<script>alert" not in page
    assert "<b>Stadt" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
