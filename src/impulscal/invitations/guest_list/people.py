"""Names with addresses as mail programs write them, and as people paste them.

RFC 5322 3.4 (``"Müller, Jürgen" <j@…>``, commas between) and RFC 2047 (encoded words) are the
rule. Outlook parts people by semicolons and leaves commas in names without quotes; others
write ``[mailto:j@…]`` or put the name behind the address.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from urllib.parse import unquote

from impulscal.invitations.address import spelled_out

__all__ = ["Mailbox", "holds_address", "mailboxes", "plain_name", "visible"]

_MAX_NAME = 200

_ENOUGH = 1_000
"""More of a name is not looked at: decoding and composing (NFC) take the square of its length."""

# What shows nothing and yet counts as printable (Default_Ignorable_Code_Point; Unicode 5.3).
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

# Quoted texts, addresses in brackets and comments hide separators; a sign that opens one
# which nothing closes stands for itself. Each alternative ends at what it may not hold, so
# that no text makes it look twice.
_TOKEN = re.compile(r'"[^"]*"|<[^<>]*>|\([^()]*\)|[,;\t\r\n]|[^",;<(\t\r\n]+|.', re.DOTALL)

_BRACKET = re.compile(r"<|\[mailto:")

_HEADER = re.compile(r"\A\s*(?:an|to|cc|kopie|bcc|von|from):\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One person as somebody wrote them down.

    Attributes:
        name: On one line, without invisible characters; may be empty.
        address: Perhaps a good one; what was written, if there is none.
    """

    name: str
    address: str


def mailboxes(text: str) -> Iterator[Mailbox]:
    """Yield the people of ``text``; each piece of it that is none stands as an address."""
    for piece in _pieces(_HEADER.sub("", text)):
        yield from _people(piece)


def holds_address(text: str) -> bool:
    """Whether somebody meant to write an address in ``text``."""
    return "@" in text or spelled_out(text)


def plain_name(text: str) -> str:
    """Return ``text`` as a name: one line, nothing invisible, at most 200 characters."""
    shown = visible(text[:_ENOUGH])[: 2 * _MAX_NAME]
    return unicodedata.normalize("NFC", shown)[:_MAX_NAME].rstrip()


def visible(text: str) -> str:
    """Return ``text`` as people see it, on one line.

    Controls, zero-width and bidirectional marks go (a name must not turn the text around
    it); line breaks, tabs and rare blanks become one blank.
    """
    if not text.isprintable():
        text = "".join(
            char if char.isprintable() else " " if char.isspace() else "" for char in text
        )
    return " ".join(_IGNORABLE.sub("", text).split())


def _pieces(text: str) -> Iterator[str]:
    """Yield what separators part; a comma parts only what an address ends."""
    waiting = ""  # perhaps a family name, perhaps somebody without an address
    piece = ""
    for found in _TOKEN.finditer(f"{text}\n"):
        sign = found[0]
        if sign not in {",", ";", "\t", "\r", "\n"}:
            piece += sign
            continue
        if sign == "," and not holds_address(piece):
            waiting += piece + ","
            piece = ""
            continue
        if waiting and not _BRACKET.search(piece):
            yield waiting.rstrip(", ")
            waiting = ""
        yield waiting + piece
        waiting = piece = ""


def _people(piece: str) -> Iterator[Mailbox]:
    piece = visible(piece)
    if piece.startswith('"') and piece.endswith('"') and holds_address(piece):
        piece = piece.strip('" ')
    name, address = _split(piece)
    if address:
        yield _mailbox(name, address)
        return
    words = piece.split()
    addresses = [word for word in words if "@" in word.strip("@")]
    if len(addresses) == len(words):  # none, or parted by blanks alone
        yield from (_mailbox("", word) for word in words)
    elif addresses == words[-1:]:
        yield _mailbox(" ".join(words[:-1]), words[-1])
    elif addresses == words[:1] and words[1].startswith("(") and piece.endswith(")"):
        yield _mailbox(" ".join(words[1:])[1:-1], words[0])
    else:
        yield _mailbox("", piece)


def _split(piece: str) -> tuple[str, str]:
    """Return name and address where brackets say which is which; else two empty texts."""
    for opening, closing in (("<", ">"), ("[mailto:", "]")):
        before, found, rest = piece.rpartition(opening)
        if found and holds_address(rest):
            address, _closing, behind = rest.partition(closing)
            return before.strip() or behind.strip(" ().,:"), address
    return "", ""


def _mailbox(name: str, address: str) -> Mailbox:
    address = _bare(address)
    name = plain_name(_unquoted(_decoded(name[:_ENOUGH])))
    return Mailbox("" if _bare(name).lower() == address.lower() else name, address)


def _bare(address: str) -> str:
    """Return ``address`` without what programs and sentences put around it."""
    bare = address.strip(' "<>').rstrip(".,:")
    if bare.endswith("'"):  # no domain does; an address may begin with one
        bare = bare.strip("'")
    if bare.lower().startswith("mailto:"):
        bare = visible(unquote(bare[len("mailto:") :].partition("?")[0]))
    return bare


def _decoded(name: str) -> str:
    if "=?" not in name:
        return name
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return name  # an unknown character set, or no encoded word after all


def _unquoted(name: str) -> str:
    """Return ``name`` without its quotation marks; Outlook also writes single ones."""
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name
