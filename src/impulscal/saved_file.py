"""Files as they are found on the disk: which there are, their bytes, when they were saved."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from impulscal.errors import _, reason_of
from impulscal.schedule.reader import Problem
from impulscal.schedule.reader.problems import MAX_BYTES, no_file, too_large

__all__ = ["SavedFile", "load", "schedule_files"]

# How often a file is read that is changed meanwhile. One save in place is over by then.
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A file as it was found.

    Attributes:
        path: Absolute.
        digest: SHA-256 of ``data``, hexadecimal.
        saved_ns: When it was last saved, nanoseconds since 1970.
        read_ns: When it was read, by the same clock.
    """

    path: Path
    data: bytes
    digest: str
    saved_ns: int
    read_ns: int


def load(path: Path, *, read_ns: int) -> SavedFile | Problem:
    """Read the file at ``path``, unless it is missing, unreadable or too large.

    What is no file is not read: a pipe would be waited for until somebody writes. What is saved
    in place meanwhile is read again, or it might be half of one text and half of another.
    """
    try:
        for _time in range(_TRIES):
            with open(path, "rb", opener=_open_at_once) as stream:
                before = os.fstat(stream.fileno())
                if not stat.S_ISREG(before.st_mode):
                    return no_file(path, _("it is no file"))
                data = stream.read(MAX_BYTES + 1)
                after = os.fstat(stream.fileno())
            is_still = before.st_mtime_ns == after.st_mtime_ns and len(data) == after.st_size
            if is_still or len(data) > MAX_BYTES:
                break
    except OSError as error:
        return no_file(path, reason_of(error))
    if len(data) > MAX_BYTES:
        return too_large()
    return SavedFile(
        path=path.absolute(),
        data=data,
        digest=hashlib.sha256(data).hexdigest(),
        saved_ns=after.st_mtime_ns,
        read_ns=read_ns,
    )


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # Windows has no such files


def schedule_files(schedules: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the files that ``schedules`` names; of a folder its ``.yaml`` and ``.yml``.

    A folder without any, or that cannot be listed, stands for itself: ``load`` says why.
    """
    return tuple(file for path in schedules for file in _in_folder(path) or (path,))


def _in_folder(path: Path) -> tuple[Path, ...]:
    try:
        files = path.iterdir() if path.is_dir() else ()
        return tuple(sorted(file for file in files if file.suffix in (".yaml", ".yml")))
    except OSError:
        return ()
