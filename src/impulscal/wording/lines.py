"""Texts of one line: names, titles and labels have no paragraphs."""

import re

__all__ = ["one_line", "readable"]

# Unicode's own line and paragraph separators too: a pane would break the line there.
_BREAK = re.compile("[\n\t\u2028\u2029]")


def one_line(text: str) -> str:
    """Return ``text`` on one line, line breaks and tabs turned into single spaces."""
    pieces = (piece.strip(" ") for piece in _BREAK.split(text))
    return " ".join(piece for piece in pieces if piece)


# All controls, and the marks that turn the direction of what follows: with them a name
# could show the rest of its line backwards. Joiners stay: emoji and Persian need them.
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def readable(text: str) -> str:
    """Return what a stranger wrote, on one line and without characters that trick readers."""
    return " ".join(_UNREADABLE.sub(" ", text).split())
