"""From a file to the bytes of its feed, with nothing known beforehand: ``FILE HISTORY``."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.work.common import most_memory, publish_file, render
from impulscal.history.database import Database

NOW = datetime(2030, 12, 1, 9, tzinfo=UTC)


def main(file: Path, history: Path) -> None:
    """Publish ``file`` into a new ``history``, render the feed, and tell what it took."""
    before = most_memory()
    begin = time.process_time()
    edition = publish_file(Database.open(f"sqlite:///{history}"), file, now=NOW)
    published = time.process_time()
    feed = render(edition, base_url="https://kalender.example")
    end = time.process_time()
    told = {
        "seconds": end - begin,
        "rendering_seconds": end - published,
        "memory": most_memory(),
        "memory_before": before,
        "bytes": len(feed),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
