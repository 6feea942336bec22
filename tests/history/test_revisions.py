"""What becomes of SEQUENCE and the stamps when a schedule changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impulscal.history.revisions import Change, ChangeKind, History, Revision, revise
from impulscal.schedule.clock import zone
from impulscal.schedule.model import (
    Announce,
    Image,
    Link,
    Schedule,
    Series,
    Session,
    Status,
    Text,
)

BERLIN = zone("Europe/Berlin")
NOW = datetime(2021, 5, 1, 9, 0, tzinfo=BERLIN)


def text(german: str) -> Text:
    return Text((("de", german),))


def session(name: str = "2", day: int = 8, *, month: int = 6, **more: Any) -> Session:
    start = datetime(2021, month, day, 12, 0, tzinfo=BERLIN)
    values: dict[str, Any] = {
        "start": start,
        "end": start + timedelta(minutes=30),
        "title": text("Gerechte Stadt"),
    }
    return Session(id=name, **{**values, **more})


def schedule(*sessions: Session, withdrawn: tuple[str, ...] = ()) -> Schedule:
    series = Series(id="stadtimpuls", domain="einsateam.de", title=text("stadt:impuls"))
    return Schedule(series=series, sessions=sessions, withdrawn=frozenset(withdrawn))


def publish(history: History, plan: Schedule, now: datetime) -> tuple[History, tuple[Change, ...]]:
    changes = revise(history, plan, now=now)
    return history.after(changes), changes


def publish_all(*steps: tuple[Schedule, datetime]) -> tuple[History, tuple[Change, ...]]:
    history = History()
    changes: tuple[Change, ...] = ()
    for plan, now in steps:
        history, changes = publish(history, plan, now)
    return history, changes


def only(changes: tuple[Change, ...]) -> Revision:
    (change,) = changes
    return change.after


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


def test_the_first_publication_has_sequence_0_and_its_own_instant() -> None:
    _, changes = publish_all((schedule(session()), NOW))

    first = only(changes)

    assert (first.sequence, first.schedule_sequence, first.kinds) == (0, 0, (ChangeKind.ADDED,))
    assert first.revised_at == first.created_at == datetime(2021, 5, 1, 7, 0, tzinfo=UTC)


def test_publishing_the_same_twice_changes_nothing() -> None:
    history, _ = publish_all((schedule(session()), NOW))

    assert revise(history, schedule(session()), now=minutes(1)) == ()


def test_a_move_raises_both_numbers_and_remembers_the_old_start() -> None:
    history, changes = publish_all(
        (schedule(session()), NOW), (schedule(session(day=15)), minutes(1))
    )

    moved = only(changes)

    assert (moved.sequence, moved.schedule_sequence, moved.kinds) == (1, 1, (ChangeKind.MOVED,))
    assert moved.moved
    assert moved.previous_start == moved.first_start
    assert history.revisions["2"].first_start.wall == "2021-06-08T12:00:00"


def test_a_corrected_word_leaves_the_schedule_sequence_alone() -> None:
    _, changes = publish_all(
        (schedule(session()), NOW), (schedule(session(teaser=text("Neu"))), minutes(1))
    )

    revised = only(changes)

    assert (revised.sequence, revised.schedule_sequence) == (1, 0)
    assert (revised.kinds, revised.changed) == ((ChangeKind.TEXT,), ("teaser",))


def test_moved_back_has_no_mark_and_says_so() -> None:
    history, _ = publish_all(
        (schedule(session()), NOW),
        (schedule(session(day=15)), minutes(1)),
        (schedule(session()), minutes(2)),
    )

    back = history.revisions["2"]

    assert (back.moved, back.moved_back, back.sequence, back.schedule_sequence) == (
        False,
        True,
        2,
        2,
    )


def test_a_word_corrected_after_a_move_keeps_the_mark() -> None:
    history, _ = publish_all(
        (schedule(session()), NOW),
        (schedule(session(day=15)), minutes(1)),
        (schedule(session(day=15, teaser=text("Neu"))), minutes(2)),
    )

    assert history.revisions["2"].moved


def test_a_second_move_knows_the_first_start_and_the_one_before() -> None:
    history, _ = publish_all(
        (schedule(session()), NOW),
        (schedule(session(day=15)), minutes(1)),
        (schedule(session(day=22)), minutes(2)),
    )

    twice = history.revisions["2"]

    assert twice.first_start.wall == "2021-06-08T12:00:00"
    assert twice.previous_start is not None
    assert twice.previous_start.wall == "2021-06-15T12:00:00"


def test_cancelled_and_reinstated_are_schedule_changes() -> None:
    cancelled = schedule(session(status=Status.CANCELLED))
    history, _ = publish_all((schedule(session()), NOW), (cancelled, minutes(1)))
    one = history.revisions["2"]

    history, _ = publish(history, schedule(session()), minutes(2))
    two = history.revisions["2"]

    assert (one.kinds, one.schedule_sequence, one.reinstated) == ((ChangeKind.CANCELLED,), 1, False)
    assert (two.kinds, two.schedule_sequence, two.reinstated) == ((ChangeKind.REINSTATED,), 2, True)


def test_tentative_is_no_schedule_change() -> None:
    history, _ = publish_all(
        (schedule(session()), NOW), (schedule(session(status=Status.TENTATIVE)), minutes(1))
    )

    revised = history.revisions["2"]

    assert (revised.sequence, revised.schedule_sequence, revised.changed) == (1, 0, ("status",))


def test_only_what_changed_is_revised() -> None:
    both = schedule(session("1", month=5, day=11), session("2"))
    _, changes = publish_all(
        (both, NOW), (schedule(session("1", month=5, day=11), session("2", day=15)), minutes(1))
    )

    assert [change.after.session for change in changes] == ["2"]


def test_two_edits_in_one_second_have_different_stamps() -> None:
    history, _ = publish_all(
        (schedule(session()), NOW), (schedule(session(day=15)), NOW), (schedule(session()), NOW)
    )

    assert history.revisions["2"].revised_at == NOW + timedelta(seconds=2)


def test_all_that_one_edit_changes_has_one_stamp() -> None:
    _, changes = publish_all((schedule(session("1"), session("2", day=9)), NOW))

    assert {change.after.revised_at for change in changes} == {NOW}


def test_a_clock_set_back_never_lowers_a_stamp() -> None:
    history, _ = publish_all(
        (schedule(session()), NOW), (schedule(session(day=15)), NOW - timedelta(days=1))
    )

    assert history.revisions["2"].revised_at == NOW + timedelta(seconds=1)


def test_stamps_are_whole_seconds() -> None:
    _, changes = publish_all((schedule(session()), NOW + timedelta(microseconds=700_000)))

    assert only(changes).revised_at == NOW


def announced_later(at: datetime, written: str = "2 weeks before", **more: Any) -> Session:
    return session(
        working_title=text("Arbeitstitel"), announce=Announce(written=written, at=at), **more
    )


def test_before_the_announcement_only_the_working_title_is_a_fact() -> None:
    plan = schedule(announced_later(minutes(60), topic=text("T"), teaser=text("Geheim")))

    _, changes = publish_all((plan, NOW))

    facts = only(changes).facts
    assert facts["title"] == {"de": "Arbeitstitel"}
    assert {"topic", "teaser", "announced"}.isdisjoint(facts)
    assert "Geheim" not in str(facts)


def test_an_announcement_is_stamped_with_its_turning_point_however_late() -> None:
    plan = schedule(announced_later(minutes(60)))

    _, changes = publish_all((plan, NOW), (plan, minutes(600)))

    announced = only(changes)
    assert (announced.kinds, announced.sequence, announced.schedule_sequence) == (
        (ChangeKind.ANNOUNCED,),
        1,
        0,
    )
    assert announced.revised_at == minutes(60)


def test_turning_points_missed_together_are_stamped_in_order() -> None:
    late = replace(announced_later(minutes(120)), id="3")
    plan = schedule(late, announced_later(minutes(60)))

    _, changes = publish_all((plan, NOW), (plan, minutes(600)))

    assert [(change.after.session, change.after.revised_at) for change in changes] == [
        ("2", minutes(60)),
        ("3", minutes(120)),
    ]


def test_an_announcement_brought_forward_by_hand_is_an_edit() -> None:
    later = schedule(announced_later(minutes(600)))
    sooner = schedule(announced_later(NOW - timedelta(days=3), written="8 weeks before"))

    _, changes = publish_all((later, NOW), (sooner, minutes(5)))

    assert only(changes).revised_at == minutes(5)


def test_no_clock_takes_an_announcement_back() -> None:
    plan = schedule(announced_later(minutes(60)))
    history, _ = publish_all((plan, NOW), (plan, minutes(61)))

    assert revise(history, plan, now=minutes(1)) == ()


def test_a_moved_session_stays_announced_though_its_offset_lies_ahead_again() -> None:
    first, moved = announced_later(minutes(60)), announced_later(minutes(999), day=15)
    history, _ = publish_all((schedule(first), minutes(61)), (schedule(moved), minutes(62)))

    assert history.revisions["2"].announced


def test_the_file_can_take_an_announcement_back() -> None:
    first = announced_later(minutes(60))
    later = announced_later(minutes(999), written="1 week before")
    history, changes = publish_all((schedule(first), minutes(61)), (schedule(later), minutes(62)))

    assert not history.revisions["2"].announced
    assert only(changes).kinds == (ChangeKind.UNANNOUNCED,)


def test_a_withdrawn_session_leaves_and_its_sequence_goes_on_when_it_returns() -> None:
    plan = schedule(session())
    history, changes = publish_all((plan, NOW), (schedule(session(), withdrawn=("2",)), minutes(1)))
    gone = only(changes)

    history, changes = publish(history, plan, minutes(2))
    back = only(changes)

    assert (gone.present, gone.sequence, gone.kinds) == (False, 0, (ChangeKind.WITHDRAWN,))
    assert (back.present, back.sequence, back.schedule_sequence) == (True, 1, 1)
    assert back.kinds == (ChangeKind.RETURNED,)
    assert back.revised_at > gone.revised_at > history.revisions["2"].created_at


def test_a_removal_moves_the_date_of_the_feed() -> None:
    history, _ = publish_all((schedule(session()), NOW))

    history, _ = publish(history, schedule(withdrawn=("2",)), minutes(3))

    assert history.modified_at == minutes(3)


def test_what_is_over_may_leave_the_file_and_what_is_ahead_stays_known() -> None:
    plan = schedule(session("1", month=4, day=13), session("2"))
    _, changes = publish_all((plan, NOW), (schedule(), minutes(1)))

    assert [(change.after.session, change.after.kinds) for change in changes] == [
        ("1", (ChangeKind.REMOVED,))
    ]


@pytest.mark.parametrize(
    "private",
    [
        {"join_url": "https://example.org/secret"},
        {"images": (Image(src="2.png"),)},
    ],
    ids=["join link", "picture"],
)
def test_what_no_calendar_shows_is_no_revision(private: dict[str, Any]) -> None:
    history, _ = publish_all((schedule(session()), NOW))

    assert revise(history, schedule(session(**private)), now=minutes(1)) == ()


def test_a_word_in_another_language_is_a_revision_for_all() -> None:
    both = Text((("de", "Gerechte Stadt"), ("en", "The just city")))
    _, changes = publish_all(
        (schedule(session()), NOW), (schedule(session(title=both)), minutes(1))
    )

    assert only(changes).changed == ("title",)


def test_a_new_link_is_a_revision() -> None:
    links = (Link(title=text("Leitfaden")),)
    _, changes = publish_all(
        (schedule(session()), NOW), (schedule(session(materials=links)), minutes(1))
    )

    assert only(changes).changed == ("materials",)


def told_under_old_law(plan: Schedule, hours: int) -> History:
    """A history whose instants were computed with other zone data."""
    history, changes = publish_all((plan, NOW))
    shifted = {}
    for change in changes:
        facts = dict(change.after.facts)
        for name in ("start", "end"):
            instant = datetime.fromisoformat(facts[name]["utc"]) + timedelta(hours=hours)
            facts[name] = {**facts[name], "utc": instant.strftime("%Y-%m-%dT%H:%M:%SZ")}
        shifted[change.after.session] = replace(change.after, facts=facts, fingerprint="old law")
    return replace(history, revisions=shifted)


def test_new_zone_data_revise_what_lies_ahead_and_nothing_behind() -> None:
    plan = schedule(session("1", month=4, day=13), session("2"))
    history = told_under_old_law(plan, hours=1)

    changes = revise(history, plan, now=minutes(1))

    revised = only(changes)
    assert (revised.session, revised.kinds) == ("2", (ChangeKind.ZONE,))
    assert (revised.sequence, revised.schedule_sequence, revised.moved) == (1, 1, False)
