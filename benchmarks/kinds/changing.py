"""One of 1,000 sessions is changed: what rendering costs, and what subscribers notice."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

from benchmarks.children import work
from benchmarks.figures import Figure, at_least, at_most, ratio
from benchmarks.places import Plan
from benchmarks.schedules import SERIES, write_schedule
from benchmarks.servers import Server, impulscal

__all__ = ["PEERS", "measure"]

PEERS = ("granian", "icalendar")

_SESSIONS = 1000

_FEED = f"/{SERIES}.ics"

_WHAT = "one of 1,000 sessions changed"

_PATIENCE = 60.0  # seconds until the new feed has to be there

_SECOND = 1.0

# A client that asks again as soon as it has the answer would take the processor away from
# the rebuilding.
_PAUSE = 0.005


def measure(plan: Plan) -> list[Figure]:
    """Measure rendering in processes of their own, and a server while it is asked."""
    file = write_schedule(plan.folder / "sessions.yaml", _SESSIONS)
    changed = write_schedule(plan.folder / "changed.yaml", _SESSIONS, changed="Neu:")
    small = write_schedule(plan.folder / "small.yaml", 5)
    histories = (plan.folder / f"{number}.sqlite3" for number in count())
    rendered = [
        work("rendering", file, changed, next(histories), small) for _round in range(plan.rounds)
    ]
    whole = tuple(told["seconds"] * 1e3 for told in rendered)
    again = tuple(told["after_change"] * 1e3 for told in rendered)
    swaps = tuple(_swaps(plan, file))
    return [
        Figure(what=_WHAT, who="rendering all", unit="ms", values=whole),
        Figure(what=_WHAT, who="rendering after it", unit="ms", values=again),
        Figure(
            what=_WHAT,
            who="rendering all : after it",
            unit="×",
            values=ratio(whole, again),
            aim=at_least(20),
        ),
        Figure(
            what=_WHAT,
            who="until the new feed is served",
            unit="s",
            values=tuple(swap.seconds for swap in swaps),
            aim=at_most(0.7),
        ),
        Figure(
            what=_WHAT,
            who="slowest answer meanwhile",
            unit="ms",
            values=tuple(swap.slowest * 1e3 for swap in swaps),
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Swap:
    seconds: float
    slowest: float


def _swaps(plan: Plan, file: Path) -> Iterator[_Swap]:
    # Looks twenty times a second: what is measured begins when the change is noticed. How
    # long that takes is a setting.
    with impulscal(file, path=_FEED, RELOAD_SECONDS="0.05") as server:
        for number in range(plan.rounds):
            # Stamps are whole seconds and rise: a second change within one waits for the next.
            server.settle()
            time.sleep(_SECOND)
            yield _swap(server, file, number)


def _swap(server: Server, file: Path, number: int) -> _Swap:
    """Change the file and ask for the feed until it is the new one; both are whole."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE)
    old, _seconds = _asked(connection)
    slowest = 0.0
    write_schedule(file, _SESSIONS, changed=f"Fassung {number}:")
    begin = time.perf_counter()
    while time.perf_counter() - begin < _PATIENCE:
        body, seconds = _asked(connection)
        slowest = max(slowest, seconds)
        if body != old:
            if (
                f"Fassung {number}:".encode() not in body
                or body.count(b"BEGIN:VEVENT") != _SESSIONS
            ):
                raise RuntimeError("neither the old feed nor the new one was served")
            connection.close()
            return _Swap(seconds=time.perf_counter() - begin, slowest=slowest)
        time.sleep(_PAUSE)
    raise RuntimeError("the new feed was never served")


def _asked(connection: HTTPConnection) -> tuple[bytes, float]:
    begin = time.perf_counter()
    connection.request("GET", _FEED)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} instead of a feed")
    return body, time.perf_counter() - begin
