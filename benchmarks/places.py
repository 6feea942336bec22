"""Where things stand, and what a run is given."""

import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["HERE", "PROGRAMS", "ROOT", "Plan"]

HERE = Path(__file__).parent

ROOT = HERE.parent

PROGRAMS = Path(sys.executable).parent
"""The folder of ``impulscal``, gunicorn and granian."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long a benchmark may measure.

    Attributes:
        folder: Its own, empty; it goes after the run.
        rounds: How often everything is measured.
        seconds: How long a server is asked in a round.
        quick: Whether the large sizes are left out.
    """

    folder: Path
    rounds: int
    seconds: int
    quick: bool
