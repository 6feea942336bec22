"""The schedule broken, half-written, closed or replaced by something else while it is served."""

import os
import sys
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from faults.house import FEED, House, until
from faults.subscriber import Subscriber
from impulscal.saved_file import load
from impulscal.schedule.reader.problems import MAX_BYTES, too_large
from impulscal.settings import Settings
from impulscal.web.files import Files
from web.serving import schedule, session

Fault = Callable[[House], AbstractContextManager[None]]
Save = Callable[[Path, str], None]


def away(damage: Callable[[Path], object], mend: Callable[[Path], object]) -> Fault:
    @contextmanager
    def fault(house: House) -> Iterator[None]:
        damage(house.file)
        yield
        mend(house.file)

    return fault


def nothing(_file: Path) -> None:
    """Leave the mending to the next edit, which takes the place of whatever is there."""


def replaced(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def replace(file: Path) -> None:
        file.unlink()
        make(file)

    return replace


def closed(file: Path) -> None:
    """Save anew with rights that let nobody read it."""
    new = file.with_suffix(".new")
    new.write_bytes(file.read_bytes().replace(b"Termin 1", b"Termin 1"))
    new.chmod(0)
    new.replace(file)


@contextmanager
def at_the_end_of(function: object, act: Callable[[], object]) -> Iterator[None]:
    """Let somebody act once, when this thread comes back from a function of the system's."""
    waits = [act]

    def look(_frame: object, event: str, called: object) -> None:
        if event == "c_return" and called is function and waits:
            waits.pop()()

    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(None)
    assert not waits


def files_in(folder: Path) -> Files:
    return Files(Settings.from_environment({"IMPULSCAL_SCHEDULE": str(folder / "sessions.yaml")}))


FAULTS = {
    "deleted": away(Path.unlink, nothing),
    "emptied": away(lambda file: os.truncate(file, 0), nothing),
    "cut off": away(lambda file: os.truncate(file, file.stat().st_size * 2 // 3), nothing),
    "a folder": away(replaced(Path.mkdir), Path.rmdir),
    "a pipe": away(replaced(os.mkfifo), Path.unlink),
    "an endless device": away(replaced(lambda file: file.symlink_to("/dev/zero")), Path.unlink),
    "a loop of links": away(replaced(lambda file: file.symlink_to(file)), Path.unlink),
    "not readable": away(closed, nothing),
    "in a closed folder": away(
        lambda file: file.parent.chmod(0), lambda file: file.parent.chmod(0o755)
    ),
    "in a folder that is gone": away(
        lambda file: file.parent.rename(file.parent.with_name("gone")),
        lambda file: file.parent.with_name("gone").rename(file.parent),
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_feed_goes_on_and_the_next_edit_comes(
    house: House, subscriber: Subscriber, fault: Fault
) -> None:
    house.await_title(subscriber, house.edit())
    before = subscriber.sequences["2.stadtimpuls@einsateam.de"]
    house.log.clear()
    with fault(house):
        until(lambda: house.health()["status"] == "degraded", what="the fault")
        house.poll(subscriber)
        fresh = [house.ask(path).status for path in (f"/en{FEED}?alarm={before}", "/", "/en/")]
        until(lambda: house.logged("is not published; the last good edition stays"))

    house.await_title(subscriber, house.edit())

    assert fresh == [200, 200, 200]
    assert subscriber.sequences["2.stadtimpuls@einsateam.de"] == before + 1
    until(lambda: house.health()["status"] == "ok")


def test_a_file_that_may_be_read_again_is_read_though_nothing_else_changed(
    house: House, subscriber: Subscriber
) -> None:
    title = "Wieder lesbar"
    new = house.file.with_suffix(".new")
    new.write_text(house.text(title), encoding="utf-8")
    new.chmod(0)
    new.replace(house.file)
    until(lambda: house.health()["status"] == "degraded", what="the fault")

    house.file.chmod(0o644)

    house.await_title(subscriber, title)


def in_place(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def with_a_backup(file: Path, text: str) -> None:
    """Save as vim and Emacs do: the old file is moved away, a new one written in its place."""
    file.replace(file.with_name("sessions.yaml~"))
    file.write_text(text, encoding="utf-8")


def with_a_byte_order_mark(file: Path, text: str) -> None:
    file.write_bytes(BOM_UTF8 + text.encode().replace(b"\n", b"\r\n"))


def through_a_link(file: Path, text: str) -> None:
    """Save as a mounted configuration is renewed: a link is turned to another file."""
    folder = file.parent.parent / "versions"
    folder.mkdir(exist_ok=True)
    version = folder / f"{len(list(folder.iterdir()))}.yaml"
    version.write_text(text, encoding="utf-8")
    link = file.with_suffix(".link")
    link.symlink_to(version)
    link.replace(file)


def with_an_older_date(file: Path, text: str) -> None:
    """Save as tar, rsync -t and cp -p do: with the date that the file had elsewhere."""
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.utime(new, (1_600_000_000, 1_600_000_000))
    new.replace(file)


def deleted_first(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text, encoding="utf-8")


SAVED = (
    *(in_place, with_a_backup, with_a_byte_order_mark, through_a_link),
    *(with_an_older_date, deleted_first),
)


@pytest.mark.parametrize("save", SAVED)
def test_however_an_editor_saves_the_edit_comes(
    house: House, subscriber: Subscriber, save: Save
) -> None:
    house.await_title(subscriber, house.edit())
    before = subscriber.sequences["2.stadtimpuls@einsateam.de"]

    save(house.file, house.text(save.__name__))

    house.await_title(subscriber, save.__name__)
    assert subscriber.sequences["2.stadtimpuls@einsateam.de"] == before + 1


def test_a_file_that_is_written_bit_by_bit_is_published_once_and_whole(
    house: House, subscriber: Subscriber
) -> None:
    house.await_title(subscriber, house.edit())
    before = subscriber.sequences["2.stadtimpuls@einsateam.de"]
    text = house.text("Ein langer Titel, von dem auch die Hälfte ein Titel wäre").encode()

    with house.file.open("wb", buffering=0) as stream:
        for start in range(0, len(text), 8):
            stream.write(text[start : start + 8])
            house.poll(subscriber)

    house.await_title(subscriber, "die Hälfte ein Titel wäre")
    assert subscriber.sequences["2.stadtimpuls@einsateam.de"] == before + 1


def test_half_a_text_that_comes_while_it_is_read_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "sessions.yaml"
    file.write_text(schedule(session(1, "2041-05-07"), session(2, "2041-05-14")), encoding="utf-8")
    os.utime(file, (file.stat().st_mtime - 60,) * 2)
    files = files_in(tmp_path)
    files.look()
    before = list(files.found())
    half = schedule(session(1, "2041-05-07", title="Neu")).encode()
    os.utime(file, (file.stat().st_mtime - 60,) * 2)

    with at_the_end_of(os.fstat, lambda: file.write_bytes(half)):
        changed = files.look()

    assert (changed, list(files.found())) == (False, before)


def test_what_is_too_large_is_read_but_once(tmp_path: Path) -> None:
    file, looks = tmp_path / "sessions.yaml", list[str]()
    file.write_bytes(b"#" * (MAX_BYTES + 100))

    def count(_frame: object, event: str, called: object) -> None:
        if event == "c_return" and called is os.fstat:
            looks.append(event)

    sys.setprofile(count)
    try:
        found = load(file, read_ns=time.time_ns())
    finally:
        sys.setprofile(None)

    # Before it is read, and after.
    assert (found, len(looks)) == (too_large(), 2)


def test_a_start_waits_until_a_file_that_was_saved_just_now_lies_still(tmp_path: Path) -> None:
    file = tmp_path / "sessions.yaml"
    file.write_text(schedule(), encoding="utf-8")

    files_in(tmp_path).rest()

    assert time.time_ns() - file.stat().st_mtime_ns >= 250_000_000
