"""``impulscal subscribers``: for people, and for programs."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from cli.commands import DATABASE, SERIES, publish_file, run, write
from impulscal.cli.subscribers_told import sparkline
from impulscal.history.database import Database
from impulscal.subscribers.clients import Family
from subscribers.realistic import put

TODAY = date(2021, 5, 20)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00+02:00")


@pytest.fixture
def database() -> Database:
    """Give the database of two series, in which nobody was counted yet."""
    for name in ("reihe", "andere"):
        write("sessions:\n", f"{name}.yaml", SERIES.replace("id: reihe", f"id: {name}"))
        publish_file("2021-05-01T09:00", f"{name}.yaml")
    return Database.open(f"sqlite:///{DATABASE}")


@pytest.fixture
def _counted(database: Database) -> None:
    for back in range(10):
        day = TODAY - timedelta(days=back)
        put(database, "reihe", day, Family.APPLE, clients=1_000 + 10 * back, requests=40_000)
        put(database, "reihe", day, Family.THUNDERBIRD, clients=12 if back else 6, requests=240)
    put(database, "reihe", TODAY, Family.NEXTCLOUD, clients=3, requests=6)
    put(database, "reihe", TODAY, Family.GOOGLE, clients=0, requests=9)
    put(database, "reihe", TODAY, Family.BROWSER, clients=0, requests=2)
    database.close()


@pytest.mark.usefixtures("_counted")
def test_people_get_a_table_with_ranges_and_the_method() -> None:
    result = run("subscribers", "--series", "reihe", "--days", "10")

    assert result.exit_code == 0
    assert result.stdout == (
        "reihe: About 1,052 programs ask on an ordinary day (1,017–1,087). Services that "
        "ask for many people\nat once come on top.\n"
        "\n"
        "  PROGRAM               ABOUT        RANGE  REQUESTS  LAST 10 DAYS\n"
        "  Apple Calendar        1,040  1,005–1,075   400,000  ██████████\n"
        "  Thunderbird              12                  2,400  █████████▅\n"
        "  Nextcloud                 –                      6           █\n"
        "  Google Calendar  at least 1                      9           █\n"
        "  browsers                  –                      2           █\n"
        "\n"
        "A program counts once a day, however often it asks. A day is one in UTC.\n"
        "An ordinary day is the median of the last seven whole days.\n"
        "In 19 of 20 cases the count of a day lies within the range.\n"
        "Programs of the same kind behind one address count as one: there are more of them.\n"
        "Phones change their address and may count twice: there are fewer of them.\n"
        "Google, Outlook online and Nextcloud ask for many people at once: nobody knows how many.\n"
        "A cache in front of this server answers for it, so those polls are not counted.\n"
    )


@pytest.mark.usefixtures("_counted")
@pytest.mark.parametrize("days", [1, 3, 7, 8, 28])
def test_an_ordinary_day_is_the_same_however_many_days_are_wanted(days: int) -> None:
    result = run("subscribers", "--series", "reihe", "--days", str(days))

    apple = next(line for line in result.stdout.splitlines() if "Apple" in line)
    assert result.stdout.startswith("reihe: About 1,052 programs ask on an ordinary day")
    assert apple.split()[2:] == [
        *("1,040", "1,005–1,075", f"{min(days, 10) * 40_000:,}", "█" * min(days, 10))
    ]
    assert ("  TODAY\n" if days == 1 else f"  LAST {days} DAYS\n") in result.stdout


@pytest.mark.usefixtures("_counted")
def test_all_series_are_told_without_a_choice() -> None:
    result = run("subscribers")

    assert "andere: nobody has asked for the feed yet.\n" in result.stdout
    assert "reihe: About 1,052 programs" in result.stdout


@pytest.mark.usefixtures("_counted")
def test_german_says_it_in_german() -> None:
    result = run("--lang", "de", "subscribers", "--series", "reihe")

    assert "An einem gewöhnlichen Tag fragen etwa 1.052 Programme" in result.stdout
    assert "mindestens 1" in result.stdout


@pytest.mark.usefixtures("_counted")
def test_programs_get_each_day_as_json() -> None:
    told = json.loads(run("subscribers", "--format", "json", "--days", "1").stdout)

    assert [row["client"] for row in told] == [
        *("apple", "browser", "google", "nextcloud", "thunderbird")
    ]
    assert told[0] == {
        "day": "2021-05-20",
        "series": "reihe",
        "client": "apple",
        "reach": "people",
        "requests": 40_000,
        "clients": 1_000,
        "low": 967,
        "high": 1_033,
    }
    assert [(row["reach"], row["clients"]) for row in told[1:4]] == [
        *(("nobody", 0), ("cloud", 1), ("servers", 3))
    ]


@pytest.mark.usefixtures("_counted")
def test_a_spreadsheet_gets_the_same_as_csv() -> None:
    as_json = json.loads(run("subscribers", "--format", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(run("subscribers", "--format", "csv").stdout)))

    assert as_csv == [{name: str(value) for name, value in row.items()} for row in as_json]


def test_where_nobody_asked_there_is_nothing_to_explain(database: Database) -> None:
    database.close()

    result = run("subscribers")

    assert result.stdout == (
        "andere: nobody has asked for the feed yet.\n\n"
        "reihe: nobody has asked for the feed yet.\n\n"
    )
    assert json.loads(run("subscribers", "--format", "json").stdout) == []


def test_an_unknown_series_is_wrong_use(database: Database) -> None:
    database.close()

    result = run("subscribers", "--series", "keine")

    assert result.exit_code == 2
    assert result.stderr == "There is no series “keine”. There are: andere, reihe.\n"


def test_without_a_database_nothing_was_counted() -> None:
    result = run("subscribers")

    assert result.exit_code == 1
    assert result.stderr == (
        "There is no database, so nothing was counted. IMPULSCAL_DATABASE_URL names it.\n"
    )


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], ""),
        ([0, 0], "  "),
        ([1], "█"),
        ([0, 1, 50, 100], " ▁▅█"),
        ([100, 1, 2], "▅█"),
    ],
)
def test_bars_are_as_high_as_the_values(values: list[float], shown: str) -> None:
    assert sparkline(values, 4 if len(values) > 3 else 2) == shown
