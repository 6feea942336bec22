"""What belongs together at the end of a line: numbers and their units.

Pages only: calendar programs wrap and search their texts themselves.
"""

import re

__all__ = ["tied"]

_NO_BREAK = "\N{NO-BREAK SPACE}"

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
)
_UNITS = "Uhr|Minuten|Plätze|Termine|places|minutes|sessions|kB|MB"

_GAPS = re.compile(
    rf"(?<=\b\d\.) (?={_MONTHS})|(?<=\d\d\.) (?={_MONTHS})|(?<=\d) (?={_MONTHS}|{_UNITS})"
    r"|(?<=Uhr) (?=\()"
)


def tied(text: str) -> str:
    """Return ``text`` with no-break spaces in ``8. Juni``, ``8 June``, ``12:00 Uhr``."""
    return _GAPS.sub(_NO_BREAK, text)
