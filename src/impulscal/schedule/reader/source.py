"""From the text of a file to its tree.

PyYAML's events, not its objects: every scalar stays text, lines and columns are kept,
and the bounds are checked while the text is still being read, so an attack file costs
no more than the bound.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace

import yaml

from impulscal.errors import Message, _
from impulscal.schedule.reader.encoding import BYTE_ORDER_MARK, LINE_SEPARATOR, UNFIT
from impulscal.schedule.reader.problems import START, Code, Place, Problems
from impulscal.schedule.reader.syntax import explain
from impulscal.schedule.reader.tree import Entry, ListNode, MapNode, Node, ScalarNode, Tree

__all__ = ["MAX_DEPTH", "MAX_TEXT", "MAX_VALUES", "RefusedError", "compose"]

MAX_DEPTH = 50
"""Levels of nesting; a schedule needs six."""
MAX_VALUES = 1_000_000
"""Values in a file, aliases written out; a session with everything has about forty."""
MAX_CHARACTERS = 64 * 1024 * 1024
"""Characters in a file, aliases written out: twice the largest file."""
MAX_TEXT = 100_000
"""Characters in one text: forty printed pages."""

# PyYAML without libyaml is complete and slow.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
) | {"!"}
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
_BAD_ESCAPES = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\U(?!00(?:0[0-9a-fA-F]|10))\w{8}")
_NONCHARACTER_ESCAPE = r"\\uFFFF"


class RefusedError(Exception):
    """The file cannot be read on; the problem tells why."""

    def __init__(self, place: Place, code: Code, message: Message) -> None:
        super().__init__(str(message))
        self.place = place
        self.code = code
        self.message = message


def compose(text: str, problems: Problems) -> Tree:
    """Return the tree of ``text``; what is wrong with single nodes goes to ``problems``.

    An empty text gives an empty mapping.

    Raises:
        RefusedError: It is no YAML, or exceeds a bound.
    """
    if directive := re.search(r"^%TAG", text, re.MULTILINE):
        # libyaml compares each with all before it: a file of them would take hours.
        place = Place(text.count("\n", 0, directive.start()) + 1, 1)
        raise RefusedError(place, Code.BAD_YAML, _("%TAG is not supported. Delete this line."))
    try:
        return _Composer(text, problems).tree()
    except (yaml.scanner.ScannerError, ValueError, OverflowError) as error:
        # libyaml stops at an escaped lone surrogate; the value is to be told, and the rest read.
        mended = _BAD_ESCAPES.sub(_NONCHARACTER_ESCAPE, text)
        if mended == text:
            raise _no_yaml(error, text) from None
    except yaml.YAMLError as error:
        raise _no_yaml(error, text) from None
    try:
        return _Composer(mended, problems).tree()
    except yaml.YAMLError as error:
        raise _no_yaml(error, mended) from None


def _no_yaml(error: Exception, text: str) -> RefusedError:
    if not isinstance(error, yaml.MarkedYAMLError):
        raise error
    mark = error.problem_mark or error.context_mark
    place = START if mark is None else Place(mark.line + 1, mark.column + 1)
    return RefusedError(place, Code.BAD_YAML, explain(error, text))


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: ListNode | MapNode
    anchor: str | None
    key: str | None = None
    key_place: Place | None = None
    merges: list[Node] = field(default_factory=list)


class _Composer:
    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._stand_ins = LINE_SEPARATOR in text or BYTE_ORDER_MARK in text
        self._problems = problems
        self._anchors: dict[str, Node | None] = {}
        self._stack: list[_Open] = []
        self._values = 0
        self._characters = 0
        self._root: Node | None = None

    def tree(self) -> Tree:
        for event in yaml.parse(self._text, Loader=_LOADER):
            self._take(event)
        return Tree(self._root or MapNode(START))

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self._root is not None:
            message = _("A second document begins here. One file holds one series: delete “---”.")
            raise RefusedError(_place(event), Code.BAD_YAML, message)

    # -- what stands in the file ---------------------------------------------------

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = _place(event)
        self._count(place, 1, len(event.value))
        if len(event.value) > MAX_TEXT:
            raise _too_large_text(place)
        if self._awaits_key() and self._core(event, place):
            self._key(event, place)
            return
        node = ScalarNode(place, length=len(event.value))
        if self._core(event, place):
            text = self._fit(event.value, node)
            node.text = "" if event.style is None and text in _EMPTY else text
        else:
            node.poisoned = True
        self._remember(event.anchor, node)
        self._give(node)

    def _key(self, event: yaml.ScalarEvent, place: Place) -> None:
        node = ScalarNode(place)
        text = self._fit(event.value, node)
        self._remember(event.anchor, ScalarNode(place, text=text, length=len(text)))
        frame = self._stack[-1]
        frame.key = None if node.poisoned else text
        frame.key_place = place

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        place = _place(event)
        self._count(place, 1, 0)
        if len(self._stack) >= MAX_DEPTH:
            raise _too_deep(place)
        node: ListNode | MapNode
        if isinstance(event, yaml.MappingStartEvent):
            node = MapNode(place, first=place)
        else:
            node = ListNode(place)
        node.poisoned = not self._core(event, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Open(node, event.anchor))

    def _close(self) -> None:
        frame = self._stack.pop()
        if frame.merges and isinstance(frame.node, MapNode):
            self._merge(frame.node, frame.merges)
        self._remember(frame.anchor, frame.node)
        self._give(frame.node)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = _place(event)
        name = str(event.anchor)
        if name not in self._anchors:
            message = _("There is no “&{name}” above that “*{name}” could repeat.", name=name)
            raise RefusedError(place, Code.BAD_YAML, message)
        target = self._anchors[name]
        if target is None:
            message = _("“*{name}” stands inside what it is to repeat.", name=name)
            raise RefusedError(place, Code.BAD_YAML, message)
        if len(self._stack) + target.height > MAX_DEPTH:
            raise _too_deep(place)
        self._count(place, target.size, target.length)
        if self._awaits_key() and isinstance(target, ScalarNode):
            self._stack[-1].key, self._stack[-1].key_place = target.text, place
            return
        self._give(replace(target, place=place))

    # -- where it belongs ----------------------------------------------------------

    def _awaits_key(self) -> bool:
        if not self._stack:
            return False
        frame = self._stack[-1]
        return isinstance(frame.node, MapNode) and frame.key_place is None

    def _give(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        frame.node.take_in(node)
        if isinstance(frame.node, ListNode):
            frame.node.items.append(node)
        elif frame.key_place is None:
            message = _("A list or a mapping cannot be a key. Write a word followed by a colon.")
            self._problems.add(node.place, Code.BAD_TYPE, message)
            frame.key, frame.key_place = None, node.place
        else:
            self._enter(frame, frame.node, node)

    def _enter(self, frame: _Open, mapping: MapNode, node: Node) -> None:
        key, place = frame.key, frame.key_place or mapping.place
        frame.key = frame.key_place = None
        if mapping.first == mapping.place and not mapping.entries and not frame.merges:
            mapping.first = place
        if key is None:
            return
        if key == "<<" and not frame.merges:
            frame.merges = node.items if isinstance(node, ListNode) else [node]
        elif key == "<<" or key in mapping.entries:
            message = _(
                "“{key}” stands twice in this mapping; the first is in line {line}. Delete one.",
                key=_short(key),
                line=mapping.entries[key].key.line if key in mapping.entries else place.line,
            )
            self._problems.add(place, Code.DUPLICATE_KEY, message)
        else:
            mapping.entries[key] = Entry(place, node)

    def _merge(self, mapping: MapNode, sources: list[Node]) -> None:
        for source in sources:
            if not isinstance(source, MapNode):
                message = _("“<<” takes in a mapping (*name) or a list of mappings.")
                self._problems.add(source.place, Code.BAD_YAML, message)
                continue
            for key, entry in source.entries.items():
                if key not in mapping.entries:
                    self._count(source.place, entry.value.size, entry.value.length)
                    mapping.entries[key] = entry
                    mapping.take_in(entry.value)

    # -- what is allowed -----------------------------------------------------------

    def _count(self, place: Place, values: int, characters: int) -> None:
        self._values += values
        self._characters += characters
        if self._values > MAX_VALUES or self._characters > MAX_CHARACTERS:
            message = _(
                "The file holds more than {values} values, repeated ones (*name) counted each "
                "time. Split the series into several files.",
                values=MAX_VALUES,
            )
            raise RefusedError(place, Code.TOO_LARGE, message)

    def _remember(self, anchor: str | None, node: Node) -> None:
        if anchor is not None:
            self._anchors[anchor] = node

    def _core(self, event: yaml.NodeEvent, place: Place) -> bool:
        tag = getattr(event, "tag", None)
        if tag is None or tag in _CORE_TAGS:
            return True
        message = _("The tag “{tag}” is not allowed here. Delete it.", tag=_short(tag))
        self._problems.add(place, Code.BAD_YAML, message)
        return False

    def _fit(self, value: str, node: Node) -> str:
        """Return ``value`` in normal form C without blanks around; poison ``node`` if unfit."""
        if self._stand_ins:
            value = value.replace(LINE_SEPARATOR, "\n").replace(BYTE_ORDER_MARK, "")
        if not value.isascii():
            value = value.translate(_LINE_ENDS)
            value = unicodedata.normalize("NFC", value)
        if UNFIT.search(value) is not None:
            message = _(
                "This text holds a control character, perhaps written as \\… in double quotes. "
                "Delete it."
            )
            self._problems.add(node.place, Code.BAD_TEXT, message)
            node.poisoned = True
            return ""
        return value.strip()


_LINE_ENDS = {0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0xFEFF: None}


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return START if mark is None else Place(mark.line + 1, mark.column + 1)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _too_deep(place: Place) -> RefusedError:
    message = _("More than {depth} levels stand in one another here.", depth=MAX_DEPTH)
    return RefusedError(place, Code.BAD_YAML, message)


def _too_large_text(place: Place) -> RefusedError:
    message = _("This text has more than {count} characters. Shorten it.", count=MAX_TEXT)
    return RefusedError(place, Code.TOO_LARGE, message)
