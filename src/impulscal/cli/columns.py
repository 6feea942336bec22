"""How texts show on a terminal: harmless, how much room they take, in tables that line up."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

__all__ = ["cut", "printable", "printable_json", "printable_lines", "table", "width"]

_GAP = 2


def printable(text: str) -> str:
    """Return ``text`` with a blank for every character that a terminal would obey or hide."""
    return "".join(character if character.isprintable() else " " for character in text)


def printable_lines(text: str) -> str:
    """Return the lines of ``text``, each as ``printable`` has it."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(document: Any) -> str:
    """Return ``document`` as JSON; what a terminal would obey or hide is escaped in it."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # JSON itself escapes the characters below the blank only (RFC 8259, section 7).
    return "".join(
        character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]
        for character in text
    )


def width(text: str) -> int:
    """Return how many columns ``text`` takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    # Unicode Standard Annex 11: East Asian characters and emoji take two columns.
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """Return as much of ``text`` as fits, with ``…`` where something is missing."""
    if width(text) <= columns:
        return text
    kept, room = [], columns - 1
    for character in text:
        room -= _columns(character)
        if room < 0:
            break
        kept.append(character)
    return f"{''.join(kept).rstrip()}…"


def table(rows: Sequence[Sequence[str]], columns: int) -> Iterator[str]:
    """Yield lines of at most ``columns`` columns; the last cell of a row is cut if need be."""
    widths = [max(map(width, cells)) for cells in zip(*rows, strict=True)]
    before = sum(widths[:-1]) + _GAP * len(widths)
    # Beside very long ids some of the title stays all the same.
    room = max(columns - before, 20)
    for row in rows:
        cells = [*_padded(row[:-1], widths), cut(row[-1], room)]
        yield f"{' ' * _GAP}{(' ' * _GAP).join(cells)}".rstrip()


def _padded(cells: Iterable[str], widths: Iterable[int]) -> Iterator[str]:
    for cell, columns in zip(cells, widths, strict=False):
        yield cell + " " * (columns - width(cell))
