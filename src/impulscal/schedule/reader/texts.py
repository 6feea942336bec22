"""Warnings on single texts and pictures: what some calendar programs or people cannot read."""

import re
from collections.abc import Iterator

from impulscal.errors import Message, _
from impulscal.schedule.reader.problems import Code, Place
from impulscal.schedule.reader.tree import MapNode, Path, ScalarNode, Tree, scalars

__all__ = ["LONG_TITLE", "text_warnings"]

LONG_TITLE = 120
"""Characters of a title; Outlook cuts at 255, with the series' name before it."""

_TITLES = frozenset({"title", "working_title"})
_TEXTS = _TITLES | {
    "about",
    "alt",
    "coordination",
    "credit",
    "description",
    "label",
    "location",
    "name",
    "note",
    "organisation",
    "role",
    "subtitle",
    "teaser",
    "topic",
}
_MARKDOWN = frozenset({"description"})
# CommonMark 2.4: before punctuation a backslash is an escape and not shown.
_ESCAPE = re.compile(r"\\(?:[!-/:-@\[^-`{-~]|\n)")

Warned = tuple[Place, Code, Message]


def text_warnings(tree: Tree) -> Iterator[Warned]:
    """Yield the warnings on the texts and pictures of the series and its sessions."""
    for key in ("series", "sessions"):
        node = tree.node((key,))
        if node is not None:
            for path, scalar in scalars(node, (key,)):
                yield from _warnings(path, scalar)
    yield from _images(tree)


def _warnings(path: Path, node: ScalarNode) -> Iterator[Warned]:
    name = path[-1] if path[-1] in _TEXTS else path[-2]
    if name not in _TEXTS or node.poisoned:
        return
    is_session = len(path) <= 4 and path[0] == "sessions"
    if is_session and name in _TITLES and len(node.text) > LONG_TITLE:
        message = _(
            "This title has {count} characters; over {limit} calendars cut it. Shorten it.",
            count=len(node.text),
            limit=LONG_TITLE,
        )
        yield node.place, Code.LONG_TITLE, message
    if name == "topic" and re.search("[,;]", node.text):
        message = _("Outlook drops “,” and “;” in a topic. Choose a name without them.")
        yield node.place, Code.TOPIC_SEPARATOR, message
    shown = _ESCAPE.sub("", node.text) if name in _MARKDOWN else node.text
    if "\\" in shown:
        message = _("A third of the calendar programs show a backslash wrong. Avoid it.")
        yield node.place, Code.FRAGILE_TEXT, message


def _images(tree: Tree) -> Iterator[Warned]:
    for number in range(len(tree.items(("sessions",)))):
        path: Path = ("sessions", number, "images")
        for index, image in enumerate(tree.items(path)):
            if not isinstance(image, MapNode) or image.poisoned:
                continue
            alt = image.values.get("alt")
            if alt is not None and (alt.poisoned or alt.plain() is not None):
                continue
            message = _(
                "This picture has no “alt”: what it shows, in words, for people who cannot see it."
            )
            here = (*path, index)
            place = tree.key((*here, "src")) if "src" in image.values else tree.first_key(here)
            yield place, Code.NO_ALT, message
