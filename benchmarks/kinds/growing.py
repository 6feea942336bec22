"""From YAML to the bytes of a feed, for 5 to 10,000 sessions: processor time and memory."""

import math
from collections.abc import Sequence
from itertools import count

from benchmarks.children import work
from benchmarks.figures import Figure, at_most, interleave
from benchmarks.places import Plan
from benchmarks.schedules import write_schedule

__all__ = ["MEMORY", "PEERS", "SIZES", "TIME", "exponent", "measure", "sessions"]

PEERS = ("icalendar", "SQLAlchemy", "pydantic", "PyYAML")

SIZES = (5, 100, 1_000, 10_000)

TIME, MEMORY = "time from file to feed", "most memory meanwhile"

# The exponent of a straight line is 1; what measuring adds is less than this.
_LINEAR = 1.1


def sessions(size: int) -> str:
    """Return how the tables name a file of ``size`` sessions."""
    return f"{size:,} sessions"


def measure(plan: Plan) -> list[Figure]:
    """Measure each size in processes of their own."""
    sizes = SIZES[:-1] if plan.quick else SIZES
    histories = (plan.folder / f"{number}.sqlite3" for number in count())
    memory: dict[int, list[float]] = {size: [] for size in sizes}

    def milliseconds(size: int) -> float:
        told = work("publishing", files[size], next(histories))
        memory[size].append(told["memory"] / 1e6)
        return float(told["seconds"]) * 1e3

    files = {size: write_schedule(plan.folder / f"{size}.yaml", size) for size in sizes}
    contenders = {sessions(size): (lambda size=size: milliseconds(size)) for size in sizes}
    times = interleave(contenders, min(plan.rounds, 3))
    figures = []
    for size in sizes:
        name = sessions(size)
        figures.append(Figure(what=TIME, who=name, unit="ms", values=times[name]))
        figures.append(Figure(what=MEMORY, who=name, unit="MB", values=tuple(memory[size])))
    growth = f"growth from {sizes[-2]:,} to {sessions(sizes[-1])}"
    for what, rounds in (
        (TIME, [times[sessions(size)] for size in sizes]),
        (MEMORY, [tuple(memory[size]) for size in sizes]),
    ):
        found = tuple(exponent(sizes, values) for values in zip(*rounds, strict=True))
        figures.append(
            Figure(what=growth, who=what, unit="exponent", values=found, aim=at_most(_LINEAR))
        )
    return figures


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Return k of the power n^k by which ``costs`` grow from the last size but one to the last.

    The cost of the smallest size, which hardly depends on n, is taken off both first:
    importing and opening would else look like a growth below 1.
    """
    grown = (costs[-1] - costs[0]) / (costs[-2] - costs[0])
    return math.log(grown) / math.log(sizes[-1] / sizes[-2])
