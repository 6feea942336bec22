import json
from pathlib import Path

import pytest

from cli.commands import DATABASE, NO_HISTORY, SERIES, publish_file, run, write

GOOD = """\
sessions:
  - id: 1
    date: 2021-05-11
    title: Anfang
    description: Wir fangen an.
  - id: 2
    date: 2021-06-08
    title: Mitte
    description: Wir machen weiter.
"""
AT = ("--at", "2021-05-01T09:00")


def test_a_file_without_problems_is_fine() -> None:
    write(GOOD)

    result = run("check")

    assert result.exit_code == 0
    assert result.stdout == "sessions.yaml: no problems.\n"
    assert result.stderr == NO_HISTORY


def test_a_problem_names_its_place_and_shows_its_line() -> None:
    write("sessions:\n  - id: 1\n    date: 2021-13-08\n    title: Grüße\n")

    result = run("check")

    assert result.exit_code == 1
    assert result.stdout == (
        "sessions.yaml:13:11: error[bad-date]: "
        "There is no day “2021-13-08” in the calendar.\n"
        "  13 |     date: 2021-13-08\n"
        "     |           ^\n"
        "\n"
        "sessions.yaml: 1 error. Nothing of it is published until the errors are mended; "
        "what was published stays.\n"
    )


def test_the_report_speaks_german_where_people_do() -> None:
    write("sessions:\n  - id: 1\n    date: 2021-13-08\n    title: Grüße\n")

    result = run("--lang", "de", "check")

    assert result.stdout == (
        "sessions.yaml:13:11: error[bad-date]: "
        "Den Tag „2021-13-08“ gibt es im Kalender nicht. Berichtigen Sie ihn.\n"
        "  13 |     date: 2021-13-08\n"
        "     |           ^\n"
        "\n"
        "sessions.yaml: 1 Fehler. Solange die Fehler nicht behoben sind, wird nichts daraus "
        "veröffentlicht; was schon veröffentlicht ist, bleibt.\n"
    )


@pytest.mark.parametrize(
    ("line", "shown", "caret"),
    [
        ("  - {title: Größe, id: 1, date: x}", "  - {title: Größe, id: 1, date: x}", 32),
        ("  - {title: 東京, id: 1, date: x}", "  - {title: 東京, id: 1, date: x}", 31),
        ("  - {title: 🎉, id: 1, date: x}", "  - {title: 🎉, id: 1, date: x}", 29),
        ("  - {title: A,\tid: 1,\tdate:\tx}", "  - {title: A, id: 1, date: x}", 28),
        (
            f"  - {{id: 1, title: A, description: {'a' * 200}, date: x}}",
            f"…{'a' * 52}, date: x}}",
            61,
        ),
        (
            f"  - {{id: 1, title: A, date: x, description: {'a' * 200}}}",
            f"  - {{id: 1, title: A, date: x, description: {'a' * 45}…",
            28,
        ),
        (
            f"  - {{id: 1, title: A, description: {'京' * 100}, date: x}}",
            f"…{'京' * 26}, date: x}}",
            61,
        ),
    ],
)
def test_the_caret_stands_under_the_place(line: str, shown: str, caret: int) -> None:
    write(f"sessions:\n{line}\n")

    lines = run("check").stdout.splitlines()

    assert lines[1:3] == [f"  12 | {shown}", f"     | {' ' * caret}^"]


def test_a_file_in_another_encoding_is_pointed_into_as_well() -> None:
    Path("sessions.yaml").write_bytes("series:\n  ïd: reihe\n".encode("utf-16"))

    lines = run("check").stdout.splitlines()

    assert lines[lines.index("  2 |   ïd: reihe") + 1] == "    |   ^"


def test_json_is_a_list_of_problems_and_nothing_else() -> None:
    write("sessions:\n  - id: 1\n    date: 2021-13-08\n    title: Grüße\n")

    result = run("check", "--format", "json")

    assert result.exit_code == 1
    assert (result.stdout[:2], result.stdout[-3:]) == ("[\n", "\n]\n")
    assert json.loads(result.stdout) == [
        {
            "file": "sessions.yaml",
            "line": 13,
            "column": 11,
            "severity": "error",
            "code": "bad-date",
            "message": "There is no day “2021-13-08” in the calendar.",
        }
    ]


