"""Our own share of a repeated request: the application called in a loop, without a server."""

from benchmarks.children import work
from benchmarks.figures import Figure, at_most, ratio
from benchmarks.places import Plan
from benchmarks.schedules import write_schedule

__all__ = ["PEERS", "measure"]

PEERS = ("Flask",)


def measure(plan: Plan) -> list[Figure]:
    """Measure the feed of sixteen sessions, 20 kB, asked for again and again."""
    file = write_schedule(plan.folder / "sessions.yaml", 16)
    history = plan.folder / "history.sqlite3"
    rounds = [work("inside", file, history) for _round in range(plan.rounds)]
    figures = []
    for status in ("200", "304"):
        what = f"{status} in the process"
        ours, flask = (
            tuple(told[who][status] * 1e6 for told in rounds) for who in ("impulscal", "Flask")
        )
        figures += [
            Figure(what=what, who="impulscal", unit="µs", values=ours, aim=at_most(5)),
            Figure(what=what, who="Flask, a view with ETag", unit="µs", values=flask),
            Figure(what=what, who="Flask : impulscal", unit="×", values=ratio(flask, ours)),
        ]
    return figures
