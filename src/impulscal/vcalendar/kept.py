"""Rendered events, kept as long as what they were made from stays the same.

When one of a thousand sessions changes, one is rendered again; and the variants of a feed
share what they have in common.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from impulscal.collector import held_back
from impulscal.edition import Edition, PublishedSession
from impulscal.vcalendar.event import View

__all__ = ["KeptEvents"]

# A feed of a thousand sessions takes two or three megabytes, in each of two languages.
_MOST_BYTES = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The events of one edition in one view.

    Attributes:
        events: By session.
        size: Bytes of all of them.
    """

    edition: Edition
    events: Mapping[str, bytes]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(map(len, self.events.values())))


class KeptEvents:
    """Renders events, each once for as long as its session stays as it is.

    A pure function of equal values gives equal bytes, so nothing else needs to be known of
    what has changed. The views are few, since no option of a feed makes one: what is kept
    cannot be filled by strangers.

    Args:
        render: Makes the event of a session for a view; pure.
        most_bytes: How much is kept; what was not asked for longest goes first.
    """

    def __init__(
        self, render: Callable[[PublishedSession, View], bytes], *, most_bytes: int = _MOST_BYTES
    ) -> None:
        self._render = render
        self._most_bytes = most_bytes
        self._shelves: OrderedDict[tuple[str, ...], _Shelf] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of all events that are kept."""
        return sum(shelf.size for shelf in self._shelves.values())

    def of(self, edition: Edition, view: View) -> Mapping[str, bytes]:
        """Return the event of every session of ``edition`` as ``view`` shows it, by id."""
        series = edition.series
        key = series.domain, series.id, view.language, view.links.base_url
        shelf = self._shelves.get(key)
        if shelf is None or shelf.edition is not edition:
            shelf = _Shelf(edition, self._events(edition, view, shelf))
        self._keep(key, shelf)
        return shelf.events

    @held_back()
    def _events(self, edition: Edition, view: View, before: _Shelf | None) -> Mapping[str, bytes]:
        if before is None or before.edition.series != edition.series:
            return {session.id: self._render(session, view) for session in edition.sessions}
        known, events = before.edition.by_id, before.events
        return {
            session.id: events[session.id]
            if session.id in known and known[session.id].same_as(session)
            else self._render(session, view)
            for session in edition.sessions
        }

    def _keep(self, key: tuple[str, ...], shelf: _Shelf) -> None:
        with self._lock:
            self._shelves[key] = shelf
            self._shelves.move_to_end(key)
            while self._shelves and self.size > self._most_bytes:
                self._shelves.popitem(last=False)
