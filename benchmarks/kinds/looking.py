"""Nothing has changed: what a look asks of the kernel."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure, at_most
from benchmarks.places import ROOT, Plan
from benchmarks.schedules import write_schedule
from benchmarks.work.looking import BEGIN, END

__all__ = ["PEERS", "calls_between", "measure"]

PEERS = ("SQLAlchemy",)

_WHAT = "nothing has changed"

_LOOKS = 200

_STAT = frozenset({"stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat2"})


def measure(plan: Plan) -> list[Figure]:
    """Count calls of the kernel; they are the same in every round, so there is one."""
    program = shutil.which("strace")
    if program is None:
        raise RuntimeError("strace is not installed: run tools/install-peers")
    file = write_schedule(plan.folder / "sessions.yaml", 5)
    trace = plan.folder / "trace"
    command = [program, "-f", "-o", str(trace), sys.executable, "-m", "benchmarks.work.looking"]
    command += [str(file), str(plan.folder / "history.sqlite3"), str(_LOOKS)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    calls = calls_between(trace, BEGIN, END)
    stats = sum(count for name, count in calls.items() if name in _STAT)
    others = calls.total() - stats
    return [
        Figure(
            what=_WHAT, who="calls of stat", unit="a look", values=(stats / _LOOKS,), aim=at_most(1)
        ),
        Figure(what=_WHAT, who="all other calls", unit="a look", values=(others / _LOOKS,)),
    ]


def calls_between(trace: Path, begin: str, end: str) -> Counter[str]:
    """Count the calls in a ``trace`` of strace between those that name ``begin`` and ``end``."""
    text = trace.read_text(encoding="utf-8", errors="replace")
    between = text.partition(f'"{begin}"')[2].partition("\n")[2].partition(f'"{end}"')[0]
    # The last line is the beginning of the call that names ``end``.
    lines = between.split("\n")[:-1]
    return Counter(found[1] for line in lines if (found := re.match(r"(?:\d+ +)?(\w+)\(", line)))
