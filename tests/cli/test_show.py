from cli.commands import SERIES, publish_file, run, write

AT = ("--at", "2021-06-01T09:00")
LONG = "Wie Städte, Dörfer und Nachbarschaften gemeinsam über ihre Zukunft entscheiden können"
SESSIONS = f"""\
sessions:
  - {{id: 1, date: 2021-05-11, title: Anfang}}
  - {{id: 2, date: 2021-06-08, title: 東京から学ぶ, registration: {{url: "https://example.org",
      closes: 2021-06-04}}}}
  - {{id: 3, date: 2021-07-13, title: "{LONG}", announce: 4 weeks before}}
  - {{id: 4, date: 2021-08-10, title: Ende, status: tentative}}
"""


def published() -> None:
    write(SESSIONS)
    publish_file("2021-05-01T09:00")
    write(SESSIONS.replace("2021-06-08", "2021-06-15").replace("4, date", "4, note: Krank, date"))
    publish_file("2021-05-20T09:00")


def test_sessions_stand_in_a_table_of_at_most_100_columns() -> None:
    published()

    result = run("show", *AT)

    assert result.exit_code == 0
    assert result.stdout == (
        "Reihe (reihe), as of Tuesday, 1 June 2021, 09:00 (CEST)\n"
        "\n"
        "  ID  START             STATE          SEQUENCE  REVISED     TITLE\n"
        "  1   2021-05-11 12:00  Took place     0         2021-05-01  Anfang\n"
        "  2   2021-06-15 12:00  Open, moved    1         2021-05-20  東京から学ぶ\n"
        "  3   2021-07-13 12:00  Date fixed     0         2021-05-01  "
        "Wie Städte, Dörfer und Nachbarschaften…\n"
        "  4   2021-08-10 12:00  Not yet fixed  1         2021-05-20  Ende\n"
    )
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_the_table_speaks_german() -> None:
    published()

    result = run("show", *AT, "--lang", "de")

    assert result.stdout.splitlines()[:4] == [
        "Reihe (reihe), Stand: Dienstag, 1. Juni 2021, 09:00 Uhr (MESZ)",
        "",
        "  ID  BEGINN            STAND                     SEQUENCE  GEÄNDERT    TITEL",
        "  1   2021-05-11 12:00  Hat stattgefunden         0         2021-05-01  Anfang",
    ]


def test_one_session_is_shown_in_full() -> None:
    published()

    result = run("show", "2", *AT)

    assert result.stdout == (
        "NEW DATE: Reihe #2: 東京から学ぶ\n"
        "Tuesday, 15 June 2021, 12:00–12:30 (CEST)\n"
        "Open, moved. Register by Friday, 4 June 2021\n"
        "SEQUENCE 1 in the feed, 1 in the single file; revised 2021-05-20 09:00:00\n"
        "UID 2.reihe@example.org\n"
        "\n"
        "This is what calendars show:\n"
        "\n"
        "New date. Before: Tuesday, 8 June 2021, 12:00.\n"
        "\n"
        "Reihe #2: 東京から学ぶ\n"
        "\n"
        "When: Tuesday, 15 June 2021, 12:00–12:30 (CEST)\n"
        "Register by Friday, 4 June 2021: https://example.org\n"
        "\n"
        "Session page: http://127.0.0.1:8000/en/reihe/2/\n"
        "As of 20 May 2021, version 2\n"
    )


def test_a_tentative_session_says_so() -> None:
    published()

    lines = run("show", "4", *AT).stdout.splitlines()

    assert lines[2] == "Not yet fixed. This date may still change."


def test_a_cancelled_session_says_so() -> None:
    write("sessions:\n  - {id: 1, date: 2021-06-08, title: A, status: cancelled}\n")

    lines = run("show", "1", *AT).stdout.splitlines()

    assert lines[0] == "CANCELLED: Reihe #1: A"
    assert lines[2] == "Cancelled. This session will not take place."


def test_an_unknown_session_is_wrong_use_and_the_known_ones_are_named() -> None:
    write(SESSIONS)

    result = run("show", "9")

    assert result.exit_code == 2
    assert result.stderr.endswith("There is no session 9. There are: 1, 2, 3, 4.\n")


def test_a_series_without_sessions_says_so() -> None:
    write("")

    assert run("show", *AT).stdout.splitlines()[2] == "  No sessions yet."


def test_a_broken_file_is_a_problem_and_hides_no_other() -> None:
    write("sessions: 5\n", "a.yaml")
    write(SESSIONS, "b.yaml")

    result = run("show", "--file", "a.yaml", "--file", "b.yaml")
    alone = run("show", "1", "--file", "a.yaml")

    assert (result.exit_code, alone.exit_code) == (1, 1)
    assert result.stderr.endswith(
        "a.yaml has errors and is not shown. `impulscal check` names them.\n"
    )
    assert len(result.stdout.splitlines()) == 7
    assert alone.stdout == ""


def test_a_superseded_file_shows_what_took_its_place() -> None:
    write(SESSIONS, "old.yaml")
    publish_file("2021-05-01T09:00", "old.yaml")
    write(SESSIONS.replace("Anfang", "Beginn"))
    publish_file("2021-05-02T09:00")

    result = run("show", "--file", "old.yaml", *AT)

    assert "Beginn" in result.stdout
    assert result.stderr == "old.yaml: a newer file was published since; shown is that.\n"


def test_two_series_are_shown_one_below_the_other() -> None:
    write(SESSIONS, "a.yaml")
    write(SESSIONS, "b.yaml", SERIES.replace("id: reihe", "id: andere"))

    lines = run("show", "--file", "a.yaml", "--file", "b.yaml", *AT).stdout.splitlines()

    assert (lines[0], lines[8]) == (
        "Reihe (reihe), as of Tuesday, 1 June 2021, 09:00 (CEST)",
        "Reihe (andere), as of Tuesday, 1 June 2021, 09:00 (CEST)",
    )
