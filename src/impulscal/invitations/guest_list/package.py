"""The parts of an Office file, and what relates them (ECMA-376 part 2).

A file from a stranger ends in bounded time and memory: what is unpacked is counted while it
is unpacked, whatever the file says about its sizes; a document type is refused, and with
it every entity.
"""

import posixpath
import zipfile
from collections.abc import Mapping
from xml.parsers import expat

from impulscal.invitations.guest_list.rows import (
    MAX_ELEMENTS,
    MAX_UNPACKED,
    damaged,
    unpacks_too_large,
)

__all__ = ["Attributes", "Handler", "Package"]

Attributes = Mapping[str, str]

_CHUNK = 1 << 16

_MAX_TOKEN = 1 << 20
"""No tag is longer. Expat before 2.6 reads an unfinished one from its beginning again and again."""

_MAX_DEPTH = 100

_PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What these files may use; of the others zipfile unpacks any amount at once."""


class Handler:
    """What a part says, element by element; names of elements without their namespace."""

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take note that an element begins."""

    def end(self, tag: str) -> None:
        """Take note that an element ends."""

    def text(self, text: str) -> None:
        """Take note of a piece of text."""


class Package:
    """The parts of a workbook, unpacked within a budget."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        # The names of parts are equal whatever their letter case (ECMA-376 part 2, 9.1.1).
        self._parts = {info.filename.lower(): info for info in archive.infolist()}
        self._left = MAX_UNPACKED
        self._elements = 0

    def spend(self, amount: int) -> None:
        """Count what came out of the file; end when it is too much."""
        self._left -= amount
        if self._left < 0:
            raise unpacks_too_large()

    def related(self, part: str, kind: str) -> dict[str, str]:
        """Return by id what ``part`` (the package itself if empty) has of a kind."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations.lower() not in self._parts:
            return {}
        found = _Relations(kind)
        self.parse(relations, found)
        return {
            identifier: target if external else _resolved(folder, target)
            for identifier, (target, external) in found.targets.items()
        }

    def parse(self, part: str, handler: Handler) -> None:
        """Tell ``handler`` the elements of ``part``."""
        info = self._parts[part.lower()]
        if info.compress_type not in _PACKED_AS:
            raise damaged()
        parser = self._parser(handler)
        read = 0
        with self._archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                self.spend(len(chunk))
                parser.Parse(chunk, False)  # noqa: FBT003 -- expat takes no keywords
                read += len(chunk)
                if read - parser.CurrentByteIndex > _MAX_TOKEN:
                    raise damaged()
        parser.Parse(b"", True)  # noqa: FBT003 -- likewise

    def _parser(self, handler: Handler) -> expat.XMLParserType:
        depth = 0

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            self._elements += 1
            if self._elements > MAX_ELEMENTS:
                raise unpacks_too_large()
            if depth > _MAX_DEPTH:
                raise damaged()
            handler.start(_local(tag), attributes)

        def end(tag: str) -> None:
            nonlocal depth
            depth -= 1
            handler.end(_local(tag))

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = handler.text
        return parser


class _Relations(Handler):
    def __init__(self, kind: str) -> None:
        self._kind = f"/{kind}"
        self.targets: dict[str, tuple[str, bool]] = {}

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes["Type"].endswith(self._kind):
            external = attributes.get("TargetMode") == "External"
            self.targets[attributes["Id"]] = (attributes["Target"], external)


def _refuse_doctype(*_declared: object) -> None:
    raise damaged()


def _local(tag: str) -> str:
    """Return the name without its namespace, which differs between the two dialects."""
    return tag.rpartition(" ")[2]


def _resolved(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
