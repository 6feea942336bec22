"""Markdown as plain text, and as HTML that is safe to show.

In plain text nothing may be lost that a reader needs: links are written out, lists and
numbers stay, pictures become their alt text. Addresses stand in round brackets, not in
angle ones, because Google shows descriptions as HTML and would swallow those.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from html import unescape

import nh3
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from impulscal.wording.markdown_tree import MARKDOWN, Node, paragraphs, parse

__all__ = ["html", "line_as_html", "plain"]

_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "em", "strong", "b", "i", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_SCHEMES = {"http", "https", "mailto"}
_ABSOLUTE = ("http://", "https://", "mailto:")

# A sentence's full stop after an address is not part of it. The mail part begins where a
# word begins and never goes back, so that a very long word costs no more than its length.
_ADDRESS = re.compile(
    r"(?P<web>https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'])"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)*\.\w{2,})"
)


@functools.lru_cache(maxsize=2048)
def plain(markdown: str) -> str:
    """Return ``markdown`` as plain text, blocks parted by an empty line.

    Kept, since every language and variant of a feed shows the same texts.
    """
    without_marks = paragraphs(markdown)
    return "\n\n".join(_blocks(parse(markdown)) if without_marks is None else without_marks)


def html(markdown: str) -> str:
    """Return ``markdown`` as HTML with harmless tags and links only.

    Addresses that stand bare in the text become links too.
    """
    tokens = MARKDOWN.parse(markdown)
    for token in tokens:
        token.children = None if token.children is None else list(_linked(token.children))
    rendered = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_absolute,
        url_schemes=_SCHEMES,
        link_rel=None,
    ).strip()


def _absolute(_tag: str, attribute: str, value: str) -> str | None:
    """Keep addresses that lead somewhere from a calendar too: no relative ones."""
    return value if attribute != "href" or value.startswith(_ABSOLUTE) else None


def line_as_html(text: str) -> str:
    """Return a line of plain text as HTML, its addresses as links."""
    return "".join(
        escapeHtml(piece)
        if href is None
        else f'<a href="{escapeHtml(href)}">{escapeHtml(piece)}</a>'
        for piece, href in _pieces(text)
    )


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Part ``text`` into pieces, each with the address that it links to or None."""
    end = 0
    for match in _ADDRESS.finditer(text):
        yield text[end : match.start()], None
        found = match.group()
        yield found, found if match["web"] else f"mailto:{found}"
        end = match.end()
    yield text[end:], None


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type.startswith("link_") else 0
        if token.type == "image":
            yield Token("text", "", 0, content=token.content)
            continue
        if token.type != "text" or inside:
            yield token
            continue
        for piece, href in _pieces(token.content):
            text = Token("text", "", 0, content=piece)
            if href is None:
                yield text
                continue
            yield Token("link_open", "a", 1, attrs={"href": href})
            yield text
            yield Token("link_close", "a", -1)


def _blocks(nodes: Sequence[Node]) -> list[str]:
    return [text for node in nodes if (text := _block(node).strip("\n"))]


def _block(node: Node) -> str:
    match node.type:
        case "heading" | "paragraph":
            return _inline(node.children[0].children, last=True).strip()
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in _joined(node).split("\n"))
        case "fence" | "code_block" | "html_block":
            return _verbatim(node)
        case "table":
            return "\n".join(_rows(node))
        case _:
            return ""  # a rule parts what the empty line parts already


def _verbatim(node: Node) -> str:
    if node.type == "html_block":
        return unescape(nh3.clean(node.content, tags=set())).strip()
    return node.content


def _joined(node: Node) -> str:
    return "\n\n".join(_blocks(node.children))


def _list(node: Node) -> str:
    start = int(node.attrs.get("start", 1))
    items = []
    for number, item in enumerate(node.children, start):
        mark = "- " if node.type == "bullet_list" else f"{number}. "
        tight = all(child.hidden for child in item.children if child.type == "paragraph")
        text = ("\n" if tight else "\n\n").join(_blocks(item.children))
        items.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(re.sub(r"\n +(?=\n)", "\n", item) for item in items)


def _rows(table: Node) -> Iterator[str]:
    for part in table.children:
        for row in part.children:
            cells = (_inline(cell.children[0].children, last=False) for cell in row.children)
            yield " | ".join(cells)


def _inline(nodes: Sequence[Node], *, last: bool) -> str:
    """Return inline nodes as text.

    Args:
        nodes: The children of a block's content or of an emphasis.
        last: Whether a link at the end ends its block: then its address follows a
            colon, which programs recognise best.
    """
    told = [node for node in nodes if node.type != "text" or node.content]
    return "".join(
        _span(node, last=last and index == len(told)) for index, node in enumerate(told, 1)
    )


def _span(node: Node, *, last: bool) -> str:
    match node.type:
        case "text" | "code_inline" | "image":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link(node, last=last)
        case "em" | "strong":
            return _inline(node.children, last=last)
        case _:
            # Raw HTML: only what breaks a line is seen.
            return "\n" if node.content.startswith(("<br>", "<br ", "<br/>")) else ""


def _link(node: Node, *, last: bool) -> str:
    href = str(node.attrs["href"])
    text = _inline(node.children, last=False).strip()
    address = href.removeprefix("mailto:")
    if not text or text == address:
        return address
    if not href.startswith(_ABSOLUTE):
        return text
    return (
        f"{text}: {address}"
        if last and not text.endswith((".", ":", "!", "?"))
        else f"{text} ({address})"
    )
