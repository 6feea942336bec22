"""Texts of one line: names, titles and labels have no paragraphs."""

import re

__all__ = ["one_line"]

# Unicode's own line and paragraph separators too: a pane would break the line there.
_BREAK = re.compile("[\n\t\u2028\u2029]")


def one_line(text: str) -> str:
    """Return ``text`` on one line, line breaks and tabs turned into single spaces."""
    pieces = (piece.strip(" ") for piece in _BREAK.split(text))
    return " ".join(piece for piece in pieces if piece)
