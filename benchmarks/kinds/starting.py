"""From the start of the server to the first answered feed, of a schedule that did not change."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from benchmarks.figures import Figure, at_most, interleave, ratio
from benchmarks.kinds.growing import sessions
from benchmarks.peers.servers import granian
from benchmarks.places import Plan
from benchmarks.schedules import SERIES, write_schedule
from benchmarks.servers import Server, impulscal, until_kept

__all__ = ["MOST", "PEER", "PEERS", "WHAT", "measure"]

PEERS = ("granian", "Flask")

WHAT = "from start to the first answer"

PEER = "Flask, nothing but a word"

MOST = 1.3
"""How many times as long we may take."""


def measure(plan: Plan) -> list[Figure]:
    """Measure wall time; a process that waits for another would have no processor time."""
    sizes = (5, 1_000) if plan.quick else (5, 1_000, 10_000)
    contenders = {PEER: partial(_started, partial(granian, "Flask", "hello:app", path="/"))}
    for size in sizes:
        file = write_schedule(plan.folder / f"{size}.yaml", size)
        start = partial(impulscal, file, path=f"/{SERIES}.ics")
        with start() as server:
            server.settle()  # it has published
            until_kept(file)
        contenders[sessions(size)] = partial(_started, start)
    values = interleave(contenders, plan.rounds)
    figures = [Figure(what=WHAT, who=name, unit="ms", values=values[name]) for name in contenders]
    for size in sizes:
        name = sessions(size)
        figures.append(
            Figure(
                what=WHAT,
                who=f"{name} : Flask",
                unit="×",
                values=ratio(values[name], values[PEER]),
                aim=at_most(MOST),
            )
        )
    return figures


def _started(start: Callable[[], AbstractContextManager[Server]]) -> float:
    with start() as server:
        return server.seconds_to_start * 1e3
