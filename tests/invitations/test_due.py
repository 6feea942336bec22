"""What a guest is told next, and with which numbers (SEMANTICS 5, 6, 11)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from impulscal.history import tables
from impulscal.history.facts import fingerprint
from impulscal.invitations.guests import remember_answer
from impulscal.invitations.inviting import bring_back
from impulscal.invitations.model import Listed, Partstat, Step
from impulscal.vcalendar.feed import single_file
from invitations.house import JUERGEN, NOW, House, schedule, session
from vcalendar.contents import event

MOVED = schedule(session(date="2021-06-15"))
CANCELLED = schedule(session(status="cancelled"))
REWORDED = schedule(session(title="Gerechte Städte"))
ADA = Listed(address="ada@stadt.example", name="Ada Beispiel")


def told(*steps: Step) -> list[tuple[str, str, int, str, bool]]:
    """Return kind, METHOD, SEQUENCE, PARTSTAT, and whether it asks for an answer."""
    return [
        (str(step.kind), str(step.method), step.sequence, str(step.partstat), step.asks)
        for step in steps
    ]


def publish(house: House, text: str) -> None:
    """Publish ``text`` a day later."""
    house.go(days=1)
    house.publish(text)


def invited(house: House, *people: Listed) -> None:
    house.add(*people)
    house.invite()


def answer(house: House, partstat: Partstat) -> None:
    (guest,) = house.guests()
    with house.database.writing() as transaction:
        remember_answer(transaction, guest, partstat, at=house.now)


def sign_off(house: House) -> Step:
    """Sign the only guest off and return what they were told, from what is remembered."""
    (guest,) = house.guests()
    house.sign_off(guest)
    (guest,) = house.guests()
    assert guest.told is not None
    assert guest.told.method is not None
    return Step(
        kind=house.messages()[-1].kind,
        method=guest.told.method,
        sequence=guest.told.sequence,
        dtstamp=guest.told.at,
        partstat=guest.partstat,
        asks=False,
        facts=guest.told.facts,
    )


def come_back(house: House) -> None:
    (guest,) = house.guests()
    with house.database.writing() as transaction:
        bring_back(transaction, guest)


def sequence_of_the_file(house: House) -> int:
    saved = single_file(house.edition(), "2", language="de", base_url="https://kalender.example")
    return int(event(saved, "2.stadtimpuls")["SEQUENCE"])


# What the numbers are.


def test_first_invitation_asks_and_has_the_number_of_the_schedule(house: House) -> None:
    publish(house, MOVED)
    house.add()

    steps = house.invite()

    assert told(*steps) == [("invitation", "REQUEST", 1, "NEEDS-ACTION", True)]


def test_corrected_word_keeps_number_and_answer(house: House) -> None:
    invited(house)
    answer(house, Partstat.ACCEPTED)
    publish(house, REWORDED)

    steps = house.update()

    assert told(*steps) == [("changed", "REQUEST", 0, "ACCEPTED", False)]
    assert [step.changed for step in steps] == [("title",)]
    assert [guest.partstat for guest in house.guests()] == [Partstat.ACCEPTED]


@pytest.mark.parametrize(
    ("facts", "changed"),
    [
        ({"join_url": "https://treffen.example/anderswo"}, ("join_url",)),
        ({"location": "Rathaus"}, ("location",)),
        ({"note": "Der Link ist neu."}, ("note",)),
        ({"status": "tentative"}, ("status",)),
        ({"speakers": [{"name": "Ada Beispiel"}]}, ("speakers",)),
    ],
)
def test_whatever_an_invitation_tells_updates_it_quietly(
    house: House, facts: dict[str, Any], changed: tuple[str, ...]
) -> None:
    invited(house)
    publish(house, schedule(session(**facts)))

    steps = house.update()

    assert told(*steps) == [("changed", "REQUEST", 0, "NEEDS-ACTION", False)]
    assert [step.changed for step in steps] == [changed]


@pytest.mark.parametrize(
    "facts", [{"date": "2021-06-15"}, {"start": "13:00"}, {"duration": "45 min"}]
)
def test_another_date_asks_again_and_forgets_the_answer(
    house: House, facts: dict[str, Any]
) -> None:
    invited(house)
    answer(house, Partstat.ACCEPTED)
    publish(house, schedule(session(**facts)))

    steps = house.update()

    assert told(*steps) == [("moved", "REQUEST", 1, "NEEDS-ACTION", True)]
    assert [(guest.partstat, guest.answered_at) for guest in house.guests()] == [
        (Partstat.NEEDS_ACTION, None)
    ]


def test_move_tells_what_was_before(house: House) -> None:
    invited(house)
    publish(house, MOVED)

    (step,) = house.update()

    assert step.before is not None
    assert (step.before["start"]["wall"], step.facts["start"]["wall"]) == (
        "2021-06-08T12:00:00",
        "2021-06-15T12:00:00",
    )


def test_law_that_moves_the_instant_asks_again_though_nobody_moved_the_date(house: House) -> None:
    invited(house)
    answer(house, Partstat.ACCEPTED)
    house.go(days=1)
    with house.database.writing() as transaction:
        _as_before_the_law(transaction.connection)
    house.publish(schedule())

    steps = house.update()

    assert told(*steps) == [("changed", "REQUEST", 1, "NEEDS-ACTION", True)]
    assert [step.changed for step in steps] == [("end", "start")]
    assert house.update() == ()


def _as_before_the_law(connection: sa.Connection) -> None:
    """Let what was published and told have been told with other zone data."""
    for row in connection.execute(tables.revision.select()).mappings().all():
        facts = _an_hour_later(row["facts"])
        values = {"facts": facts, "fingerprint": fingerprint(facts)}
        connection.execute(
            tables.revision.update().where(tables.revision.c.id == row["id"]).values(**values)
        )
    for row in connection.execute(tables.guest.select()).mappings().all():
        connection.execute(
            tables.guest.update()
            .where(tables.guest.c.id == row["id"])
            .values(told=_an_hour_later(row["told"]))
        )


def _an_hour_later(facts: dict[str, Any]) -> dict[str, Any]:
    def shifted(moment: dict[str, str]) -> dict[str, str]:
        instant = datetime.fromisoformat(moment["utc"]) + timedelta(hours=1)
        return {**moment, "utc": instant.strftime("%Y-%m-%dT%H:%M:%SZ")}

    return {**facts, "start": shifted(facts["start"]), "end": shifted(facts["end"])}


def test_cancellation_of_the_session_has_the_number_of_the_schedule(house: House) -> None:
    invited(house)
    answer(house, Partstat.ACCEPTED)
    publish(house, CANCELLED)

    steps = house.update()

    assert told(*steps) == [("cancelled", "CANCEL", 1, "ACCEPTED", False)]
    assert house.update() == ()


def test_reinstated_session_asks_again_and_tells_of_the_cancellation(house: House) -> None:
    invited(house)
    answer(house, Partstat.ACCEPTED)
    publish(house, CANCELLED)
    house.update()
    publish(house, MOVED)

    steps = house.update()

    assert told(*steps) == [("reinstated", "REQUEST", 2, "NEEDS-ACTION", True)]
    assert [step.changed for step in steps] == [("end", "start", "status")]


def test_sign_off_is_one_above_what_the_guest_holds(house: House) -> None:
    invited(house)

    step = sign_off(house)

    assert told(step) == [("signed-off", "CANCEL", 1, "NEEDS-ACTION", False)]


def test_guest_who_comes_back_is_invited_anew_never_below_the_cancel(house: House) -> None:
    invited(house)
    sign_off(house)
    come_back(house)

    steps = house.invite()

    assert told(*steps) == [("invitation", "REQUEST", 1, "NEEDS-ACTION", True)]
    assert [(step.before, step.changed) for step in steps] == [(None, ())]


def test_guest_ahead_of_the_schedule_still_sees_a_move_rise(house: House) -> None:
    invited(house)
    sign_off(house)
    come_back(house)
    house.invite()
    publish(house, MOVED)

    steps = house.update()

    assert sequence_of_the_file(house) == 1
    assert told(*steps) == [("moved", "REQUEST", 2, "NEEDS-ACTION", True)]


def test_guest_who_was_away_while_the_session_moved_sees_the_number_rise(house: House) -> None:
    invited(house)
    sign_off(house)
    publish(house, MOVED)
    come_back(house)

    steps = house.invite()

    assert told(*steps) == [("invitation", "REQUEST", 2, "NEEDS-ACTION", True)]


def test_guest_ahead_of_the_schedule_still_sees_a_law_rise(house: House) -> None:
    invited(house)
    sign_off(house)
    come_back(house)
    house.invite()
    house.go(days=1)
    with house.database.writing() as transaction:
        _as_before_the_law(transaction.connection)
    house.publish(schedule())

    steps = house.update()

    assert told(*steps) == [("changed", "REQUEST", 2, "NEEDS-ACTION", True)]


def test_guest_ahead_of_the_schedule_keeps_number_and_answer_of_a_corrected_word(
    house: House,
) -> None:
    invited(house)
    sign_off(house)
    come_back(house)
    house.invite()
    answer(house, Partstat.TENTATIVE)
    publish(house, REWORDED)

    steps = house.update()

    assert told(*steps) == [("changed", "REQUEST", 1, "TENTATIVE", False)]


def test_guest_who_signed_off_hears_nothing_of_a_cancellation(house: House) -> None:
    invited(house)
    sign_off(house)
    publish(house, CANCELLED)

    assert house.update() == ()


def test_guest_who_signed_off_from_a_session_that_was_cancelled_is_invited_anew(
    house: House,
) -> None:
    invited(house)
    sign_off(house)
    publish(house, CANCELLED)
    come_back(house)
    publish(house, schedule())

    steps = house.invite()

    assert told(*steps) == [("invitation", "REQUEST", 2, "NEEDS-ACTION", True)]


def test_single_file_is_never_ahead_of_an_invitation_made_at_the_same_moment(
    house: House,
) -> None:
    invited(house)
    ahead = []
    for text in (REWORDED, MOVED, schedule(), CANCELLED, schedule(), REWORDED, MOVED):
        publish(house, text)
        ahead += [step.sequence - sequence_of_the_file(house) for step in house.update()]

    assert ahead == [0, 0, 0, 0, 0, 0, 0]


def test_word_corrected_after_a_move_there_and_back_has_the_number_of_the_file(
    house: House,
) -> None:
    invited(house)
    answer(house, Partstat.ACCEPTED)
    publish(house, MOVED)
    publish(house, schedule())
    publish(house, REWORDED)

    steps = house.update()

    assert sequence_of_the_file(house) == 2
    assert told(*steps) == [("changed", "REQUEST", 2, "NEEDS-ACTION", True)]


# Who is told nothing.


def test_session_that_moved_there_and_back_is_no_news(house: House) -> None:
    invited(house)
    publish(house, MOVED)
    publish(house, schedule())

    assert house.update() == ()


def test_session_that_was_cancelled_and_reinstated_unnoticed_is_no_news(house: House) -> None:
    invited(house)
    publish(house, CANCELLED)
    publish(house, schedule())

    assert house.update() == ()


@pytest.mark.parametrize(
    "facts",
    [
        {"registration": {"email": "a@stadt.example", "closes": "2021-06-01"}},
        {"registration": {"email": "a@stadt.example", "full": True}},
        {"materials": [{"title": "Folien", "url": "https://stadt.example/folien"}]},
        {"topic": "Grüne Stadt"},
    ],
)
def test_what_is_no_news_to_who_has_registered_sends_nothing(
    house: House, facts: dict[str, Any]
) -> None:
    invited(house)
    publish(house, schedule(session(**facts)))

    assert house.update() == ()


def test_announcement_that_adds_no_word_is_no_news(house: House) -> None:
    house.publish(schedule(session(announce="2 weeks before")))
    invited(house)
    house.go(days=10)
    house.publish(schedule(session(announce="2 weeks before")))

    assert house.edition().by_id["2"].public.announced
    assert house.update() == ()


def test_word_that_is_corrected_in_another_language_is_no_news(house: House) -> None:
    bilingual = {"de": "Gerechte Stadt", "en": "Just citty"}
    corrected = {"de": "Gerechte Stadt", "en": "Just city"}
    house.publish(schedule(session(title=bilingual)))
    invited(house, JUERGEN, Listed(address="ada@stadt.example", language="en"))
    publish(house, schedule(session(title=corrected)))

    house.update()

    assert [message.recipient for message in house.messages()][2:] == ["ada@stadt.example"]


def test_name_that_is_corrected_in_another_language_is_no_news(house: House) -> None:
    role = {"de": "Planerin", "en": "Plannner"}
    house.publish(schedule(session(speakers=[{"name": "Ada Beispiel", "role": role}])))
    invited(house)
    role = {"de": "Planerin", "en": "Planner"}
    publish(house, schedule(session(speakers=[{"name": "Ada Beispiel", "role": role}])))

    assert house.update() == ()


def test_guest_of_a_cancelled_session_who_was_told_nothing_is_told_nothing(house: House) -> None:
    house.add()
    publish(house, CANCELLED)
    house.add(ADA)

    assert (house.invite(), house.update(), house.messages()) == ((), (), ())


def test_guest_added_while_it_was_cancelled_is_invited_when_it_is_reinstated(
    house: House,
) -> None:
    invited(house)
    publish(house, CANCELLED)
    house.update()
    house.add(ADA)
    publish(house, schedule())

    updates, invitations = house.update(), house.invite()

    assert told(*updates) == [("reinstated", "REQUEST", 2, "NEEDS-ACTION", True)]
    assert told(*invitations) == [("invitation", "REQUEST", 2, "NEEDS-ACTION", True)]


def test_reason_of_a_cancellation_that_was_told_is_no_news(house: House) -> None:
    invited(house)
    publish(house, CANCELLED)
    house.update()
    publish(house, schedule(session(status="cancelled", note="Krankheit")))

    assert house.update() == ()


def test_nobody_is_told_of_a_session_that_is_over(house: House) -> None:
    invited(house)
    house.add(ADA)
    publish(house, REWORDED)
    house.go(days=30)

    assert (house.invite(), house.update()) == ((), ())


def test_session_that_is_running_can_still_be_told_of(house: House) -> None:
    invited(house)
    publish(house, REWORDED)
    house.now = datetime(2021, 6, 8, 10, 29, 59, tzinfo=UTC)

    assert told(*house.update()) == [("changed", "REQUEST", 0, "NEEDS-ACTION", False)]


# DTSTAMP.


@pytest.mark.parametrize("hours", [0, -5])
def test_stamp_rises_even_if_the_clock_stands_or_goes_back(house: House, hours: int) -> None:
    invited(house)
    (guest,) = house.guests()
    assert guest.told is not None
    before = guest.told.at
    house.publish(MOVED)
    house.now = NOW + timedelta(hours=hours)

    steps = house.update()

    assert [step.dtstamp for step in steps] == [before + timedelta(seconds=1)]


def test_stamp_is_the_moment_of_queueing_in_whole_seconds(house: House) -> None:
    house.add()
    house.go(days=1, microseconds=700_000)

    steps = house.invite()

    assert [step.dtstamp for step in steps] == [datetime(2021, 5, 21, 7, tzinfo=UTC)]


def test_stamp_is_never_earlier_than_that_of_the_single_file(house: House) -> None:
    # Three edits within one second: each has a stamp of its own.
    house.publish(MOVED)
    house.publish(REWORDED)
    house.add()

    steps = house.invite()

    saved = single_file(house.edition(), "2", language="de", base_url="https://kalender.example")
    assert event(saved, "2.stadtimpuls")["DTSTAMP"] == "20210520T070002Z"
    assert [f"{step.dtstamp:%Y%m%dT%H%M%SZ}" for step in steps] == ["20210520T070002Z"]