def test_json_without_problems_is_an_empty_list() -> None:
    write(GOOD)

    assert run("check", "--format", "json").stdout == "[]\n"


def test_annotations_are_escaped() -> None:
    write('  "100%:\\n1,2": x\n', path="a,b:c.yaml")

    result = run("check", "--format", "github", "a,b:c.yaml")

    assert result.stdout.startswith(
        "::error file=a%2Cb%3Ac.yaml,line=11,col=3,title=unknown-key::“100%25:"
    )
    assert result.stdout.count("\n") == 1


def test_annotations_of_a_file_without_problems_are_none() -> None:
    write(GOOD)

    assert run("check", "--format", "github").stdout == ""


def test_warnings_count_only_if_asked_to() -> None:
    write(GOOD.replace("06-08", "06-09"))

    relaxed, strict = run("check", *AT), run("check", "--strict", *AT)

    assert (relaxed.exit_code, strict.exit_code) == (0, 1)
    assert relaxed.stdout == strict.stdout
    assert relaxed.stdout.splitlines()[0].startswith("sessions.yaml:17:11: warning[off-rhythm]: ")
    assert relaxed.stdout.endswith("sessions.yaml: 1 warning. It can be published.\n")


def test_another_moment_finds_other_warnings() -> None:
    write("sessions:\n  - {id: 1, date: 2021-06-08, title: A, announce: 2021-06-01}\n")

    before, after = (run("check", "--at", f"2021-0{month}T09:00") for month in ("5-31", "6-01"))

    assert before.stdout == "sessions.yaml: no problems.\n"
    assert "warning[no-description]" in after.stdout


def test_a_moment_without_offset_is_in_the_zone_of_the_series() -> None:
    tokyo = f"{SERIES}  timezone: Asia/Tokyo\n"
    sessions = "sessions:\n  - {id: 1, date: 2021-06-08, title: A, announce: 2021-06-01}\n"
    write(sessions, series=tokyo)

    before = run("check", "--at", "2021-05-31T23:59")
    after = run("check", "--at", "2021-06-01T00:00")

    assert "no-description" not in before.stdout
    assert "no-description" in after.stdout


def test_a_missing_file_is_a_problem_and_no_wrong_use() -> None:
    result = run("check", "nothing.yaml")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        "nothing.yaml:1:1: error[no-file]: nothing.yaml cannot be read (there is no such file). "
        "Check the name and the rights of the file."
    )


def test_a_folder_stands_for_its_files() -> None:
    Path("reihen").mkdir()
    write(GOOD, "reihen/b.yml")
    write(GOOD, "reihen/a.yaml", SERIES.replace("id: reihe", "id: andere"))
    write("nonsense", "reihen/notes.txt", "")

    result = run("check", "reihen")

    assert result.stdout == "reihen/a.yaml: no problems.\nreihen/b.yml: no problems.\n"


def test_a_folder_without_files_is_a_problem() -> None:
    Path("empty").mkdir()

    result = run("check", "--format", "json", "empty")

    assert result.exit_code == 1
    assert [(entry["file"], entry["code"]) for entry in json.loads(result.stdout)] == [
        ("empty", "no-file")
    ]


def test_a_file_that_is_named_twice_is_checked_once() -> None:
    write(GOOD)

    assert run("check", "sessions.yaml", "sessions.yaml").stdout == "sessions.yaml: no problems.\n"


def test_two_files_with_one_series_are_a_problem_of_the_second() -> None:
    write(GOOD, "a.yaml")
    write(GOOD, "b.yaml")

    result = run("check", "--format", "json", "a.yaml", "b.yaml")

    found = [(entry["file"], entry["line"], entry["column"]) for entry in json.loads(result.stdout)]
    assert found == [("b.yaml", 2, 7)]


def test_a_broken_file_does_not_hide_another() -> None:
    write("sessions: 5\n", "a.yaml")
    write(GOOD, "b.yaml")

    result = run("check", "a.yaml", "b.yaml")

    assert result.exit_code == 1
    assert result.stdout.endswith("\nb.yaml: no problems.\n")


