"""icalendar alone, without a program around it: ``FACTS``."""

import json
import sys
import time
from pathlib import Path

from benchmarks.peers.with_icalendar import calendar_of, load_facts


def main(file: Path) -> None:
    """Build the calendar of the facts and render it; tell what both took together and alone."""
    facts = load_facts(file)
    calendar_of({**facts, "events": facts["events"][:5]}).to_ical(sorted=False)
    begin = time.process_time()
    calendar = calendar_of(facts)
    built = time.process_time()
    rendered = calendar.to_ical(sorted=False)
    end = time.process_time()
    told = {"seconds": end - begin, "rendering_seconds": end - built, "bytes": len(rendered)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
