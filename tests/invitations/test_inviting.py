"""Guest lists, invitations and sign-offs: each decided and written in one transaction."""

import multiprocessing
import sqlite3
import traceback
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from impulscal.errors import HistoryError, UsageError
from impulscal.invitations.address import BadAddressError
from impulscal.invitations.inviting import (
    Added,
    BadJoinLinkError,
    Inviting,
    NoJoinLinkError,
    OvertakenError,
    add_guests,
    bring_back,
    outdated,
    outstanding,
    set_join_link,
)
from impulscal.invitations.model import Kind, Listed
from impulscal.invitations.post import Post
from impulscal.schedule.model import Organizer, Series
from invitations.house import JOIN_URL, JUERGEN, POST, House, schedule, session
from schedules import make_series, text

ADA = Listed(address="ada@stadt.example", name="Ada Beispiel")
LINKLESS = session(join_url=None)


def add(house: House, *people: Listed) -> Added:
    private = house.private()
    with house.database.writing() as transaction:
        return add_guests(transaction, private, people, now=house.now)


def addresses(house: House) -> list[str]:
    return [guest.address for guest in house.guests()]


def add_in_a_process(folder: Path, people: Iterable[Listed]) -> int:
    """Add people as another process would; return how many were new."""
    house = House(folder)
    new = len(add(house, *people).new)
    house.database.close()
    return new


def invite_in_a_process(folder: Path) -> int:
    """Invite everybody as another process would; return how many were told."""
    house = House(folder)
    told = len(house.invite())
    house.database.close()
    return told


def fail_after(house: House, table: str, rows: int) -> None:
    """Let the database fail when ``table`` gets more than so many rows."""
    with sqlite3.connect(house.folder / "impulscal.sqlite3") as connection:
        connection.execute(
            f"CREATE TRIGGER full BEFORE INSERT ON {table} "
            f"WHEN (SELECT count(*) FROM {table}) >= {rows} "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    connection.close()


# Adding guests.


def test_people_of_a_list_become_guests_in_its_order(house: House) -> None:
    added = add(house, JUERGEN, ADA)

    assert added.new == house.guests()
    assert (added.known, added.signed_off) == ((), ())
    assert [(guest.address, guest.name, guest.added_at) for guest in added.new] == [
        ("j.mueller@stadt.example", "Müller, Jürgen", house.now),
        ("ada@stadt.example", "Ada Beispiel", house.now),
    ]


def test_nobody_is_told_anything_by_being_added(house: House) -> None:
    add(house, JUERGEN, ADA)

    assert house.messages() == ()


def test_who_is_a_guest_already_is_known_however_their_address_is_spelled(house: House) -> None:
    add(house, Listed(address="Ada@Bücher.example", name="Ada"))

    added = add(house, Listed(address="ada@XN--BCHER-KVA.example", name="Ada Beispiel"))

    assert [guest.name for guest in added.known] == ["Ada Beispiel"]
    assert (added.new, addresses(house)) == ((), ["Ada@Bücher.example"])


def test_list_that_names_somebody_twice_adds_them_once_with_the_first_name(house: House) -> None:
    nameless = Listed(address="ADA@stadt.example")
    again = Listed(address="ada@stadt.example", name="A. Beispiel", language="en")

    added = add(house, nameless, ADA, again)

    assert added.new == house.guests()
    assert [(guest.name, guest.language) for guest in added.new] == [("Ada Beispiel", "en")]


def test_a_later_list_fills_in_and_corrects_names_but_empties_none(house: House) -> None:
    bob = Listed(address="bob@stadt.example", name="Bob", language="en")
    add(house, Listed(address="ada@stadt.example"), JUERGEN, bob)

    added = add(
        house,
        ADA,
        Listed(address="j.mueller@stadt.example", name="Jürgen Müller", language="en"),
        Listed(address="bob@stadt.example"),
    )

    assert added.corrected == 1
    assert [(guest.name, guest.language) for guest in house.guests()] == [
        ("Ada Beispiel", ADA.language),
        ("Jürgen Müller", "en"),
        ("Bob", "en"),
    ]


def test_who_signed_off_stays_so_though_they_are_on_the_list(house: House) -> None:
    add(house, JUERGEN, ADA)
    ada = house.guests()[1]
    house.sign_off(ada)

    added = add(house, JUERGEN, ADA)

    assert [guest.name for guest in added.known] == ["Müller, Jürgen"]
    assert [(guest.name, guest.signed_off_at) for guest in added.signed_off] == [
        ("Ada Beispiel", house.now)
    ]


@pytest.mark.parametrize(
    ("address", "recipient"),
    [
        ("ada@müller-straße.example", "ada@xn--mller-strae-46a18a.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        (f"{'a' * 64}@{'b' * 60}.example", f"{'a' * 64}@{'b' * 60}.example"),
    ],
)
def test_odd_address_is_kept_as_written_and_mailed_to_in_ascii(
    house: House, address: str, recipient: str
) -> None:
    add(house, Listed(address=address))

    house.invite()

    assert addresses(house) == [address]
    assert [message.recipient for message in house.messages()] == [recipient]


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "ada@stadt.example\nBcc: x@y.example",
        f"{'a' * 300}@stadt.example",
        "jürgen@x.de",
    ],
)
def test_bad_address_adds_nobody(house: House, address: str) -> None:
    with pytest.raises(BadAddressError):
        add(house, ADA, Listed(address=address))

    assert house.guests() == ()


