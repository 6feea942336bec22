"""A rolling deployment: an older file beside a newer one, an older program beside a newer one."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from faults.house import FEED, House, until
from faults.subscriber import Subscriber
from web.running import free_port

UID = "2.stadtimpuls@einsateam.de"


@contextmanager
def running(house: House) -> Iterator[House]:
    house.start()
    try:
        yield house
    finally:
        house.stop()


def replica_of(house: House) -> House:
    """Return another machine on the same history, with a copy of the schedule as it is now."""
    folder = house.folder / "replica"
    folder.mkdir()
    shutil.copytree(house.file.parent, folder / "schedules")
    database = f"sqlite:///{house.history}?timeout=5"
    return replace(
        house,
        folder=folder,
        port=free_port(),
        variables={"IMPULSCAL_DATABASE_URL": database},
        log=[],
    )


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.furnish()
    with running(house):
        yield house


def test_a_machine_with_an_older_file_tells_what_the_newer_one_tells(house: House) -> None:
    subscriber = Subscriber()
    house.await_title(subscriber, house.edit())
    older = replica_of(house)
    house.await_title(subscriber, house.edit())
    with running(older):
        until(lambda: older.health()["files"][0]["outcome"] == "superseded")
        # One subscriber, answered by either: a balancer stands before both.
        older.poll(subscriber)
        house.poll(subscriber)
        both = {machine.ask(FEED).body for machine in (older, house)}
        title = house.edit()
        house.await_title(subscriber, title)
        # It looks for itself, a moment later.
        until(lambda: title.encode() in older.ask(FEED).body, what="the news")
        older.poll(subscriber)
        house.poll(subscriber)
        # At last it gets the file too.
        older.save(house.file.read_text(encoding="utf-8"))
        until(lambda: older.health()["status"] == "ok")

    assert len(both) == 1
    assert subscriber.sequences[UID] == 3
    assert older.logged("was published and superseded; the newer edition stays.")


def set_version(house: House, version: str) -> str:
    with closing(sqlite3.connect(house.history, timeout=30)) as connection, connection:
        [(before,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        return str(before)


def test_a_newer_release_that_took_the_history_over_stops_no_feed(house: House) -> None:
    subscriber = Subscriber()
    house.await_title(subscriber, house.edit())
    version = set_version(house, "9999")

    house.stop()
    house.start()

    house.poll(subscriber)
    assert house.ask("/").status == 200
    assert house.health()["history"] == "failed"
    assert house.logged("A newer release of impulscal wrote this history.")
    title = house.edit()
    set_version(house, version)
    house.await_title(subscriber, title)
    assert subscriber.sequences[UID] == 2
