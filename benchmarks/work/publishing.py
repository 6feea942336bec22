"""From a file to the bytes of its feed, with nothing known beforehand: ``FILE HISTORY``."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.work.common import most_memory, publish_read, read_file, render
from impulscal.history.database import Database

NOW = datetime(2030, 12, 1, 9, tzinfo=UTC)


def main(file: Path, history: Path) -> None:
    """Publish ``file`` into a new ``history``, render the feed, and tell what it took."""
    begin = time.process_time()
    saved, reading = read_file(file, now=NOW)
    was_read = time.process_time()
    edition = publish_read(Database.open(f"sqlite:///{history}"), saved, reading, now=NOW)
    was_published = time.process_time()
    render(edition, base_url="https://kalender.example")
    end = time.process_time()
    told = {
        "seconds": end - begin,
        "reading": was_read - begin,
        "publishing": was_published - was_read,
        "rendering": end - was_published,
        "memory": most_memory(),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
