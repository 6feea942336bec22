"""Guest lists that are Excel workbooks (.xlsx): their sheets as rows.

Read with expat rather than openpyxl: this knows mailto: links, which openpyxl's read-only
mode does not; it ignores styles, at which openpyxl stops when another program wrote them
(pandas-dev/pandas#40499); and it ends where a stranger's file goes on (``package``).

Cells and shared strings: ECMA-376 part 1, 18.3.1 and 18.4.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from xml.parsers.expat import ExpatError

from impulscal.errors import _
from impulscal.invitations.address import spelled_out
from impulscal.invitations.guest_list.package import Attributes, Handler, Package
from impulscal.invitations.guest_list.rows import (
    MAX_ROWS,
    ROWS_ABOVE,
    Row,
    UnreadableListError,
    damaged,
    too_many_rows,
)

__all__ = ["sheets"]

_COLUMNS = 16_384  # the last one is XFD

_MAX_SHEETS = 100
"""In a workbook of more, nobody looks for guests behind these."""

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})", re.ASCII)

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

_NAMESPACED_ID = re.compile(r"\S+/relationships id")


def sheets(data: bytes) -> Iterator[tuple[Row, ...]]:
    """Yield the visible sheets of the workbook ``data``, without blank rows.

    Raises:
        UnreadableListError: It is no workbook, is damaged or encrypted, or holds too much.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield from _sheets(Package(archive))
    # What zipfile and expat raise about bytes that are not what they should be.
    except (
        ExpatError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        raise damaged() from error


def _sheets(package: Package) -> Iterator[tuple[Row, ...]]:
    main = next(iter(package.related("", "officeDocument").values()), None)
    if main is None or "/workbook" not in f"/{main.lower()}":
        raise UnreadableListError(
            _("This is no Excel workbook. Save the list as .xlsx or as CSV UTF-8.")
        )
    shared = _Strings()
    for part in dict.fromkeys(package.related(main, "sharedStrings").values()):
        package.parse(part, shared)
    visible = _Visible()
    package.parse(main, visible)
    parts = package.related(main, "worksheet")
    found = (parts[identifier] for identifier in visible.identifiers if identifier in parts)
    for part in islice(dict.fromkeys(found), _MAX_SHEETS):
        yield _rows(package, part, shared.texts)


def _rows(package: Package, part: str, shared: list[str]) -> tuple[Row, ...]:
    sheet = _Sheet(shared=shared, spend=package.spend)
    package.parse(part, sheet)
    if sheet.links:
        targets = package.related(part, "hyperlink")
        for place, identifier in sheet.links.items():
            _link(sheet.cells, place, targets.get(identifier, ""))
    return tuple(_row(package, line, cells) for line, cells in sorted(sheet.cells.items()))


def _row(package: Package, line: int, cells: dict[int, str]) -> Row:
    width = max(cells) + 1
    package.spend(8 * width)  # what the empty ones take; one may stand far out
    return Row(line, tuple(cells.get(column, "") for column in range(width)))


def _link(cells: dict[int, dict[int, str]], place: tuple[int, int], target: str) -> None:
    """Put the address that a cell is linked to into the cell, unless it shows one itself.

    Excel keeps the link when somebody corrects the text: what can be read counts.
    """
    line, column = place
    shown = cells.get(line, {}).get(column, "")
    if target.lower().startswith("mailto:") and "@" not in shown and not spelled_out(shown):
        cells.setdefault(line, {})[column] = f"{shown} <{target}>"


class _Visible(Handler):
    """The ids of the sheets that people see, from the left."""

    def __init__(self) -> None:
        self.identifiers: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            self.identifiers.append(_relation(attributes))


@dataclass
class _Strings(Handler):
    """The shared strings; of a text with several formats the pieces, without ruby (rPh)."""

    texts: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _listens: bool = False
    _ruby: bool = False

    def start(self, tag: str, attributes: Attributes) -> None:  # noqa: ARG002 -- as its base
        self._listens = tag == "t" and not self._ruby
        self._ruby = self._ruby or tag == "rPh"

    def end(self, tag: str) -> None:
        self._listens = False
        if tag == "rPh":
            self._ruby = False
        elif tag == "si":
            self.texts.append(_unescaped("".join(self._pieces)))
            self._pieces.clear()

    def text(self, text: str) -> None:
        if self._listens:
            self._pieces.append(text)


@dataclass
class _Sheet(Handler):
    """The cells of a sheet by row (from 1) and column (from 0), and their links' ids."""

    shared: list[str]
    spend: Callable[[int], None]
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    _line: int = 0
    _column: int = -1
    _kind: str = "n"
    _pieces: list[str] = field(default_factory=list)
    _listens: bool = False

    def start(self, tag: str, attributes: Attributes) -> None:
        # Not f: a formula shows its value. A text of its own may have another value beside it.
        self._listens = tag == ("t" if self._kind == "inlineStr" else "v")
        if tag == "row":
            self._line = int(attributes.get("r", self._line + 1))
            self._column = -1
        elif tag == "c":
            # Without a reference a cell stands right of the one before.
            reference = attributes.get("r")
            self._column = _place(reference)[1] if reference else self._column + 1
            self._kind = attributes.get("t", "n")
            self._pieces.clear()
        elif tag == "hyperlink" and len(self.links) <= MAX_ROWS:
            first = attributes["ref"].partition(":")[0]
            self.links[_place(first)] = _relation(attributes)

    def end(self, tag: str) -> None:
        self._listens = False
        if tag == "c" and self._pieces and self._column < _COLUMNS:
            self._keep("".join(self._pieces))

    def text(self, text: str) -> None:
        if self._listens:
            self._pieces.append(text)

    def _keep(self, written: str) -> None:
        match self._kind:
            case "s":
                shown = self.shared[int(written)]
            case "e":  # #N/A and its like: nothing was found for this cell
                return
            case _:
                shown = _unescaped(written)
        if not shown.strip():
            return
        # A long text that a million cells share is a bomb as well.
        self.spend(len(shown))
        self.cells.setdefault(self._line, {})[self._column] = shown
        if len(self.cells) > MAX_ROWS + ROWS_ABOVE:
            raise too_many_rows()


def _relation(attributes: Attributes) -> str:
    """Return ``r:id``, whichever dialect its namespace is of."""
    return next((attributes[name] for name in attributes if _NAMESPACED_ID.fullmatch(name)), "")


def _place(reference: str) -> tuple[int, int]:
    """Return row (from 1) and column (from 0) of a reference such as ``B17``."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1


def _unescaped(text: str) -> str:
    """Resolve ``_x000D_``, as which XLSX writes what XML cannot (ECMA-376 part 1, 22.4.2.4)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
