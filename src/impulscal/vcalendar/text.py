"""Texts as property values (RFC 5545 3.3.11)."""

import re

__all__ = ["sound", "text"]

# Unicode's own line and paragraph separators: programs that split lines by them take the
# rest of a text for a property. Characters that Unicode has set aside for ever make
# Nextcloud refuse the file (nextcloud/calendar#6043).
_SEPARATORS = "\u2028\u2029"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_FRAGILE = re.compile(f"[{_SEPARATORS}{_NONCHARACTERS}]")

# Octets without which none of them stands there: found a hundred times faster.
_SIGNS_OF_FRAGILE = (b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef\xb7", b"\xbf\xbe", b"\xbf\xbf")


def text(value: str) -> str:
    """Return ``value`` as a TEXT, escaped and without what breaks programs."""
    plain = sound(value).replace("\\", "\\\\")
    return plain.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def sound(value: str) -> str:
    """Return ``value`` without characters that break calendar programs."""
    octets = value.encode()
    if not any(sign in octets for sign in _SIGNS_OF_FRAGILE):
        return value
    return _FRAGILE.sub(lambda found: "\n" if found[0] in _SEPARATORS else "", value)
