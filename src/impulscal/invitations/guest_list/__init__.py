"""Guest lists as Excel and mail programs write them, and as Excel opens them.

    bytes ─text, workbook─▶ rows ─columns, people─▶ guests, and every row that is none

``package`` unpacks workbooks within bounds; ``formula`` makes cells harmless; ``table`` is
the way back.
"""

from impulscal.invitations.guest_list.reading import (
    Doubled,
    GuestList,
    RowProblem,
    read_guest_list,
)
from impulscal.invitations.guest_list.rows import UnreadableListError

__all__ = ["Doubled", "GuestList", "RowProblem", "UnreadableListError", "read_guest_list"]
