"""Polls are counted in any number of processes, and nobody can be found in the counts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from impulscal.errors import HistoryError, Message
from impulscal.history import tables
from impulscal.history.database import Database
from impulscal.subscribers.clients import Family
from impulscal.subscribers.polls import Polls
from impulscal.subscribers.sketch import spread
from impulscal.subscribers.store import Asked, asked
from postgresql import Server

NOON = datetime(2021, 5, 20, 12, tzinfo=UTC)
TODAY = NOON.date()
APPLE = "macOS/13.4 (22F66) dataaccessd/1.0"


class Process:
    """A process that serves, with a clock that goes on by hand."""

    def __init__(self, url: str, now: datetime = NOON) -> None:
        self.url = url
        self.now = now
        self.database = Database.open(url)
        self.away = False
        self.polls = Polls(self.reach, self.seconds)

    def seconds(self) -> float:
        return self.now.timestamp()

    def reach(self) -> Database:
        if self.away:
            raise HistoryError(sentence("away"))
        return self.database

    def ask(
        self, *addresses: str, family: Family = Family.APPLE, agent: str = APPLE, series: str = "a"
    ) -> None:
        for address in addresses:
            self.polls.count(series, str(family), address, agent)


def sentence(text: str) -> Message:
    return Message(text)


@pytest.fixture
def process(database_url: str) -> Iterator[Process]:
    """Give a process that has heard from the database.

    With salts that are known: by chance, two addresses in 2,048 count as one.
    """
    started = Process(database_url)
    days = {TODAY: b"a", TODAY + timedelta(days=1): b"b"}
    rows = [{"day": day, "salt": salt * 32} for day, salt in days.items()]
    with started.database.writing() as transaction:
        transaction.connection.execute(tables.poll_salt.insert(), rows)
    started.polls.tell()
    yield started
    started.database.close()


def found(process: Process) -> list[tuple[date, str, str, int, int]]:
    with process.database.reading() as transaction:
        rows = asked(transaction, since=date(2000, 1, 1))
    return [(one.day, one.series, one.family, one.requests, round(one.clients)) for one in rows]


def salts(process: Process) -> dict[date, bytes]:
    with process.database.reading() as transaction:
        rows = transaction.connection.execute(tables.poll_salt.select()).all()
    return {row.day: row.salt for row in rows}


def sketches(process: Process) -> list[bytes | None]:
    with process.database.reading() as transaction:
        query = sa.select(tables.poll.c.sketch).order_by(tables.poll.c.day)
        return list(transaction.connection.execute(query).scalars())


def test_a_program_counts_once_a_day_however_often_it_asks(process: Process) -> None:
    process.ask("192.0.2.1", "192.0.2.1", "192.0.2.2")

    process.polls.tell()

    assert found(process) == [(TODAY, "a", "apple", 3, 2)]


def test_several_processes_count_together(process: Process) -> None:
    other = Process(process.url)
    other.polls.tell()
    process.ask("192.0.2.1", "192.0.2.2")
    other.ask("192.0.2.2", "192.0.2.3")

    process.polls.tell()
    other.polls.tell()
    other.database.close()

    assert found(process) == [(TODAY, "a", "apple", 4, 3)]


def test_two_programs_behind_one_address_are_two(process: Process) -> None:
    process.ask("192.0.2.1", agent="iOS/26.5 (23F77) dataaccessd/1.0")
    process.ask("192.0.2.1", agent="iOS/26.4 (23E50) dataaccessd/1.0")

    process.polls.tell()

    assert found(process) == [(TODAY, "a", "apple", 2, 2)]


def test_a_household_with_ipv6_is_one_whatever_the_rest_of_its_addresses_is(
    process: Process,
) -> None:
    process.ask("2001:db8:0:1::1", "2001:db8:0:1:aa:bb:cc:dd", "2001:db8:0:2::1", "fe80::1%eth0")

    process.polls.tell()

    assert found(process) == [(TODAY, "a", "apple", 4, 3)]


def test_series_and_families_are_counted_apart(process: Process) -> None:
    process.ask("192.0.2.1", series="a")
    process.ask("192.0.2.1", series="b")
    process.ask("192.0.2.1", family=Family.NEXTCLOUD, agent="Nextcloud Webcal Service")

    process.polls.tell()

    assert found(process) == [
        (TODAY, "a", "apple", 1, 1),
        (TODAY, "a", "nextcloud", 1, 1),
        (TODAY, "b", "apple", 1, 1),
    ]


@pytest.mark.parametrize("family", [Family.GOOGLE, Family.OUTLOOK_ONLINE, Family.OTHER])
def test_addresses_of_clouds_and_strangers_are_not_counted(
    process: Process, family: Family
) -> None:
    process.ask("192.0.2.1", "192.0.2.2", family=family)

    process.polls.tell()

    assert found(process) == [(TODAY, "a", family, 2, 0)]


def test_the_day_ends_at_midnight_in_utc(process: Process) -> None:
    process.now = datetime(2021, 5, 20, 23, 59, 59, tzinfo=UTC)
    process.ask("192.0.2.1")
    process.now += timedelta(seconds=1)
    process.ask("192.0.2.1")

    process.polls.tell()

    assert found(process) == [
        (date(2021, 5, 20), "a", "apple", 1, 1),
        (date(2021, 5, 21), "a", "apple", 1, 1),
    ]


def test_all_processes_use_one_salt_and_each_day_another(database_url: str) -> None:
    process, other = Process(database_url), Process(database_url)
    process.polls.tell()
    first = salts(process)
    other.polls.tell()
    other.database.close()

    known = salts(process)
    process.database.close()

    assert known == first
    assert list(known) == [TODAY, TODAY + timedelta(days=1)]
    assert len({*known.values()}) == 2
    assert {len(salt) for salt in known.values()} == {32}


def test_a_salt_is_erased_when_its_day_is_over(process: Process) -> None:
    process.now = datetime(2021, 5, 21, 1, 0, tzinfo=UTC)

    process.polls.tell()

    assert list(salts(process)) == [date(2021, 5, 21), date(2021, 5, 22)]


def test_nothing_that_is_kept_holds_an_address_or_a_name(tmp_path: Path) -> None:
    process = Process(f"sqlite:///{tmp_path}/polls.sqlite3")
    process.polls.tell()
    process.ask("192.0.2.77", agent="dataaccessd/secret")
    process.polls.tell()
    process.database.close()

    kept = (tmp_path / "polls.sqlite3").read_bytes()

    assert [told for told in (b"192.0.2", b"dataaccessd", b"secret") if told in kept] == []


def test_sketches_go_with_the_salt_and_counts_after_400_days(process: Process) -> None:
    process.ask("192.0.2.1")
    process.now = datetime(2021, 5, 21, 0, 59, tzinfo=UTC)
    process.polls.tell()
    (kept,) = sketches(process)
    process.now += timedelta(minutes=1)
    process.polls.tell()
    after_an_hour = (found(process), sketches(process))
    process.now += timedelta(days=399)
    process.polls.tell()
    in_the_end = found(process)
    process.now += timedelta(days=1)
    process.polls.tell()

    assert kept is not None
    assert after_an_hour == ([(TODAY, "a", "apple", 1, 1)], [None])
    assert in_the_end == [(TODAY, "a", "apple", 1, 1)]
    assert found(process) == []


def test_who_comes_late_adds_requests_and_keeps_the_higher_number(process: Process) -> None:
    late = Process(process.url)
    late.polls.tell()
    late.ask("192.0.2.1", "192.0.2.2", "192.0.2.3")
    late.ask("192.0.2.1", series="b")
    process.ask("192.0.2.1", "192.0.2.4")
    process.polls.tell()
    process.now += timedelta(days=1)
    process.polls.tell()

    late.now = process.now
    late.polls.tell()
    late.database.close()

    assert found(process) == [(TODAY, "a", "apple", 5, 3), (TODAY, "b", "apple", 1, 1)]
    assert sketches(process) == [None, None]


def held_by_files(folder: Path, salt: bytes) -> bool:
    return any(salt in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_no_file_of_an_sqlite_holds_the_salt_of_a_day_that_is_over(tmp_path: Path) -> None:
    process = Process(f"sqlite:///{tmp_path}/polls.sqlite3")
    process.polls.tell()
    salt = salts(process)[TODAY]
    before = held_by_files(tmp_path, salt)
    process.now += timedelta(days=1)

    process.polls.tell()
    process.database.close()

    assert (before, held_by_files(tmp_path, salt)) == (True, False)


def test_no_table_of_a_postgresql_holds_the_salt_of_a_day_that_is_over(
    postgresql: Server,
) -> None:
    tables_of_all = postgresql.folder / "data" / "base"
    with postgresql.database() as url:
        process = Process(url)
        process.polls.tell()
        salt = salts(process)[TODAY]
        postgresql.run("CHECKPOINT")
        before = held_by_files(tables_of_all, salt)
        process.now += timedelta(days=1)

        process.polls.tell()
        postgresql.run("CHECKPOINT")
        after = held_by_files(tables_of_all, salt)
        process.database.close()

    assert (before, after) == (True, False)


def test_while_a_backup_reads_counts_go_on_and_the_salt_waits(
    postgresql: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with postgresql.database() as url:
        process = Process(url)
        process.polls.tell()
        process.now += timedelta(days=1)
        process.polls.tell()
        process.ask("192.0.2.1")
        process.now += timedelta(days=1)
        with process.database.reading() as backup:
            backup.connection.execute(tables.poll_salt.select()).all()
            process.polls.tell()
            process.polls.tell()
            meanwhile = (found(process), TODAY + timedelta(days=1) in salts(process))
        process.polls.tell()
        left = list(salts(process))
        process.database.close()

    day = TODAY + timedelta(days=1)
    assert meanwhile == ([(day, "a", "apple", 1, 1)], True)
    assert left == [TODAY + timedelta(days=2), TODAY + timedelta(days=3)]
    told = [one.message for one in caplog.records if one.levelname == "WARNING"]
    assert [one.endswith("over waits to be erased.") for one in told] == [True]


def test_counts_wait_while_the_database_is_away_and_none_is_lost(process: Process) -> None:
    process.away = True
    process.ask("192.0.2.1")
    with pytest.raises(HistoryError):
        process.polls.tell()
    process.now += timedelta(days=1)
    process.ask("192.0.2.1", "192.0.2.2")
    with pytest.raises(HistoryError):
        process.polls.tell()
    process.away = False

    process.polls.tell()

    tomorrow = TODAY + timedelta(days=1)
    assert found(process) == [(TODAY, "a", "apple", 1, 1), (tomorrow, "a", "apple", 2, 2)]


def test_what_waits_for_more_than_a_week_is_let_go(process: Process) -> None:
    process.away = True
    process.ask("192.0.2.1")
    process.now += timedelta(days=7)
    with pytest.raises(HistoryError):
        process.polls.tell()
    process.away = False

    process.polls.tell()

    assert found(process) == []


def test_before_a_salt_is_known_only_requests_are_counted(database_url: str) -> None:
    process = Process(database_url)
    process.ask("192.0.2.1")

    process.polls.tell()

    assert found(process) == [(TODAY, "a", "apple", 1, 0)]
    process.database.close()


def test_what_was_told_before_is_not_told_again_and_still_counts(process: Process) -> None:
    process.ask("192.0.2.1", "192.0.2.2")
    process.polls.tell()
    process.ask("192.0.2.1", "192.0.2.3")

    process.polls.tell()

    assert found(process) == [(TODAY, "a", "apple", 4, 3)]


def test_in_a_new_database_all_count_anew(process: Process, tmp_path: Path) -> None:
    process.ask("192.0.2.1")
    process.polls.tell()
    process.database.close()
    process.database = Database.open(f"sqlite:///{tmp_path}/new.sqlite3")
    process.polls.tell()
    process.ask("192.0.2.1")

    process.polls.tell()

    assert found(process) == [(TODAY, "a", "apple", 1, 1)]


def test_a_process_remembers_a_bounded_number_of_programs(tmp_path: Path) -> None:
    process = Process(f"sqlite:///{tmp_path}/polls.sqlite3")
    process.polls.tell()
    addresses = [f"10.{number >> 8}.{number & 255}.1" for number in range(50_010)]
    process.ask(*addresses)

    process.polls.tell()

    assert len(process.polls._day.known) == 10
    ((_day, _series, _family, requests, clients),) = found(process)
    assert requests == 50_010
    assert abs(clients - 50_010) < 4 * spread(50_010)
    process.database.close()


def test_a_family_of_another_release_is_left_out(process: Process) -> None:
    row = {"day": TODAY, "series": "a", "family": "holo", "requests": 1, "clients": 1.0}
    with process.database.writing() as transaction:
        transaction.connection.execute(tables.poll.insert(), row)

    assert found(process) == []


def test_counts_of_one_series_can_be_asked_for(process: Process) -> None:
    process.ask("192.0.2.1", series="a")
    process.ask("192.0.2.1", series="b")
    process.polls.tell()

    with process.database.reading() as transaction:
        one = asked(transaction, since=TODAY, series="b")

    assert [(row.series, row.requests) for row in one] == [("b", 1)]
    assert isinstance(one[0], Asked)
