"""Measures and writes what was found: ``python -m benchmarks [NAME …] [--quick]``.

The figures go to docs/performance.json, the tables into docs/performance.md. A benchmark
that was not asked for keeps the figures that it has.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from benchmarks.figures import Measured
from benchmarks.kinds import (
    changing,
    growing,
    inside,
    inviting,
    looking,
    memory,
    rendering,
    serving,
    starting,
    subscribing,
)
from benchmarks.machine import describe
from benchmarks.paper import write_paper
from benchmarks.places import ROOT, Plan

__all__ = ["KINDS", "main"]

KINDS: Mapping[str, ModuleType] = {
    "serving": serving,
    "inside": inside,
    "subscribing": subscribing,
    "rendering": rendering,
    "growing": growing,
    "changing": changing,
    "starting": starting,
    "memory": memory,
    "inviting": inviting,
    "looking": looking,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what ``arguments`` name; return 1 if something could not be measured."""
    given = _parser().parse_args(arguments)
    figures = given.into / "performance" / "figures.json"
    figures.parent.mkdir(exist_ok=True)
    failed = 0
    for name in given.names or KINDS:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            found = _measure(KINDS[name], quick=given.quick)
        except (OSError, RuntimeError) as error:
            print(f"{name} was not measured: {error}", file=sys.stderr)
            failed = 1
            continue
        known = {**Measured.load(figures), name: found}
        measured = {kind: known[kind] for kind in KINDS if kind in known}
        Measured.save(figures, measured)
        write_paper(given.into / "performance.md", measured)
    return failed


def _measure(kind: ModuleType, *, quick: bool) -> Measured:
    with tempfile.TemporaryDirectory(prefix="impulscal-") as folder:
        plan = Plan(
            folder=Path(folder), rounds=2 if quick else 5, seconds=1 if quick else 2, quick=quick
        )
        found = tuple(kind.measure(plan))
    return Measured(machine=describe(kind.PEERS), quick=quick, figures=found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measures how fast it is.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(KINDS))
    parser.add_argument("--quick", action="store_true", help="shortly, to see that it works")
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="folder of the paper")
    return parser


if __name__ == "__main__":
    sys.exit(main())
