from datetime import UTC, datetime
from pathlib import Path

import pytest

from impulscal.errors import Message
from impulscal.language import translate
from impulscal.saved_file import load
from impulscal.schedule.reader import MAX_BYTES, Code, Place, Problem, Severity, read
from impulscal.schedule.reader.problems import (
    changed_domain,
    removed_id,
    removed_series,
    reused_id,
)
from schedule.files import NOW, SERIES, SESSION, brief, briefs, reading, with_lines

# What is added to the series (from line 10), what to the session (after it), the problem.
IN_THE_SERIES = [
    ("unknown-key", "titel: x", 10, 3),
    ("unknown-key", "x-title: only at the top", 10, 3),
    ("duplicate-key", "domain: einsateam.de", 10, 3),
    ("conflicting-keys", "end: 13:00", 10, 3),
    ("conflicting-keys", "registration: {url: https://a.de, email: a@b.de}", 10, 37),
    ("bad-zone", "timezone: Europe/Berlim", 10, 13),
    ("bad-zone", "timezone: europe/berlin", 10, 13),
    ("bad-rhythm", "rhythm: every Tuesday", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=WEEKLY;COUNT=3", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=WEEKLY;UNTIL=20210101", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=WEEKLY;BYHOUR=12", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=HOURLY", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=MONTHLY;BYDAY=9TU", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=WEEKLY;FREQ=DAILY", 10, 11),
    ("bad-rhythm", "rhythm: FREQ=WEEKLY;BYDAY=2TU", 10, 11),
    ("bad-email", "organizer: {name: A, email: a b@c.de}", 10, 31),
    ("bad-email", "organizer: {name: A, email: Name <a@b.de>}", 10, 31),
    ("bad-email", "contact: nobody", 10, 12),
    ("bad-url", "homepage: www.einsateam.de", 10, 13),
    ("bad-url", "homepage: javascript:alert(1)", 10, 13),
    ("bad-url", "homepage: https://", 10, 13),
    ("bad-url", "homepage: https://a.de/b c", 10, 13),
    ("bad-url", "homepage: https://a.de:99999/", 10, 13),
    ("bad-url", "contact: ftp://a.de/x", 10, 12),
    ("bad-language", "language: Deutsch", 10, 13),
    ("bad-language", "subtitle: {de: ja, xx: no}", 10, 22),
    ("bad-color", "color: turkoise", 10, 10),
    ("bad-color", "color: rebeccapurple", 10, 10),
    ("bad-color", 'color: "#40E0D0"', 10, 10),
    ("bad-type", "organizer: EINSATEAM", 10, 14),
    ("bad-type", "moderators: {name: A}", 10, 15),
    ("bad-type", "subtitle: [a, b]", 10, 13),
    ("bad-type", "homepage: [https://a.de]", 10, 13),
    ("bad-type", "registration: yes", 10, 17),
    ("bad-type", "registration: {free: perhaps}", 10, 24),
    ("bad-type", "? [a, b]\n: c", 10, 5),
    ("bad-number", "registration: {places: 0}", 10, 26),
    ("bad-number", "registration: {places: 12.5}", 10, 26),
    ("bad-number", "registration: {places: -3}", 10, 26),
    ("bad-offset", "announce: soon", 10, 13),
    ("bad-offset", "announce: -4 weeks before", 10, 13),
    ("bad-offset", "announce: 4 weeks after", 10, 13),
    ("bad-offset", "announce: 4000 days before", 10, 13),
    ("bad-date", "announce: 2021-02-30", 10, 13),
    ("bad-time", "announce: 2021-02-03 24:00", 10, 13),
    ("missing-key", "organizer: {email: a@b.de}", 10, 15),
    ("missing-key", "moderators: [{role: Chair}]", 10, 17),
    ("bad-yaml", "subtitle: !!python/object/apply:os.system [ls]", 10, 13),
    ("bad-yaml", "subtitle: !secret x", 10, 13),
    ("bad-yaml", "<<: 3", 10, 7),
    ("bad-yaml", "\tsubtitle: x", 10, 3),
    ("bad-yaml", "subtitle: a: b", 10, 14),
    ("bad-yaml", "subtitle: @b", 10, 13),
    ("bad-yaml", "subtitle: *nothing", 10, 13),
    ("bad-yaml", "moderators: &a [*a]", 10, 19),
    ("bad-text", 'subtitle: "a\\0b"', 10, 13),
    ("bad-text", 'subtitle: "\\ud83d"', 10, 13),
    ("bad-text", 'subtitle: "\\uFDD0"', 10, 13),
    ("bad-text", 'subtitle: "\\U0001FFFE"', 10, 13),
    ("bad-text", "subtitle: üü😀\x07b", 10, 16),
]

