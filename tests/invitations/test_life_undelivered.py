"""What the mail server refuses reaches nobody, so nobody counts as told by it."""

from datetime import timedelta

from impulscal.invitations import outbox
from impulscal.invitations.model import OutboxMessage
from impulscal.invitations.retention import forget_address, forget_past
from invitations.house import JUERGEN, House, schedule, session


def claimed(house: House) -> OutboxMessage:
    with house.database.writing() as transaction:
        message = outbox.claim(transaction, now=house.now, lease=timedelta(minutes=5))
    assert message is not None
    return message


def refuse(house: House) -> None:
    """Let the mail server refuse the next message for good."""
    message = claimed(house)
    with house.database.writing() as transaction:
        outbox.give_up(transaction, message, "550 Never")


def take(house: House) -> None:
    """Let the mail server take the next message."""
    message = claimed(house)
    with house.database.writing() as transaction:
        outbox.sent(transaction, message, "250 OK", now=house.now)


def move(house: House, date: str = "2021-06-15") -> None:
    house.go(hours=1)
    house.publish(schedule(session(date=date)))


def test_a_guest_whose_invitation_was_refused_is_invited_and_asked(house: House) -> None:
    house.add()
    house.invite()
    refuse(house)
    house.go(hours=1)
    house.publish(schedule(session(title="Anders")))

    updates, (again,) = house.update(), house.invite()

    assert updates == ()
    assert (again.kind, again.asks, again.partstat) == ("invitation", True, "NEEDS-ACTION")
    assert again.sequence == 0


def test_a_refused_invitation_counts_in_the_order_of_stamps(house: House) -> None:
    house.add()
    (first,) = house.invite()
    refuse(house)

    (again,) = house.invite()

    assert again.dtstamp == first.dtstamp + timedelta(seconds=1)


def test_an_update_that_was_refused_is_due_again_under_a_higher_number(house: House) -> None:
    house.add()
    house.invite()
    take(house)
    move(house)
    (first,) = house.update()
    refuse(house)

    (again,) = house.update()

    assert (first.kind, first.sequence) == ("moved", 1)
    assert (again.kind, again.sequence, again.asks) == ("moved", 2, True)
    assert again.before == first.before


def test_a_move_that_was_refused_and_taken_back_is_no_news(house: House) -> None:
    house.add()
    house.invite()
    take(house)
    move(house)
    house.update()
    refuse(house)
    move(house, "2021-06-08")

    assert house.update() == ()


def test_a_cancellation_that_was_refused_is_due_again(house: House) -> None:
    house.add()
    house.invite()
    take(house)
    house.go(hours=1)
    house.publish(schedule(session(status="cancelled")))
    house.update()
    refuse(house)

    (again,) = house.update()

    assert (again.kind, again.method, again.sequence) == ("cancelled", "CANCEL", 2)


def test_a_guest_who_was_reached_by_nothing_needs_no_cancellation(house: House) -> None:
    house.add()
    house.invite()
    refuse(house)
    house.go(hours=1)
    house.publish(schedule(session(status="cancelled")))

    assert house.update() == ()


def test_what_is_tried_again_counts_as_told_again(house: House) -> None:
    house.add()
    house.invite()
    refuse(house)
    with house.database.writing() as transaction:
        count = outbox.retry(transaction, None, now=house.now)

    assert count == 1
    assert house.invite() == ()
    assert house.guests()[0].invited


def test_who_signs_off_after_a_refused_update_is_cancelled_what_they_hold(house: House) -> None:
    house.add()
    house.invite()
    take(house)
    move(house)
    house.update()
    refuse(house)

    house.sign_off(house.guests()[0])

    assert [message.kind for message in house.messages()] == ["invitation", "moved", "signed-off"]
    told = house.guests()[0].told
    assert told is not None
    assert told.sequence == 2


def test_who_was_erased_and_is_invited_anew_gets_no_number_below_the_cancel(house: House) -> None:
    house.add()
    house.invite()
    house.sign_off(house.guests()[0])
    cancel = house.guests()[0].told
    with house.database.writing() as transaction:
        forget_address(transaction, JUERGEN.address)
    house.go(minutes=1)
    house.add()

    (again,) = house.invite()

    assert cancel is not None
    assert (cancel.sequence, again.kind, again.sequence) == (1, "invitation", 1)
    assert again.dtstamp > cancel.at


def test_the_numbers_of_the_erased_are_forgotten_with_the_session(house: House) -> None:
    house.add()
    house.invite()
    with house.database.writing() as transaction:
        forget_address(transaction, JUERGEN.address)
    house.go(days=60)
    with house.database.writing() as transaction:
        forget_past(transaction, retention_days=30, now=house.now)

    house.add()

    assert house.guests()[0].told is None
