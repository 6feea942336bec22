from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from impulscal.history.log import News, news, told
from impulscal.history.revisions import ChangeKind, History, Revision, revise
from impulscal.schedule.model import Announce, Schedule, Session, Status
from schedules import NOW, make_series, make_session, text, wall

LATER = Announce(written="1 week before", at=wall("2021-06-01 00:00"))


def written(
    *steps: Iterable[Session],
    withdrawn: Mapping[int, str] = MappingProxyType({}),
    days: Sequence[int] = range(10),
) -> tuple[Revision, ...]:
    """Return the whole log after the steps.

    Args:
        steps: The sessions of each publication.
        withdrawn: The id that is withdrawn with a step, by the number of the step.
        days: When each step is published, in days.
    """
    history, log = History(), list[Revision]()
    for step, sessions in enumerate(steps):
        schedule = Schedule(
            series=make_series(),
            sessions=tuple(sessions),
            withdrawn=frozenset({withdrawn[step]} if step in withdrawn else ()),
        )
        changes = revise(history, schedule, now=NOW + timedelta(days=days[step]))
        history = history.after(changes)
        log += [change.after for change in changes]
    return tuple(log)


def public(log: Sequence[Revision]) -> tuple[Revision, ...]:
    return told(log, until=log[-1].revised_at)


def read(log: Sequence[Revision]) -> tuple[News, ...]:
    return news(public(log), opened_at=log[0].revised_at)


def in_short(found: Iterable[News]) -> list[tuple[list[str], list[str]]]:
    return [
        ([str(kind) for kind in one.kinds], [change.after.session for change in one.changes])
        for one in found
    ]


def several(count: int, **facts: object) -> list[Session]:
    return [
        make_session(wall("2021-06-08 12:00") + timedelta(weeks=number), id=str(number), **facts)
        for number in range(1, count + 1)
    ]


def test_thirty_sessions_that_a_series_begins_with_are_one_piece_of_news() -> None:
    found = read(written(several(30)))

    assert [(len(one.changes), one.opening) for one in found] == [(30, True)]


def test_a_season_added_later_is_one_piece_of_news_and_no_beginning() -> None:
    found = read(written(several(2), several(14)))

    assert [(len(one.changes), one.opening) for one in found] == [(12, False), (2, True)]


def test_another_title_of_the_series_is_one_piece_of_news() -> None:
    log = written(several(3), several(3, topic=text("Grün")))

    found = read(log)

    assert in_short(found)[0] == (["text"], ["1", "2", "3"])


def test_the_newest_comes_first() -> None:
    moved = make_session(wall("2021-06-15 12:00"))
    cancelled = replace(moved, status=Status.CANCELLED)

    found = read(written([make_session()], [moved], [cancelled]))

    assert in_short(found) == [(["cancelled"], ["2"]), (["moved"], ["2"]), (["added"], ["2"])]


def test_a_move_knows_what_was_before() -> None:
    found = read(written([make_session()], [make_session(wall("2021-06-15 12:00"))]))

    change = found[0].changes[0]
    assert change.before is not None
    assert [change.before.start.wall, change.after.start.wall] == [
        "2021-06-08T12:00:00",
        "2021-06-15T12:00:00",
    ]


def test_a_withdrawn_session_leaves_with_its_log() -> None:
    log = written(several(2), several(2, note=text("Neu")), several(2), withdrawn={2: "1"})

    assert {entry.session for entry in public(log)} == {"2"}


def test_of_a_session_that_came_back_the_time_before_its_withdrawal_is_gone() -> None:
    mistake = [make_session(title=text("Geheim"))]

    found = public(written(mistake, mistake, [make_session()], withdrawn={1: "2"}))

    assert [entry.kinds[0] for entry in found] == [ChangeKind.RETURNED]
    assert "Geheim" not in str(found)


def test_a_session_that_is_over_and_gone_is_no_news() -> None:
    log = written([make_session()], [], days=(0, 60))

    assert in_short(read(log)) == [(["added"], ["2"])]


def test_what_was_told_of_a_session_taken_back_is_gone() -> None:
    announced = make_session(title=text("Geheim"), working_title=text("Arbeitstitel"))
    edited = replace(announced, teaser=text("Geheimes"))
    taken_back = replace(edited, announce=LATER)

    found = public(written([announced], [edited], [taken_back]))

    assert "Geheim" not in str(found)
    assert [entry.facts["title"] for entry in found] == [{"de": "Arbeitstitel"}] * 3
    assert [entry.changed for entry in found] == [(), (), ("announced", "details_on", "title")]


def test_a_note_that_was_taken_out_is_gone() -> None:
    ill = replace(make_session(wall("2021-06-15 12:00")), note=text("Frau A. ist erkrankt."))

    found = public(written([make_session()], [ill], [replace(ill, note=None)]))

    assert "erkrankt" not in str(found)


def test_a_note_that_still_holds_stays_with_every_change() -> None:
    moved = replace(make_session(wall("2021-06-15 12:00")), note=text("Neuer Saal"))
    longer = replace(moved, end=wall("2021-06-15 13:00"))

    found = public(written([make_session()], [moved], [longer]))

    assert [entry.facts.get("note") for entry in found] == [
        None,
        {"de": "Neuer Saal"},
        {"de": "Neuer Saal"},
    ]


def test_what_the_edition_has_not_told_yet_is_not_there() -> None:
    log = written([make_session()], [make_session(wall("2021-06-15 12:00"))])

    found = told(log, until=log[0].revised_at)

    assert [entry.start.wall for entry in found] == ["2021-06-08T12:00:00"]


def test_the_edition_before_a_withdrawal_still_tells_of_the_session() -> None:
    log = written(several(2), several(2), withdrawn={1: "1"})

    found = told(log, until=log[0].revised_at)

    assert {entry.session for entry in found} == {"1", "2"}


def test_no_two_pieces_of_news_have_one_key() -> None:
    moved = make_session(wall("2021-06-15 12:00"))
    steps = [
        [make_session()],
        [moved],
        [make_session()],
        [replace(make_session(), status=Status.CANCELLED)],
        [make_session(topic=text("Grün"))],
        [make_session(topic=text("Blau")), make_session(id="3")],
    ]

    keys = [one.key for one in read(written(*steps))]

    assert len(set(keys)) == len(keys) == 7


def test_a_key_stays_when_a_session_of_the_same_publication_is_withdrawn() -> None:
    both = several(2, topic=text("Grün"))

    before = read(written(several(2), both))
    after = read(written(several(2), both, both, withdrawn={2: "1"}))

    assert [one.key for one in after] == [one.key for one in before]


def test_an_empty_log_has_no_news() -> None:
    assert news(told([], until=datetime.max.replace(tzinfo=NOW.tzinfo)), opened_at=None) == ()
