"""The tree of a file: every value as text, with its line and column.

Nothing is interpreted here. YAML 1.1 would read ``12:00`` as 720 and ``no`` as false,
so a value stays the text that people wrote until a key says what it is to be.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from impulscal.schedule.reader.problems import START, Place

__all__ = [
    "ListNode",
    "MapNode",
    "Node",
    "Path",
    "ScalarNode",
    "Spot",
    "Tree",
    "place_at",
    "scalars",
    "spot",
]

Path = tuple[str | int, ...]
"""Keys and list positions (from 0) that lead from the top to a value."""

Spot = int
"""A place as one number. A hundred thousand ``Place`` tuples would keep Python's garbage
collector busy for as long as the rest of reading takes; numbers do not."""

_COLUMN_BITS = 32


def spot(line: int, column: int) -> Spot:
    """Return the place ``line``, ``column`` (both from 1) as one number."""
    return line << _COLUMN_BITS | column


def place_at(where: Spot) -> Place:
    """Return the place that ``where`` stands for."""
    return Place(where >> _COLUMN_BITS, where & ((1 << _COLUMN_BITS) - 1))


@dataclass(slots=True)
class Node:
    """A value of the file.

    Attributes:
        spot: Where it stands.
        poisoned: Its problem is told already: it is neither given nor missing.
    """

    spot: Spot
    poisoned: bool = False

    @property
    def place(self) -> Place:
        """Where it stands."""
        return place_at(self.spot)

    @property
    def size(self) -> int:
        """Number of values in it, itself included, with aliases written out."""
        return 1

    @property
    def length(self) -> int:
        """Number of characters in it, with aliases written out."""
        return 0

    @property
    def height(self) -> int:
        """How many levels lie below it."""
        return 0

    def plain(self) -> Any:
        """Return the value as text, list and dict; what is empty or poisoned is None."""
        raise NotImplementedError

    def below(self) -> Iterator[tuple[str | int, "Node"]]:
        """Yield the values directly in it with their keys or positions."""
        return iter(())


@dataclass(slots=True)
class ScalarNode(Node):
    """A text; "" where nothing is given."""

    text: str = ""

    @property
    def length(self) -> int:
        """Number of characters."""
        return len(self.text)

    def plain(self) -> str | None:
        """Return the text; None where nothing is given."""
        return None if self.poisoned or not self.text else self.text


@dataclass(slots=True)
class _Collection(Node):
    """A value that holds others; what they amount to is added up as they come in."""

    total_size: int = 1
    total_length: int = 0
    levels: int = 0

    @property
    def size(self) -> int:
        return self.total_size

    @property
    def length(self) -> int:
        return self.total_length

    @property
    def height(self) -> int:
        return self.levels

    def take_in(self, child: Node) -> None:
        """Count ``child`` among what is in this value."""
        if isinstance(child, ScalarNode):  # nearly all of them: not asked for each of the three
            self.total_size += 1
            self.total_length += len(child.text)
            self.levels = self.levels or 1
        else:
            self.total_size += child.size
            self.total_length += child.length
            self.levels = max(self.levels, child.height + 1)


@dataclass(slots=True)
class ListNode(_Collection):
    """A list."""

    items: list[Node] = field(default_factory=list)

    def plain(self) -> list[Any] | None:
        """Return the list with its values in plain form."""
        if self.poisoned or not self.items:
            return None
        return [item.plain() for item in self.items]

    def below(self) -> Iterator[tuple[str | int, Node]]:
        """Yield the items with their positions."""
        return iter(enumerate(self.items))


@dataclass(slots=True)
class MapNode(_Collection):
    """A mapping.

    Attributes:
        values: By key.
        keys: Where each key stands.
        first: Where its first key stands; its own place where it has none.
    """

    values: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Spot] = field(default_factory=dict)
    first: Spot = 0

    def enter(self, key: str, where: Spot, value: Node) -> None:
        """Put ``value`` under ``key``, which stands at ``where``."""
        self.values[key] = value
        self.keys[key] = where
        self.take_in(value)

    def drop(self, key: str) -> None:
        """Take ``key`` out, if it is there."""
        self.values.pop(key, None)
        self.keys.pop(key, None)

    def plain(self) -> dict[str, Any] | None:
        """Return the mapping with its values in plain form."""
        if self.poisoned or not self.values:
            return None
        return {key: value.plain() for key, value in self.values.items()}

    def below(self) -> Iterator[tuple[str | int, Node]]:
        """Yield the values with their keys."""
        return iter(self.values.items())


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

    def items(self, path: Path) -> list[Node]:
        """Return the items of the list at ``path``; none where no list stands."""
        node = self.node(path)
        return node.items if isinstance(node, ListNode) else []

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
        """Return where the key at the end of ``path`` stands; START where it does not."""
        parent = self.node(path[:-1])
        if isinstance(parent, MapNode):
            return place_at(parent.keys.get(str(path[-1]), spot(*START)))
        return START

    def first_key(self, path: Path) -> Place:
        """Return where the first key of the mapping at ``path`` stands."""
        node = self.node(path)
        return place_at(node.first) if isinstance(node, MapNode) else self.place(path)

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
        return node.values.get(str(step))
    if isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def _poisoned(node: Node) -> bool:
    return node.poisoned or any(_poisoned(child) for _key, child in node.below())


def scalars(node: Node, path: Path = ()) -> Iterator[tuple[Path, ScalarNode]]:
    """Yield every text in ``node`` with its path, in no order."""
    open_nodes = [(path, node)]
    while open_nodes:
        above, found = open_nodes.pop()
        for step, child in found.below():
            if isinstance(child, ScalarNode):
                yield (*above, step), child
            else:
                open_nodes.append(((*above, step), child))
