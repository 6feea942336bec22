"""The answers that a process gave, on disk: the next one gives them while it starts.

Importing the application and reading the files takes a second or more, and subscribers ask
meanwhile. The answers hold as long as nothing that they were made from has changed; where
that cannot be told within milliseconds, none are given.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from impulscal import __version__
from impulscal.front import Answer, Key
from impulscal.settings import Settings

__all__ = ["keep", "recall"]

_log = logging.getLogger("impulscal")

# Those asked for last, in bytes; reading them takes a hundredth of a second.
_MOST_BYTES = 16 * 1024 * 1024

_STATE = "SELECT (SELECT count(id) FROM publication), (SELECT count(id) FROM revision)"


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
    head = {
        "digest": sha256(bodies).hexdigest(),
        "grounds": _grounds(settings, files, state),
        "since": settings.clock.seconds(),
        "until": until,
        "answers": [[key, answer.plain.headers, len(answer.plain.body)] for key, answer in chosen],
    }
    try:
        _replace(path, json.dumps(head).encode() + b"\n", bodies)
    except OSError as error:
        _log.debug("Answers are not kept for the next start: %s", error)


def recall(settings: Settings) -> dict[Key, Answer]:
    """Return the answers that were kept, if all that they were made from is as it was."""
    path = _path(settings)
    if path is None:
        return {}
    try:
        with path.open("rb") as stream:
            head = json.loads(stream.readline())
            files = [Path(name) for name in head["grounds"]["files"]]
            state = _state(_database(settings))
            if head["grounds"] != json.loads(json.dumps(_grounds(settings, files, state))):
                return {}
            if not head["since"] <= settings.clock.seconds() < head["until"]:
                return {}
            bodies = BytesIO(stream.read())
        # Where the power went, a file may hold less than was written.
        if sha256(bodies.getbuffer()).hexdigest() != head["digest"]:
            return {}
        return {
            (path, query): Answer([(name, value) for name, value in headers], bodies.read(size))
            for (path, query), headers, size in head["answers"]
        }
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error):
        # None were kept, or another release kept them otherwise.
        return {}


def _path(settings: Settings) -> Path | None:
    """Return where answers are kept; None where nothing tells in time whether they still hold."""
    database = _database(settings)
    if database is None or settings.preview or settings.clock.fixed is not None:
        return None
    return database.with_suffix(".answers")


def _database(settings: Settings) -> Path | None:
    scheme, _, name = settings.database_url.partition("?")[0].partition(":///")
    return Path(name) if scheme.startswith("sqlite") and name and name[0] != ":" else None


def _state(database: Path | None) -> tuple[int, int]:
    """Return the history's token (`history.transaction.Transaction.state`)."""
    assert database is not None  # noqa: S101 -- without one there is no path either
    address = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=0)) as connection:
        publications, revisions = connection.execute(_STATE).fetchone()
    return publications, revisions


def _grounds(
    settings: Settings, files: Iterable[Path], state: tuple[int, int]
) -> Mapping[str, Any]:
    """Return all that answers depend on."""
    paths = sorted({*files, *settings.schedules})
    return {
        "release": __version__,
        # What an answer can tell by; secrets are not among it.
        "settings": [settings.base_url, settings.database_url, *map(str, settings.schedules)],
        "files": {str(path): _signature(path) for path in paths},
        "state": list(state),
    }


def _signature(path: Path) -> list[int]:
    status = path.stat()
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
