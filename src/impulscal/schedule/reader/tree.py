"""The tree of a file: every value as text, with its line and column.

Nothing is interpreted here. YAML 1.1 would read ``12:00`` as 720 and ``no`` as false,
so a value stays the text that people wrote until a key says what it is to be.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from impulscal.schedule.reader.problems import START, Place

__all__ = ["Entry", "ListNode", "MapNode", "Node", "Path", "ScalarNode", "Tree", "scalars"]

Path = tuple[str | int, ...]
"""Keys and list positions (from 0) that lead from the top to a value."""


@dataclass(slots=True)
class Node:
    """A value of the file.

    Attributes:
        poisoned: Its problem is told already: it is neither given nor missing.
        size: Number of values in it, itself included, with aliases written out.
        length: Number of characters in it, with aliases written out.
        height: How many levels lie below it.
    """

    place: Place
    poisoned: bool = False
    size: int = 1
    length: int = 0
    height: int = 0

    def plain(self) -> Any:
        """Return the value as text, list and dict; what is empty or poisoned is None."""
        return None

    def take_in(self, child: "Node") -> None:
        """Count ``child`` among what is in this value."""
        self.size += child.size
        self.length += child.length
        self.height = max(self.height, child.height + 1)


@dataclass(slots=True)
class ScalarNode(Node):
    """A text; "" where nothing is given."""

    text: str = ""

    def plain(self) -> str | None:
        """Return the text; None where nothing is given."""
        return None if self.poisoned or not self.text else self.text


@dataclass(slots=True)
class ListNode(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)

    def plain(self) -> list[Any] | None:
        """Return the list with its values in plain form."""
        if self.poisoned or not self.items:
            return None
        return [item.plain() for item in self.items]


class Entry(NamedTuple):
    """A key of a mapping: where it stands and its value."""

    key: Place
    value: Node


@dataclass(slots=True)
class MapNode(Node):
    """A mapping.

    Attributes:
        first: Where its first key stands; its own place where it has none.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    first: Place = START

    def plain(self) -> dict[str, Any] | None:
        """Return the mapping with its values in plain form."""
        if self.poisoned or not self.entries:
            return None
        return {key: entry.value.plain() for key, entry in self.entries.items()}


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole file."""

    root: Node

    def node(self, path: Path) -> Node | None:
        """Return the value at ``path``, None where nothing stands."""
        node: Node | None = self.root
        for step in path:
            if node is None:
                return None
            node = _step(node, step)
        return node

    def place(self, path: Path) -> Place:
        """Return where the value at ``path`` stands, or the last value on the way there."""
        node = self.root
        for step in path:
            below = _step(node, step)
            if below is None:
                break
            node = below
        return node.place

    def key(self, path: Path) -> Place:
        """Return where the key at the end of ``path`` stands."""
        parent = self.node(path[:-1])
        if isinstance(parent, MapNode) and path[-1] in parent.entries:
            return parent.entries[str(path[-1])].key
        return self.place(path)

    def first_key(self, path: Path) -> Place:
        """Return where the first key of the mapping at ``path`` stands."""
        node = self.node(path)
        return node.first if isinstance(node, MapNode) else self.place(path)

    def poison(self, path: Path) -> None:
        """Mark the value at ``path`` as one whose problem is told."""
        node = self.node(path)
        if node is not None:
            node.poisoned = True

    def poisoned_at(self, path: Path) -> bool:
        """Tell whether the problem of the value at ``path`` itself is told already."""
        node = self.node(path)
        return node is not None and node.poisoned

    def poisoned(self, path: Path) -> bool:
        """Tell whether a problem of the value at ``path``, or of one in it, is told already."""
        node = self.node(path)
        return node is not None and _poisoned(node)


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MapNode):
        entry = node.entries.get(str(step))
        return None if entry is None else entry.value
    if isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def _poisoned(node: Node) -> bool:
    if node.poisoned:
        return True
    if isinstance(node, ListNode):
        return any(_poisoned(item) for item in node.items)
    if isinstance(node, MapNode):
        return any(_poisoned(entry.value) for entry in node.entries.values())
    return False


def scalars(node: Node, path: Path = ()) -> Iterator[tuple[Path, ScalarNode]]:
    """Yield every text in ``node`` with its path."""
    if isinstance(node, ScalarNode):
        yield path, node
    elif isinstance(node, ListNode):
        for number, item in enumerate(node.items):
            yield from scalars(item, (*path, number))
    elif isinstance(node, MapNode):
        for key, entry in node.entries.items():
            yield from scalars(entry.value, (*path, key))
