"""From bytes to the text that the YAML parser sees.

The parser would stop at the first control character. So such characters are reported
here, each at its place, and stand-ins of the same width take their place; lines and
columns stay those of the editor.
"""

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from impulscal.errors import _
from impulscal.schedule.marks import MOST_MARKS, with_few_marks
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.problems import Code, Place, Problems

__all__ = ["NotTextError", "StandIns", "decode", "place_of"]

_LINE_SEPARATOR = "\ufdd0"
"""Stands for U+0085, U+2028 and U+2029, which YAML 1.1 counts as line ends and editors do not."""

_BYTE_ORDER_MARK = "\ufdd1"
"""Stands for U+FEFF inside the text."""

# C0 without tab and line ends, DEL, C1 without U+0085, surrogates, noncharacters.
_UNFIT = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_UNFIT_CHARACTER = re.compile(f"[{_UNFIT}]")

_SPECIAL = re.compile(f"[{_UNFIT}\x85\u2028\u2029\ufeff]")
_SHOWN = 20  # A binary file is not told character by character.


class NotTextError(ValueError):
    """The bytes are no text in UTF-8.

    Attributes:
        place: Where the first byte stands that is not.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(f"no UTF-8 at {place}")
        self.place = place


def decode(data: bytes, problems: Problems) -> str:
    """Return the text of ``data`` with stand-ins for what YAML cannot carry.

    UTF-8, with or without a byte order mark; UTF-16 with one (RFC 9512 3.2 allows
    both). Control characters are added to ``problems``.

    Raises:
        NotTextError: The bytes are not in the encoding.
    """
    encoding, start = "utf-8", 0
    if data.startswith(BOM_UTF8):
        start = len(BOM_UTF8)
    elif data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    body = data[start:]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotTextError(place_of(body[: error.start].decode(encoding, "replace"))) from None
    return _with_stand_ins(text, problems)


def place_of(before: str) -> Place:
    """Return the place that follows the text ``before``."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n")
    line_start = lines.rfind("\n") + 1
    return Place(lines.count("\n") + 1, len(lines) - line_start + 1)


def _with_stand_ins(text: str, problems: Problems) -> str:
    # Nearly every file is printable but for its line ends; the pattern takes far longer.
    plain = text.replace("\n", "").replace("\r", "").replace("\t", "")
    if plain.isprintable() or _SPECIAL.search(text) is None:
        return text
    for shown, match in enumerate(_UNFIT_CHARACTER.finditer(text)):
        if shown == _SHOWN:
            break
        _report(text, match.start(), problems)
    return _SPECIAL.sub(_stand_in, text)


def _report(text: str, index: int, problems: Problems) -> None:
    problems.add(
        place_of(text[:index]),
        Code.BAD_TEXT,
        _(
            "An invisible control character (U+{code}) stands here. Delete it.",
            code=f"{ord(text[index]):04X}",
        ),
    )


def _stand_in(match: re.Match[str]) -> str:
    if match[0] in "\x85\u2028\u2029":
        return _LINE_SEPARATOR
    return _BYTE_ORDER_MARK if match[0] == "\ufeff" else "\ufffd"


_ESCAPED_CONTROL = _(
    "This text holds a control character, perhaps written as \\… in double quotes. Delete it."
)
_MANY_MARKS = _(
    "This text puts more than {most} combining marks (accents) on one letter. Delete them.",
    most=MOST_MARKS,
)


class StandIns:
    """Gives scalars of one text back what stand-ins took the place of.

    Args:
        text: The text that the parser sees.
    """

    def __init__(self, text: str) -> None:
        self._present = _LINE_SEPARATOR in text or _BYTE_ORDER_MARK in text

    def restore(self, value: str, *, escaped: bool) -> str:
        """Return ``value`` in normal form C, without blanks around.

        Args:
            value: A scalar.
            escaped: Whether it may hold escapes, which ``decode`` has not seen.

        Raises:
            BadValueError: ``bad-text``: control characters, or too many marks in a row.
        """
        if value.isascii() and not escaped:
            return value.strip()
        if self._present:
            value = value.translate(_RESTORED)
        if escaped:
            value = value.replace("\r\n", "\n").translate(_LINE_ENDS)
            if _UNFIT_CHARACTER.search(value) is not None:
                raise BadValueError(Code.BAD_TEXT, _ESCAPED_CONTROL)
        if with_few_marks(value) != value:
            raise BadValueError(Code.BAD_TEXT, _MANY_MARKS)
        return unicodedata.normalize("NFC", value).strip()


_RESTORED = {ord(_LINE_SEPARATOR): "\n", ord(_BYTE_ORDER_MARK): None}
_LINE_ENDS = {0x0D: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0xFEFF: None}
