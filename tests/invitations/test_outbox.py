"""The outbox: who may take a message when, and what is left of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from impulscal.history.transaction import Transaction
from impulscal.invitations import outbox
from impulscal.invitations.model import Kind, Letter, Listed, OutboxMessage, State
from invitations.house import House, schedule, session

LEASE = timedelta(minutes=5)


@pytest.fixture
def house_url(database_url: str) -> str:
    return database_url


def letter(number: int, guest: int | None = None) -> Letter:
    return Letter(
        guest=guest,
        kind=Kind.INVITATION,
        recipient=f"guest{number}@stadt.example",
        message_id=f"<{number}@einsateam.de>",
        data=b"From: a@b.example\r\n\r\nHello\r\n",
    )


def fill(house: House, *letters: Letter) -> None:
    with house.database.writing() as transaction:
        for each in letters:
            outbox.queue(transaction, each, now=house.now)


def claim(house: House, per_minute: int = 0) -> OutboxMessage | None:
    with house.database.writing() as transaction:
        return outbox.claim(transaction, now=house.now, lease=LEASE, per_minute=per_minute)


def claimed(house: House) -> OutboxMessage:
    message = claim(house)
    assert message is not None
    return message


def tell(house: House, transaction: Transaction, message: OutboxMessage, fate: State) -> None:
    match fate:
        case State.SENT:
            outbox.sent(transaction, message, "250 OK", now=house.now)
        case State.FAILED:
            outbox.put_off(transaction, message, "450 Later", now=house.now)
        case State.GIVEN_UP:
            outbox.give_up(transaction, message, "550 Never")
        case State.QUEUED:
            outbox.release(transaction, message, now=house.now)


def end(house: House, message: OutboxMessage, fate: State) -> None:
    with house.database.writing() as transaction:
        tell(house, transaction, message, fate)


def states(house: House) -> list[State]:
    return [message.state for message in house.messages()]


def next_due(house: House) -> timedelta | None:
    with house.database.reading() as transaction:
        due = outbox.next_due(transaction, now=house.now)
    return None if due is None else due - house.now


def count_due(house: House) -> int:
    with house.database.reading() as transaction:
        return outbox.count_due(transaction, now=house.now)


# Who may take a message


def test_messages_are_taken_in_the_order_in_which_they_were_queued(house: House) -> None:
    fill(house, letter(1), letter(2), letter(3))

    taken = [claimed(house).recipient for _time in range(3)]

    assert taken == [f"guest{number}@stadt.example" for number in (1, 2, 3)]
    assert claim(house) is None


def test_sign_in_links_go_before_all_invitations(house: House) -> None:
    (guest,) = house.add(Listed(address="guest1@stadt.example"))
    fill(house, letter(1, guest.id), replace(letter(2), kind=Kind.SIGN_IN))

    taken = [claimed(house).kind for _time in range(2)]

    assert taken == [Kind.SIGN_IN, Kind.INVITATION]


def test_who_takes_a_message_has_it_for_the_time_of_the_lease(house: House) -> None:
    fill(house, letter(1))

    message = claimed(house)

    assert (message.state, message.attempts) == (State.SENDING, 1)
    assert (message.attempted_at, message.due_at) == (house.now, house.now + LEASE)
    assert house.messages() == (message,)


def test_a_message_whose_sender_died_is_taken_again_with_the_same_bytes(house: House) -> None:
    fill(house, letter(1))
    first = claimed(house)
    house.go(minutes=4, seconds=59)
    too_early = claim(house)
    house.go(seconds=1)

    again = claimed(house)

    assert too_early is None
    assert (again.id, again.message_id, again.data) == (first.id, first.message_id, first.data)
    assert again.attempts == 2


@pytest.mark.parametrize("fate", [State.FAILED, State.GIVEN_UP, State.QUEUED])
def test_a_sender_whose_lease_ended_changes_nothing_any_more(house: House, fate: State) -> None:
    fill(house, letter(1))
    slow = claimed(house)
    house.go(minutes=5)
    other = claimed(house)

    end(house, slow, fate)

    assert house.messages() == (other,)


def test_what_the_server_took_is_sent_whoever_says_so(house: House) -> None:
    fill(house, letter(1))
    slow = claimed(house)
    house.go(minutes=5)
    other = claimed(house)

    end(house, slow, State.SENT)
    end(house, other, State.FAILED)

    assert states(house) == [State.SENT]
    assert claim(house) is None


# A server gives no number twice.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_number_of_an_erased_message_is_no_other_message(house: House) -> None:
    fill(house, letter(1))
    erased = claimed(house)
    with house.database.writing() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM message")
    fill(house, letter(2))

    end(house, erased, State.SENT)

    (other,) = house.messages()
    assert other.id == erased.id
    assert (other.state, other.data) == (State.QUEUED, letter(2).data)


def test_a_message_that_is_given_back_has_lost_no_attempt(house: House) -> None:
    fill(house, letter(1))

    end(house, claimed(house), State.QUEUED)

    (message,) = house.messages()
    assert (message.state, message.attempts) == (State.QUEUED, 0)
    assert claimed(house).id == message.id


def test_a_message_queued_by_a_clock_that_was_ahead_is_due_all_the_same(house: House) -> None:
    fill(house, letter(1))
    house.go(days=-30)

    message = claim(house)

    assert message is not None


def test_messages_of_staff_wait_for_nobody(house: House) -> None:
    fill(house, letter(1), letter(2))
    end(house, claimed(house), State.FAILED)

    second = claimed(house)

    assert second.recipient == "guest2@stadt.example"


# When something is due


def test_nothing_is_due_in_an_empty_outbox(house: House) -> None:
    assert next_due(house) is None
    assert count_due(house) == 0


def test_the_next_is_due_now_or_when_its_pause_or_lease_ends(house: House) -> None:
    fill(house, letter(1), letter(2))
    fresh = next_due(house)
    end(house, claimed(house), State.FAILED)
    second = claimed(house)
    paused = next_due(house)
    house.go(minutes=1)
    over = next_due(house)
    end(house, claimed(house), State.SENT)
    leased = next_due(house)
    end(house, second, State.SENT)

    assert fresh == timedelta()
    assert paused == timedelta(minutes=1)
    assert over == timedelta()
    assert leased == timedelta(minutes=4)
    assert next_due(house) is None


def test_what_waits_for_an_earlier_message_makes_nobody_look_too_early(house: House) -> None:
    (guest,) = house.add(Listed(address="guest1@stadt.example"))
    fill(house, letter(1, guest.id), letter(2, guest.id))
    end(house, claimed(house), State.FAILED)

    assert claim(house) is None
    assert next_due(house) == timedelta(minutes=1)


def test_all_that_will_go_out_now_is_counted(house: House) -> None:
    (guest,) = house.add(Listed(address="guest1@stadt.example"))
    fill(house, letter(1, guest.id), letter(2, guest.id), letter(3))
    before = count_due(house)
    end(house, claimed(house), State.FAILED)

    assert before == 3
    assert count_due(house) == 2


def test_a_limit_lets_the_next_go_when_the_oldest_attempt_is_a_minute_old(house: House) -> None:
    fill(house, *(letter(number) for number in range(4)))
    claim(house, per_minute=2)
    house.go(seconds=20)
    claim(house, per_minute=2)
    third = claim(house, per_minute=2)

    with house.database.reading() as transaction:
        free = outbox.next_free(transaction, now=house.now, per_minute=2)

    assert third is None
    assert free - house.now == timedelta(seconds=40)


def test_attempts_ahead_of_a_clock_that_was_set_back_count_for_nothing(house: House) -> None:
    fill(house, letter(1), letter(2))
    claim(house, per_minute=1)
    house.go(hours=-1)

    second = claim(house, per_minute=1)

    assert second is not None


# Trying again by hand


def test_what_failed_or_was_given_up_can_be_tried_again_from_the_beginning(house: House) -> None:
    fill(house, letter(1), letter(2), letter(3))
    for fate in (State.FAILED, State.GIVEN_UP, State.SENT):
        end(house, claimed(house), fate)

    with house.database.writing() as transaction:
        number = outbox.retry(transaction, None, now=house.now)

    assert number == 2
    assert [(message.state, message.attempts) for message in house.messages()] == [
        (State.QUEUED, 0),
        (State.QUEUED, 0),
        (State.SENT, 1),
    ]


def test_only_the_chosen_messages_are_tried_again(house: House) -> None:
    fill(house, letter(1), letter(2))
    one = claimed(house)
    other = claimed(house)
    end(house, one, State.GIVEN_UP)
    end(house, other, State.GIVEN_UP)

    with house.database.writing() as transaction:
        number = outbox.retry(transaction, [other.id, 4711], now=house.now)

    assert number == 1
    assert states(house) == [State.GIVEN_UP, State.QUEUED]


def test_what_is_no_longer_so_is_not_told_again(house: House) -> None:
    house.add()
    house.invite()
    end(house, claimed(house), State.GIVEN_UP)
    house.go(days=1)
    house.publish(schedule(session(date="2021-06-15")))
    house.invite()

    with house.database.writing() as transaction:
        number = outbox.retry(transaction, None, now=house.now)

    assert number == 0
    assert states(house) == [State.GIVEN_UP, State.QUEUED]


# Looking at it


def test_messages_are_found_by_session_and_state(house: House) -> None:
    house.publish(schedule(session(2), session(3, "2021-06-22")))
    house.add(Listed(address="ada@stadt.example"))
    house.add(Listed(address="ben@stadt.example"), number=3)
    house.invite()
    house.invite(number=3)
    end(house, claimed(house), State.FAILED)

    with house.database.reading() as transaction:
        of_session = outbox.messages(transaction, series="stadtimpuls", session="3")
        of_series = outbox.messages(transaction, series="stadtimpuls")
        failed = outbox.messages(transaction, states=[State.FAILED])
        counted = outbox.count_states(transaction)

    assert [message.recipient for message in of_session] == ["ben@stadt.example"]
    assert [message.recipient for message in of_series] == [
        "ada@stadt.example",
        "ben@stadt.example",
    ]
    assert [message.recipient for message in failed] == ["ada@stadt.example"]
    assert {message.data for message in of_series} == {None}
    assert counted == {State.FAILED: 1, State.QUEUED: 1}