IN_THE_SESSION = [
    ("unknown-key", "speaker: x", 15, 5),
    ("bad-time", "start: 25:00", 15, 12),
    ("bad-time", "start: 24:00", 15, 12),
    ("bad-time", "start: 12:5", 15, 12),
    ("bad-time", "start: 12.3", 15, 12),
    ("bad-time", "start: 12", 15, 12),
    ("bad-time", "start: 12:00:00", 15, 12),
    ("bad-duration", "duration: 90", 15, 15),
    ("bad-duration", "duration: 1.5 h", 15, 15),
    ("bad-duration", "duration: 0 min", 15, 15),
    ("bad-duration", "duration: 800 h", 15, 15),
    ("bad-duration", "duration: PT", 15, 15),
    ("end-before-start", "end: 12:00", 15, 10),
    ("end-before-start", "end: 11:30", 15, 10),
    ("conflicting-keys", "end: 13:00\nduration: 1 h", 16, 5),
    ("bad-status", "status: canceled", 15, 13),
    ("bad-language", "note: {deutsch: x}", 15, 12),
    ("no-image", "images: [{src: bilder/fehlt.png, alt: A}]", 15, 20),
    ("no-image", "images: [{src: ../a.png, alt: A}]", 15, 20),
    ("no-image", "images: [{src: /etc/passwd, alt: A}]", 15, 20),
    ("no-image", "images: [{src: 'bilder\\a.png', alt: A}]", 15, 20),
    ("leaked-link", "join_url: https://bbb.de/x\nnote: Kommt zu https://bbb.de/x!", 16, 11),
    ("leaked-link", "join_url: https://bbb.de/x\nlocation: bbb.de/x", 16, 15),
    ("leaked-link", "join_url: https://bbb.de/x\nnote: HTTPS://BBB.de/X", 16, 11),
    (
        "leaked-link",
        "join_url: https://bbb.de/x?a=1&b=2\nnote: https://bbb.de/x?a=1&amp;b=2",
        16,
        11,
    ),
    (
        "leaked-link",
        "join_url: https://bbb.de/x\nlinks: [{title: L, url: 'https://a.de/?u=https%3A%2F%2Fbbb.de%2Fx'}]",
        16,
        29,
    ),
    ("leaked-link", "join_url: &j https://bbb.de/x\nlocation: *j", 16, 15),
    ("bad-url", "join_url: zoom", 15, 15),
    ("missing-key", "links: [{url: https://a.de}]", 15, 14),
    ("missing-key", "speakers: [{name: {de: }, role: x}]", 15, 17),
]


@pytest.mark.parametrize(("code", "line_text", "line", "column"), IN_THE_SERIES)
def test_a_problem_of_the_series_stands_at_its_place(
    code: str, line_text: str, line: int, column: int
) -> None:
    text = with_lines(series=line_text)

    found = briefs(text, folder=Path("/nowhere"))

    assert found == [(code, line, column)]


@pytest.mark.parametrize(("code", "line_text", "line", "column"), IN_THE_SESSION)
def test_a_problem_of_a_session_stands_at_its_place(
    code: str, line_text: str, line: int, column: int
) -> None:
    text = with_lines(lines=line_text)

    found = briefs(text, folder=Path("/nowhere"))

    assert found == [(code, line, column)]


