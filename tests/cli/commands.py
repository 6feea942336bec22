"""Runs the commands in a folder of their own, on files that were really published."""

from datetime import datetime
from pathlib import Path

from click.testing import CliRunner, Result

from impulscal.cli import main
from impulscal.history.database import Database
from impulscal.publication import Outcome, Published, publish
from impulscal.saved_file import load
from impulscal.schedule.clock import zone
from impulscal.schedule.reader import Problem, read

__all__ = ["DATABASE", "NO_HISTORY", "SERIES", "publish_file", "run", "write"]

DATABASE = Path("instance/impulscal.sqlite3")

NO_HISTORY = "There is no history yet: nothing was published that could be compared.\n"

SERIES = """\
series:
  id: reihe
  domain: example.org
  title: Reihe
  start: 12:00
  duration: 30 min
  rhythm: FREQ=MONTHLY;BYDAY=2TU
  imprint: https://example.org/imprint
  privacy: https://example.org/privacy
  accessibility: {statement: https://example.org/accessibility}
"""


def run(*arguments: str) -> Result:
    """Run ``impulscal`` with ``arguments``; a bug keeps its traceback."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def write(sessions: str, path: str = "sessions.yaml", series: str = SERIES) -> Path:
    """Write a file of ``series`` with the lines ``sessions``."""
    file = Path(path)
    file.write_text(series + sessions, encoding="utf-8")
    return file


def publish_file(
    moment: str, path: str = "sessions.yaml", zone_name: str = "Europe/Berlin"
) -> None:
    """Publish the file at ``path`` as the server does, at ``moment``."""
    now = datetime.fromisoformat(moment).replace(tzinfo=zone(zone_name))
    database = Database.open(f"sqlite:///{DATABASE}")
    published = _published(database, Path(path), now)
    database.close()
    assert published.outcome is Outcome.PUBLISHED, published.problems


def _published(database: Database, path: Path, now: datetime) -> Published:
    file = load(path, read_ns=path.stat().st_mtime_ns)
    assert not isinstance(file, Problem)
    return publish(database, file, read(file.data, folder=path.parent, now=now), now=now)
