"""The memory of a worker that serves 1,000 sessions, after everything was asked for."""

import re
from pathlib import Path

from benchmarks.figures import Figure, at_most
from benchmarks.load import Load, microseconds
from benchmarks.places import Plan
from benchmarks.schedules import SERIES, write_schedule
from benchmarks.servers import Server, ask, impulscal

__all__ = ["PEERS", "measure"]

PEERS = ("granian", "wrk")

_WHAT = "a worker with 1,000 sessions"

_FEED = f"/{SERIES}.ics"

_PATHS = (
    _FEED,
    *(f"/feeds/{variant}/{SERIES}.ics" for variant in ("google", "deadlines", "reminder")),
    f"/en/{SERIES}.ics",
    f"/{SERIES}/",
    f"/en/{SERIES}/",
    f"/{SERIES}/1/",
    f"/{SERIES}/1.ics",
    f"/{SERIES}/changes/",
    f"/{SERIES}.atom",
    f"/{SERIES}.json",
)


def measure(plan: Plan) -> list[Figure]:
    """Measure workers that published by themselves, and others that found it published.

    Each after every public address was asked for, and again after some seconds of load.
    """
    values: dict[tuple[str, str], list[float]] = {}
    for number in range(plan.rounds):
        file = write_schedule(plan.folder / f"{number}.yaml", 1000)
        for origin in ("published by it", "published before"):
            with impulscal(file, path=_FEED) as server:
                _ask_for_all(server)
                server.settle()
                _note(values, origin, server)
                microseconds(server, Load(path=_FEED, seconds=3))
                _note(values, f"{origin}, then asked for by 32 at once", server)
    aims = {"Rss": at_most(120)}
    return [
        Figure(what=f"{_WHAT} {what}", who=kind, unit="MB", values=tuple(found), aim=aims.get(kind))
        for (what, kind), found in values.items()
    ]


def _note(values: dict[tuple[str, str], list[float]], what: str, server: Server) -> None:
    for kind, megabytes in _memory(server).items():
        values.setdefault((what, kind), []).append(megabytes)


def _ask_for_all(server: Server) -> None:
    for path in _PATHS:
        if ask(server.port, path).status != 200:
            raise RuntimeError(f"{path} is not answered")


def _memory(server: Server) -> dict[str, float]:
    """Return what the largest process holds, the worker, in MB."""
    found = [_rollup(pid) for pid in server.processes()]
    return max(found, key=lambda memory: memory["Rss"])


def _rollup(pid: int) -> dict[str, float]:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    lines = re.findall(r"^(Rss|Pss):\s+(\d+) kB$", text, re.MULTILINE)
    return {name: int(kilobytes) * 1024 / 1e6 for name, kilobytes in lines}