WHOLE_FILES = [
    ("an empty file", b"", [("missing-key", 1, 1)]),
    ("only a comment", b"# nothing\n", [("missing-key", 1, 1)]),
    ("a list", b"\n- a\n", [("bad-type", 2, 1)]),
    ("a word", b"hello\n", [("bad-type", 1, 1)]),
    ("no series", b"sessions: []\n", [("missing-key", 1, 1)]),
    (
        "an empty session",
        b"series: {id: s, domain: a.de, title: T, start: 9:00, duration: 1 h}\nsessions:\n  - {}\n",
        [("no-legal", 1, 10), *[("missing-key", 3, 5)] * 3],
    ),
    ("no UTF-8", "series:\n  title: Ä".encode("latin-1"), [("bad-yaml", 2, 10)]),
    ("half a character", "ä😀".encode()[:-1], [("bad-yaml", 1, 2)]),
    ("half of UTF-16", "aä".encode("utf-16")[:-1], [("bad-yaml", 1, 2)]),
    ("two documents", b"a: 1\n---\nb: 2\n", [("bad-yaml", 2, 1)]),
    ("a TAG directive", b"%TAG ! tag:a,b:\n---\na: 1\n", [("bad-yaml", 1, 1)]),
    ("an open bracket", b"series: [\n\n", [("bad-yaml", 1, 10)]),
    ("an open quote", b'series: "\n', [("bad-yaml", 1, 9)]),
    ("a wrong escape", b'series: "\\q"', [("bad-yaml", 1, 10)]),
    ("too many bytes", b" " * (MAX_BYTES + 1), [("too-large", 1, 1)]),
]


@pytest.mark.parametrize(
    ("data", "expected"), [case[1:] for case in WHOLE_FILES], ids=[case[0] for case in WHOLE_FILES]
)
def test_a_fault_of_the_whole_file_stands_where_it_shows(
    data: bytes, expected: list[tuple[str, int, int]]
) -> None:
    found = read(data, folder=None, now=NOW)

    assert [brief(problem) for problem in found.problems] == expected


def test_a_missing_file_is_a_problem_of_the_whole_file(tmp_path: Path) -> None:
    found = load(tmp_path / "sessions.yaml", read_ns=0)

    assert isinstance(found, Problem)
    assert brief(found) == ("no-file", 1, 1)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sessions.yaml"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)

    found = load(path, read_ns=0)

    assert isinstance(found, Problem)
    assert brief(found) == ("too-large", 1, 1)


@pytest.mark.parametrize("key", ["id", "domain", "title"])
def test_a_missing_key_of_the_series_stands_at_its_first_key(key: str) -> None:
    kept = [line for line in SERIES.splitlines() if not line.startswith(f"  {key}:")]

    found = briefs("\n".join(kept))

    assert found == [("missing-key", 2, 3)]


@pytest.mark.parametrize("key", ["date", "title"])
def test_a_missing_key_of_a_session_stands_at_its_first_key(key: str) -> None:
    kept = [line for line in SESSION.splitlines() if not line.startswith(f"    {key}:")]

    found = briefs(SERIES + "\n".join(kept))

    assert found == [("missing-key", 11, 5)]


def test_a_session_without_id_is_told_at_its_first_key() -> None:
    text = SERIES + "sessions:\n  - date: 2021-06-08\n    title: T\n    description: D\n"

    found = briefs(text)

    assert found == [("missing-key", 11, 5)]


@pytest.mark.parametrize("key", ["start", "duration"])
def test_a_time_that_neither_session_nor_series_gives_is_missing_in_the_session(key: str) -> None:
    kept = [line for line in SERIES.splitlines() if not line.startswith(f"  {key}:")]

    found = briefs("\n".join(kept) + "\n" + SESSION)

    assert found == [("missing-key", 10, 5)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("A1", "bad-id"),
        ("a_b", "bad-id"),
        ("é", "bad-id"),
        ("x" * 41, "bad-id"),
        ("feeds", "bad-id"),
        ("de", "bad-id"),
        ("[1]", "bad-type"),
    ],
)
def test_a_bad_id_stands_at_the_value(value: str, code: str) -> None:
    text = SERIES + SESSION.replace("id: 2", f"id: {value}")

    found = briefs(text)

    assert found == [(code, 11, 9)]


@pytest.mark.parametrize("domain", ["ein satz.de", "-a.de", "a..de", "einsatzäm.de", "a@b.de"])
def test_a_bad_domain_stands_at_the_value(domain: str) -> None:
    found = briefs(SERIES.replace("einsateam.de", domain, 1))

    assert found == [("bad-id", 3, 11)]


