"""Reads a published ``/{series}.json`` back, trusting nothing of it.

What is taken in stays for ever and is published again, so a document is taken whole
or not at all: every value has to be one that impulscal could have written.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from impulscal.errors import ImpulscalError, UsageError, _
from impulscal.history.facts import Facts, Moment, fingerprint
from impulscal.history.revisions import ChangeKind, Revision
from impulscal.schedule.clock import is_zone
from impulscal.schedule.model import Status
from impulscal.schedule.reader.addresses import parse_domain
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.times import FIRST_YEAR, LAST_YEAR
from impulscal.schedule.reader.words import parse_id

__all__ = ["Document", "read_document"]

_FORMAT = 1

# RFC 5545 3.3.8: the largest INTEGER, and what databases keep.
_LARGEST = 2**31 - 1

# A server's clock may be ahead of ours, but not by more.
_AHEAD = timedelta(days=1)

# From UTC no wall clock was ever further away than 15:13:42 hours (Alaska, to 1867).
_FROM_UTC = timedelta(hours=16)

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a published file tells of one series.

    Attributes:
        series: Id of the series.
        topics: Slug and name of every topic ever published.
        revisions: In the order in which they were published.
    """

    series: str
    domain: str
    topics: Mapping[str, str]
    revisions: tuple[Revision, ...]


def read_document(data: bytes, *, now: datetime) -> Document:
    """Read the bytes of a ``/{series}.json``.

    Args:
        data: The bytes.
        now: The moment; a document cannot come from later.

    Raises:
        UsageError: It is something else, or was changed by hand.
        ImpulscalError: It comes from the future.
    """
    try:
        document = json.loads(data)
        _need(_is(document["format"], int) == _FORMAT)
        series = document["series"]
        read = Document(
            series=parse_id(_is(series["id"], str)),
            domain=parse_domain(_is(series["domain"], str)),
            topics=_topics(_is(document["topics"], dict)),
            revisions=tuple(_revision(entry) for entry in _is(document["revisions"], list)),
        )
        _need_order(read.revisions)
    except (LookupError, TypeError, ValueError, BadValueError, RecursionError) as error:
        raise UsageError(_NOT_OURS) from error
    latest = max((revision.revised_at for revision in read.revisions), default=now)
    if latest > now + _AHEAD:
        raise ImpulscalError(
            _(
                "This was published at {stamp}, which is still to come. "
                "Set the clock of this machine right and try again.",
                stamp=f"{latest:%Y-%m-%d %H:%M} UTC",
            )
        )
    return read


_NOT_OURS = _(
    "This is not a schedule that impulscal published, or it was changed since; nothing was "
    "written. Give the address or a saved copy of a /{{series}}.json."
)


def _need(holds: object) -> None:
    if not holds:
        raise ValueError("not what impulscal writes")


def _is(value: Any, kind: type[_Value]) -> _Value:
    # ``True`` is an ``int`` to isinstance.
    if type(value) is not kind:
        raise TypeError(f"{value!r:.40} is no {kind.__name__}")
    return value


def _revision(entry: Mapping[str, Any]) -> Revision:
    facts = _facts(_is(entry["facts"], dict))
    previous = entry["previous_start"]
    kinds = tuple(ChangeKind(_is(kind, str)) for kind in _is(entry["kinds"], list))
    _need(kinds)
    return Revision(
        session=parse_id(_is(entry["session"], str)),
        ordinal=_number(entry["ordinal"]),
        sequence=_number(entry["sequence"]),
        schedule_sequence=_number(entry["schedule_sequence"]),
        revised_at=_instant(entry["revised_at"]),
        created_at=_instant(entry["created_at"]),
        present=_is(entry["present"], bool),
        announced=_is(entry["announced"], bool),
        announce=_short(entry["announce"]),
        first_start=_moment(entry["first_start"]),
        previous_start=None if previous is None else _moment(previous),
        reinstated=_is(entry["reinstated"], bool),
        kinds=kinds,
        changed=tuple(_name(name) for name in _is(entry["changed"], list)),
        facts=facts,
        fingerprint=fingerprint(facts),
    )


def _need_order(revisions: tuple[Revision, ...]) -> None:
    """Raise unless each session's numbers and stamps only grow."""
    before: dict[str, Revision] = {}
    for revision in revisions:
        _need(revision.schedule_sequence <= revision.sequence)
        _need(revision.created_at <= revision.revised_at)
        earlier = before.get(revision.session)
        if earlier is not None:
            _need(earlier.ordinal < revision.ordinal)
            _need(earlier.sequence <= revision.sequence)
            _need(earlier.schedule_sequence <= revision.schedule_sequence)
            _need(earlier.revised_at <= revision.revised_at)
        before[revision.session] = revision


def _topics(found: dict[Any, Any]) -> Mapping[str, str]:
    for key, name in found.items():
        # What ``model.slug`` makes: letters and digits of any script, joined by hyphens.
        _need(all(character.isalnum() or character == "-" for character in _text(key)))
        _need(_text(name))
    return found


_SHORT = 255


def _short(value: Any) -> str:
    text = _text(value)
    _need(len(text) <= _SHORT)
    return text


# The model's texts hold no control characters but these; JSON knows lone surrogates.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _text(value: Any) -> str:
    text = _is(value, str)
    _need(_UNFIT.search(text) is None)
    return text


_NAME = re.compile(r"[a-z_]{1,40}")


def _name(value: Any) -> str:
    _need(_NAME.fullmatch(_is(value, str)))
    return str(value)


def _number(value: Any) -> int:
    number = _is(value, int)
    _need(0 <= number <= _LARGEST)
    return number


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def _instant(value: Any) -> datetime:
    _need(_INSTANT.fullmatch(_is(value, str)))
    instant = datetime.fromisoformat(value)
    _need(FIRST_YEAR <= instant.year <= LAST_YEAR + 1)
    return instant


_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)


def _moment(value: Any) -> Moment:
    moment = Moment(**_is(value, dict))
    _need(_WALL.fullmatch(_is(moment.wall, str)) and is_zone(_is(moment.zone, str)))
    wall = datetime.fromisoformat(moment.wall).replace(tzinfo=UTC)
    _need(abs(_instant(moment.utc) - wall) <= _FROM_UTC)
    return moment


def _facts(found: dict[Any, Any]) -> Facts:
    start, end = _moment(found["start"]), _moment(found["end"])
    _need(start.instant < end.instant)
    Status(_is(found["status"], str))
    _need(_is(found["title"], dict))
    for wording in found["title"].values():
        _text(wording)
    for name, fact in found.items():
        _name(name)
        _need_plain(fact)
    return found


def _need_plain(fact: Any) -> None:
    """Raise unless ``fact`` is made of texts, numbers, lists and mappings."""
    if isinstance(fact, dict):
        for key, value in fact.items():
            _short(key)
            _need_plain(value)
    elif isinstance(fact, list):
        for value in fact:
            _need_plain(value)
    elif isinstance(fact, bool):
        return
    elif isinstance(fact, int):
        _number(fact)
    else:
        _text(fact)
