"""The outbox in the browser."""

from datetime import timedelta

import pytest

from impulscal.invitations import outbox
from impulscal.invitations.model import Listed
from invitations.house import JUERGEN, House
from staff.desk import Desk

ADA = Listed(address="ada@amt.example")

REFUSED = "550 5.1.1 <j.mueller@stadt.example>: <b>unknown</b>"


def give_up_first(house: House, words: str = REFUSED) -> None:
    with house.database.writing() as transaction:
        claimed = outbox.claim(transaction, now=house.now, lease=timedelta(minutes=5))
        assert claimed is not None
        outbox.give_up(transaction, claimed, words)


def test_messages_stand_there_with_recipient_state_and_session(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()

    page = desk.get("/staff/outbox").text

    assert "<bdi>Müller, Jürgen</bdi>" in page
    assert "<bdi>ada@amt.example</bdi>" in page
    assert page.count("<strong>wartet</strong>") == 2
    assert 'href="/staff/stadtimpuls/2"' in page


def test_what_was_given_up_stands_there_with_the_servers_words(desk: Desk, house: House) -> None:
    house.add()
    house.invite()
    give_up_first(house)

    page = desk.get("/staff/outbox").text

    assert "<strong>aufgegeben</strong>" in page
    assert "550 5.1.1 &lt;j.mueller@stadt.example&gt;: &lt;b&gt;unknown&lt;/b&gt;</code>" in page


def test_one_state_can_be_chosen(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    give_up_first(house)

    page = desk.get("/staff/outbox?state=given+up").text

    assert "Müller, Jürgen" in page
    assert "ada@amt.example" not in page


def test_a_message_is_tried_again_by_its_button(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    give_up_first(house)

    answer = desk.post("/staff/outbox/retry", message="1")

    assert (answer.status_code, answer.location) == (303, "/staff/outbox")
    assert [message.state for message in house.messages()] == ["queued", "queued"]
    assert "1 Nachricht wird erneut versendet." in desk.get("/staff/outbox").text


def test_all_are_tried_again_at_once(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    give_up_first(house)
    give_up_first(house)

    desk.post("/staff/outbox/retry")

    assert [message.state for message in house.messages()] == ["queued", "queued"]


@pytest.mark.parametrize("number", ["9" * 30, "x", "1x", "-1", " 1", "1,2", "\u0661"])
def test_what_is_no_number_tries_nothing_again(desk: Desk, house: House, number: str) -> None:
    house.add()
    house.invite()
    give_up_first(house)

    answer = desk.post("/staff/outbox/retry", message=number)

    assert answer.status_code == 404
    assert [message.state for message in house.messages()] == ["given up"]


def test_a_message_that_is_gone_is_not_tried_again(desk: Desk, house: House) -> None:
    house.add()
    house.invite()
    give_up_first(house)

    answer = desk.post("/staff/outbox/retry", message="999999999")

    assert answer.status_code == 303
    assert [message.state for message in house.messages()] == ["given up"]


def test_without_a_mail_server_the_page_says_so(house: House) -> None:
    desk = Desk(house, {"mail_server": None}).sign_in()

    page = desk.get("/staff/outbox").text

    assert "Es ist kein Mailserver eingerichtet" in page
    assert "Es gibt keine Nachrichten." in page