@pytest.mark.parametrize(
    "date",
    [
        "2021-02-29",
        "2021-6-8",
        "8.6.2021",
        "08/06/2021",
        "8 June 2021",
        "2021-06-08 12:00",
        "20210608",
        "0221-06-08",
        "2921-06-08",
    ],
)
def test_a_bad_date_stands_at_the_value_and_hides_nothing_else(date: str) -> None:
    text = SERIES + SESSION.replace("2021-06-08", date).replace("title", "titel")

    found = briefs(text)

    assert found == [("bad-date", 12, 11), ("unknown-key", 13, 5)]


def test_an_id_given_twice_stands_at_the_second_one() -> None:
    again = SESSION.partition("\n")[2].replace("06-08", "06-15").replace("id: 2", 'id: "2"')

    found = briefs(SERIES + SESSION + again)

    assert found == [("duplicate-id", 15, 9)]


def test_ids_are_compared_as_they_are_written() -> None:
    again = SESSION.partition("\n")[2].replace("06-08", "06-15").replace("id: 2", "id: 02")

    found = reading(SERIES + SESSION + again)

    assert found.problems == ()
    assert found.schedule is not None
    assert [session.id for session in found.schedule.sessions] == ["2", "02"]


@pytest.mark.parametrize(
    ("zone", "date", "start", "code", "said"),
    [
        ("Europe/Berlin", "2027-03-28", "02:30", "no-such-time", ["2027-03-28", "02:30"]),
        ("Europe/Berlin", "2039-03-27", "02:30", "no-such-time", ["2039-03-27", "02:30"]),
        ("Europe/Berlin", "2027-10-31", "02:30", "ambiguous-time", ["CEST", "CET"]),
        ("Europe/Berlin", "2039-10-30", "02:30", "ambiguous-time", ["+0200", "+0100"]),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "no-such-time", ["Lord_Howe"]),
        ("America/New_York", "2026-11-01", "01:30", "ambiguous-time", ["EDT", "EST"]),
    ],
)
def test_a_wall_time_that_the_zone_skips_or_doubles_is_refused(
    zone: str, date: str, start: str, code: str, said: list[str]
) -> None:
    text = with_lines(series=f"timezone: {zone}", lines=f"start: {start}")

    problem = reading(text.replace("2021-06-08", date)).problems[0]

    assert brief(problem) == (code, 16, 12)
    assert [word for word in said if word in str(problem.message)] == said


@pytest.mark.parametrize(
    ("lines", "line", "column"),
    [
        ("start: 01:00\nend: 02:30", 16, 10),
        ("registration: {closes: 2027-03-28 02:30}", 15, 28),
        ("announce: 2027-03-28T02:30", 15, 15),
    ],
)
def test_every_written_wall_time_must_exist(lines: str, line: int, column: int) -> None:
    text = with_lines(lines=lines).replace("2021-06-08", "2027-03-28")

    assert briefs(text) == [("no-such-time", line, column)]


def test_an_inherited_start_that_does_not_exist_is_told_at_the_date() -> None:
    text = (SERIES.replace("12:00", "02:30") + SESSION).replace("2021-06-08", "2027-03-28")

    assert briefs(text) == [("no-such-time", 12, 11)]


def test_an_end_of_the_series_before_its_start_is_told_once() -> None:
    text = SERIES.replace("duration: 30 min", "end: 11:00") + SESSION

    assert briefs(text) == [("end-before-start", 9, 8)]


def test_a_later_start_does_not_pass_an_end_that_stands_alone() -> None:
    series = SERIES.replace("duration: 30 min", "end: 13:00").replace("  start: 12:00\n", "")
    text = series + SESSION + "    start: 14:00\n"

    assert briefs(text) == [("end-before-start", 14, 12)]