def test_two_processes_that_add_the_same_people_make_each_a_guest_once(house: House) -> None:
    people = [Listed(address=f"guest{number}@stadt.example") for number in range(20)]

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        new = pool.map(add_in_a_process, [house.folder] * 4, [people] * 4)

    assert sum(new) == 20
    assert sorted(addresses(house)) == sorted(person.address for person in people)


def test_database_that_fails_half_way_keeps_no_guest_and_names_nobody(house: House) -> None:
    fail_after(house, "guest", 1)

    with pytest.raises(HistoryError) as caught:
        add(house, JUERGEN, ADA)

    assert house.guests() == ()
    told = "".join(traceback.format_exception(caught.value))
    assert [private for private in ("ada@", "Ada", "Müller") if private in told] == []


# Telling them.


def test_guest_is_invited_once(house: House) -> None:
    house.add()

    first, again = house.invite(), house.invite()

    assert [step.kind for step in first] == [Kind.INVITATION]
    assert again == ()
    assert [message.kind for message in house.messages()] == [Kind.INVITATION]


def test_only_the_kinds_that_were_asked_for_are_sent(house: House) -> None:
    house.add(JUERGEN)
    house.invite()
    house.go(days=1)
    house.publish(schedule(session(date="2021-06-15")))
    house.add(ADA)

    steps = house.update()

    assert [step.kind for step in steps] == [Kind.MOVED]
    assert [step.kind for step in house.invite()] == [Kind.INVITATION]


def test_only_the_guests_that_were_asked_for_are_told(house: House) -> None:
    _juergen, ada = house.add(JUERGEN, ADA)
    private = house.private()

    with house.database.writing() as transaction:
        told = Inviting(transaction, private, POST, house.now).send({Kind.INVITATION}, {ada.id})

    assert [guest.name for guest, _step in told] == ["Ada Beispiel"]
    assert [message.guest for message in house.messages()] == [ada.id]


def test_outstanding_are_those_who_are_due_a_message(house: House) -> None:
    house.add(JUERGEN)
    house.invite()
    house.add(ADA)
    private = house.private()

    with house.database.reading() as transaction:
        found = outstanding(transaction, private, now=house.now)

    assert [(guest.name, step.kind) for guest, step in found] == [("Ada Beispiel", "invitation")]


def test_outdated_are_those_alone_who_hold_an_invitation(house: House) -> None:
    both = (session(1, "2021-06-01"), session(2))
    house.publish(schedule(*both))
    house.add(JUERGEN, number=1)
    house.add(JUERGEN)
    house.invite(number=1)
    house.invite()
    house.add(ADA)
    house.go(days=1)
    house.publish(schedule(both[0], session(2, "2021-06-15")))

    with house.database.reading() as transaction:
        found = outdated(transaction, house.edition(), now=house.now)

    assert {name: [guest.name for guest, _step in steps] for name, steps in found.items()} == {
        "2": ["Müller, Jürgen"]
    }


