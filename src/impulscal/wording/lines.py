"""Texts of one line: names, titles and labels have no paragraphs."""

import re

__all__ = ["one_line"]

# Unicode's own line and paragraph separators too: a pane would break the line there.
_BREAKS = re.compile("[ \t]*[\n\t\u2028\u2029]+[ \t]*")


def one_line(text: str) -> str:
    """Return ``text`` on one line, each line break or tab turned into a single space."""
    return _BREAKS.sub(" ", text).strip(" ")
