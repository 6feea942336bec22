"""Pages read as a browser reads them, and what is wrong with one."""

from collections.abc import Iterator
from html.parser import HTMLParser

__all__ = ["Page"]

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "source"}


class Page(HTMLParser):
    """A page: its language, its links, and whether its elements close as they opened."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.language: str | None = None
        self.references: list[str] = []
        self._open: list[str] = []
        if not text.startswith("<!doctype html>\n"):
            self.faults.append("no doctype")
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> stays open" for tag in self._open]
        self.faults += list(self._lost())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if len(told) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        self.faults += [f"{name}= in <{tag}>" for name in told if name.startswith("on")]
        if tag in ("style", "iframe", "object") or "style" in told:
            self.faults.append(f"inline {tag}")
        if tag == "script" and "src" not in told and told.get("type") != "application/ld+json":
            self.faults.append("inline script")
        if tag == "html":
            self.language = told.get("lang")
        if tag == "img" and "alt" not in told:
            self.faults.append("a picture without alt")
        self.links += [told[name] for name in ("href", "src") if name in told]
        self.ids += [told["id"]] if "id" in told else []
        self.references += [
            value for name in ("for", "aria-labelledby") for value in told.get(name, "").split()
        ]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")
        else:
            self._open.pop()

    def _lost(self) -> Iterator[str]:
        if len(set(self.ids)) < len(self.ids):
            yield f"an id twice: {self.ids}"
        inner = [link.removeprefix("#") for link in self.links if link.startswith("#")]
        for name in [*inner, *self.references]:
            if name not in self.ids:
                yield f"nothing has the id {name}"
