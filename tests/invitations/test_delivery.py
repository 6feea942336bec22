"""What becomes of messages at real mail servers, whatever these say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from impulscal.history import tables
from impulscal.invitations.delivery import Delivery, Drained
from impulscal.invitations.model import Listed, OutboxMessage, State
from impulscal.settings import Clock, MailServer, Ticking
from invitations.house import JUERGEN, House, schedule, session
from invitations.mail_servers import Misdeed, PostOffice

# So long that nobody misses it who answers at all, so short that a test can wait for it.
SHORT = 1.0


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as built:
        yield built


def drain(house: House, server: MailServer) -> Drained:
    return Delivery(house.database, server, Clock(house.now)).drain()


def people(number: int) -> list[Listed]:
    return [Listed(address=f"guest{each}@stadt.example") for each in range(1, number + 1)]


def states(house: House) -> list[tuple[State, int, str | None]]:
    return [(message.state, message.attempts, message.reply) for message in house.messages()]


def waiting(message: OutboxMessage) -> timedelta:
    """Return how long a message waits, in whole minutes."""
    assert message.attempted_at is not None
    return timedelta(minutes=round((message.due_at - message.attempted_at) / timedelta(minutes=1)))


# What goes well


def test_a_message_arrives_byte_for_byte_at_its_guest_alone(
    house: House, office: PostOffice
) -> None:
    house.add(JUERGEN)
    house.invite()
    (queued,) = house.messages()

    drained = drain(house, office.server())

    (received,) = office.received
    assert drained == Drained(sent=1)
    assert received.data == queued.data
    assert received.recipients == ("j.mueller@stadt.example",)
    assert received.sender == "stadtimpuls@einsateam.de"


def test_lines_that_begin_with_a_dot_arrive_as_they_are(house: House, office: PostOffice) -> None:
    house.add()
    house.invite()
    dotted = b"From: a@b.example\r\n\r\n.\r\n..\r\n.end\r\n.\r\n"
    with house.database.writing() as transaction:
        transaction.connection.execute(tables.message.update().values(data=dotted))

    drain(house, office.server())

    (received,) = office.received
    assert received.data == dotted


def test_what_was_sent_keeps_the_answer_and_no_text(house: House, office: PostOffice) -> None:
    house.add()
    house.invite()

    drain(house, office.server())

    (message,) = house.messages()
    assert (message.state, message.reply) == (State.SENT, "250 Taken as number 1")
    assert message.data is None
    assert message.sent_at is not None


def test_many_messages_share_one_connection(house: House, office: PostOffice) -> None:
    house.add(*people(20))
    house.invite()

    drained = drain(house, office.server())

    assert drained == Drained(sent=20)
    assert office.to == [person.address for person in people(20)]
    assert office.connections == 1


def test_an_empty_outbox_asks_for_no_connection(house: House, office: PostOffice) -> None:
    drained = drain(house, office.server())

    assert drained == Drained()
    assert office.connections == 0


def test_progress_is_told_from_nothing_to_all(house: House, office: PostOffice) -> None:
    house.add(*people(3))
    house.invite()
    told: list[tuple[int, int]] = []

    Delivery(house.database, office.server(), Clock(house.now)).drain(
        lambda done, total: told.append((done, total))
    )

    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


# What the server says of one message


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_a_final_refusal_gives_a_message_up_and_no_other(
    house: House, office: PostOffice, stage: str
) -> None:
    house.add(*people(2))
    house.invite()
    office.answers[stage] = ["550 5.1.1 No such user"]

    drained = drain(house, office.server())

    assert drained == Drained(sent=1, given_up=1)
    assert states(house) == [
        (State.GIVEN_UP, 1, "550 5.1.1 No such user"),
        (State.SENT, 1, "250 Taken as number 1"),
    ]
    assert office.to == ["guest2@stadt.example"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_a_passing_refusal_puts_a_message_off_and_no_other(
    house: House, office: PostOffice, stage: str
) -> None:
    house.add(*people(2))
    house.invite()
    office.answers[stage] = ["451 4.3.0 Not now"]

    drained = drain(house, office.server())

    assert drained == Drained(sent=1, failed=1)
    assert states(house) == [
        (State.FAILED, 1, "451 4.3.0 Not now"),
        (State.SENT, 1, "250 Taken as number 1"),
    ]


def test_greylisted_messages_arrive_when_they_come_again(house: House, office: PostOffice) -> None:
    house.add(*people(2))
    house.invite()
    queued = [message.data for message in house.messages()]
    office.answers["RCPT"] = ["450 4.2.0 Greylisted", "450 4.2.0 Greylisted"]

    first = drain(house, office.server())
    house.go(seconds=30)
    too_early = drain(house, office.server())
    house.go(minutes=2)
    again = drain(house, office.server())

    assert (first, too_early, again) == (Drained(failed=2), Drained(), Drained(sent=2))
    assert [message.data for message in office.received] == queued


def test_pauses_grow_until_a_message_is_given_up(house: House, office: PostOffice) -> None:
    house.add()
    house.invite()
    office.answers["RCPT"] = ["450 4.2.2 Mailbox full"] * 9
    pauses = []

    while True:
        drain(house, office.server())
        (message,) = house.messages()
        if message.state is not State.FAILED:
            break
        pauses.append(waiting(message) / timedelta(minutes=1))
        house.go(minutes=pauses[-1] + 1)

    assert pauses == [1, 5, 15, 60, 180, 360, 720, 1440]
    assert states(house) == [(State.GIVEN_UP, 9, "450 4.2.2 Mailbox full")]


def test_the_servers_words_become_one_harmless_line(house: House, office: PostOffice) -> None:
    house.add()
    house.invite()
    office.answers["RCPT"] = [f"550-5.7.1 \x1b[31mRed\u202e\r\n550 5.7.1 {'long ' * 90}"]

    drain(house, office.server())

    (message,) = house.messages()
    assert message.reply is not None
    assert message.reply.startswith("550 5.7.1 [31mRed 5.7.1 long long")
    assert len(message.reply) == 300
    assert message.reply.isprintable()


# The order of messages to one guest


def test_a_later_message_waits_until_the_earlier_went_out(house: House, office: PostOffice) -> None:
    house.add()
    house.invite()
    house.go(minutes=1)
    house.publish(schedule(session(date="2021-06-15")))
    house.update()
    office.answers["TEXT"] = ["451 Later"]

    first = drain(house, office.server())
    after_first = states(house)
    house.go(minutes=2)
    second = drain(house, office.server())

    assert (first, second) == (Drained(failed=1), Drained(sent=2))
    assert after_first == [(State.FAILED, 1, "451 Later"), (State.QUEUED, 0, None)]
    assert [sequence(message.data) for message in office.received] == ["0", "1"]


def test_a_message_that_is_given_up_holds_up_no_later_one(house: House, office: PostOffice) -> None:
    house.add()
    house.invite()
    house.go(minutes=1)
    house.publish(schedule(session(date="2021-06-15")))
    house.update()
    office.answers["TEXT"] = ["554 Looks like spam"]

    drained = drain(house, office.server())

    assert drained == Drained(sent=1, given_up=1)
    assert [sequence(message.data) for message in office.received] == ["1"]


def sequence(data: bytes) -> str:
    for part in message_from_bytes(data, policy=policy.default).walk():
        if part.get_content_type() == "text/calendar":
            (line,) = [
                line for line in part.get_content().splitlines() if line.startswith("SEQUENCE:")
            ]
            return str(line.removeprefix("SEQUENCE:"))
    raise AssertionError


# Connections that end too early


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_a_lost_connection_costs_one_attempt_and_the_next_goes_by_a_new_one(
    house: House, office: PostOffice, stage: str
) -> None:
    house.add(*people(2))
    house.invite()
    office.answers[stage] = [Misdeed.DROP]

    drained = drain(house, office.server())

    assert drained == Drained(sent=1, failed=1)
    assert states(house)[0] == (State.FAILED, 1, "connection lost")
    assert office.connections == 2


def test_a_message_whose_answer_was_lost_is_sent_again_with_the_same_bytes(
    house: House, office: PostOffice
) -> None:
    house.add()
    house.invite()
    office.answers["TEXT"] = [Misdeed.TAKE_AND_DROP]

    first = drain(house, office.server())
    house.go(minutes=2)
    second = drain(house, office.server())

    assert (first, second) == (Drained(failed=1), Drained(sent=1))
    assert [message.data for message in office.received] == [office.received[0].data] * 2


def test_a_server_that_closes_between_messages_costs_no_attempt(
    house: House, office: PostOffice
) -> None:
    house.add(*people(2))
    house.invite()
    office.heard = lambda stage: (
        office.answers.update(MAIL=[Misdeed.DROP]) if stage == "TEXT" else None
    )

    drained = drain(house, office.server())

    assert drained == Drained(sent=2)
    assert [attempts for _state, attempts, _reply in states(house)] == [1, 1]
    assert office.connections == 2


def test_a_server_that_says_goodbye_between_messages_costs_no_attempt(
    house: House, office: PostOffice
) -> None:
    house.add(*people(2))
    house.invite()
    office.heard = lambda stage: (
        office.answers.update(MAIL=["421 4.7.0 Enough for one connection"])
        if stage == "TEXT"
        else None
    )

    drained = drain(house, office.server())

    assert drained == Drained(sent=2)
    assert [attempts for _state, attempts, _reply in states(house)] == [1, 1]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_does_not_answer_is_left(
    house: House, office: PostOffice, stage: str
) -> None:
    house.add()
    house.invite()
    office.answers[stage] = [Misdeed.HANG]

    drained = drain(house, office.server(timeout=SHORT))

    assert drained == Drained(failed=1)
    assert states(house) == [(State.FAILED, 1, "no answer in time")]


def test_the_end_of_the_text_is_waited_for_eight_times_as_long(
    house: House, office: PostOffice
) -> None:
    house.add()
    house.invite()
    office.answers["TEXT"] = [Misdeed.HANG]

    drained = drain(house, office.server(timeout=SHORT / 2))

    assert drained == Drained(failed=1)
    assert states(house) == [(State.FAILED, 1, "no answer in time")]


def test_a_server_that_breaks_off_twice_in_a_row_is_left_alone(
    house: House, office: PostOffice
) -> None:
    house.add(*people(5))
    house.invite()
    office.answers["TEXT"] = [Misdeed.DROP] * 5

    drained = drain(house, office.server())

    assert (drained.sent, drained.failed, drained.given_up) == (0, 2, 0)
    assert str(drained.stopped).startswith(
        f"The mail server 127.0.0.1:{office.port} broke off twice in a row."
    )
    assert [state for state, _attempts, _reply in states(house)] == [
        *[State.FAILED] * 2,
        *[State.QUEUED] * 3,
    ]


# How many a minute


@dataclass(frozen=True, slots=True)
class HurriedClock(Clock):
    """A clock whose owner does not like to wait."""

    def ticking(self) -> Ticking:
        return HurriedTicking(self)


class HurriedTicking(Ticking):
    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._moment = clock.now()

    def now(self) -> datetime:
        return self._moment

    def sleep(self, duration: timedelta) -> None:
        self._moment += duration


def test_no_more_go_out_a_minute_than_the_server_takes(house: House, office: PostOffice) -> None:
    house.add(*people(7))
    house.invite()

    drained = Delivery(house.database, office.server(per_minute=3), HurriedClock(house.now)).drain()

    minutes = [message.sent_at - house.now for message in house.messages() if message.sent_at]
    assert drained == Drained(sent=7)
    assert minutes == [timedelta(minutes=each) for each in (0, 0, 0, 1, 1, 1, 2)]


def test_what_another_process_sent_counts_too(house: House, office: PostOffice) -> None:
    house.add(*people(2))
    house.invite()
    drain(house, office.server(per_minute=3))
    house.go(seconds=20)
    house.add(*(Listed(address=f"late{each}@stadt.example") for each in range(2)))
    house.invite()

    Delivery(house.database, office.server(per_minute=3), HurriedClock(house.now)).drain()

    *_early, third, fourth = (message.sent_at for message in house.messages())
    assert third == house.now
    assert fourth is not None
    assert timedelta(seconds=39) < fourth - house.now <= timedelta(seconds=41)


def test_a_clock_that_stands_holds_nothing_up_for_ever(house: House, office: PostOffice) -> None:
    house.add(*people(2))
    house.invite()
    clock = Clock(house.now)
    Delivery(house.database, office.server(per_minute=2), HurriedClock(house.now)).drain()
    house.add(*(Listed(address=f"late{each}@stadt.example") for each in range(3)))
    house.go(hours=1)
    house.invite()  # queued by a clock that is ahead

    drained = Delivery(
        house.database, office.server(per_minute=2), HurriedClock(clock.fixed)
    ).drain()

    assert drained == Drained(sent=3)
    assert len(office.received) == 5
