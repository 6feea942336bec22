"""Draws the figures of docs/performance/figures.json: ``python -m benchmarks.drawing``.

In the colours of the site, on light paper and, where the reader's screen is dark, on dark.
"""

import argparse
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Sheet
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from benchmarks.figures import Figure, Measured
from benchmarks.kinds import growing, rendering, serving, starting, subscribing
from benchmarks.paper import number
from benchmarks.places import ROOT

__all__ = ["main"]

_PAPER, _INK, _QUIET, _OURS, _PEER, _AIM = (
    "#ffffff",
    "#06292c",
    "#3b5557",
    "#00595e",
    "#5e8487",
    "#8c1330",
)

# What each colour is on a dark screen; the same pairs as in the site's style sheet.
_DARK = {
    _PAPER: "#071a1c",
    _INK: "#eaf6f5",
    _QUIET: "#b3cbcb",
    _OURS: "#6fe0db",
    _PEER: "#6f9698",
    _AIM: "#ffb3bd",
}

_STYLE = {
    # Text stays text: it can be searched and read aloud, in the fonts of the reader.
    "svg.fonttype": "none",
    # The same figures give the same bytes.
    "svg.hashsalt": "impulscal",
    "font.family": "sans-serif",
    "font.size": 11,
    "figure.facecolor": _PAPER,
    "axes.facecolor": _PAPER,
    "axes.edgecolor": _QUIET,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "xtick.color": _QUIET,
    "xtick.labelcolor": _INK,
    "ytick.color": _QUIET,
    "ytick.labelcolor": _INK,
    "legend.frameon": False,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw whatever was measured."""
    parser = argparse.ArgumentParser(prog="benchmarks.drawing", description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="folder of the paper")
    folder = parser.parse_args(arguments).into / "performance"
    measured = Measured.load(folder / "figures.json")
    with mpl.rc_context(_STYLE):
        for name, draw in _SHEETS.items():
            if name in measured:
                (folder / f"{name}.svg").write_text(_svg(draw(measured[name])), encoding="utf-8")


def _svg(sheet: Sheet) -> str:
    out = io.StringIO()
    sheet.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    # Whoever cannot read the style sheet shows the light colours.
    dark = "".join(
        f'[style*="{kind}: {light}"]{{{kind}:{dark}!important}}'
        for light, dark in _DARK.items()
        for kind in ("fill", "stroke")
    )
    style = f"<style>@media (prefers-color-scheme:dark){{{dark}}}</style>"
    text = re.sub(r"(<svg\b[^>]*>)", lambda found: found[1] + style, out.getvalue(), count=1)
    # Lines that end with a blank are what some tools mend.
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _serving(measured: Measured) -> Sheet:
    """Draw our cost of a request in times of nginx's, with the aims."""
    pairs = [one for one in measured.figures if one.unit == "×"]
    sheet, axes = _sheet(height=1.1 + 0.55 * len(pairs))
    axes.set_title("Processor time, in times of nginx static")
    _bars(axes, [(_case(one), one, _OURS) for one in pairs])
    for row, one in enumerate(pairs):
        if one.aim is not None:
            _mark(axes, one.aim.bound, (row - 0.42, row + 0.42))
    axes.set_xlim(left=0)
    sheet.legend(handles=[_legend()], loc="outside lower right")
    return sheet


def _subscribing(measured: Measured) -> Sheet:
    """Draw what an answer costs everybody."""
    names = ("impulscal", *subscribing.AIMS)
    sheet, axes = _sheet(height=2.6)
    axes.set_title("A feed of 1,000 sessions, asked for again")
    found = [(name, measured.find(subscribing.WHAT, name)) for name in names]
    _bars(axes, [(name, one, _OURS if name == "impulscal" else _PEER) for name, one in found])
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds of processor time, each line ten times the one before")
    axes.xaxis.set_major_formatter(_PLAIN)
    return sheet


def _rendering(measured: Measured) -> Sheet:
    """Draw what 1,000 events cost every renderer."""
    found = [
        one
        for one in measured.figures
        if one.unit == "ms" and (one.what == rendering.WHAT or one.who == "impulscal")
    ]
    sheet, axes = _sheet(height=3.4)
    axes.set_title("1,000 events: processor time")
    _bars(
        axes,
        [
            (
                "impulscal, from the file on" if one.what == rendering.FIRST else one.who,
                one,
                _OURS if one.who == "impulscal" else _PEER,
            )
            for one in found
        ],
    )
    bound = measured.find(rendering.WHAT, rendering.ALONE).median * rendering.MOST
    row = next(row for row, one in enumerate(found) if one.what == rendering.FIRST)
    _mark(axes, bound, (row - 0.42, row + 0.42))
    axes.set_xlabel("milliseconds")
    axes.xaxis.set_major_formatter(_PLAIN)
    sheet.legend(handles=[_legend()], loc="outside lower right")
    return sheet


def _growing(measured: Measured) -> Sheet:
    """Draw time and memory against the number of sessions, both on equal logarithms."""
    sheet = Sheet(figsize=(8, 3.9), layout="constrained")
    for axes, what, unit in zip(
        sheet.subplots(1, 2), (growing.TIME, growing.MEMORY), ("ms", "MB"), strict=True
    ):
        found = {
            size: one
            for size in growing.SIZES
            for one in measured.figures
            if (one.what, one.who) == (what, growing.sessions(size))
        }
        sizes = list(found)
        costs = [one.median for one in found.values()]
        axes.set_title(f"{what[:1].upper()}{what[1:]}, {unit}")
        axes.plot(sizes, costs, color=_OURS, marker="o", lw=2, label="measured")
        steps = [sizes[0] * (sizes[-1] / sizes[0]) ** (step / 60) for step in range(61)]
        slope = (costs[-1] - costs[0]) / (sizes[-1] - sizes[0])
        linear = [costs[0] + slope * (step - sizes[0]) for step in steps]
        axes.plot(steps, linear, color=_AIM, ls="--", lw=1.5, label="linear, first to last")
        for size, cost in zip(sizes, costs, strict=True):
            axes.annotate(
                number(cost), (size, cost), (-6, 6), textcoords="offset points", ha="right"
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylim(*_decades(costs))
        axes.set_xlim(sizes[0] / 4, sizes[-1] * 2)
        axes.set_xticks(sizes)
        axes.xaxis.set_major_formatter(_PLAIN)
        axes.yaxis.set_major_formatter(_PLAIN)
        axes.minorticks_off()
        axes.set_xlabel("sessions")
        axes.legend(loc="upper left")
    return sheet


def _starting(measured: Measured) -> Sheet:
    """Draw how long a start takes, with 1.3 times Flask's own."""
    found = [one for one in measured.figures if one.unit == "ms"]
    peer = measured.find(starting.WHAT, starting.PEER).median
    sheet, axes = _sheet(height=2.6)
    axes.set_title("From the start of the server to the first answered feed")
    _bars(axes, [(one.who, one, _PEER if one.who == starting.PEER else _OURS) for one in found])
    _mark(axes, peer * starting.MOST, (0.58, len(found) - 0.58))
    axes.set_xlabel("milliseconds")
    axes.xaxis.set_major_formatter(_PLAIN)
    sheet.legend(handles=[_legend()], loc="outside lower right")
    return sheet


_SHEETS: Mapping[str, Callable[[Measured], Sheet]] = {
    "serving": _serving,
    "subscribing": _subscribing,
    "rendering": _rendering,
    "growing": _growing,
    "starting": _starting,
}

_PLAIN = FuncFormatter(lambda value, _place: f"{value:,.10g}")


def _decades(costs: Sequence[float]) -> tuple[float, float]:
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    return 10.0**low, 10.0 ** (high + 0.5)  # room for the legend


def _sheet(*, height: float) -> tuple[Sheet, Any]:
    sheet = Sheet(figsize=(8, height), layout="constrained")
    return sheet, sheet.subplots()


def _bars(axes: Any, rows: Sequence[tuple[str, Figure, str]]) -> None:
    """Draw a bar for each median, the range of the rounds as a line, and tell the median."""
    for row, (_label, one, colour) in enumerate(rows):
        axes.barh(row, one.median, height=0.6, color=colour)
        # On a rim of paper, else it is lost in the bar.
        for colour_of_line, width in ((_PAPER, 4), (_INK, 1.5)):
            axes.hlines(row, min(one.values), max(one.values), color=colour_of_line, lw=width)
        unit = "" if one.unit == "×" else f" {one.unit}"
        # In a column of their own, where no line crosses them.
        axes.annotate(
            f"{number(one.median)}{unit}",
            (1, row),
            (80, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    axes.set_yticks(range(len(rows)), [label for label, _one, _colour in rows])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.margins(x=0.05)


def _mark(axes: Any, bound: float, rows: tuple[float, float]) -> None:
    """Draw an aim over ``rows``, on a rim of paper."""
    for colour, width in ((_PAPER, 5), (_AIM, 2.5)):
        axes.vlines(bound, *rows, color=colour, lw=width)


def _legend() -> Any:
    return Line2D([], [], color=_AIM, lw=2.5, label="aim: at most")


def _case(one: Figure) -> str:
    """Return what was asked for, and in brackets what is not as usual with the peer."""
    unlike = one.who.removeprefix(f"{serving.OURS} : {serving.PEER}")
    return f"{one.what} ({serving.PEER}{unlike})" if unlike else one.what


if __name__ == "__main__":
    main()
