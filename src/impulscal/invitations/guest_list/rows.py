"""What every form of guest list comes down to: rows of texts; and what is no such thing."""

from dataclasses import dataclass

from impulscal.errors import ImpulscalError, Message, _

__all__ = [
    "MAX_BYTES",
    "MAX_ELEMENTS",
    "MAX_ROWS",
    "MAX_UNPACKED",
    "ROWS_ABOVE",
    "Row",
    "RowProblem",
    "UnreadableListError",
    "damaged",
    "too_many_rows",
    "unpacks_too_large",
]

MAX_BYTES = 5 << 20
MAX_UNPACKED = 50 << 20
MAX_ELEMENTS = 2_000_000
MAX_ROWS = 20_000


ROWS_ABOVE = 30
"""How many rows may stand above the people: a title, remarks, the heading."""


class UnreadableListError(ImpulscalError):
    """A file that cannot be read as a guest list at all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list.

    Attributes:
        line: Where it begins, from 1: line of a text file, row of a sheet.
        cells: From the left, as they were written; missing ones at the end count as empty.
    """

    line: int
    cells: tuple[str, ...]

    def __getitem__(self, column: int) -> str:
        """Return the cell in ``column``, from 0."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row, or one person of a row, that was left out.

    Attributes:
        line: Where the row begins, from 1.
        message: What is wrong; it quotes what is written there.
    """

    line: int
    message: Message


def too_many_rows() -> UnreadableListError:
    """Return the error for a list that is longer than any audience."""
    return UnreadableListError(
        _("The list has more than {limit} rows. Split it into several.", limit=MAX_ROWS)
    )


def unpacks_too_large() -> UnreadableListError:
    """Return the error for a workbook that holds far more than its size tells."""
    return UnreadableListError(
        _(
            "Unpacked, the workbook holds more than {limit} MB or a million cells. Copy the "
            "columns with names and addresses into a new workbook.",
            limit=MAX_UNPACKED >> 20,
        )
    )


def damaged() -> UnreadableListError:
    """Return the error for what begins like a workbook and is none."""
    return UnreadableListError(
        _(
            "This begins like an Excel workbook and cannot be read as one. Open it in Excel "
            "and save it anew, as .xlsx or as CSV UTF-8."
        )
    )
