"""Looks at a file that does not change: ``SCHEDULE HISTORY LOOKS``, to be run by strace."""

import os
import sys
from pathlib import Path

from impulscal.settings import Settings
from impulscal.web.editions import Editions

BEGIN, END = "/the-looks-begin", "/the-looks-end"
"""Paths that are asked for before and after, so that strace shows them."""


def main(schedule: Path, history: Path, looks: int) -> None:
    """Look ``looks`` times, after enough looks to be used to it."""
    # Every question finds a look due.
    settings = Settings(
        schedules=(schedule,), database_url=f"sqlite:///{history}", reload_seconds=1e-9
    )
    editions = Editions(settings)
    for _number in range(10):
        editions.current()
    os.access(BEGIN, os.F_OK)
    for _number in range(looks):
        editions.current()
    os.access(END, os.F_OK)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