def codes(*arguments: str) -> list[tuple[int, int, str]]:
    result = run("check", "--format", "json", *arguments)
    return [(entry["line"], entry["column"], entry["code"]) for entry in json.loads(result.stdout)]


def test_a_published_session_that_is_gone_is_found() -> None:
    write(GOOD)
    publish_file("2021-05-01T09:00")
    write(GOOD[: GOOD.index("  - id: 2")])

    assert codes(*AT) == [(11, 1, "removed-id")]


def test_a_session_that_is_over_may_go_and_not_come_back_with_a_new_date() -> None:
    write(GOOD)
    publish_file("2021-05-01T09:00")
    write(GOOD.replace("2021-05-11", "2021-07-13"))

    assert codes("--at", "2021-06-01T09:00") == [(12, 9, "reused-id")]


def test_a_file_that_holds_another_series_now_is_found() -> None:
    write(GOOD)
    publish_file("2021-05-01T09:00")
    write(GOOD, series=SERIES.replace("id: reihe", "id: andere"))

    assert codes(*AT) == [(2, 7, "removed-series")]


def test_a_series_whose_file_is_gone_from_its_folder_is_found() -> None:
    Path("d").mkdir()
    write(GOOD, "d/a.yaml")
    other = write(GOOD, "d/b.yaml", series=SERIES.replace("id: reihe", "id: andere"))
    publish_file("2021-05-01T09:00", "d/a.yaml")
    publish_file("2021-05-01T09:00", "d/b.yaml")
    other.unlink()

    gone = json.loads(run("check", "d", "--format", "json", *AT).stdout)
    alone = json.loads(run("check", "d/a.yaml", "--format", "json", *AT).stdout)
    over = json.loads(run("check", "d", "--format", "json", "--at", "2021-07-01").stdout)

    assert [(Path(entry["file"]).name, entry["code"]) for entry in gone] == [
        ("b.yaml", "removed-series")
    ]
    assert (alone, over) == ([], [])


def test_a_changed_domain_is_found() -> None:
    write(GOOD)
    publish_file("2021-05-01T09:00")
    write(GOOD, series=SERIES.replace("domain: example.org", "domain: example.net"))

    assert codes(*AT) == [(3, 11, "changed-domain")]


def test_the_domain_of_a_series_without_sessions_is_permanent_too() -> None:
    write("")
    publish_file("2021-05-01T09:00")
    write(GOOD, series=SERIES.replace("domain: example.org", "domain: example.net"))

    assert codes(*AT) == [(3, 11, "changed-domain")]


def test_the_history_is_only_read() -> None:
    write(GOOD)
    publish_file("2021-05-01T09:00")
    before = (DATABASE.read_bytes(), DATABASE.stat().st_mtime_ns, sorted(Path().rglob("*")))
    write(GOOD.replace("Mitte", "Ende"))

    for command in ("check", "changes", "show", "plan"):
        run(command)

    after = (DATABASE.read_bytes(), DATABASE.stat().st_mtime_ns, sorted(Path().rglob("*")))
    assert after == before


@pytest.mark.parametrize("command", ["check", "changes", "show", "plan"])
def test_no_history_is_made(command: str) -> None:
    write(GOOD)

    run(command)

    assert list(Path().iterdir()) == [Path("sessions.yaml")]


def test_nothing_is_said_of_a_history_that_is_there() -> None:
    write(GOOD)
    publish_file("2021-05-01T09:00")

    assert run("check").stderr == ""


def test_a_feed_that_grows_too_large_is_a_warning() -> None:
    write(GOOD.replace("Wir fangen an.", "x " * 49_000) + many("x " * 49_000, 6))

    assert codes(*AT) == [(11, 1, "large-feed")]


def many(text: str, count: int) -> str:
    return "".join(
        f"  - {{id: {10 + n}, date: 2021-{7 + n:02}-{second_tuesday:02}, title: T, "
        f"description: {text}}}\n"
        for n, second_tuesday in enumerate((13, 10, 14, 12, 9, 14)[:count])
    )


def test_an_unknown_option_is_wrong_use() -> None:
    assert run("check", "--format", "xml").exit_code == 2
    assert run("check", "--at", "tomorrow").exit_code == 2
