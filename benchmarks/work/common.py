"""What the programs have in common: publishing a file, rendering its feed, counting memory."""

import re
from datetime import datetime
from pathlib import Path

from impulscal.edition import Edition
from impulscal.history.database import Database
from impulscal.publication import publish
from impulscal.saved_file import SavedFile, load
from impulscal.schedule.reader import Problem, Reading, read
from impulscal.vcalendar.feed import Options, feed

__all__ = ["most_memory", "publish_file", "publish_read", "read_file", "render"]


def read_file(file: Path, *, now: datetime) -> tuple[SavedFile, Reading]:
    """Load ``file`` and read it, as a look does.

    Raises:
        RuntimeError: It is not there.
    """
    saved = load(file, read_ns=int(now.timestamp() * 1e9))
    if isinstance(saved, Problem):
        raise RuntimeError(saved.message)  # noqa: TRY004 -- a file that is not there, no type
    return saved, read(saved.data, folder=file.parent, now=now)


def publish_file(database: Database, file: Path, *, now: datetime) -> Edition:
    """Read ``file`` and publish it; return the edition.

    Raises:
        RuntimeError: It was refused.
    """
    return publish_read(database, *read_file(file, now=now), now=now)


def publish_read(
    database: Database, saved: SavedFile, reading: Reading, *, now: datetime
) -> Edition:
    """Publish what was read; return the edition.

    Raises:
        RuntimeError: It was refused.
    """
    published = publish(database, saved, reading, now=now)
    if published.edition is None:
        raise RuntimeError(published.problems[0].message)
    return published.edition


def render(edition: Edition, *, base_url: str) -> bytes:
    """Return the feed of ``edition`` as subscribers of ``base_url`` get it."""
    source = f"{base_url}/{edition.series.id}.ics"
    return feed(edition, language="de", options=Options(), base_url=base_url, source=source)


def most_memory() -> int:
    """Return the most memory that this process has held, in bytes.

    Not from ``getrusage``: its figure begins with that of the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError("this kernel does not tell VmHWM")
    return int(found[1]) * 1024
