"""What only PostgreSQL can get wrong: several writers at once, its own order, its talk of rows."""

import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa

from history.files import NOW, publish_file, saved, sessions
from impulscal.errors import HistoryError
from impulscal.history import tables
from impulscal.history.database import Database
from impulscal.history.transaction import Publication, Transaction
from impulscal.invitations import outbox
from impulscal.invitations.guests import add_guest, remember_join_link, remembered_join_link
from impulscal.invitations.model import Listed, OutboxMessage
from impulscal.invitations.retention import forget_address
from impulscal.settings import Settings
from impulscal.web.staff import access
from invitations.house import JUERGEN, House
from postgresql import Server

ONE = sessions("1 2021-06-08 Eins")
MOVED = sessions("1 2021-06-15 Eins")
OTHER = ONE.replace("id: reihe", "id: andere")
OTHER_MOVED = MOVED.replace("id: reihe", "id: andere")

ANNA = Listed(address="anna@stadt.example", name="Anna Weiß")

STAFF = Settings(secret_key="a key for the tests", staff=("team@einsateam.de",))


@pytest.fixture
def url(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as address:
        yield address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.open(url)
    yield opened
    opened.close()


@pytest.fixture
def house(tmp_path: Path, url: str) -> Iterator[House]:
    built = House(tmp_path, url=url)
    yield built
    built.database.close()


def wait_for_lock(connection: sa.Connection) -> None:
    """Return when somebody waits for a lock on the server."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    latest = monotonic() + 20
    while monotonic() < latest:
        if connection.exec_driver_sql(query).scalar_one():
            return
    pytest.fail("nobody waits for a lock")


@contextmanager
def just_after(words: str, errand: Callable[[sa.Connection], object]) -> Iterator[None]:
    """Run ``errand`` once, when a statement with ``words`` has been executed on the server."""
    errands = [errand]

    def run(connection: sa.Connection, _cursor: object, statement: str, *_others: object) -> None:
        if connection.dialect.name == "postgresql" and words in statement and errands:
            errands.pop()(connection)

    sa.event.listen(sa.Engine, "after_cursor_execute", run)
    yield
    sa.event.remove(sa.Engine, "after_cursor_execute", run)
    assert errands == []


def meanwhile(
    database: Database, first: Callable[[Transaction], object], then: Callable[[Transaction], Any]
) -> Any:
    """Return what ``then`` comes to that has begun, and waits, before ``first`` is committed."""

    def second() -> Any:
        with database.writing() as transaction:
            return then(transaction)

    with ThreadPoolExecutor() as threads:
        with database.writing() as transaction:
            first(transaction)
            result = threads.submit(second)
            wait_for_lock(transaction.connection)
        return result.result()


def rows(database: Database) -> dict[str, list[sa.Row[Any]]]:
    with database.reading() as transaction:
        return {
            table.name: list(transaction.connection.execute(table.select()))
            for table in tables.metadata.sorted_tables
        }


def setting(database: Database, name: str) -> str:
    with database.reading() as transaction:
        value: str = transaction.connection.exec_driver_sql(f"SHOW {name}").scalar_one()
    return value


# What is read


def test_a_reader_sees_one_state_whatever_is_published_meanwhile(database: Database) -> None:
    with database.reading() as transaction:
        before = transaction.state()
        publish_file(database, saved(ONE, 1))
        after = transaction.state(), transaction.series(), transaction.log("reihe")

    assert after == (before, (), ())


def test_a_copy_is_of_one_moment_though_somebody_publishes_meanwhile(
    database: Database, url: str
) -> None:
    publish_file(database, saved(ONE, 1))
    before = rows(database)

    # The first table has been read then, and the others have not.
    with just_after("FROM series", lambda _source: publish_file(database, saved(MOVED, 2))):
        copy = Database.copy(url)

    assert copy is not None
    assert rows(copy) == before
    assert rows(database) != before
    copy.close()


def test_who_reads_cannot_write(database: Database) -> None:
    with (
        pytest.raises(HistoryError, match="read-only transaction"),
        database.reading() as transaction,
    ):
        transaction.add_series("reihe", "example.org")


def test_topics_stand_in_the_order_of_their_addresses_not_in_that_of_a_language(
    database: Database,
) -> None:
    topics = {"über": "Über", "zoo": "Zoo", "stadt": "Stadt"}
    with database.writing() as transaction:
        transaction.add_series("reihe", "example.org")
        transaction.add_topics("reihe", topics)

        assert list(transaction.topics("reihe")) == ["stadt", "zoo", "über"]


def test_a_topic_may_be_long(database: Database) -> None:
    title = "Stadtentwicklung " * 40
    file = ONE.replace("title: Eins", f"title: Eins, topic: {title}")

    publish_file(database, saved(file, 1))

    with database.reading() as transaction:
        assert list(transaction.topics("reihe")) == ["-".join(["stadtentwicklung"] * 40)]


# Who waits for whom


def test_of_two_that_find_an_empty_database_one_makes_the_tables(url: str) -> None:
    def begin_too(first: sa.Connection) -> None:
        opened.append(threads.submit(Database.open, url))
        wait_for_lock(first)

    opened: list[Future[Database]] = []
    with ThreadPoolExecutor() as threads, just_after("CREATE TABLE series", begin_too):
        database = Database.open(url)

    for each in (database, opened[0].result()):
        assert rows(each) == {table.name: [] for table in tables.metadata.sorted_tables}
        each.close()


def add(transaction: Transaction, series: str) -> None:
    """Write down a publication as ``publish`` does, and a revision would be no different."""
    transaction.add_series(series, "example.org")
    transaction.lock(series)
    transaction.add_publication(
        Publication(
            series=series,
            digest="0" * 64,
            text=b"",
            path=f"/{series}.yaml",
            saved_ns=1,
            read_ns=1,
            published_at=NOW.astimezone(UTC),
        )
    )


def test_what_is_committed_late_is_noticed_though_its_number_is_lower(database: Database) -> None:
    with database.writing() as slow:
        add(slow, "langsam")
        with database.writing() as quick:
            add(quick, "schnell")
        with database.reading() as transaction:
            between = transaction.state()
    with database.reading() as transaction:
        after = transaction.state()

    assert between != after


def test_writers_of_different_series_do_not_wait_for_each_other(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    publish_file(database, saved(OTHER, 1, name="andere.yaml"))

    with database.writing() as transaction:
        transaction.lock("reihe")
        moved = publish_file(
            database, saved(OTHER.replace("06-08", "06-15"), 2, name="andere.yaml")
        )

    assert [change.after.sequence for change in moved.changes] == [1]


def test_a_writer_decides_on_what_the_one_before_has_written(database: Database) -> None:
    publish_file(database, saved(ONE, 1))

    def log(transaction: Transaction) -> int:
        transaction.lock("reihe")
        return len(transaction.log("reihe"))

    def move(transaction: Transaction) -> None:
        transaction.lock("reihe")
        (revision,) = transaction.log("reihe")
        transaction.add_revisions("reihe", [replace(revision, ordinal=1)])

    assert meanwhile(database, move, log) == 2


def test_who_waits_for_too_long_is_told(database: Database, url: str) -> None:
    publish_file(database, saved(ONE, 1))
    impatient = Database.open(f"{url}&options=-c%20lock_timeout%3D50ms")

    with database.writing() as transaction:
        transaction.lock("reihe")
        with pytest.raises(HistoryError, match="lock timeout"):
            publish_file(impatient, saved(MOVED, 2))

    assert publish_file(impatient, saved(MOVED, 2)).changes != ()
    impatient.close()


def test_nobody_is_waited_for_without_end(database: Database) -> None:
    names = ("lock_timeout", "idle_in_transaction_session_timeout", "application_name")

    assert {name: setting(database, name) for name in names} == {
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "1min",
        "application_name": "impulscal",
    }


def test_a_sign_in_link_that_two_use_at_once_signs_one_in(database: Database) -> None:
    with database.writing() as transaction:
        token = access.add_link(transaction, STAFF.staff[0], now=NOW)
    holders = []

    def use(transaction: Transaction) -> None:
        holders.append(access.use_link(transaction, STAFF, token, now=NOW))

    meanwhile(database, use, use)

    assert holders == ["team@einsateam.de", None]


def test_a_session_of_staff_holds_wherever_it_was_begun(database: Database, url: str) -> None:
    with database.writing() as transaction:
        name = access.begin_session(transaction, STAFF.staff[0], now=NOW)
    other = Database.open(url)

    with other.reading() as transaction:
        found = access.find_session(transaction, STAFF, name, now=NOW)
        expired = access.find_session(transaction, STAFF, name, now=NOW + access.SESSION_LASTS)

    assert found is not None
    assert found.address == "team@einsateam.de"
    assert expired is None
    other.close()


def test_a_link_that_two_remember_at_once_is_that_of_the_second(house: House) -> None:
    def remember(url: str) -> Callable[[Transaction], None]:
        return lambda transaction: remember_join_link(transaction, "stadtimpuls", "2", url)

    meanwhile(house.database, remember("https://a.example"), remember("https://b.example"))

    with house.database.reading() as transaction:
        found = remembered_join_link(transaction, "stadtimpuls", "2")
    assert found == "https://b.example"


def test_a_message_that_is_erased_while_somebody_takes_it_is_not_sent(house: House) -> None:
    house.add()
    house.invite()

    def erase(transaction: Transaction) -> None:
        forget_address(transaction, JUERGEN.address)

    def take(transaction: Transaction) -> OutboxMessage | None:
        return outbox.claim(transaction, now=house.now, lease=timedelta(minutes=5))

    assert meanwhile(house.database, erase, take) is None


def test_the_limit_a_minute_is_that_of_all_processes_together(house: House) -> None:
    house.add(JUERGEN, ANNA)
    house.invite()

    def take(transaction: Transaction) -> OutboxMessage | None:
        lease = timedelta(minutes=5)
        return outbox.claim(transaction, now=house.now, lease=lease, per_minute=1)

    assert meanwhile(house.database, take, take) is None


def test_messages_go_with_their_guest(house: House) -> None:
    house.add()
    house.invite()

    with house.database.writing() as transaction:
        transaction.connection.execute(tables.guest.delete())

    assert house.messages() == ()


# What is told


def test_a_row_that_is_refused_is_not_quoted(house: House) -> None:
    house.add()

    with (
        pytest.raises(HistoryError, match="violates unique constraint") as caught,
        house.database.writing() as transaction,
    ):
        add_guest(transaction, "stadtimpuls", "2", JUERGEN, now=house.now)

    told = "".join(traceback.format_exception(caught.value))
    assert [word for word in ("mueller", "Müller", "treffen") if word in told] == []


def test_a_password_in_the_options_of_the_address_is_not_told(url: str) -> None:
    with pytest.raises(HistoryError, match="does not exist") as caught:
        Database.open(f"{url.replace('/history', '/no-history')}&password=geheim")

    assert "geheim" not in str(caught.value)


def test_an_address_need_not_name_the_driver(url: str) -> None:
    database = Database.open(url.replace("postgresql+psycopg://", "postgresql://"))

    assert setting(database, "application_name") == "impulscal"
    database.close()
