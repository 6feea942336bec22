"""Small schedule files, as they would be saved one after the other."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from impulscal.history.database import Database
from impulscal.publication import Published, publish
from impulscal.saved_file import SavedFile
from impulscal.schedule.clock import zone
from impulscal.schedule.reader import read

__all__ = ["NOW", "SERIES", "publish_file", "saved", "sessions"]

NOW = datetime(2021, 5, 1, 9, 0, tzinfo=zone("Europe/Berlin"))

SERIES = """
series:
  id: reihe
  domain: example.org
  title: Reihe
  start: 12:00
  duration: 30 min
"""


def sessions(*entries: str) -> str:
    """Return a file with sessions written as ``id date title``."""
    lines = ["sessions:"]
    for entry in entries:
        name, date, title = entry.split(maxsplit=2)
        lines.append(f"  - {{id: {name}, date: {date}, title: {title}}}")
    return SERIES + "\n".join(lines) + "\n"


def saved(text: str, second: int, *, name: str = "sessions.yaml") -> SavedFile:
    """Return ``text`` as a file that was saved and read at ``second``."""
    data = text.encode()
    return SavedFile(
        path=Path("/schedules") / name,
        data=data,
        digest=sha256(data).hexdigest(),
        saved_ns=second * 1_000_000_000,
        read_ns=second * 1_000_000_000 + 1,
    )


def publish_file(database: Database, file: SavedFile, now: datetime = NOW) -> Published:
    """Read and publish ``file``."""
    return publish(database, file, read(file.data, folder=None, now=now), now=now)
