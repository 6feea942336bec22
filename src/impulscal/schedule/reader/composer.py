"""Builds the tree from PyYAML's events."""

from dataclasses import dataclass, field, replace

import yaml

from impulscal.errors import _
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.encoding import StandIns
from impulscal.schedule.reader.limits import MAX_DEPTH, Budget, RefusedError, too_deep
from impulscal.schedule.reader.problems import START, Code, Problems
from impulscal.schedule.reader.tree import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Spot,
    Tree,
    place_at,
    spot,
)
from impulscal.schedule.reader.words import shortened

__all__ = ["compose_tree"]

# PyYAML without libyaml is complete and slow.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
) | {"!"}
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"
_START = spot(*START)


def compose_tree(text: str, problems: Problems) -> Tree:
    """Return the tree of ``text`` (with stand-ins); arguments and errors as ``source.compose``.

    Raises:
        yaml.YAMLError: It is no YAML.
        RefusedError: It exceeds a bound, or repeats what is not there.
    """
    composer = _Composer(text, problems)
    loader = _LOADER(text)
    try:
        while (event := loader.get_event()) is not None:
            composer.take(event)
    finally:
        loader.dispose()
    return Tree(composer.root or MapNode(spot(*START), first=spot(*START)))


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet.

    Attributes:
        awaits_key: Whether a key of a mapping comes next, and no value.
        key: The key whose value comes next; None where it is unfit.
        key_spot: Where that stands.
    """

    node: ListNode | MapNode
    anchor: str | None
    awaits_key: bool
    key: str | None = None
    key_spot: Spot = 0
    merges: list[Node] = field(default_factory=list)

    def name(self, key: str | None, where: Spot) -> None:
        """Take in a key; its value comes next."""
        self.key, self.key_spot, self.awaits_key = key, where, False


class _Composer:
    def __init__(self, text: str, problems: Problems) -> None:
        self.root: Node | None = None
        self._stand_ins = StandIns(text)
        self._problems = problems
        self._budget = Budget()
        self._anchors: dict[str, Node | None] = {}
        self._stack: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        """Take in the next event."""
        # The kinds in the order in which files are full of them.
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            message = _("A second document begins here. One file holds one series: delete “---”.")
            raise RefusedError(place_at(_spot(event)), Code.BAD_YAML, message)

    # What stands in the file

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        where, value = _spot(event), event.value
        self._budget.spend_text(where, value)
        text = self._text(event, where)
        key = None if text is None else text or value
        awaited = self._stack[-1] if self._stack and self._stack[-1].awaits_key else None
        if awaited is not None:
            awaited.name(key, where)
            if event.anchor is None:
                return
        node = ScalarNode(where, text is None, text or "")
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        if awaited is None:
            self._give(node)

    def _text(self, event: yaml.ScalarEvent, where: Spot) -> str | None:
        """Return the text of a scalar; None where its problem is told."""
        text: str | None
        try:
            text = self._stand_ins.restore(event.value, escaped=event.style == '"')
        except BadValueError as error:
            self._problems.add(place_at(where), error.code, error.message)
            text = None
        if event.tag is not None and not self._is_core(event.tag, where):
            text = None
        return "" if not event.style and text in _EMPTY else text

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        where = _spot(event)
        self._budget.spend(where, 1, 0)
        if len(self._stack) >= MAX_DEPTH:
            raise too_deep(where)
        poisoned = event.tag is not None and not self._is_core(event.tag, where)
        maps = isinstance(event, yaml.MappingStartEvent)
        node = MapNode(where, poisoned, first=where) if maps else ListNode(where, poisoned)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Open(node, event.anchor, awaits_key=maps))

    def _close(self) -> None:
        closed = self._stack.pop()
        if closed.merges and isinstance(closed.node, MapNode):
            self._merge(closed.node, closed.merges)
        if closed.anchor is not None:
            self._anchors[closed.anchor] = closed.node
        self._give(closed.node)

    def _alias(self, event: yaml.AliasEvent) -> None:
        where, name = _spot(event), str(event.anchor)
        if name not in self._anchors:
            message = _("There is no “&{name}” above that “*{name}” could repeat.", name=name)
            raise RefusedError(place_at(where), Code.BAD_YAML, message)
        target = self._anchors[name]
        if target is None:
            message = _("“*{name}” stands inside what it is to repeat.", name=name)
            raise RefusedError(place_at(where), Code.BAD_YAML, message)
        if len(self._stack) + target.height > MAX_DEPTH:
            raise too_deep(where)
        self._budget.spend(where, target.size, target.length)
        if self._stack and self._stack[-1].awaits_key and isinstance(target, ScalarNode):
            self._stack[-1].name(target.text, where)
        else:
            self._give(replace(target, spot=where))

    def _is_core(self, tag: str, where: Spot) -> bool:
        if tag in _CORE_TAGS:
            return True
        message = _("The tag “{tag}” is not allowed here. Delete it.", tag=shortened(tag))
        self._problems.add(place_at(where), Code.BAD_YAML, message)
        return False

    # Where it belongs

    def _give(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if isinstance(parent.node, ListNode):
            parent.node.items.append(node)
            parent.node.take_in(node)
        elif parent.awaits_key:
            message = _("A list or a mapping cannot be a key. Write a word followed by a colon.")
            self._problems.add(node.place, Code.BAD_TYPE, message)
            parent.name(None, node.spot)
        else:
            self._enter(parent, parent.node, parent.key, parent.key_spot, node)
            parent.awaits_key = True

    def _enter(
        self, parent: _Open, mapping: MapNode, key: str | None, where: Spot, node: Node
    ) -> None:
        if not mapping.values and not parent.merges:
            mapping.first = where
        if key is None:
            return
        if key == _MERGE and not parent.merges:
            parent.merges = node.items if isinstance(node, ListNode) else [node]
        elif key == _MERGE or key in mapping.values:
            message = _(
                "“{key}” stands in this mapping already. Delete one of them.", key=shortened(key)
            )
            self._problems.add(place_at(where), Code.DUPLICATE_KEY, message)
        else:
            mapping.enter(key, where, node)

    def _merge(self, mapping: MapNode, sources: list[Node]) -> None:
        for source in sources:
            if not isinstance(source, MapNode):
                message = _("“<<” takes in a mapping (*name) or a list of mappings.")
                self._problems.add(source.place, Code.BAD_YAML, message)
                continue
            for key, value in source.values.items():
                if key not in mapping.values:
                    self._budget.spend(source.spot, value.size, value.length)
                    mapping.enter(key, source.keys[key], value)


def _spot(event: yaml.Event) -> Spot:
    mark = event.start_mark
    return _START if mark is None else spot(mark.line + 1, mark.column + 1)
