"""Texts of one line: names, titles and labels have no paragraphs."""

__all__ = ["one_line"]


def one_line(text: str) -> str:
    """Return ``text`` on one line, its line breaks and tabs turned into single spaces."""
    pieces = (piece.strip(" ") for piece in text.replace("\t", "\n").split("\n"))
    return " ".join(piece for piece in pieces if piece)
