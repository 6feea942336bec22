"""Texts as property values (RFC 5545 3.3.11)."""

import re

from icalendar.prop import vText

__all__ = ["text"]

# Unicode's own line and paragraph separators: programs that split lines by them take the
# rest of a text for a property. Characters that Unicode has set aside for ever make
# Nextcloud refuse the file (nextcloud/calendar#6043).
_SEPARATORS = "\u2028\u2029"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_FRAGILE = re.compile(f"[{_SEPARATORS}{_NONCHARACTERS}]")


class _Text(vText):
    r"""A TEXT that keeps its backslashes.

    icalendar 7.3 takes a backslash before a capital N for a line break that is already
    escaped: of ``C:\Neu`` it would leave ``C:`` and, on a new line, ``eu``.
    """

    def to_ical(self) -> bytes:
        """Return the value, escaped."""
        return _SPECIAL.sub(r"\\\g<0>", self).replace("\n", r"\n").encode()


_SPECIAL = re.compile(r"[\\;,]")


def text(value: str) -> vText:
    """Return ``value`` as a TEXT, to be escaped and folded.

    Said outright, because icalendar leaves newer properties (NAME) and X- properties
    unescaped otherwise.
    """
    return _Text(_FRAGILE.sub(lambda found: "\n" if found[0] in _SEPARATORS else "", value))
