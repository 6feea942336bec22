"""A private link (``join_url``) must stand in nothing that becomes public."""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from impulscal.errors import _
from impulscal.schedule.reader.encoding import decode
from impulscal.schedule.reader.problems import Code, Problems
from impulscal.schedule.reader.source import compose
from impulscal.schedule.reader.tree import Path, ScalarNode, Tree, scalars

__all__ = ["check_leaks", "would_leak"]

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_FEW = 10  # hosts that are looked for one by one faster than all at once
_MORE = re.compile(r"[\w%-]")
# No character has more than seven digits, and Python turns no endless ones into a number.
_REFERENCE = re.compile("&#0*([0-9]{1,8})[0-9]*")


def check_leaks(tree: Tree, problems: Problems) -> None:
    """Report every public text of ``tree`` in which a ``join_url`` stands, in any disguise."""
    private: list[str] = []
    public: list[ScalarNode] = []
    for path, node in _texts(tree):
        if path[-1] != "join_url":
            public.append(node)
        elif node.text and not node.poisoned:
            private.append(node.text)
    if not private:
        return
    links = _PrivateLinks(private)
    for node in links.suspicious(public):
        try:
            leaks = links.stand_in(node.text)
        except _TooMuchError:
            problems.add(node.place, Code.TOO_LARGE, _TOO_MUCH)
            return
        if leaks:
            message = _(
                "The private link of a session (join_url) stands in this public text. Delete it "
                "here: invited people get it by mail."
            )
            problems.add(node.place, Code.LEAKED_LINK, message)


def would_leak(data: bytes, url: str) -> bool:
    """Tell whether a public text of a file shows ``url``, which is to be a private link.

    A text that names the host too often to be looked through counts as one that does.

    Args:
        data: A file that can be read.
        url: A participation link that stands elsewhere.
    """
    links = _PrivateLinks([url])
    tree = compose(decode(data, Problems()), Problems())
    public = [node.text for path, node in _texts(tree) if path[-1] != "join_url"]
    try:
        return any(links.stand_in(text) for text in public)
    except _TooMuchError:
        return True


def _texts(tree: Tree) -> Iterator[tuple[Path, ScalarNode]]:
    for key in ("series", "sessions"):
        node = tree.node((key,))
        if node is not None:
            yield from scalars(node, (key,))


_DISGUISE = re.compile(r"[&%\\]")  # what ``_readings`` undoes

_EFFORT = 100_000_000  # characters compared; a season with a link a week needs a hundredth
_EACH = 100  # what a comparison costs besides
_TOO_MUCH = _(
    "The texts name the hosts of private links (join_url) too often to be looked through. "
    "Shorten them."
)


class _TooMuchError(Exception):
    """The texts cannot be looked through in bounded time."""


class _PrivateLinks:
    """Private links by host, so that a text is compared only with those it may hold."""

    def __init__(self, urls: list[str]) -> None:
        self._effort = _EFFORT
        self._links: dict[str, set[str]] = {}
        for url in urls:
            for reading in _readings(url):
                link = reading.partition("://")[2].rstrip("/") or reading
                host = _HOST.match(link)
                if host is not None:
                    self._links.setdefault(host[0], set()).add(link)
        self._lengths = {
            host: sorted({len(link) for link in links}) for host, links in self._links.items()
        }

    def suspicious(self, nodes: list[ScalarNode]) -> list[ScalarNode]:
        """Return those of ``nodes`` that may hold a link: all, unless one look finds no host."""
        disguised = [node for node in nodes if _DISGUISE.search(node.text)]
        # Each once, however often it is repeated (*name).
        as_they_stand = "\n".join({node.text for node in nodes}).casefold()
        if len(self._links) <= _FEW and not any(host in as_they_stand for host in self._links):
            return disguised
        return nodes

    def stand_in(self, text: str) -> bool:
        """Tell whether one of the links stands in ``text``.

        Raises:
            _TooMuchError: All texts together took too much.
        """
        return any(self._stand_in(reading) for reading in _readings(text))

    def _stand_in(self, text: str) -> bool:
        if len(self._links) <= _FEW and not any(host in text for host in self._links):
            return False
        for host in _HOST.finditer(text):
            for length in self._lengths.get(host[0], ()):
                end = host.start() + length
                if end > len(text):
                    break
                self._effort -= length + _EACH
                if self._effort < 0:
                    raise _TooMuchError
                if text[host.start() : end] in self._links[host[0]] and not _MORE.match(text, end):
                    return True
        return False


def _readings(text: str) -> set[str]:
    """Return ``text`` as it stands, and as a browser or Markdown would read it."""
    readings = {text}
    if "&" in text:
        readings.add(html.unescape(_REFERENCE.sub(r"&#\1", text)))
    if "%" in text:
        readings |= {unquote(reading) for reading in readings}
    if "\\" in text:
        readings |= {reading.replace("\\", "") for reading in readings}
    return {reading.casefold() for reading in readings}
