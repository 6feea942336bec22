"""The history deleted, emptied or replaced by an older copy under servers that run on it."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from faults.house import House, living, until
from faults.subscriber import Subscriber

UID = "2.stadtimpuls@einsateam.de"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with living(tmp_path_factory.mktemp("lost"), "--workers", "2") as house:
        yield house


def rows(house: House) -> dict[str, int]:
    """Return how many rows stand in each table."""
    with closing(sqlite3.connect(f"file:{house.history}?mode=ro", uri=True)) as connection:
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("publication", "revision", "address", "topic", "series")
        }


def everywhere(house: House, subscriber: Subscriber, title: str) -> None:
    """Wait until all workers tell ``title``, and see that nobody takes it back."""
    house.await_title(subscriber, title)
    workers = len(house.workers())
    streak = 0
    while streak < 8 * workers:
        told = house.ask("/stadtimpuls.ics").body
        streak = streak + 1 if title.encode() in told else 0
    house.poll(subscriber)


def delete(file: Path) -> None:
    file.unlink()


def delete_the_folder(file: Path) -> None:
    shutil.rmtree(file.parent)


def replace_by_nothing(file: Path) -> None:
    empty = file.with_suffix(".empty")
    empty.touch()
    empty.replace(file)


@pytest.mark.parametrize("lose", [delete, delete_the_folder, replace_by_nothing])
def test_a_history_that_was_deleted_is_put_back_whole(
    house: House, subscriber: Subscriber, lose: Callable[[Path], None]
) -> None:
    everywhere(house, subscriber, house.edit())
    before, known = subscriber.sequences[UID], rows(house)
    house.log.clear()

    lose(house.history)

    until(lambda: house.logged("was deleted or emptied while it was in use. It was put back."))
    assert rows(house) == known
    assert house.history.stat().st_mode & 0o777 == 0o600
    everywhere(house, subscriber, house.edit())
    assert subscriber.sequences[UID] == before + 1
    assert list(house.history.parent.glob(f"{house.history.name}?*")) == []


def empty_in_place(file: Path) -> None:
    os.truncate(file, 0)


def an_older_copy(file: Path) -> None:
    file.with_suffix(".older").replace(file)


def an_older_copy_in_place(file: Path) -> None:
    shutil.copyfile(file.with_suffix(".older"), file)


@pytest.mark.parametrize("lose", [empty_in_place, an_older_copy, an_older_copy_in_place])
def test_a_history_that_knows_less_than_was_told_learns_it(
    house: House, subscriber: Subscriber, lose: Callable[[Path], None]
) -> None:
    shutil.copyfile(house.history, house.history.with_suffix(".older"))
    everywhere(house, subscriber, house.edit())
    everywhere(house, subscriber, house.edit())
    before = subscriber.sequences[UID]
    house.log.clear()

    lose(house.history)

    everywhere(house, subscriber, house.edit())
    assert subscriber.sequences[UID] > before
    until(lambda: house.logged("The history knew less of stadtimpuls than subscribers do."))
    house.history.with_suffix(".older").unlink(missing_ok=True)
    # Whoever starts now knows only what is written down.
    house.stop()
    house.start()
    everywhere(house, subscriber, house.edit())


def test_what_is_served_goes_on_though_history_and_schedule_are_both_lost(
    house: House, subscriber: Subscriber
) -> None:
    everywhere(house, subscriber, house.edit())
    house.file.write_text("series: [\n", encoding="utf-8")
    empty_in_place(house.history)
    until(lambda: house.health()["status"] == "degraded")

    answers = {house.ask("/stadtimpuls.ics").status for _time in range(8)}

    assert answers == {200}
    everywhere(house, subscriber, house.edit())
