"""Combining marks in a row: Unicode allows any number, and normal forms sort each row.

Sorting takes the square of the row, in C and with all other threads waiting. So whatever
strangers or staff wrote is bounded before it is normalized.
"""

import re
import unicodedata

__all__ = ["MOST_MARKS", "with_few_marks"]

MOST_MARKS = 30
"""What the Stream-Safe Text Format allows (UAX #15, section 13); writing needs four or so."""

# What may be such a row: no letter and no digit is a mark, but for two signs of Japanese.
_ROW = re.compile(rf"(?:[^\x00-\u02ff\w]|[\uff9e\uff9f]){{{MOST_MARKS + 1},}}")


def with_few_marks(text: str) -> str:
    """Return ``text`` without the marks of a row that follow its 30th; in linear time."""
    return _ROW.sub(_shortened, text)


def _shortened(row: re.Match[str]) -> str:
    kept, marks = [], 0
    for sign in row[0]:
        marks = marks + 1 if _is_mark(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _is_mark(sign: str) -> bool:
    # Some have class 0 themselves and become marks only when they are decomposed.
    return unicodedata.combining(unicodedata.normalize("NFKD", sign)[0]) != 0
