"""Guests of a session that was withdrawn: nothing public tells of it any more, a message does."""

import pytest

from impulscal.invitations.inviting import outdated
from impulscal.invitations.model import Step
from impulscal.invitations.private import UnknownSessionError
from impulscal.schedule.model import Status
from invitations.house import House, schedule, session

BOTH = (session(1, "2021-06-01"), session(2))
NOTED = (session(1, "2021-06-01"), session(2, note="Neuer Raum", location="Rathaus"))


def withdraw(house: House, *sessions: dict[str, object]) -> None:
    """Publish ``sessions`` a day later, session 2 withdrawn."""
    house.go(days=1)
    house.publish(_withdrawing(*sessions))


def _withdrawing(*sessions: dict[str, object]) -> str:
    return schedule(*sessions) + "withdrawn: [2]\n"


def due(house: House) -> dict[str, list[Step]]:
    edition = house.edition()
    with house.database.reading() as transaction:
        found = outdated(transaction, edition, now=house.now)
    return {name: [step for _guest, step in steps] for name, steps in found.items()}


@pytest.fixture
def invited(house: House) -> House:
    """Give two sessions, the second with one guest who holds an invitation."""
    house.publish(schedule(*NOTED))
    house.add()
    house.invite()
    return house


@pytest.mark.parametrize("left", [NOTED, NOTED[:1]], ids=["still in the file", "gone from it"])
def test_guests_of_a_withdrawn_session_are_due_a_cancellation(
    invited: House, left: tuple[dict[str, object], ...]
) -> None:
    withdraw(invited, *left)

    found = due(invited)

    assert [(name, [step.kind for step in steps]) for name, steps in found.items()] == [
        ("2", ["cancelled"])
    ]
    assert list(invited.edition().by_id) == ["1"]


def test_withdrawn_session_is_told_as_cancelled_from_what_was_told_last(invited: House) -> None:
    withdraw(invited, NOTED[0])

    private = invited.private()

    public = private.session.public
    assert public.status is Status.CANCELLED
    assert f"{public.start:%Y-%m-%d %H:%M %Z} {public.end:%H:%M}" == "2021-06-08 12:00 CEST 12:30"
    assert (public.title.in_language("de"), list(public.location or ())) == (
        "Gerechte Stadt, Teil 2",
        ["Rathaus"],
    )


def test_note_of_before_is_not_told_as_the_reason(invited: House) -> None:
    withdraw(invited, NOTED[0])

    (step,) = invited.update()

    assert "note" not in step.facts
    assert invited.private().session.public.note is None


def test_cancellation_of_a_withdrawn_session_is_sent_once(invited: House) -> None:
    withdraw(invited, NOTED[0])

    steps = invited.update()

    assert [(step.kind, step.method, step.sequence) for step in steps] == [
        ("cancelled", "CANCEL", 1)
    ]
    assert (invited.update(), due(invited)) == ((), {})


def test_session_that_returns_is_reinstated_for_its_guests(invited: House) -> None:
    withdraw(invited, NOTED[0])
    invited.update()
    invited.go(days=1)
    invited.publish(schedule(*BOTH))

    steps = invited.update()

    assert [(step.kind, step.method, step.sequence, step.asks) for step in steps] == [
        ("reinstated", "REQUEST", 2, True)
    ]


def test_session_that_returns_before_anybody_was_told_is_no_news(invited: House) -> None:
    withdraw(invited, NOTED[0])
    invited.go(days=1)
    invited.publish(schedule(*NOTED))

    assert invited.update() == ()


def test_withdrawn_session_that_was_cancelled_before_is_no_news_to_who_was_told(
    invited: House,
) -> None:
    invited.go(days=1)
    invited.publish(schedule(NOTED[0], session(2, status="cancelled")))
    invited.update()
    withdraw(invited, NOTED[0])

    assert (due(invited), invited.update()) == ({}, ())


def test_guest_of_a_withdrawn_session_can_still_sign_off(invited: House) -> None:
    withdraw(invited, NOTED[0])
    (guest,) = invited.guests()

    signed_off = invited.sign_off(guest)

    assert signed_off.signed_off_at == invited.now
    assert [message.kind for message in invited.messages()] == ["invitation", "signed-off"]
    assert invited.update() == ()


def test_nobody_is_told_of_a_withdrawn_session_that_is_over(invited: House) -> None:
    invited.go(days=30)
    withdraw(invited, NOTED[0])

    assert (due(invited), invited.update()) == ({}, ())


def test_session_that_left_the_file_when_it_was_over_is_nobodys_business(invited: House) -> None:
    invited.go(days=30)
    invited.publish(schedule(NOTED[0]))

    assert due(invited) == {}
    with pytest.raises(UnknownSessionError):
        invited.private()


def test_withdrawn_session_without_guests_is_unknown(house: House) -> None:
    house.publish(schedule(*BOTH))
    withdraw(house, BOTH[0])

    with pytest.raises(UnknownSessionError) as caught:
        house.private()

    assert str(caught.value) == "stadtimpuls has no session “2”. There are: 1."
