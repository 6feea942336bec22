"""What was measured: values of interleaved rounds, their median, and what they should be."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["Aim", "Contender", "Figure", "Measured", "at_least", "at_most", "interleave", "ratio"]

Contender = Callable[[], float]
"""Measures once and returns the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A bound that a median has to keep."""

    bound: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        """Tell whether ``value`` is on the right side; the bound itself is."""
        return value >= self.bound if self.at_least else value <= self.bound


def at_most(bound: float) -> Aim:
    """Return the aim of not being above ``bound``."""
    return Aim(bound=bound)


def at_least(bound: float) -> Aim:
    """Return the aim of not being below ``bound``."""
    return Aim(bound=bound, at_least=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of a table.

    Attributes:
        what: What was done.
        who: Who did it, or ``us : peer`` for a ratio.
        unit: Of the values; ``×`` for a ratio.
        values: One for each round, at least one.
        aim: What the median should be, if there is an aim.
    """

    what: str
    who: str
    unit: str
    values: tuple[float, ...]
    aim: Aim | None = None

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return median(self.values)

    @property
    def met(self) -> bool:
        """Whether the aim is kept; without one it is."""
        return self.aim is None or self.aim.met_by(self.median)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one benchmark found, and where.

    Attributes:
        machine: Names and versions, see ``machine``.
        quick: Whether it was a short run, good for a look only.
    """

    machine: Mapping[str, str]
    quick: bool
    figures: tuple[Figure, ...]

    def find(self, what: str, who: str) -> Figure:
        """Return the figure of ``what`` and ``who``.

        Raises:
            KeyError: There is none.
        """
        for figure in self.figures:
            if (figure.what, figure.who) == (what, who):
                return figure
        raise KeyError((what, who))

    @classmethod
    def load(cls, file: Path) -> dict[str, "Measured"]:
        """Return what ``file`` holds by name of the benchmark; nothing if there is no file."""
        if not file.exists():
            return {}
        return {name: _measured(told) for name, told in json.loads(file.read_text()).items()}

    @staticmethod
    def save(file: Path, measured: Mapping[str, "Measured"]) -> None:
        """Write ``measured`` by name of the benchmark, in a form that is good to compare.

        Values keep five digits, more than any of them is good for.
        """
        told = {name: asdict(one) for name, one in sorted(measured.items())}
        for one in told.values():
            for figure in one["figures"]:
                figure["values"] = [float(f"{value:.5g}") for value in figure["values"]]
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def interleave(contenders: Mapping[str, Contender], rounds: int) -> Mapping[str, tuple[float, ...]]:
    """Let every contender measure once a round, and begin each round with the next of them.

    What slows the machine down for a while then meets all of them alike.
    """
    names = list(contenders)
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            values[name].append(contenders[name]())
    return {name: tuple(found) for name, found in values.items()}


def ratio(ours: Sequence[float], peer: Sequence[float]) -> tuple[float, ...]:
    """Return how many times ``ours`` is the ``peer``'s, round by round."""
    return tuple(own / other for own, other in zip(ours, peer, strict=True))


def _measured(told: Mapping[str, Any]) -> Measured:
    figures = tuple(
        Figure(
            what=figure["what"],
            who=figure["who"],
            unit=figure["unit"],
            values=tuple(figure["values"]),
            aim=None if figure["aim"] is None else Aim(**figure["aim"]),
        )
        for figure in told["figures"]
    )
    return Measured(machine=told["machine"], quick=told["quick"], figures=figures)
