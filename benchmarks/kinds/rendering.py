"""Rendering 1,000 events: we, and the libraries that others render with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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


_PARTS = {
    "reading": "of it, reading and checking the file",
    "publishing": "of it, revisions and history",
    "rendering": "of it, the feed",
}


def measure(plan: Plan) -> list[Figure]:
    """Measure each renderer in a process of its own, and our whole first publication."""
    file = write_schedule(plan.folder / "sessions.yaml", 1000)
    publishing = _Publishing(file)
    contenders = {**_renderers(plan, file), FIRST: publishing.milliseconds}
    values = interleave(contenders, plan.rounds)
    return [*_rendering(values), *_first(values, publishing.rounds)]


@dataclass(frozen=True, slots=True)
class _Publishing:
    file: Path
    rounds: list[Mapping[str, float]] = field(default_factory=list)

    def milliseconds(self) -> float:
        """Publish for the first time; keep what each part took."""
        history = self.file.with_name(f"first-{len(self.rounds)}.sqlite3")
        self.rounds.append(work("publishing", self.file, history))
        return _ms(self.rounds[-1])


def _renderers(plan: Plan, file: Path) -> Mapping[str, Contender]:
    edition = publish_file(Database.in_memory(), file, now=NOW)
    feed = render(edition, base_url="https://kalender.example")
    facts = write_facts(plan.folder / "facts.json", feed)
    small = write_schedule(plan.folder / "small.yaml", 5)
    changed = write_schedule(plan.folder / "changed.yaml", 1000, changed="Neu:")
    histories = (plan.folder / f"{number}.sqlite3" for number in count())
    return {
        "impulscal": lambda: _ms(work("rendering", file, changed, next(histories), small)),
        ALONE: lambda: _ms(work("icalendar_alone", facts)),
        "django-ical": lambda: _ms(work("django_ical_alone", facts)),
        "ical-generator": lambda: _ms(node("ical_generator", facts)),
        "ics": lambda: _ms(node("ics", facts)),
    }


def _rendering(values: Mapping[str, tuple[float, ...]]) -> Iterator[Figure]:
    renderers = [name for name in values if name != FIRST]
    for name in renderers:
        yield Figure(what=WHAT, who=name, unit="ms", values=values[name])
    for name in renderers[1:]:
        against = ratio(values["impulscal"], values[name])
        yield Figure(what=WHAT, who=f"impulscal : {name}", unit="×", values=against)


def _first(
    values: Mapping[str, tuple[float, ...]], rounds: Sequence[Mapping[str, float]]
) -> Iterator[Figure]:
    yield Figure(what=FIRST, who="impulscal", unit="ms", values=values[FIRST])
    for part, told in _PARTS.items():
        found = tuple(one[part] * 1e3 for one in rounds)
        yield Figure(what=FIRST, who=told, unit="ms", values=found)
    yield Figure(
        what=FIRST,
        who=f"impulscal : {ALONE}",
        unit="×",
        values=ratio(values[FIRST], values[ALONE]),
        aim=at_most(MOST),
    )


def _ms(told: Mapping[str, float]) -> float:
    return told["seconds"] * 1e3
