"""Reads ``sessions.yaml``: from bytes to a schedule, with every problem and its place.

    bytes ─encoding─▶ text ─source─▶ tree ─validate─▶ form ─resolve─▶ Schedule ─checks─▶ warnings

``form`` says which keys there are; ``times``, ``addresses`` and ``words`` how their
values are spelled; ``schema`` tells editors the same. pydantic and YAML stay in here.
"""

from impulscal.schedule.reader.places import Places
from impulscal.schedule.reader.problems import (
    MAX_BYTES,
    Code,
    Place,
    Problem,
    Severity,
)
from impulscal.schedule.reader.reading import Reading, read

__all__ = [
    "MAX_BYTES",
    "Code",
    "Place",
    "Places",
    "Problem",
    "Reading",
    "Severity",
    "read",
]
