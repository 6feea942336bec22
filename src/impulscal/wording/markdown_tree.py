"""Markdown as a tree of its blocks and spans; CommonMark with tables.

Most texts hold no mark at all. markdown-it would go through them all the same; one look
with a pattern tells them.
"""

import re
from collections.abc import Iterable, Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

__all__ = ["MARKDOWN", "Node", "paragraphs", "parse"]

# What no block begins with: a letter, a quotation mark, a number that no list counts. Signs
# that can mean something anywhere are left to markdown-it, and so are blanks before a line
# break, two of which keep it.
_START = r"(?:[^\W_]|[„“”‚‘’»«(…])(?<!\d)|\d++(?![.)])"
_LINE = rf"(?:{_START})[^\n\t\r`*_<&\[\]\\|]*+(?<! )"
_WITHOUT_MARKS = re.compile(rf"{_LINE}(?:\n++{_LINE})*+\n*+")
# Emphasis that can be nothing else: a letter stands at either end within, none without.
_EMPHASIS = re.compile(r"(?<![\w*])(\*\*?)(\w(?:[^*\n]*\w)?)\1(?![\w*])")
_BETWEEN = re.compile(r"\n\n+")

_SPAN = re.compile(r"[\n!`*_<&\[\\]")


def _parse_spans(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if _SPAN.search(token.content) is not None:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        elif token.content:
            token.children.append(Token("text", "", 0, content=token.content))


MARKDOWN = MarkdownIt("commonmark").enable("table")
MARKDOWN.core.ruler.at("inline", _parse_spans)


class Node:
    """A block or span.

    Attributes:
        type: As markdown-it calls it, without ``_open``.
        content: Its own text; that of others is in their children.
        hidden: Whether it is a paragraph that a tight list does not show as one.
    """

    __slots__ = ("attrs", "children", "content", "hidden", "type")

    def __init__(self, token: Token) -> None:
        self.type = token.type.removesuffix("_open")
        self.content = token.content
        self.hidden = token.hidden
        self.attrs: Mapping[str, str | int | float] = token.attrs
        self.children = _nested(token.children) if token.children else []


def parse(markdown: str) -> list[Node]:
    """Return the blocks of ``markdown``."""
    return _nested(MARKDOWN.parse(markdown))


def _nested(tokens: Iterable[Token]) -> list[Node]:
    top: list[Node] = []
    levels = [top]
    for token in tokens:
        if token.nesting < 0:
            levels.pop()
            continue
        node = Node(token)
        levels[-1].append(node)
        if token.nesting > 0:
            levels.append(node.children)
    return top


def paragraphs(markdown: str) -> list[str] | None:
    """Return the paragraphs of a text without any mark but emphasis; None for all others."""
    bare = _EMPHASIS.sub(r"\2", markdown)
    if _WITHOUT_MARKS.fullmatch(bare) is None:
        return None
    parts = _BETWEEN.split(bare)
    return [part.strip().replace("\n", " ") for part in parts if part.strip()]
