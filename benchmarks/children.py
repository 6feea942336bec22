"""Runs the programs of ``work`` and ``peers``, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.places import HERE, ROOT

__all__ = ["node", "result_of", "work"]


def work(name: str, *arguments: str | Path) -> dict[str, Any]:
    """Run ``benchmarks.work.{name}`` and return what it printed."""
    return result_of([sys.executable, "-m", f"benchmarks.work.{name}", *map(str, arguments)])


def node(name: str, *arguments: str | Path) -> dict[str, Any]:
    """Run ``peers/{name}.mjs`` and return what it printed."""
    return result_of(["node", str(HERE / "peers" / f"{name}.mjs"), *map(str, arguments)])


def result_of(command: Sequence[str]) -> dict[str, Any]:
    """Run ``command`` and return the JSON that it printed.

    Raises:
        RuntimeError: It failed; what it said is told.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"{command[1:3]} failed:\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told
