"""Writes what was measured into docs/performance.md: between its marks, and nowhere else.

<!-- serving -->            a mark begins with the name of a benchmark,
…                           or is ``aims`` or ``machines``; what stands in between
<!-- /serving -->           is written anew, all else is written by hand
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Aim, Figure, Measured

__all__ = ["number", "write_paper"]


def write_paper(file: Path, measured: Mapping[str, Measured]) -> None:
    """Write the tables of ``measured`` into ``file``.

    Raises:
        ValueError: A mark is missing in it.
    """
    text = file.read_text(encoding="utf-8")
    text = _between(text, "aims", _aims(measured))
    text = _between(text, "machines", _machines(measured))
    for name, one in measured.items():
        text = _between(text, name, _figures(one))
    file.write_text(text, encoding="utf-8")


def number(value: float) -> str:
    """Return ``value`` with as many digits as a reader needs: three, and no exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _between(text: str, name: str, lines: Iterable[str]) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    block = "\n".join([begin, "", *lines, "", end])
    replaced, count = pattern.subn(lambda _match: block, text)
    if count != 1:
        raise ValueError(f"{begin} … {end} has to stand once in the paper, not {count} times")
    return replaced


def _aims(measured: Mapping[str, Measured]) -> Iterator[str]:
    rows = [
        (figure.what, figure.who, *_told(figure, figure.aim))
        for one in measured.values()
        for figure in one.figures
        if figure.aim is not None
    ]
    missed = sum(row[-1] != "met" for row in rows)
    yield f"{len(rows) - missed} of {len(rows)} aims are met."
    yield ""
    yield from _table(("what", "who", "aim", "measured", "range", ""), rows)


def _figures(measured: Measured) -> Iterator[str]:
    rows = [(figure.what, figure.who, *_values(figure)) for figure in measured.figures]
    yield from _table(("what", "who", "median", "range"), rows)


def _machines(measured: Mapping[str, Measured]) -> Iterator[str]:
    """Tell each machine once, with all peers that were measured on it."""
    hosts: dict[str, dict[str, str]] = {}
    names: dict[str, list[str]] = {}
    for name, one in measured.items():
        host = ", ".join(one.machine[key] for key in ("processor", "kernel"))
        hosts.setdefault(host, {}).update(one.machine)
        names.setdefault(host, []).append(name)
    for host, machine in hosts.items():
        versions = sorted(
            (f"{name} {version}" for name, version in machine.items() if version not in host),
            key=str.lower,
        )
        what = "all of it" if len(hosts) == 1 else ", ".join(names[host])
        yield f"- {host}: {what}. With {', '.join(versions)}."
    quick = [name for name, one in measured.items() if one.quick]
    if quick:
        yield f"- **Quick runs,** good for a look only: {', '.join(quick)}."


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    left = ("what", "who", "")
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' if head in left else '---:' for head in heads)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _values(figure: Figure) -> tuple[str, str]:
    low, high = number(min(figure.values)), number(max(figure.values))
    spread = "" if len(figure.values) == 1 else f"{low} to {high}"
    return f"{number(figure.median)}{_unit(figure)}", spread


def _told(figure: Figure, aim: Aim) -> tuple[str, ...]:
    bound = f"{aim.bound:g}{_unit(figure)}"
    least = f"at least {bound}" if aim.at_least else f"at most {bound}"
    return (least, *_values(figure), "met" if figure.met else "**missed**")


def _unit(figure: Figure) -> str:
    return "" if figure.unit == "exponent" else f" {figure.unit}"
