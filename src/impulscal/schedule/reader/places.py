"""Where things stand in a file, for checks that know more than the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from impulscal.schedule.reader.problems import START, Place
from impulscal.schedule.reader.tree import ScalarNode, Tree

__all__ = ["Places", "places_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlaces:
    """Where the values of one session stand.

    Attributes:
        start: The session's own start, else its date.
    """

    id: Place
    date: Place
    start: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Lines and columns, from 1.

    Attributes:
        sessions: The key ``sessions``; 1:1 where there is none.
        series_id: The value of the series' id.
        domain: The value of the series' domain.
        by_session: Of every session that has an id.
    """

    sessions: Place = START
    series_id: Place = START
    domain: Place = START
    by_session: Mapping[str, SessionPlaces] = field(default_factory=dict)

    def session_id(self, session: str) -> Place:
        """Return where the id of ``session`` stands; the key ``sessions`` if nowhere."""
        found = self.by_session.get(session)
        return self.sessions if found is None else found.id

    def session_date(self, session: str) -> Place:
        """Return where the date of ``session`` stands; the key ``sessions`` if nowhere."""
        found = self.by_session.get(session)
        return self.sessions if found is None else found.date

    def session_start(self, session: str) -> Place:
        """Return where the start of ``session`` stands, else its date."""
        found = self.by_session.get(session)
        return self.sessions if found is None else found.start


def places_of(tree: Tree) -> Places:
    """Return where things stand in ``tree``."""
    by_session: dict[str, SessionPlaces] = {}
    for number in range(len(tree.items(("sessions",)))):
        path = ("sessions", number)
        id_ = tree.node((*path, "id"))
        if isinstance(id_, ScalarNode) and id_.text:
            date = tree.place((*path, "date"))
            start = tree.node((*path, "start"))
            by_session.setdefault(
                id_.text,
                SessionPlaces(
                    id=id_.place, date=date, start=date if start is None else start.place
                ),
            )
    return Places(
        sessions=tree.key(("sessions",)),
        series_id=tree.place(("series", "id")),
        domain=tree.place(("series", "domain")),
        by_session=by_session,
    )
