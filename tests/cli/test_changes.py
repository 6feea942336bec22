from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cli.commands import NO_HISTORY, SERIES, publish_file, run, write
from impulscal.history.facts import Moment
from impulscal.history.revisions import Change, ChangeKind, History, Revision, revise
from impulscal.schedule.model import Schedule
from impulscal.wording.changes import change_sentence
from schedules import NOW, make_series, make_session

AT = ("--at", "2021-05-20T09:00")
FIRST = """\
sessions:
  - {id: 1, date: 2021-05-11, title: Anfang}
  - {id: 2, date: 2021-06-08, title: Mitte}
"""


def changes_of(before: str, after: str, *arguments: str, series: str = SERIES) -> str:
    write(before)
    publish_file("2021-05-01T09:00")
    write(after, series=series)
    return run("changes", *AT, *arguments).stdout


@pytest.mark.parametrize(
    ("after", "english", "german"),
    [
        (
            FIRST.replace("2021-06-08", "2021-06-15"),
            "#2 moves from Tue 8 June 2021 12:00 to Tue 15 June 2021 12:00; SEQUENCE 0 → 1\n",
            (
                "#2 wird verlegt von Di. 8. Juni 2021 12:00 auf Di. 15. Juni 2021 12:00; "
                "SEQUENCE 0 → 1\n"
            ),
        ),
        (
            FIRST.replace("title: Mitte", "title: Mitte, end: 13:00"),
            "#2 lasts 60 minutes instead of 30 (until 13:00); SEQUENCE 0 → 1\n",
            "#2 dauert 60 statt 30 Minuten (bis 13:00); SEQUENCE 0 → 1\n",
        ),
        (
            FIRST.replace("title: Mitte", "title: Schluss, start: 12:15, end: 13:00"),
            (
                "#2 moves from Tue 8 June 2021 12:00 to Tue 8 June 2021 12:15, "
                "lasts 45 minutes instead of 30 (until 13:00), reads differently: title; "
                "SEQUENCE 0 → 1\n"
            ),
            (
                "#2 wird verlegt von Di. 8. Juni 2021 12:00 auf Di. 8. Juni 2021 12:15, "
                "dauert 45 statt 30 Minuten (bis 13:00), liest sich anders: Titel; "
                "SEQUENCE 0 → 1\n"
            ),
        ),
        (
            FIRST.replace("title: Mitte", "title: Mitte, status: cancelled, note: Krank"),
            "#2 is cancelled (Tue 8 June 2021 12:00), reads differently: note; SEQUENCE 0 → 1\n",
            (
                "#2 wird abgesagt (Di. 8. Juni 2021 12:00), liest sich anders: Hinweis; "
                "SEQUENCE 0 → 1\n"
            ),
        ),
        (
            FIRST.replace("title: Mitte", "title: Mitte, status: tentative"),
            "#2 becomes tentative; SEQUENCE 0 → 1\n",
            "#2 ist nicht mehr fest; SEQUENCE 0 → 1\n",
        ),
        (
            FIRST.replace("title: Mitte", "title: Ende, topic: Stadt, location: Köln"),
            "#2 reads differently: place, title, topic; SEQUENCE 0 → 1\n",
            "#2 liest sich anders: Ort, Titel, Thema; SEQUENCE 0 → 1\n",
        ),
        (
            f"{FIRST}withdrawn: [2]\n",
            "#2 is withdrawn and leaves everything public; SEQUENCE stays 0\n",
            "#2 wird zurückgezogen und verschwindet aus allem Öffentlichen; SEQUENCE bleibt 0\n",
        ),
        (
            FIRST.replace("  - {id: 1, date: 2021-05-11, title: Anfang}\n", ""),
            "#1 is over, is gone from the file and leaves the calendar; SEQUENCE stays 0\n",
            "#1 ist vorbei, fehlt in der Datei und verlässt den Kalender; SEQUENCE bleibt 0\n",
        ),
        (
            f"{FIRST}  - {{id: abend, date: 2021-07-13, title: Neu}}\n",
            "abend is new (Tue 13 July 2021 12:00); SEQUENCE 0\n",
            "abend ist neu (Di. 13. Juli 2021 12:00); SEQUENCE 0\n",
        ),
        (
            f"# Nur eine Bemerkung\n{FIRST}",
            "Nothing would change for subscribers.\n",
            "Für Abonnierende würde sich nichts ändern.\n",
        ),
    ],
)
def test_a_change_is_told_in_plain_words(after: str, english: str, german: str) -> None:
    told = changes_of(FIRST, after), run("changes", *AT, "--lang", "de").stdout

    assert told == (english, german)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            FIRST.replace("title: Mitte", "title: Mitte, status: cancelled"),
            FIRST,
            "#2 takes place after all (Tue 8 June 2021 12:00); SEQUENCE 0 → 1\n",
        ),
        (
            FIRST.replace("title: Mitte", "title: Mitte, status: tentative"),
            FIRST,
            "#2 is fixed now; SEQUENCE 0 → 1\n",
        ),
        (
            FIRST.replace("title: Mitte", "title: Mitte, announce: 2021-06-01"),
            FIRST.replace("title: Mitte", "title: Mitte, topic: Stadt"),
            "#2 is announced (Tue 8 June 2021 12:00); SEQUENCE 0 → 1\n",
        ),
        (
            FIRST.replace("title: Mitte", "title: Mitte, topic: Stadt"),
            FIRST.replace("title: Mitte", "title: Mitte, topic: Stadt, announce: 2021-06-01"),
            "#2 takes its details back until the announcement; SEQUENCE 0 → 1\n",
        ),
    ],
)
def test_the_way_back_is_told_as_well(before: str, after: str, told: str) -> None:
    assert changes_of(before, after) == told


