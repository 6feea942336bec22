"""Rendering 1,000 events: we, and the libraries that others render with."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path

from benchmarks.children import node, work
from benchmarks.facts import write_facts
from benchmarks.figures import Contender, Figure, at_most, interleave, ratio
from benchmarks.places import Plan
from benchmarks.schedules import write_schedule
from benchmarks.work.common import publish_file, render
from benchmarks.work.publishing import NOW
from impulscal.history.database import Database

__all__ = ["ALONE", "FIRST", "MOST", "PEERS", "WHAT", "measure"]

PEERS = ("icalendar", "Django", "django-ical", "Node", "npm:ical-generator", "npm:ics")

WHAT = "rendering 1,000 events"

FIRST = "first publication of 1,000 sessions"

ALONE = "icalendar alone"

MOST = 1.5
"""How many times what icalendar alone needs the first publication may take."""


def measure(plan: Plan) -> list[Figure]:
    """Measure each renderer in a process of its own, and our whole first publication."""
    file = write_schedule(plan.folder / "sessions.yaml", 1000)
    values = interleave(_contenders(plan, file), plan.rounds)
    first = values[FIRST]
    return [
        *(
            Figure(what=WHAT, who=name, unit="ms", values=found)
            for name, found in values.items()
            if name != FIRST
        ),
        *(
            Figure(
                what=WHAT,
                who=f"impulscal : {name}",
                unit="×",
                values=ratio(values["impulscal"], found),
            )
            for name, found in values.items()
            if name not in (FIRST, "impulscal")
        ),
        Figure(what=FIRST, who="impulscal", unit="ms", values=first),
        Figure(
            what=FIRST,
            who=f"impulscal : {ALONE}",
            unit="×",
            values=ratio(first, values[ALONE]),
            aim=at_most(MOST),
        ),
    ]


def _contenders(plan: Plan, file: Path) -> Mapping[str, Contender]:
    edition = publish_file(Database.in_memory(), file, now=NOW)
    feed = render(edition, base_url="https://kalender.example")
    facts = write_facts(plan.folder / "facts.json", feed)
    small = write_schedule(plan.folder / "small.yaml", 5)
    changed = write_schedule(plan.folder / "changed.yaml", 1000, changed="Neu:")
    histories = (plan.folder / f"{number}.sqlite3" for number in count())
    return {
        "impulscal": lambda: _ms(work("rendering", file, changed, next(histories), small)),
        FIRST: lambda: _ms(work("publishing", file, next(histories))),
        ALONE: lambda: _ms(work("icalendar_alone", facts)),
        "django-ical": lambda: _ms(work("django_ical_alone", facts)),
        "ical-generator": lambda: _ms(node("ical_generator", facts)),
        "ics": lambda: _ms(node("ics", facts)),
    }


def _ms(told: Mapping[str, float]) -> float:
    return told["seconds"] * 1e3
