"""Texts in CSV that a spreadsheet must not take for formulas, and back.

A cell that begins with one of these signs is calculated when the file is opened; an
apostrophe before it keeps it a text (OWASP, CSV Injection). The wide forms count in
Japanese settings.
"""

import re

__all__ = ["harmless", "restored"]

_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n\0＝＋－＠]")


def harmless(text: str) -> str:
    """Return ``text`` as a cell that no spreadsheet calculates."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restored(cell: str) -> str:
    """Return the text that ``harmless`` made ``cell`` of."""
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell) else cell
