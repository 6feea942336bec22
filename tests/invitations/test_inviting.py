"""Who is told what, in which order, with which numbers (SEMANTICS 5, 6, 11)."""

from invitations.house import House, schedule, session


def test_a_guest_is_invited_once(house: House) -> None:
    house.add()

    first, again = house.invite(), house.invite()

    assert [(step.kind, step.sequence, step.asks) for step in first] == [("invitation", 0, True)]
    assert again == ()
    assert [message.kind for message in house.messages()] == ["invitation"]


def test_a_moved_session_asks_again_with_a_higher_sequence(house: House) -> None:
    house.add()
    house.invite()
    house.go(days=1)
    house.publish(schedule(session(date="2021-06-15")))

    (step,) = house.update()

    assert (step.kind, step.method, step.sequence) == ("moved", "REQUEST", 1)
    assert (step.asks, step.partstat) == (True, "NEEDS-ACTION")
    assert house.update() == ()
