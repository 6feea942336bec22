"""The form of mail: header fields and bodies in ASCII (RFC 5322, 2045 to 2047).

The header is written here and not by ``EmailMessage``: many releases of Python lose the
quotation marks of a long name, so that a comma in it makes two addresses of one
(python/cpython#80222, #87720), and each folds in its own way, while the same step has to
give the same bytes.
"""

import hashlib
import re
from collections.abc import Iterable
from email.header import Header
from email.message import MIMEPart
from email.policy import SMTP

from impulscal.invitations.mail.html import html_of
from impulscal.wording.letter import Letter
from impulscal.wording.lines import readable

__all__ = ["alternative", "attach_file", "field", "mailbox", "mixed", "one_message"]

_LINE = 76  # RFC 2045 6.7 and 2047 2

_POLICY = SMTP.clone(max_line_length=_LINE)


def one_message(fields: Iterable[str], body: MIMEPart) -> bytes:
    """Return the message of header ``fields`` (see ``field``) and ``body``."""
    head = "\r\n".join([*fields, "MIME-Version: 1.0", ""])
    return head.encode("ascii") + body.as_bytes()


def field(name: str, text: str) -> str:
    """Return the unstructured header field ``name`` with ``text``, folded and in ASCII.

    Line breaks and other controls become blanks: no text opens a field of its own.
    """
    plain = readable(text)
    return _as_it_is(name, plain, plain) or _encoded(name, plain)


def mailbox(name: str, somebody: str, address: str) -> str:
    """Return the header field ``name`` with one person (RFC 5322 3.4).

    Args:
        name: Of the field.
        somebody: How the person is called; may be empty.
        address: In ASCII.
    """
    called = readable(somebody)
    if not called:
        return f"{name}: {address}"
    phrase = _phrase(name, called)
    last = phrase.rpartition("\r\n")[2]
    fits = len(last) + len(address) + len(" <>") <= _LINE
    return phrase + (" " if fits else "\r\n ") + f"<{address}>"


def alternative(letter: Letter, seed: str) -> MIMEPart:
    """Return ``letter`` as plain text and as HTML, the better one last (RFC 2046 5.1.4).

    Args:
        letter: What to say.
        seed: What the boundary is made of, so that the same message gives the same bytes.
    """
    body = MIMEPart(policy=_POLICY)
    body.set_content(letter.plain(), cte="quoted-printable")
    body.add_alternative(html_of(letter), subtype="html", cte="quoted-printable")
    body.set_boundary(_boundary("alternative", seed))
    return body


def mixed(first: MIMEPart, seed: str) -> MIMEPart:
    """Return a body for attachments whose first child is ``first``.

    Outlook looks nowhere else for what a mail says (MS-STANOICAL 2.2.168).
    """
    body = MIMEPart(policy=_POLICY)
    body["Content-Type"] = "multipart/mixed"
    body.set_boundary(_boundary("mixed", seed))
    body.attach(first)
    return body


def attach_file(body: MIMEPart, name: str, calendar: bytes) -> None:
    """Attach ``calendar`` to a mixed ``body`` as a file: without ``method``, nothing to answer."""
    part = MIMEPart(policy=_POLICY)
    part.set_content(
        calendar,
        maintype="text",
        subtype="calendar",
        cte="base64",
        disposition="attachment",
        filename=name,
        params={"charset": "utf-8", "name": name},
    )
    body.attach(part)


def _boundary(kind: str, seed: str) -> str:
    # "=_" stands neither in quoted-printable nor in base64 (RFC 2045 6.7).
    return f"=_{hashlib.sha256(f'{kind} {seed}'.encode()).hexdigest()[:32]}"


def _phrase(name: str, called: str) -> str:
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", called) + '"'
    return _as_it_is(name, called, quoted) or _encoded(name, called)


def _as_it_is(name: str, text: str, written: str) -> str | None:
    """Return the field where ``text`` needs no encoding and is not taken for encoded."""
    line = f"{name}: {written}"
    return line if text.isascii() and "=?" not in text and len(line) <= _LINE else None


def _encoded(name: str, text: str) -> str:
    encoded = Header(text, "utf-8", header_name=name, maxlinelen=_LINE - 1)
    return f"{name}: " + encoded.encode(linesep="\r\n")
