from datetime import UTC, datetime
from pathlib import Path

import pytest

from impulscal.schedule.reader import Code, Severity
from schedule.files import SERIES, SESSION, brief, briefs, reading, with_lines

IN_THE_SESSION = [
    ("off-rhythm", "start: 13:00", 15, 12),
    ("late-deadline", "registration: {closes: 2021-06-08}", 15, 28),
    ("late-deadline", "registration: {closes: 2021-06-08 12:01}", 15, 28),
    ("long-title", f"working_title: {'x' * 121}", 15, 20),
    ("long-title", f"working_title: {{de: ok, en: {'x' * 121}}}", 15, 33),
    ("fragile-text", "note: 'C:\\Temp'", 15, 11),
    ("topic-separator", "topic: Stadt, Land", 15, 12),
    ("topic-separator", "topic: {de: Stadt; Land}", 15, 17),
    ("no-alt", "images: [{credit: BBSR}]", 15, 15),
    ("no-alt", "images: [{credit: BBSR, src: 2.png}]", 15, 29),
]


@pytest.mark.parametrize(("code", "lines", "line", "column"), IN_THE_SESSION)
def test_a_warning_on_a_session_stands_at_its_place(
    tmp_path: Path, code: str, lines: str, line: int, column: int
) -> None:
    tmp_path.joinpath("2.png").write_bytes(b"")
    text = with_lines(series="rhythm: FREQ=MONTHLY;BYDAY=2TU", lines=lines)

    found = reading(text, folder=tmp_path)

    assert [brief(problem) for problem in found.problems] == [(code, line + 1, column)]
    assert found.schedule is not None


def test_a_file_without_warnings_has_none() -> None:
    text = with_lines(
        series="rhythm: FREQ=MONTHLY;BYDAY=2TU\nregistration: {closes: 4 days before}",
        lines="registration: {closes: 2021-06-08 12:00}\ntopic: Gerechte Stadt",
    )

    assert briefs(text) == []


def test_a_date_off_the_rhythm_stands_at_the_date() -> None:
    text = with_lines(series="rhythm: FREQ=MONTHLY;BYDAY=1TU")

    assert briefs(text) == [("off-rhythm", 13, 11)]


@pytest.mark.parametrize(
    ("lines", "now"),
    [
        ("status: cancelled", datetime(2021, 5, 20, tzinfo=UTC)),
        ("", datetime(2021, 6, 8, 10, 30, tzinfo=UTC)),
    ],
)
def test_what_is_cancelled_or_over_keeps_no_rhythm(lines: str, now: datetime) -> None:
    text = with_lines(series="rhythm: FREQ=MONTHLY;BYDAY=1TU", lines=lines)

    assert briefs(text, now=now) == []


def test_an_interval_counts_from_the_first_session() -> None:
    series = with_lines(series="rhythm: FREQ=WEEKLY;INTERVAL=2")
    more = "".join(
        f"  - {{id: {day}, date: 2021-06-{day}, title: T, description: D}}\n" for day in (15, 22)
    )

    assert briefs(series + more) == [("off-rhythm", 16, 20)]


def test_an_overlap_stands_at_the_date_of_the_later_session() -> None:
    earlier = "  - {id: 1, start: 11:45, date: 2021-06-08, title: T, description: D}\n"

    assert briefs(SERIES + SESSION + earlier) == [("overlap", 12, 11)]


def test_a_session_inside_a_long_one_overlaps_it_even_after_a_short_one() -> None:
    more = (
        "  - {id: 3, start: 12:30, duration: 5 h, date: 2021-06-08, title: T, description: D}\n"
        "  - {id: 4, start: 13:00, date: 2021-06-08, title: T, description: D}\n"
        "  - {id: 5, start: 15:00, date: 2021-06-08, title: T, description: D}\n"
    )

    assert briefs(SERIES + SESSION + more) == [("overlap", 16, 33), ("overlap", 17, 33)]


@pytest.mark.parametrize("status", ["cancelled", "withdrawn"])
def test_what_does_not_take_place_overlaps_nothing(status: str) -> None:
    other = "  - {id: 1, date: 2021-06-08, title: T, description: D, status: cancelled}\n"
    if status == "withdrawn":
        other = other.replace(", status: cancelled", "") + "withdrawn: [1]\n"

    assert briefs(SERIES + SESSION + other) == []


def test_a_deadline_of_the_series_that_is_late_stands_in_the_series() -> None:
    text = with_lines(series="registration: {closes: 0 days before}")

    assert briefs(text) == [("late-deadline", 10, 26)]


@pytest.mark.parametrize(
    ("announce", "expected"),
    [
        ("now", [("no-description", 11, 5)]),
        ("2021-05-20", [("no-description", 11, 5)]),
        ("2021-05-21", []),
        ("1 week before", []),
    ],
)
def test_a_session_needs_a_description_once_it_is_announced(
    announce: str, expected: list[tuple[str, int, int]]
) -> None:
    text = with_lines(lines=f"announce: {announce}").replace("    description: ", "    teaser: ")

    assert briefs(text) == expected


@pytest.mark.parametrize("key", ["imprint", "privacy", "accessibility"])
def test_what_the_law_asks_for_is_missing_at_the_first_key_of_the_series(key: str) -> None:
    kept = [line for line in SERIES.splitlines() if not line.startswith(f"  {key}:")]

    found = reading("\n".join(kept)).problems

    assert [brief(problem) for problem in found] == [("no-legal", 2, 3)]
    assert key in str(found[0].message)


def test_a_long_title_of_the_session_stands_at_the_value() -> None:
    text = (SERIES + SESSION).replace("Gerechte Stadt", "x" * 121)

    assert briefs(text) == [("long-title", 13, 12)]


def test_a_title_of_120_characters_is_not_long() -> None:
    text = (SERIES + SESSION).replace("Gerechte Stadt", "ä" * 120)

    assert briefs(text) == []


def test_a_backslash_that_markdown_takes_away_is_no_fragile_text() -> None:
    text = SERIES + SESSION.replace("Wie", r"1\. Wie")

    assert briefs(text) == []


def test_a_feed_of_more_than_a_thousand_entries_is_large() -> None:
    sessions = "".join(
        f"  - {{id: {n}, date: {2000 + n // 300}-{n % 300 // 25 + 1:02}-{n % 25 + 1:02}, "
        "title: T, description: D}\n"
        for n in range(1001)
    )

    whole = briefs(SERIES + "sessions:\n" + sessions)
    less = briefs(SERIES + "sessions:\n" + sessions + "withdrawn: [7]\n")

    assert whole == [("large-feed", 10, 1)]
    assert less == []


def test_every_warning_code_has_a_test_of_its_place() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    untested = [
        code for code in Code if code.severity is Severity.WARNING and f'"{code}"' not in source
    ]

    assert untested == []
