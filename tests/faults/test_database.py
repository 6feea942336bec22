"""The database locked, full, closed, damaged or gone while feeds are served."""

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from faults.house import FEED, House, until
from faults.subscriber import Subscriber

Fault = Callable[[House], AbstractContextManager[None]]


@contextmanager
def locked(house: House) -> Iterator[None]:
    with closing(sqlite3.connect(house.history, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """Let no file grow, as on a disk without room or with a quota."""
    with house.limited(resource.RLIMIT_FSIZE, 0):
        yield


@contextmanager
def read_only_folder(house: House) -> Iterator[None]:
    folder = house.history.parent
    folder.chmod(0o555)
    yield
    folder.chmod(0o755)


@contextmanager
def overwritten(house: House, damage: Callable[[Path], None]) -> Iterator[None]:
    """Damage the file in its place; afterwards a backup takes its place."""
    backup = house.history.with_suffix(".backup")
    shutil.copy(house.history, backup)
    damage(house.history)
    try:
        yield
    finally:
        backup.replace(house.history)


def zeroes_in_the_middle(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(bytes(size - 8192))


def noise(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as stream:
        for place in range(1024, size, 4096):
            stream.seek(place)
            stream.write(b"\xa5\x5a" * 512)
        # The change counter (SQLite's file format, 1.3.9): else pages in memory hide the damage.
        stream.seek(24)
        stream.write(b"\xa5\x5a\xa5\x5a")


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def garbage(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.write(b"no database at all" * 4096)


def damaged(damage: Callable[[Path], None]) -> Fault:
    return lambda house: overwritten(house, damage)


@contextmanager
def replaced_by_garbage(house: House) -> Iterator[None]:
    other = house.history.with_suffix(".other")
    other.write_bytes(b"no database at all" * 4096)
    other.replace(house.history)
    yield
    house.history.unlink()


@contextmanager
def replaced_by_a_folder(house: House) -> Iterator[None]:
    house.history.unlink()
    house.history.mkdir()
    yield
    house.history.rmdir()


FAULTS = {
    "locked": locked,
    "full disk": full_disk,
    "read-only folder": read_only_folder,
    "zeroes in the middle": damaged(zeroes_in_the_middle),
    "noise": damaged(noise),
    "half": damaged(half),
    "garbage": damaged(garbage),
    "replaced by garbage": replaced_by_garbage,
    "replaced by a folder": replaced_by_a_folder,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_feed_goes_on_and_the_edit_comes_when_the_fault_is_gone(
    house: House, subscriber: Subscriber, fault: Fault
) -> None:
    house.await_title(subscriber, house.edit())
    before = subscriber.sequences["2.stadtimpuls@einsateam.de"]
    house.log.clear()
    with fault(house):
        title = house.edit()
        until(lambda: house.health()["history"] == "failed", what="the failure")
        house.poll(subscriber)
        fresh = [house.ask(path).status for path in (f"{FEED}?alarm={before}", "/", "/en/")]
        reasons = [line for line in house.log if "ERROR" in line]

    house.await_title(subscriber, title)

    assert fresh == [200, 200, 200]
    assert len(reasons) == 1, reasons
    until(lambda: house.health()["history"] == "ok")
    assert subscriber.sequences["2.stadtimpuls@einsateam.de"] == before + 1
