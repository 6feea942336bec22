"""Many guests told in parts."""

import pytest

from impulscal.invitations.inviting import OvertakenError
from impulscal.invitations.mailing import Mailing
from impulscal.invitations.model import Listed
from invitations.house import House, schedule, session

MANY = 120


def fill(house: House) -> list[int]:
    people = (Listed(address=f"guest{number}@stadt.example") for number in range(MANY))
    return [guest.id for guest in house.add(*people)]


def test_everybody_is_told_once_and_progress_ends_with_all(house: House) -> None:
    guests = fill(house)
    mailing = Mailing(private=house.private(), post=house.post, now=house.now)
    told: list[tuple[int, int]] = []

    count = mailing.queue(house.database, guests, lambda done, total: told.append((done, total)))

    assert count == MANY
    assert [message.guest for message in house.messages()] == guests
    assert told == [(0, MANY), (50, MANY), (100, MANY), (MANY, MANY)]


def test_a_schedule_that_is_published_meanwhile_stops_the_rest_which_stays_due(
    house: House,
) -> None:
    guests = fill(house)
    mailing = Mailing(private=house.private(), post=house.post, now=house.now)

    def move(done: int, _total: int) -> None:
        if done == 50:
            house.go(minutes=1)
            house.publish(schedule(session(date="2021-06-15")))

    with pytest.raises(OvertakenError):
        mailing.queue(house.database, guests, move)

    assert [message.guest for message in house.messages()] == guests[:50]
    assert [step.kind for step in house.invite()] == ["invitation"] * (MANY - 50)
    assert [step.kind for step in house.update()] == ["moved"] * 50
