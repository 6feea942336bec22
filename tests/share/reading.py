"""What stands in a page, read by Python's own HTML parser."""

from html.parser import HTMLParser

__all__ = ["Page"]

VOID = {"br", "input", "link", "meta"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text in each.

    Attributes:
        tags: (name, attributes) in order.
        texts: The texts of all elements of a name, by name.
        unclosed: Elements that are not closed properly.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.unclosed: list[str] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()
        self.unclosed += [name for name, _text in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.unclosed.append(tag)
            return
        name, text = self._open.pop()
        self.texts.setdefault(name, []).append(" ".join("".join(text).split()))

    def handle_data(self, data: str) -> None:
        for _name, text in self._open:
            text.append(data)

    def of(self, tag: str, attribute: str) -> list[str | None]:
        """Return the values of ``attribute`` of all elements ``tag``."""
        return [found.get(attribute) for name, found in self.tags if name == tag]

    def with_id(self, name: str) -> dict[str, str | None]:
        """Return the attributes of the element with the id ``name``."""
        return next(found for _tag, found in self.tags if found.get("id") == name)
