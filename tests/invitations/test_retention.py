"""How long people are remembered."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from impulscal.history import tables
from impulscal.invitations.address import BadAddressError
from impulscal.invitations.guests import remembered_join_link
from impulscal.invitations.inviting import set_join_link
from impulscal.invitations.model import Kind, Letter, Listed
from impulscal.invitations.outbox import claim, queue, sent
from impulscal.invitations.retention import forget_address, forget_past, kept_of_address
from invitations.house import JUERGEN, House, schedule, session

ANNA = Listed(address="anna@stadt.example", name="Anna Weiß")
STAFF = "team@einsateam.de"


@pytest.fixture
def house_url(database_url: str) -> str:
    return database_url


def forget(house: House, *, days: int = 30) -> int:
    with house.database.writing() as transaction:
        return forget_past(transaction, retention_days=days, now=house.now)


def forget_one(house: House, address: str) -> int:
    with house.database.writing() as transaction:
        return forget_address(transaction, address)


def kept(house: House, address: str) -> dict[str, Any]:
    with house.database.reading() as transaction:
        return kept_of_address(transaction, address)


def names(house: House, number: int = 2) -> list[str]:
    return [guest.name for guest in house.guests(number)]


def link(house: House, number: int = 2) -> str | None:
    with house.database.reading() as transaction:
        return remembered_join_link(transaction, "stadtimpuls", str(number))


def remember_link(house: House, number: int = 2) -> None:
    private = house.private(number)
    with house.database.writing() as transaction:
        set_join_link(transaction, private, "https://treffen.example/gemerkt")


def sign_in(house: House, *, used: bool = False) -> None:
    """Let staff ask for a link, get it by mail, and perhaps use it."""
    moment = house.now
    mail = Letter(
        guest=None,
        kind=Kind.SIGN_IN,
        recipient=STAFF,
        message_id=f"<{moment.timestamp()}@einsateam.de>",
        data=b"Subject: Link\r\n\r\n",
    )
    with house.database.writing() as transaction:
        queue(transaction, mail, now=moment)
        row = {
            "digest": f"{moment.timestamp()}",
            "address": STAFF,
            "made_at": moment,
            "expires_at": moment + timedelta(minutes=15),
            "used_at": moment if used else None,
        }
        transaction.connection.execute(tables.sign_in.insert(), row)
        row = {
            "digest": f"{moment.timestamp()}",
            "address": STAFF,
            "signed_in_at": moment,
            "expires_at": moment + timedelta(hours=12),
        }
        transaction.connection.execute(tables.staff_session.insert(), row)


def test_guests_are_remembered_for_thirty_days_after_the_end(house: House) -> None:
    house.add()
    end = house.private().session.public.end
    house.now = end + timedelta(days=30, seconds=-1)

    last_second = forget(house)
    house.go(seconds=1)

    assert (last_second, names(house)) == (0, ["Müller, Jürgen"])
    assert forget(house) == 1
    assert names(house) == []


def test_the_messages_of_a_guest_are_forgotten_with_them(house: House) -> None:
    house.publish(schedule(session(), session(3, "2021-09-14")))
    house.add()
    house.invite()
    house.add(ANNA, number=3)
    house.invite(number=3)
    house.go(days=60)

    forgotten = forget(house)

    assert forgotten == 1
    assert [message.recipient for message in house.messages()] == ["anna@stadt.example"]
    assert names(house, 3) == ["Anna Weiß"]


def test_a_cancelled_session_is_over_at_its_end(house: House) -> None:
    house.add()
    house.publish(schedule(session(status="cancelled")))
    house.go(days=30)

    assert forget(house) == 0
    house.go(days=30)
    assert forget(house) == 1


def test_guests_of_a_moved_session_wait_for_the_new_end(house: House) -> None:
    house.add()
    house.invite()
    house.publish(schedule(session(date="2021-07-13")))
    house.now = datetime.fromisoformat("2021-07-15T12:00+02:00")

    assert forget(house) == 0
    house.go(days=30)
    assert forget(house) == 1


def test_guests_of_a_withdrawn_session_are_forgotten_after_the_end_told_last(
    house: House,
) -> None:
    house.add()
    house.publish(schedule(session(3, "2021-09-14")) + "withdrawn: [2]\n")
    house.go(days=40)

    assert (forget(house), len(house.guests())) == (0, 1)
    house.go(days=10)
    assert (forget(house), house.guests()) == (1, ())


def test_guests_of_a_session_that_is_gone_from_the_file_are_forgotten(house: House) -> None:
    house.add()
    house.go(days=20)
    house.publish(schedule(session(3, "2021-09-14")))
    house.go(days=30)

    assert (forget(house), house.guests()) == (1, ())


def test_where_the_history_is_lost_the_end_counts_that_guests_were_told(house: House) -> None:
    house.add(JUERGEN, ANNA)
    house.invite()
    with house.database.writing() as transaction:
        transaction.connection.execute(tables.revision.delete())
    house.go(days=48)

    assert forget(house) == 0
    house.go(days=2)
    assert forget(house) == 2


def test_a_remembered_link_goes_with_the_last_guest(house: House) -> None:
    house.add(JUERGEN, ANNA)
    remember_link(house)

    forget_one(house, ANNA.address)
    with_one = link(house)
    forget_one(house, JUERGEN.address)

    assert with_one == "https://treffen.example/gemerkt"
    assert link(house) is None


def test_a_remembered_link_of_a_session_that_is_over_goes_without_guests_too(
    house: House,
) -> None:
    remember_link(house)
    house.go(days=30)

    forget(house)
    shortly_after = link(house)
    house.go(days=30)
    forget(house)

    assert shortly_after == "https://treffen.example/gemerkt"
    assert link(house) is None


def test_a_retention_of_no_days_forgets_when_the_session_is_over(house: House) -> None:
    house.add()
    house.now = house.private().session.public.end

    assert forget(house, days=0) == 1


def test_spent_sign_ins_are_forgotten_after_a_day(house: House) -> None:
    sign_in(house, used=True)
    house.go(hours=23)
    sign_in(house)

    house.go(hours=1)
    forget(house)

    found = kept(house, STAFF)
    assert [entry["made_at"] for entry in found["sign_ins"]] == ["2021-05-21T06:00:00+00:00"]
    assert [entry["queued_at"] for entry in found["messages"]] == ["2021-05-21T06:00:00+00:00"]
    assert [entry["signed_in_at"] for entry in found["staff_sessions"]] == [
        "2021-05-21T06:00:00+00:00"
    ]


def test_one_person_is_forgotten_in_all_series_however_the_address_is_spelt(house: House) -> None:
    house.publish(schedule(session(), session(3, "2021-09-14")))
    house.add(JUERGEN, ANNA)
    house.invite()
    house.add(JUERGEN, number=3)

    count = forget_one(house, "J.Mueller@STADT.example")

    assert count == 2
    assert (names(house), names(house, 3)) == (["Anna Weiß"], [])
    assert [message.recipient for message in house.messages()] == ["anna@stadt.example"]
    assert kept(house, JUERGEN.address) == {}


# A server's files are its own.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_forgotten_stands_nowhere_in_the_database_file(house: House) -> None:
    house.add()
    house.invite()
    file = house.folder / "impulscal.sqlite3"
    before = b"j.mueller" in file.read_bytes()

    forget_one(house, JUERGEN.address)

    assert before
    assert b"j.mueller" not in file.read_bytes()


def test_staff_who_are_forgotten_are_signed_out(house: House) -> None:
    sign_in(house)

    assert forget_one(house, STAFF) == 0
    assert kept(house, STAFF) == {}


def test_a_text_that_is_no_address_is_told(house: House) -> None:
    with pytest.raises(BadAddressError):
        forget_one(house, "Jürgen")


def test_all_that_is_kept_of_a_person_is_told(house: House) -> None:
    house.add(JUERGEN, ANNA)
    house.invite()
    with house.database.writing() as transaction:
        message = claim(transaction, now=house.now, lease=timedelta(minutes=5))
        assert message is not None
        sent(transaction, message, "250 OK", now=house.now)

    (entry,) = kept(house, JUERGEN.address)["guest"]

    assert (entry["name"], entry["address"], entry["session"]) == (
        "Müller, Jürgen",
        "j.mueller@stadt.example",
        "2",
    )
    assert (entry["added_at"], entry["answer"]) == ("2021-05-20T07:00:00+00:00", "NEEDS-ACTION")
    assert entry["told"]["facts"]["start"]["wall"] == "2021-06-08T12:00:00"
    assert [(told["kind"], told["state"], told["reply"]) for told in entry["messages"]] == [
        ("invitation", "sent", "250 OK")
    ]


def test_a_message_that_still_has_its_text_is_told_with_it(house: House) -> None:
    house.add()
    house.invite()

    (entry,) = kept(house, JUERGEN.address)["guest"]

    assert entry["messages"][0]["text"] == (house.messages()[0].data or b"").decode("ascii")


def test_nothing_of_anybody_else_is_told(house: House) -> None:
    house.add(JUERGEN, ANNA)
    house.invite()

    told = json.dumps(kept(house, JUERGEN.address), ensure_ascii=False)

    assert [word for word in ("anna", "Anna", "Weiß") if word in told] == []


def test_of_a_stranger_nothing_is_told(house: House) -> None:
    house.add()

    assert kept(house, "nobody@stadt.example") == {}