def test_an_announcement_that_is_due_is_told() -> None:
    announced = FIRST.replace("title: Mitte", "title: Mitte, topic: Stadt, announce: 2021-05-20")

    assert changes_of(announced, announced) == (
        "#2 is announced (Tue 8 June 2021 12:00); SEQUENCE 0 → 1\n"
    )


def test_a_withdrawn_session_may_return() -> None:
    write(FIRST)
    publish_file("2021-05-01T09:00")
    write(f"{FIRST}withdrawn: [2]\n")
    publish_file("2021-05-02T09:00")
    write(f"{FIRST}# again\n")

    assert run("changes", *AT).stdout == "#2 comes back (Tue 8 June 2021 12:00); SEQUENCE 0 → 1\n"


def test_a_move_to_another_zone_names_both() -> None:
    told = changes_of(FIRST, FIRST, series=f"{SERIES}  timezone: Europe/Lisbon\n")

    assert told.splitlines()[1] == (
        "#2 moves from Tue 8 June 2021 12:00 (Europe/Berlin) to "
        "Tue 8 June 2021 12:00 (Europe/Lisbon); SEQUENCE 0 → 1"
    )


def test_another_name_for_the_same_zone_moves_nothing() -> None:
    told = changes_of(FIRST, FIRST, series=f"{SERIES}  timezone: Europe/Vienna\n")

    assert told.splitlines()[1] == (
        "#2 stays at the same moment, told as 12:00 (Europe/Vienna) instead of "
        "12:00 (Europe/Berlin); SEQUENCE 0 → 1"
    )


def test_a_law_that_moves_the_clock_is_named_with_the_zone_data() -> None:
    before = first_revision()
    start = replace(before.start, utc="2021-06-08T11:00:00Z")
    end = replace(before.end, utc="2021-06-08T11:30:00Z")
    after = replace(
        before,
        sequence=1,
        kinds=(ChangeKind.ZONE,),
        facts={**before.facts, "start": start.as_json(), "end": end.as_json()},
    )

    told = change_sentence(Change(before=before, after=after), "en", zone_data="2026a")

    assert told == (
        "#2 keeps its wall time 12:00, but that is 11:00 UTC now instead of 10:00 UTC "
        "(zone data 2026a); SEQUENCE 0 → 1"
    )


def test_a_restored_session_is_told_as_such() -> None:
    before = first_revision()
    after = replace(before, sequence=4, kinds=(ChangeKind.RESTORED,))

    told = change_sentence(Change(before=before, after=after), "en", zone_data="2026a")

    assert told == "#2 is restored (Tue 8 June 2021 12:00); SEQUENCE 0 → 4"


def first_revision() -> Revision:
    schedule = Schedule(series=make_series(), sessions=(make_session(),))
    (change,) = revise(History(), schedule, now=NOW)
    assert change.after.start == Moment.of(make_session().start)
    assert change.after.revised_at == datetime(2021, 5, 20, 7, tzinfo=UTC)
    return change.after


def test_without_a_history_all_is_new() -> None:
    write(FIRST)

    result = run("changes", *AT)

    assert result.exit_code == 0
    assert result.stderr == NO_HISTORY
    assert result.stdout == (
        "#1 is new (Tue 11 May 2021 12:00); SEQUENCE 0\n"
        "#2 is new (Tue 8 June 2021 12:00); SEQUENCE 0\n"
    )


def test_a_broken_file_would_not_be_published() -> None:
    write("sessions: 5\n")

    result = run("changes")

    assert result.exit_code == 1
    assert result.stdout == (
        "Nothing would be published: the file has errors. `impulscal check` names them.\n"
    )


def test_of_several_files_each_is_named() -> None:
    write(FIRST, "a.yaml")
    write(FIRST, "b.yaml", SERIES.replace("id: reihe", "id: andere"))

    result = run("changes", "a.yaml", "b.yaml", *AT)

    assert [line.split(" is ")[0] for line in result.stdout.splitlines()] == [
        "a.yaml: #1",
        "a.yaml: #2",
        "b.yaml: #1",
        "b.yaml: #2",
    ]


def test_a_superseded_file_says_so() -> None:
    old = write(FIRST, "old.yaml")
    publish_file("2021-05-01T09:00", "old.yaml")
    new = write(FIRST.replace("Mitte", "Ende"))
    publish_file("2021-05-02T09:00")

    result = run("changes", *AT, str(old))

    assert new.exists()
    assert result.stdout == (
        "This file was published before, and another has taken its place since. "
        "Save it again if it is the right one.\n"
        "Nothing would change for subscribers.\n"
    )