def test_database_that_fails_half_way_has_told_nobody(house: House) -> None:
    house.add(JUERGEN, ADA)
    fail_after(house, "message", 1)

    with pytest.raises(HistoryError) as caught:
        house.invite()

    assert house.messages() == ()
    assert [guest.told for guest in house.guests()] == [None, None]
    told = "".join(traceback.format_exception(caught.value))
    assert [private for private in ("ada@", "Ada", "Müller", JOIN_URL) if private in told] == []


def test_two_processes_that_invite_at_once_tell_everybody_once(house: House) -> None:
    house.add(*(Listed(address=f"guest{number}@stadt.example") for number in range(20)))

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        told = pool.map(invite_in_a_process, [house.folder] * 4)

    assert sum(told) == 20
    assert len({message.guest for message in house.messages()}) == len(house.messages()) == 20


def test_schedule_that_was_overtaken_is_not_told(house: House) -> None:
    house.add()
    house.invite()
    house.go(days=1)
    house.publish(schedule(session(date="2021-06-15")))
    before = house.private()
    house.go(days=1)
    house.publish(schedule(session(date="2021-06-22")))
    house.update()

    with house.database.writing() as transaction, pytest.raises(OvertakenError) as caught:
        Inviting(transaction, before, POST, house.now).send({Kind.MOVED})

    assert str(caught.value) == (
        "Session 2 has just changed, so nothing was sent. Look at it again, then send."
    )
    assert [message.kind for message in house.messages()] == [Kind.INVITATION, Kind.MOVED]


# The participation link.


def test_nobody_is_invited_without_a_participation_link(house: House) -> None:
    house.publish(schedule(LINKLESS))
    house.add()

    with pytest.raises(NoJoinLinkError) as caught:
        house.invite()

    assert str(caught.value) == (
        "Session 2 has no participation link. Write join_url: https://… at the session in the "
        "file, or say --join-url https://…."
    )
    assert house.messages() == ()


def test_link_that_left_the_file_keeps_updates_back(house: House) -> None:
    house.add()
    house.invite()
    house.go(days=1)
    house.publish(schedule(LINKLESS))

    with pytest.raises(NoJoinLinkError):
        house.update()


def test_session_without_a_link_can_still_be_cancelled(house: House) -> None:
    house.add()
    house.invite()
    house.go(days=1)
    house.publish(schedule(session(join_url=None, status="cancelled")))

    assert [step.kind for step in house.update()] == [Kind.CANCELLED]


def test_remembered_link_is_what_guests_are_told(house: House) -> None:
    house.publish(schedule(LINKLESS))
    house.add()
    remember(house, "https://treffen.example/anderswo")

    (step,) = house.invite()

    assert step.facts["join_url"] == "https://treffen.example/anderswo"


def test_another_link_that_is_remembered_is_news(house: House) -> None:
    house.publish(schedule(LINKLESS))
    house.add()
    remember(house, "https://treffen.example/anderswo")
    house.invite()
    remember(house, "https://treffen.example/dort")

    assert [(step.kind, step.changed) for step in house.update()] == [("changed", ("join_url",))]


def test_link_of_the_file_goes_before_a_remembered_one(house: House) -> None:
    assert remember(house, "https://treffen.example/anderswo") == JOIN_URL
    assert house.private().join_url == JOIN_URL


@pytest.mark.parametrize("url", ["treffen.example/2", "https://a b", "", "javascript:alert(1)"])
def test_text_that_is_no_web_address_is_no_participation_link(house: House, url: str) -> None:
    house.publish(schedule(LINKLESS))

    with pytest.raises(BadJoinLinkError) as caught:
        remember(house, url)

    assert str(caught.value) == (
        "The participation link is no web address. Write it whole, beginning with https://, "
        "without blanks."
    )
    assert house.private().join_url is None


def remember(house: House, url: str) -> str | None:
    private = house.private()
    with house.database.writing() as transaction:
        return set_join_link(transaction, private, url).join_url


# Signing off and coming back.


