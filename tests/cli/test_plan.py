from datetime import datetime
from pathlib import Path

import pytest

from cli.commands import SERIES, publish_file, run, write
from impulscal.schedule.clock import zone
from impulscal.schedule.reader import read

SESSIONS = """\
sessions:
  - id: 1
    date: 2021-11-09
    title: Anfang
"""


@pytest.fixture(autouse=True)
def _in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00")


def dates(proposal: str) -> list[str]:
    return [line.split()[-1] for line in proposal.splitlines() if "date:" in line]


def accepted(file: str, proposal: str) -> list[str]:
    """Paste the proposal with its titles filled in; return the starts of all sessions."""
    text = file + proposal.replace("title:", "title: Neu")
    now = datetime(2021, 5, 20, tzinfo=zone("Europe/Berlin"))
    reading = read(text.encode(), folder=None, now=now)
    assert [problem for problem in reading.problems if problem.is_error] == []
    assert reading.schedule is not None
    return [f"{session.start:%Y-%m-%d %H:%M}" for session in reading.schedule.sessions]


def test_the_next_sessions_follow_the_last_one_also_into_the_next_year() -> None:
    write(SESSIONS)

    result = run("plan", "--count", "3")

    assert result.exit_code == 0
    assert result.stdout == (
        "  - id: 2\n"
        "    date: 2021-12-14\n"
        "    title:\n"
        "  - id: 3\n"
        "    date: 2022-01-11\n"
        "    title:\n"
        "  - id: 4\n"
        "    date: 2022-02-08\n"
        "    title:\n"
    )
    assert result.stderr == (
        "To paste at the end of the sessions of sessions.yaml, titles filled in:\n"
    )


def test_the_next_sessions_follow_today_where_the_last_one_is_over() -> None:
    write(SESSIONS.replace("2021-11-09", "2020-01-14"))

    assert dates(run("plan", "--count", "1").stdout) == ["2021-06-08"]


def test_every_second_week_counts_from_the_first_session() -> None:
    fortnightly = SERIES.replace("FREQ=MONTHLY;BYDAY=2TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    write(SESSIONS.replace("2021-11-09", "2021-05-11"), series=fortnightly)

    assert dates(run("plan", "--count", "2").stdout) == ["2021-05-25", "2021-06-08"]


def test_ids_were_never_used() -> None:
    write(SESSIONS + "  - {id: 7, date: 2021-12-14, title: Mitte}\n")
    publish_file("2021-05-01T09:00")
    write(SESSIONS + "withdrawn: [7, 9]\n")

    assert run("plan", "--count", "1").stdout.splitlines()[0] == "  - id: 10"

    write(SESSIONS + "withdrawn: [3]\n")

    assert run("plan", "--count", "1").stdout.splitlines()[0] == "  - id: 8"


@pytest.mark.parametrize(
    ("sessions", "first"),
    [
        (SESSIONS, "  - id: 2"),
        (SESSIONS.replace("\n  ", "\n"), "- id: 2"),
        ("sessions: []\n", "  - id: 1"),
        ("sessions:\n", "  - id: 1"),
    ],
)
def test_the_proposal_stands_as_the_file_does(sessions: str, first: str) -> None:
    write(sessions)

    proposal = run("plan").stdout

    assert proposal.splitlines()[0] == first
    assert accepted(SERIES + sessions.replace(" []", ""), proposal)[-1].endswith(" 12:00")


@pytest.mark.parametrize(("encoding", "ending"), [("utf-16", "\n"), ("utf-8-sig", "\r\n")])
def test_the_file_may_come_from_any_editor(encoding: str, ending: str) -> None:
    text = (SERIES + SESSIONS.replace("\n  ", "\n")).replace("\n", ending)
    Path("sessions.yaml").write_bytes(text.encode(encoding))

    assert run("plan", "--count", "1").stdout == "- id: 2\n  date: 2021-12-14\n  title:\n"


def test_a_file_without_sessions_gets_the_key_too() -> None:
    write("")

    proposal = run("plan", "--count", "1").stdout

    assert accepted(SERIES, proposal) == ["2021-06-08 12:00"]


@pytest.mark.parametrize(
    ("start", "now", "day", "told"),
    [
        ("02:30", "2022-03-20", "2022-03-27", "03:00"),
        ("02:30", "2022-10-27", "2022-10-30", "03:00"),
    ],
)
def test_a_time_that_the_clock_skips_or_repeats_becomes_the_next_one(
    start: str, now: str, day: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", f"{now}T09:00")
    nightly = SERIES.replace("12:00", start).replace("MONTHLY;BYDAY=2TU", "WEEKLY;BYDAY=SU")
    write("", series=nightly)

    proposal = run("plan", "--count", "1").stdout

    assert proposal == f"sessions:\n  - id: 1\n    date: {day}\n    start: {told}\n    title:\n"
    assert accepted(nightly, proposal) == [f"{day} {told}"]


def test_an_end_that_the_clock_skips_becomes_a_duration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2022-03-20T09:00")
    nightly = SERIES.replace("12:00", "01:30").replace("duration: 30 min", "end: 02:30")
    nightly = nightly.replace("MONTHLY;BYDAY=2TU", "WEEKLY;BYDAY=SU")
    sessions = "sessions:\n  - {id: 1, date: 2022-03-13, title: A}\n"
    write(sessions, series=nightly)

    proposal = run("plan", "--count", "1").stdout

    assert proposal == "  - id: 2\n    date: 2022-03-27\n    duration: 60 min\n    title:\n"
    assert accepted(nightly + sessions, proposal)[-1] == "2022-03-27 01:30"


def test_what_the_series_does_not_give_is_taken_from_the_last_session() -> None:
    bare = SERIES.replace("  start: 12:00\n  duration: 30 min\n", "")
    sessions = "sessions:\n  - {id: 1, date: 2021-11-09, start: 18:30, end: 20:00, title: A}\n"
    write(sessions, series=bare)

    proposal = run("plan", "--count", "1").stdout

    assert proposal == (
        "  - id: 2\n    date: 2021-12-14\n    start: 18:30\n    duration: 90 min\n    title:\n"
    )
    assert accepted(bare + sessions, proposal)[-1] == "2021-12-14 18:30"


def test_a_day_that_the_zone_does_not_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2011-12-28T09:00")
    samoa = f"{SERIES}  timezone: Pacific/Apia\n".replace("MONTHLY;BYDAY=2TU", "DAILY")
    write("", series=samoa)

    result = run("plan", "--count", "3")

    assert dates(result.stdout) == ["2011-12-29", "2011-12-31"]
    assert "2011-12-30 is left out: its clock never shows that time.\n" in result.stderr


def test_a_series_without_a_rhythm_is_wrong_use() -> None:
    write(SESSIONS, series=SERIES.replace("  rhythm: FREQ=MONTHLY;BYDAY=2TU\n", ""))

    result = run("plan")

    assert result.exit_code == 2
    assert result.stderr == (
        "The series reihe has no rhythm. Write for example "
        "“rhythm: FREQ=MONTHLY;BYDAY=2TU” below “series:”.\n"
    )


def test_a_broken_file_is_a_problem() -> None:
    write("sessions: 5\n")

    result = run("plan")

    assert result.exit_code == 1
    assert result.stderr == "sessions.yaml has errors. `impulscal check` names them.\n"


def test_a_rhythm_that_ends_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2198-12-20T09:00")
    write("", series=SERIES.replace("MONTHLY;BYDAY=2TU", "YEARLY"))

    result = run("plan")

    assert dates(result.stdout) == ["2199-12-20"]
    assert result.stderr.endswith("The rhythm has no more dates before 2200.\n")
