"""Our renderer alone: all sessions, then one changed one: ``SCHEDULE CHANGED HISTORY SMALL``.

SMALL is published and rendered first, so that neither we nor the peers pay for the first use
of a library.
"""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.work.common import publish_file, render
from benchmarks.work.publishing import NOW
from impulscal.edition import Edition, sharing
from impulscal.history.database import Database


def main(schedule: Path, changed: Path, history: Path, small: Path) -> None:
    """Render the feed of ``schedule``, then that of ``changed``, and tell what each took."""
    render(publish_file(Database.in_memory(), small, now=NOW), base_url="https://other.example")
    database = Database.open(f"sqlite:///{history}")
    edition = publish_file(database, schedule, now=NOW)
    whole, feed = _timed(edition)
    # As a look does it, before anybody asks.
    new = sharing(edition, publish_file(database, changed, now=NOW + timedelta(days=1)))
    again, after = _timed(new)
    if feed == after:
        raise RuntimeError("the change does not show in the feed")
    sys.stdout.write(json.dumps({"seconds": whole, "after_change": again}))


def _timed(edition: Edition) -> tuple[float, bytes]:
    begin = time.process_time()
    feed = render(edition, base_url="https://kalender.example")
    return time.process_time() - begin, feed


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