def test_guest_who_holds_no_invitation_signs_off_without_a_message(house: House) -> None:
    (guest,) = house.add()

    signed_off = house.sign_off(guest)

    assert signed_off.signed_off_at == house.now
    assert (house.messages(), house.invite()) == ((), ())


def test_two_clicks_are_one_sign_off(house: House) -> None:
    (guest,) = house.add()
    house.invite()
    first = house.sign_off(guest)
    house.go(hours=1)

    again = house.sign_off(guest)

    assert again == first
    assert [message.kind for message in house.messages()] == [Kind.INVITATION, Kind.SIGNED_OFF]


def test_guest_who_signs_off_when_all_is_over_is_sent_nothing(house: House) -> None:
    (guest,) = house.add()
    house.invite()
    house.go(days=30)

    signed_off = house.sign_off(guest)

    assert signed_off.signed_off_at == house.now
    assert [message.kind for message in house.messages()] == [Kind.INVITATION]


def test_guest_who_was_told_of_the_cancellation_signs_off_without_a_message(house: House) -> None:
    (guest,) = house.add()
    house.invite()
    house.go(days=1)
    house.publish(schedule(session(status="cancelled")))
    house.update()

    house.sign_off(guest)

    assert [message.kind for message in house.messages()] == [Kind.INVITATION, Kind.CANCELLED]


def test_who_comes_back_is_due_an_invitation(house: House) -> None:
    (guest,) = house.add()
    house.invite()
    house.sign_off(guest)
    with house.database.writing() as transaction:
        bring_back(transaction, guest)

    steps = house.invite()

    assert [step.kind for step in steps] == [Kind.INVITATION]
    assert [guest.signed_off_at for guest in house.guests()] == [None]


# Who sends.


def series(**facts: object) -> Series:
    organizer = Organizer(name=text("EINSATEAM"), email="stadtimpuls@einsateam.de")
    return make_series(**{"organizer": organizer, **facts})


def post(mail_from: str | None) -> Post:
    return Post(base_url="https://kalender.example", secret_key="a key", mail_from=mail_from)


@pytest.mark.parametrize(
    ("mail_from", "sender"),
    [
        (None, ("EINSATEAM", "stadtimpuls@einsateam.de")),
        ("einladung@stadt.example", ("EINSATEAM", "einladung@stadt.example")),
        ("Webinar-Team <einladung@stadt.example>", ("Webinar-Team", "einladung@stadt.example")),
        ("Team <a@müller.example>", ("Team", "a@xn--mller-kva.example")),
    ],
)
def test_sender_is_the_one_of_the_settings_or_the_organizer(
    mail_from: str | None, sender: tuple[str, str]
) -> None:
    found = post(mail_from).sender(series())

    assert (found.name, found.address, found.reply_to) == (*sender, None)


def test_sender_without_a_name_has_that_of_the_series() -> None:
    found = post("einladung@stadt.example").sender(series(organizer=None))

    assert found.name == "stadt:impuls"


@pytest.mark.parametrize(
    ("contact", "reply_to"),
    [
        ("fragen@stadt.example", "fragen@stadt.example"),
        ("fragen@müller.example", "fragen@xn--mller-kva.example"),
        ("Stadtimpuls@einsateam.de", None),
        ("https://social.example/@stadt", None),
    ],
)
def test_answers_go_to_the_contact_where_that_is_another_address(
    contact: str, reply_to: str | None
) -> None:
    assert post(None).sender(series(contact=contact)).reply_to == reply_to


def test_series_without_any_address_is_told_how_to_name_one() -> None:
    with pytest.raises(UsageError) as caught:
        post(None).sender(series(organizer=None))

    assert str(caught.value) == (
        "stadtimpuls has no address that its invitations come from. Write "
        "organizer: {name: …, email: …} into the file, or set IMPULSCAL_MAIL_FROM."
    )


def test_same_step_gives_the_same_message(house: House) -> None:
    (guest,) = house.add()
    private = house.private()
    with house.database.reading() as transaction:
        ((_guest, step),) = outstanding(transaction, private, now=house.now)

    assert POST.letter(private, guest, step) == POST.letter(private, guest, step)
