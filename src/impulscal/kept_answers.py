"""The answers that a process gave, on disk: the next one gives them while it starts.

Importing the application and reading the files takes a second or more, and subscribers ask
meanwhile. The answers hold as long as nothing that they were made from has changed; where
that cannot be told within milliseconds, none are given.
"""

import json
import logging
import math
import os
import sqlite3
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from impulscal import __version__
from impulscal.front import Answer, Key
from impulscal.settings import Settings

__all__ = ["Recalled", "keep", "recall"]

_log = logging.getLogger("impulscal")

# Those asked for last, in bytes; reading them takes a hundredth of a second.
_MOST_BYTES = 16 * 1024 * 1024

_CANNOT_BE_ASKED = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR,
}

_STATE = "SELECT (SELECT count(id) FROM publication), (SELECT count(id) FROM revision)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Answers of the process before.

    Attributes:
        answers: By plain path and canonical query; perhaps none.
        current: Whether they are what would be answered now. Else nobody can tell, because
            the history cannot be asked: they are better than no answer.
        until: Seconds since 1970 at which they end by themselves.
    """

    answers: Mapping[Key, Answer] = field(default_factory=dict)
    current: bool = False
    until: float = math.inf


def keep(
    settings: Settings,
    answers: Sequence[tuple[Key, Answer]],
    *,
    files: Iterable[Path],
    state: tuple[int, int],
    until: float,
) -> None:
    """Write ``answers`` beside the history, where it is an SQLite of this machine.

    What cannot be written is not kept: the next start just takes longer.

    Args:
        settings: What the process serves with.
        answers: The least recently used first; as many as there is room for.
        files: The schedules that they were made from.
        state: The history's token that they were made from.
        until: Seconds since 1970 at which they end by themselves; infinity for never.
    """
    path = _path(settings)
    if path is None:
        return
    chosen = _last(answers)
    bodies = b"".join(answer.plain.body for _key, answer in chosen)
    try:
        head = {
            "digest": sha256(bodies).hexdigest(),
            "grounds": _grounds(settings, files),
            "state": state,
            "since": settings.clock.seconds(),
            "until": until,
            "answers": [
                [key, answer.plain.headers, len(answer.plain.body)] for key, answer in chosen
            ],
        }
        _replace(path, json.dumps(head).encode() + b"\n", bodies)
    except OSError as error:
        _log.debug("Answers are not kept for the next start: %s", error)


def recall(settings: Settings) -> Recalled:
    """Return the answers that were kept, if all that they were made from is as it was."""
    path, database = _path(settings), _database(settings)
    if path is None or database is None:
        return Recalled()
    try:
        with path.open("rb") as stream:
            head, bodies = json.loads(stream.readline()), stream.read()
        files = [Path(name) for name in head["grounds"]["files"]]
        # Where the power went, a file may hold less than was written.
        whole = sha256(bodies).hexdigest() == head["digest"]
        if not whole or head["grounds"] != _grounds(settings, files):
            return Recalled()
        state, now = _state(database), settings.clock.seconds()
        if state is None:
            return Recalled(answers=_answers(head["answers"], BytesIO(bodies)))
        if state != head["state"] or not head["since"] <= now < head["until"]:
            return Recalled()
        answers = _answers(head["answers"], BytesIO(bodies))
        return Recalled(answers=answers, current=True, until=head["until"])
    except (OSError, ValueError, KeyError, TypeError):
        # None were kept, or another release kept them otherwise.
        return Recalled()


def _answers(told: Iterable[Any], bodies: BytesIO) -> dict[Key, Answer]:
    return {
        (path, query): Answer([(name, value) for name, value in headers], bodies.read(size))
        for (path, query), headers, size in told
    }


def _path(settings: Settings) -> Path | None:
    """Return where answers are kept; None where nothing tells in time whether they still hold."""
    database = _database(settings)
    if database is None or settings.preview or settings.clock.fixed is not None:
        return None
    return database.with_suffix(".answers")


def _database(settings: Settings) -> Path | None:
    scheme, _, name = settings.database_url.partition("?")[0].partition(":///")
    return Path(name) if scheme.startswith("sqlite") and name and name[0] != ":" else None


def _state(database: Path) -> list[int] | None:
    """Return the history's token (`history.transaction.Transaction.state`).

    None where it is there and cannot be asked: somebody writes, or it is damaged.

    Raises:
        OSError: There is none, or an empty one.
    """
    address = f"{database.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=0)) as connection:
            return list(connection.execute(_STATE).fetchone())
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _CANNOT_BE_ASKED and database.exists():
            return None
        raise OSError(str(error)) from error


def _grounds(settings: Settings, files: Iterable[Path]) -> Mapping[str, Any]:
    """Return all that answers depend on beside history and time."""
    paths = sorted({*files, *settings.schedules})
    return {
        "program": _program(),
        # What an answer can tell by; secrets are not among it.
        "settings": [settings.base_url, settings.database_url, *map(str, settings.schedules)],
        "files": {str(path): _signature(path) for path in paths},
    }


def _program() -> str:
    """Return a token of this release on this machine: its files, and what is installed beside it.

    By `stat` alone, since a start waits for it; `web.release` reads the files, for all machines.
    """
    folder = Path(__file__).parent
    # Where something is installed or removed, the folder of all of it changes.
    own = (path for path in folder.rglob("*.*") if path.suffix != ".pyc")
    paths = sorted([Path(sysconfig.get_path("purelib")), *own])
    told = [__version__, *(f"{path} {_signature(path)}" for path in paths)]
    return sha256("\n".join(told).encode()).hexdigest()


def _signature(path: Path) -> list[int]:
    """Return what tells a file, or that it is not there, from another one."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size, status.st_ino]


def _last(answers: Sequence[tuple[Key, Answer]]) -> list[tuple[Key, Answer]]:
    room, chosen = _MOST_BYTES, []
    for key, answer in reversed(answers):
        room -= len(answer.plain.body)
        if room < 0:
            break
        chosen.append((key, answer))
    return chosen


def _replace(path: Path, *parts: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as stream:
        try:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
            Path(stream.name).replace(path)
        except OSError:
            Path(stream.name).unlink(missing_ok=True)
            raise
