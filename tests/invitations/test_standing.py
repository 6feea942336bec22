from collections.abc import Mapping
from datetime import timedelta

from impulscal.invitations import outbox
from impulscal.invitations.guests import remember_answer
from impulscal.invitations.model import Kind, Listed, Partstat, State
from impulscal.invitations.standing import Numbers, Standing, last_states, numbers, standings
from invitations.house import JUERGEN, House, schedule, session

ADA = Listed(address="ada@stadt.example", name="Ada Beispiel")


def found(house: House, number: int = 2) -> tuple[Standing, ...]:
    private = house.private(number)
    with house.database.reading() as transaction:
        return standings(transaction, private, now=house.now)


def states(house: House, number: int | None = None) -> Mapping[int, State]:
    with house.database.reading() as transaction:
        return last_states(transaction, "stadtimpuls", None if number is None else str(number))


def hand_over(house: House, *, refused: bool = False) -> None:
    """Let the mail server take what waits, or refuse it for good."""
    with house.database.writing() as transaction:
        while message := outbox.claim(transaction, now=house.now, lease=timedelta(minutes=5)):
            if refused:
                outbox.give_up(transaction, message, "550 No such user")
            else:
                outbox.sent(transaction, message, "250 OK", now=house.now)


def test_guest_who_was_told_nothing_waits_for_an_invitation(house: House) -> None:
    house.add(JUERGEN)

    (one,) = found(house)

    assert (one.last, one.uninvited, one.outdated) == (None, True, False)


def test_guest_whose_session_has_moved_is_outdated(house: House) -> None:
    house.add(JUERGEN)
    house.invite()
    house.go(hours=1)
    house.publish(schedule(session(date="2021-06-15")))

    (one,) = found(house)

    assert (one.last, one.uninvited, one.outdated) == (State.QUEUED, False, True)
    assert one.due is not None
    assert one.due.kind is Kind.MOVED


def test_only_the_last_message_to_a_guest_counts(house: House) -> None:
    (guest,) = house.add(JUERGEN)
    house.invite()
    hand_over(house, refused=True)
    house.go(hours=1)
    house.publish(schedule(session(title="Anders")))
    house.invite()

    assert states(house) == {guest.id: State.QUEUED}


def test_states_of_a_session_leave_out_guests_of_others(house: House) -> None:
    house.publish(schedule(session(), session(3, "2021-09-14")))
    (first,) = house.add(JUERGEN)
    (second,) = house.add(JUERGEN, number=3)
    house.invite()
    house.invite(number=3)

    assert states(house, 2) == {first.id: State.QUEUED}
    assert states(house) == {first.id: State.QUEUED, second.id: State.QUEUED}


def test_numbers_count_everybody_where_they_stand(house: House) -> None:
    people = [Listed(address=f"gast{number}@stadt.example") for number in range(4)]
    away, accepted, *_silent = house.add(*people)
    house.invite()
    hand_over(house)
    with house.database.writing() as transaction:
        remember_answer(transaction, accepted, Partstat.ACCEPTED, at=house.now)
    house.go(hours=1)
    house.sign_off(away)
    house.add(ADA)

    assert numbers(found(house)) == Numbers(
        coming=4,
        signed_off=1,
        uninvited=1,
        waiting=1,
        outdated=0,
        undelivered=0,
        answers={Partstat.ACCEPTED: 1, Partstat.NEEDS_ACTION: 2},
        messages={State.SENT: 3},
    )


def test_message_that_was_given_up_is_undelivered_until_another_follows(house: House) -> None:
    house.add(JUERGEN)
    house.invite()
    hand_over(house, refused=True)

    before = numbers(found(house)).undelivered
    house.go(hours=1)
    house.publish(schedule(session(title="Anders")))
    house.invite()
    hand_over(house)

    assert (before, numbers(found(house)).undelivered) == (1, 0)


def test_who_signed_off_is_not_undelivered(house: House) -> None:
    (guest,) = house.add(JUERGEN)
    house.invite()
    hand_over(house, refused=True)
    house.sign_off(guest)
    hand_over(house, refused=True)

    assert numbers(found(house)).undelivered == 0
