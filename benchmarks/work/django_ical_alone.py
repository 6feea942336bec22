"""django-ical's feed without a server around it: ``FACTS``."""

import io
import json
import os
import sys
import time
from pathlib import Path


def main(file: Path) -> None:
    """Write the feed of the facts; tell what it took."""
    os.environ["BENCHMARK_FACTS"] = str(file)
    from benchmarks.peers.django_site import Sessions  # noqa: PLC0415 -- it reads the variable

    Sessions.limit = 5
    _write(Sessions())
    Sessions.limit = None
    begin = time.process_time()
    written = _write(Sessions())
    told = {"seconds": time.process_time() - begin, "bytes": written}
    sys.stdout.write(json.dumps(told))


def _write(sessions: object) -> int:
    from django.test import RequestFactory  # noqa: PLC0415 -- it needs the settings made above

    out = io.BytesIO()
    sessions.get_feed(None, RequestFactory().get("/")).write(out, "utf-8")  # type: ignore[attr-defined]
    return len(out.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
