"""Guest lists that are texts: CSV as Excel and mail programs write it, and pasted lines."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from impulscal.errors import _
from impulscal.invitations.address import cut
from impulscal.invitations.guest_list.columns import (
    Table,
    heading_of,
    is_address,
    table_of,
)
from impulscal.invitations.guest_list.people import visible
from impulscal.invitations.guest_list.rows import (
    MAX_ROWS,
    ROWS_ABOVE,
    Row,
    RowProblem,
    UnreadableListError,
    too_many_rows,
)

__all__ = ["read_text"]

_DELIMITERS = (";", "\t", ",")

_DECLARED = re.compile(r'"?sep=([^\w\s"]|\t)"?\s*', re.IGNORECASE)
"""Excel's own first line, which tells the delimiter."""

_IN_BRACKETS = re.compile(r"<[^<>\n]*@|\[mailto:", re.IGNORECASE)

_NO_TEXT = re.compile(
    rb"%PDF-|\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|II\*\0|MM\0\*|\{\\rtf", re.DOTALL
)
"""How a PDF, pictures and RTF begin; they may hold what looks like an address."""

_CONTROLS = re.compile("[\0-\x08\x0e-\x1f]")

_MAX_LINES_A_ROW = 100
"""No quoted cell is longer: a quotation mark that nobody closed would take all the rest."""

_SAMPLE = 200


def read_text(data: bytes) -> tuple[Table | None, tuple[RowProblem, ...]]:
    """Return the table in ``data``, if there is one, and the rows that cannot be told.

    Raises:
        UnreadableListError: It is no text, or too long.
    """
    lines = io.StringIO(_decoded(data), newline="").readlines()
    declared = _DECLARED.fullmatch(lines[0]) if lines else None
    if declared:
        lines[0] = "\n"
    delimiter = declared[1] if declared else _delimiter(lines)
    if delimiter is None:
        return _people_by_line(lines), ()
    rows = tuple(_rows(lines, delimiter))
    problems = tuple(row for row in rows if isinstance(row, RowProblem))
    return table_of(tuple(row for row in rows if isinstance(row, Row))), problems


def _decoded(data: bytes) -> str:
    if _NO_TEXT.match(data):
        raise _no_text()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decoded_old(data)
    # Some may have got into a name; of random bytes every ninth is one.
    if len(_CONTROLS.findall(text)) > max(10, len(text) // 20):
        raise _no_text()
    return text


def _no_text() -> UnreadableListError:
    return UnreadableListError(
        _("This is neither an Excel workbook nor a text. Save the list as .xlsx or as CSV UTF-8.")
    )


def _decoded_old(data: bytes) -> str:
    """Return a text from before UTF-8: Windows', or the Macintosh's with its line ends."""
    windows = data.decode("cp1252", errors="replace")
    if b"\n" in data or b"\r" not in data:
        return windows
    macintosh = data.decode("mac_roman")
    return max(windows, macintosh, key=lambda text: sum(map(text.count, "äöüßÄÖÜ")))


def _delimiter(lines: Sequence[str]) -> str | None:
    """Return what parts the columns; None where each line is a list of people."""
    samples = {
        delimiter: [row for row in islice(_rows(lines, delimiter), _SAMPLE) if isinstance(row, Row)]
        for delimiter in _DELIMITERS
    }
    headings = [
        (heading.weight, delimiter)
        for delimiter, rows in samples.items()
        if (heading := heading_of(rows)) and (heading.width > 1 or heading.usual)
    ]
    if headings:
        (_known, _usual, width), delimiter = max(headings, key=lambda found: found[0])
        return delimiter if width > 1 else None
    if any(_IN_BRACKETS.search(line) for line in lines):
        return None
    addresses = {
        delimiter: sum(any(map(is_address, row.cells)) for row in rows)
        for delimiter, rows in samples.items()
    }
    best = max(_DELIMITERS, key=lambda delimiter: addresses[delimiter])
    return best if addresses[best] else None


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[Row | RowProblem]:
    """Yield what is not blank of a text with columns."""
    at = found = 0
    while at < len(lines):
        used = 1
        if not lines[at].isspace():
            row, used = _row(lines, at, delimiter)
            if isinstance(row, RowProblem) or any(cell.strip() for cell in row.cells):
                found += 1
                yield row
        if found > MAX_ROWS + ROWS_ABOVE:
            raise too_many_rows()
        at += used


def _row(lines: Sequence[str], at: int, delimiter: str) -> tuple[Row | RowProblem, int]:
    """Return the row that begins in line ``at``, from 0, and how many lines it takes."""
    reader = csv.reader(lines[at : at + _MAX_LINES_A_ROW], delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        return _odd_row(lines[at], at + 1, delimiter), 1
    return Row(at + 1, tuple(cells)), reader.line_num


def _odd_row(line: str, number: int, delimiter: str) -> Row | RowProblem:
    """Return a row whose quotation marks are no CSV, such as ``"Ada" Beispiel;ada@…``."""
    if line.count('"') % 2:
        return RowProblem(
            number,
            _(
                "A quotation mark is opened here and not closed: “{text}”.",
                text=cut(visible(line[:_SAMPLE])),
            ),
        )
    try:
        cells = next(csv.reader([line], delimiter=delimiter))
    except csv.Error:  # over csv.field_size_limit()
        return RowProblem(
            number,
            _(
                "A cell here is longer than any name or address: “{text}”.",
                text=cut(visible(line[:_SAMPLE])),
            ),
        )
    return Row(number, tuple(cells))


def _people_by_line(lines: Sequence[str]) -> Table | None:
    """Return the table of a text that has one column only, or none at all."""
    filled = (Row(number, (line,)) for number, line in enumerate(lines, 1) if not line.isspace())
    return table_of(tuple(islice(filled, MAX_ROWS + ROWS_ABOVE)))