def test_all_problems_are_found_in_one_pass() -> None:
    text = (
        "series: {id: Ä, domain: a b, titel: T, start: 25:00, end: 1, zone: [], color: x}\n"
        "sessions:\n"
        "  - {id: 1, date: 2021-13-01, title: [], status: off, places: 3}\n"
        "  - {id: 1, date: 2021-06-08, duration: -1}\n"
        "withdrawn: [A B]\n"
        "other: 1\n"
    )

    found = [problem for problem in reading(text).problems if problem.severity is Severity.ERROR]

    assert [brief(problem) for problem in found] == [
        ("bad-id", 1, 14),
        ("bad-id", 1, 25),
        ("unknown-key", 1, 30),
        ("bad-time", 1, 47),
        ("bad-time", 1, 59),
        ("unknown-key", 1, 62),
        ("bad-color", 1, 79),
        ("missing-key", 3, 6),
        ("bad-date", 3, 19),
        ("bad-status", 3, 50),
        ("unknown-key", 3, 55),
        ("missing-key", 4, 6),
        ("duplicate-id", 4, 10),
        ("bad-duration", 4, 41),
        ("bad-id", 5, 13),
        ("unknown-key", 6, 1),
    ]


def test_problems_of_an_anchor_are_told_once() -> None:
    text = (
        "x-all: &all {start: 99:00, title: T, description: D}\n"
        + SERIES
        + "sessions:\n  - {<<: *all, id: 1, date: 2021-06-01}\n"
        + "  - {<<: *all, id: 2, date: 2021-06-02}\n"
    )

    assert briefs(text) == [("bad-time", 1, 21)]


def test_columns_count_characters() -> None:
    text = SERIES + 'sessions:\n  - {title: "äöü😀", note: "𝔘", date: x, id: 1, description: d}\n'

    assert briefs(text) == [("bad-date", 11, 38)]


def test_an_unknown_key_gets_the_nearest_known_one() -> None:
    found = reading(with_lines(lines="speeker: x")).problems[0]

    assert str(found.message) == "“speeker” is no key known here. Did you mean “speakers”?"
    assert translate(found.message, "de") == (
        "„speeker“ ist hier kein bekannter Schlüssel. Meinten Sie „speakers“?"
    )


def test_problems_are_ordered_by_line_then_column() -> None:
    problems = [
        Problem(2, 1, Severity.ERROR, "b", Message("")),
        Problem(1, 9, Severity.ERROR, "a", Message("")),
        Problem(1, 2, Severity.WARNING, "c", Message("")),
    ]

    assert [brief(problem) for problem in sorted(problems)] == [
        ("c", 1, 2),
        ("a", 1, 9),
        ("b", 2, 1),
    ]


def test_checks_against_the_history_have_their_codes_and_places() -> None:
    place = Place(3, 4)

    problems = [
        removed_id(place, "2"),
        reused_id(place, "2"),
        removed_series(place, "alt"),
        changed_domain(place, "a.de", "b.de"),
    ]

    assert [brief(problem) for problem in problems] == [
        ("removed-id", 3, 4),
        ("reused-id", 3, 4),
        ("removed-series", 3, 4),
        ("changed-domain", 3, 4),
    ]
    assert {problem.severity for problem in problems} == {Severity.ERROR}


def test_every_error_code_has_a_test_of_its_place() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    untested = [
        code for code in Code if code.severity is Severity.ERROR and f'"{code}"' not in source
    ]

    assert untested == []


def test_places_answer_for_checks_that_know_more() -> None:
    places = reading(with_lines(lines="start: 13:00")).places

    assert places.sessions == (10, 1)
    assert places.series_id == (2, 7)
    assert places.domain == (3, 11)
    assert places.session_id("2") == (11, 9)
    assert places.session_date("2") == (12, 11)
    assert places.session_start("2") == (15, 12)
    assert places.session_id("unknown") == (10, 1)


def test_there_is_a_schedule_unless_there_is_an_error() -> None:
    with_a_warning = reading(with_lines(lines="note: a\\b"))
    with_an_error = reading(with_lines(lines="status: x"))

    assert with_a_warning.schedule is not None
    assert with_an_error.schedule is None


def test_the_schedule_does_not_depend_on_the_moment() -> None:
    text = with_lines(lines="announce: 2 weeks before\nregistration: {closes: 4 days before}")

    early = reading(text, now=datetime(1999, 1, 1, tzinfo=UTC))
    late = reading(text, now=datetime(2050, 1, 1, tzinfo=UTC))

    assert early.schedule == late.schedule
