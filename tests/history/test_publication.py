"""Publishing on a real database: replicas, refusals, departures, the last good edition."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from history.files import NOW, SERIES, publish_file, saved, sessions
from impulscal.errors import NoEditionError
from impulscal.history.database import Database
from impulscal.publication import Outcome, Published, publish, republish
from impulscal.schedule.reader import Problem, read

ONE = sessions("1 2021-06-08 Eins")
MOVED = sessions("1 2021-06-15 Eins")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


def sequences(published: Published) -> dict[str, int]:
    assert published.edition is not None
    return {session.id: session.revision.sequence for session in published.edition.sessions}


def errors(published: Published) -> list[tuple[int, int, str]]:
    def place(problem: Problem) -> tuple[int, int, str]:
        return problem.line, problem.column, problem.code

    assert published.outcome is Outcome.REFUSED
    return [place(problem) for problem in published.problems if problem.is_error]


def test_a_new_file_is_published_and_the_same_one_is_unchanged(database: Database) -> None:
    first = publish_file(database, saved(ONE, 1))
    second = publish_file(database, saved(ONE, 2), NOW + timedelta(hours=1))

    assert (first.outcome, second.outcome) == (Outcome.PUBLISHED, Outcome.UNCHANGED)
    assert second.changes == ()


def test_a_superseded_file_of_another_machine_is_not_published_again(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    publish_file(database, saved(MOVED, 5))

    older = publish_file(database, saved(ONE, 1))

    assert older.outcome is Outcome.SUPERSEDED
    assert older.edition is not None
    assert older.edition.sessions[0].public.start.day == 15
    assert sequences(older) == {"1": 1}


def test_a_file_whose_successor_was_published_first_is_not_published(database: Database) -> None:
    publish_file(database, saved(MOVED, 5))
    late = saved(ONE, 1)

    published = publish(
        database,
        late,
        read(late.data, folder=None, now=NOW),
        now=NOW,
        lies_there=lambda: False,
    )

    assert published.outcome is Outcome.UNCHANGED
    assert published.edition is not None
    assert published.edition.sessions[0].public.start.day == 15
    assert sequences(published) == {"1": 0}


def test_a_file_saved_again_after_it_was_superseded_is_published(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    publish_file(database, saved(MOVED, 5))

    again = publish_file(database, saved(ONE, 6))

    assert (again.outcome, sequences(again)) == (Outcome.PUBLISHED, {"1": 2})


def test_two_replicas_with_different_files_never_take_turns(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    publish_file(database, saved(MOVED, 5))

    rounds = [
        sequences(publish_file(database, file))
        for _ in range(3)
        for file in (saved(ONE, 1), saved(MOVED, 5))
    ]

    assert rounds == [{"1": 1}] * 6


def test_deleting_a_session_that_is_ahead_is_refused_at_sessions(database: Database) -> None:
    publish_file(database, saved(ONE, 1))

    truncated = publish_file(database, saved(SERIES + "sessions: []\n", 2))

    assert errors(truncated) == [(8, 1, "removed-id")]


def test_a_file_without_any_sessions_is_refused_at_its_beginning(database: Database) -> None:
    publish_file(database, saved(ONE, 1))

    assert errors(publish_file(database, saved(SERIES, 2))) == [(1, 1, "removed-id")]


def test_a_refused_file_leaves_no_trace(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    with database.reading() as transaction:
        before = transaction.state(), transaction.series()

    publish_file(database, saved(ONE.replace("id: reihe", "id: andere"), 2))

    with database.reading() as transaction:
        assert (transaction.state(), transaction.series()) == before
        assert transaction.history("andere").domain is None


def test_a_session_that_is_over_may_be_deleted_and_leaves(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    later = NOW + timedelta(days=60)

    published = publish_file(database, saved(SERIES, 2), later)

    assert (published.outcome, sequences(published)) == (Outcome.PUBLISHED, {})
    assert published.edition is not None
    assert published.edition.modified_at == later


def test_the_id_of_a_session_that_was_held_never_comes_back(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    later = NOW + timedelta(days=60)
    publish_file(database, saved(SERIES, 2), later)

    reused = publish_file(database, saved(sessions("1 2022-06-08 Eins"), 3), later)

    assert errors(reused) == [(9, 10, "reused-id")]


def test_a_held_session_cannot_be_moved_into_the_future(database: Database) -> None:
    publish_file(database, saved(ONE, 1))

    moved = publish_file(
        database, saved(sessions("1 2021-09-14 Eins"), 2), NOW + timedelta(days=60)
    )

    assert errors(moved) == [(9, 10, "reused-id")]


def test_a_cancelled_session_may_take_place_later_under_its_id(database: Database) -> None:
    cancelled = ONE.replace("title: Eins}", "title: Eins, status: cancelled}")
    publish_file(database, saved(ONE, 1))
    publish_file(database, saved(cancelled, 2))

    again = publish_file(
        database, saved(sessions("1 2021-09-14 Eins"), 3), NOW + timedelta(days=60)
    )

    assert sequences(again) == {"1": 2}


def test_the_domain_is_permanent(database: Database) -> None:
    publish_file(database, saved(ONE, 1))

    changed = publish_file(database, saved(ONE.replace("example.org", "example.com"), 2))

    assert errors(changed) == [(4, 11, "changed-domain")]


def test_another_series_in_the_file_of_one_with_sessions_ahead_is_refused(
    database: Database,
) -> None:
    publish_file(database, saved(ONE, 1))
    renamed = ONE.replace("id: reihe", "id: andere")

    assert errors(publish_file(database, saved(renamed, 2))) == [(3, 7, "removed-series")]
    assert publish_file(database, saved(renamed, 2, name="andere.yaml")).outcome is (
        Outcome.PUBLISHED
    )


def test_a_series_that_is_over_gives_its_file_to_the_next(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    renamed = sessions("1 2022-06-08 Eins").replace("id: reihe", "id: andere")

    published = publish_file(database, saved(renamed, 2), NOW + timedelta(days=60))

    assert published.outcome is Outcome.PUBLISHED


def test_the_last_good_edition_is_made_from_the_history_alone(database: Database) -> None:
    told = publish_file(database, saved(ONE, 1)).edition

    assert republish(database, "reihe", now=NOW).edition == told


def test_without_any_publication_there_is_no_edition(database: Database) -> None:
    with pytest.raises(NoEditionError):
        republish(database, "reihe", now=NOW)


def test_an_announcement_passes_though_the_file_is_gone(database: Database) -> None:
    waits = ONE.replace("title: Eins}", "title: Eins, announce: 3 days before}")
    publish_file(database, saved(waits, 1))

    later = republish(database, "reihe", now=NOW + timedelta(days=37))

    assert later.edition is not None
    assert later.edition.sessions[0].public.announced
    assert sequences(later) == {"1": 1}


def test_an_older_file_cannot_take_an_announcement_back(database: Database) -> None:
    waits = ONE.replace("title: Eins}", "title: Eins, announce: 3 days before}")
    publish_file(database, saved(waits, 1))
    publish_file(database, saved(waits, 1), NOW + timedelta(days=37))

    back = publish_file(database, saved(waits, 1), NOW)

    assert back.edition is not None
    assert back.edition.sessions[0].public.announced


def test_a_topic_once_published_stays_known(database: Database) -> None:
    topic = ONE.replace("title: Eins}", "title: Eins, topic: Grüne Stadt}")
    publish_file(database, saved(topic, 1))

    published = publish_file(database, saved(ONE, 2))

    assert published.edition is not None
    assert published.edition.topics == {"gruene-stadt": "Grüne Stadt"}


def test_the_topic_of_an_unannounced_session_is_not_known(database: Database) -> None:
    waits = ONE.replace("title: Eins}", "title: Eins, topic: Geheim, announce: 3 days before}")

    published = publish_file(database, saved(waits, 1))

    assert published.edition is not None
    assert published.edition.topics == {}


def test_a_moved_session_may_leave_the_rhythm_and_any_other_is_warned_of(
    database: Database,
) -> None:
    rhythm = ONE.replace("  title: Reihe", "  title: Reihe\n  rhythm: FREQ=MONTHLY;BYDAY=2TU")
    on, off = rhythm, rhythm.replace("2021-06-08", "2021-06-10")

    moved = publish_file(database, saved(on, 1)), publish_file(database, saved(off, 2))
    new = publish_file(database, saved(off.replace("id: reihe", "id: andere"), 3, name="b.yaml"))

    codes = [[problem.code for problem in published.problems] for published in (*moved, new)]
    assert [sorted(set(found) & {"off-rhythm"}) for found in codes] == [[], [], ["off-rhythm"]]


def test_the_topic_of_a_withdrawn_session_stays_good_and_is_named_nowhere(
    database: Database,
) -> None:
    topic = ONE.replace("title: Eins}", "title: Eins, topic: Irrtum}")
    publish_file(database, saved(topic, 1))

    published = publish_file(database, saved(f"{topic}withdrawn: [1]\n", 2))

    assert published.edition is not None
    assert published.edition.topics == {"irrtum": "Irrtum"}
    assert published.edition.listed_topics == {}
