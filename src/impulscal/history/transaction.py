"""What is read and written within one transaction of the history."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from impulscal.history import tables
from impulscal.history.facts import Moment
from impulscal.history.revisions import Change, ChangeKind, History, Revision

__all__ = ["Publication", "Transaction"]

# Strangers choose the options of a feed; more combinations than these get no stamp of their
# own, so that asking does not fill the database.
_MOST_COMBINATIONS = 1000


_OF_REVISIONS = [tables.revision.c[name] for name in Revision.__dataclass_fields__]
_IN_JSON = [column.name for column in _OF_REVISIONS if isinstance(column.type, sa.JSON)]

# Revisions with their JSON as text: see ``_revisions``.
_REVISIONS = sa.select(
    *(
        sa.cast(column, sa.Text).label(column.name) if column.name in _IN_JSON else column
        for column in _OF_REVISIONS
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A file text that was published.

    Attributes:
        series: Id of the series.
        digest: SHA-256 of ``text``, hexadecimal.
        path: Where the file lay.
        saved_ns: When the file was last saved, nanoseconds since 1970.
        read_ns: When it was read, by the same clock.
        published_at: UTC.
    """

    series: str
    digest: str
    text: bytes
    path: str
    saved_ns: int
    read_ns: int
    published_at: datetime


class Transaction:
    """Reads and writes within one transaction of a ``Database``.

    Attributes:
        connection: For the rooms above that keep their own tables in the database.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def add_series(self, series: str, domain: str) -> None:
        """Make sure the series is known; a known one keeps its domain."""
        self.insert_missing(tables.series, {"id": series, "domain": domain})

    def lock(self, series: str) -> None:
        """Let no other writer of ``series`` in before the end of the transaction."""
        row = tables.series.select().where(tables.series.c.id == series).with_for_update()
        self.connection.execute(row)

    def insert_missing(self, table: sa.Table, row: Mapping[str, object]) -> None:
        """Insert ``row`` unless its key is there; safe when another writer is faster."""
        server = self.connection.dialect.name == "postgresql"
        insert = postgresql.insert(table) if server else sqlite.insert(table)
        self.connection.execute(insert.values(**row).on_conflict_do_nothing())

    def series(self) -> tuple[str, ...]:
        """Return the ids of all series with a publication, in order."""
        query = sa.select(tables.publication.c.series).distinct()
        return tuple(sorted(self.connection.execute(query).scalars()))

    def series_of_path(self, path: str) -> tuple[str, ...]:
        """Return the ids of the series whose newest publication came from ``path``."""
        newest = (
            sa.select(sa.func.max(tables.publication.c.id))
            .group_by(tables.publication.c.series)
            .scalar_subquery()
        )
        query = sa.select(tables.publication.c.series).where(
            tables.publication.c.id.in_(newest), tables.publication.c.path == path
        )
        return tuple(sorted(self.connection.execute(query).scalars()))

    def history(self, series: str) -> History:
        """Return the latest revision of every session of ``series``."""
        domain = self.connection.execute(
            sa.select(tables.series.c.domain).where(tables.series.c.id == series)
        ).scalar_one_or_none()
        last = (
            sa.select(tables.revision.c.session, sa.func.max(tables.revision.c.ordinal).label("n"))
            .where(tables.revision.c.series == series)
            .group_by(tables.revision.c.session)
            .subquery()
        )
        rows = self.connection.execute(
            _REVISIONS.join(
                last,
                (tables.revision.c.session == last.c.session)
                & (tables.revision.c.ordinal == last.c.n),
            )
            .where(tables.revision.c.series == series)
            .order_by(tables.revision.c.id)
        )
        revisions = {revision.session: revision for revision in _revisions(rows)}
        stamps = [revision.revised_at for revision in revisions.values()]
        return History(
            domain=domain,
            revisions=revisions,
            founded_at=self._first_published(series),
            modified_at=max(stamps, default=None),
        )

    def numbers(self, series: str) -> Mapping[str, tuple[int, str]]:
        """Return SEQUENCE and fingerprint of the latest revision of every session of ``series``."""
        column = tables.revision.c
        rows = self.connection.execute(
            sa.select(column.session, column.sequence, column.fingerprint)
            .where(column.series == series)
            .order_by(column.ordinal)
        )
        return {session: (sequence, told) for session, sequence, told in rows}

    def log(self, series: str) -> tuple[Revision, ...]:
        """Return every revision of ``series`` ever written, oldest first."""
        rows = self.connection.execute(
            _REVISIONS.where(tables.revision.c.series == series).order_by(tables.revision.c.id)
        )
        return tuple(_revisions(rows))

    def topics(self, series: str) -> Mapping[str, str]:
        """Return slug and name of every topic ever published, ordered by slug."""
        rows = self.connection.execute(
            tables.topic.select().where(tables.topic.c.series == series)
        ).mappings()
        # Not by the database: a server has a collation of its own.
        return dict(sorted((row["slug"], row["name"]) for row in rows))

    def newest_publication(self, series: str) -> Publication | None:
        """Return what was published last for ``series``."""
        row = (
            self.connection.execute(
                tables.publication.select()
                .where(tables.publication.c.series == series)
                .order_by(tables.publication.c.id.desc())
                .limit(1)
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            return None
        return Publication(**{name: row[name] for name in Publication.__dataclass_fields__})

    def superseded_ns(self, series: str, digest: str) -> int | None:
        """Return when ``digest``, once published, was superseded; None where it never was.

        That is when the file that took its place was read, nanoseconds since 1970.
        """
        column = tables.publication.c
        last = self.connection.execute(
            sa.select(sa.func.max(column.id)).where(
                column.series == series, column.digest == digest
            )
        ).scalar_one()
        if last is None:
            return None
        return self.connection.execute(
            sa.select(column.read_ns)
            .where(column.series == series, column.id > last)
            .order_by(column.id)
            .limit(1)
        ).scalar_one_or_none()

    def state(self) -> tuple[int, int]:
        """Return a token that differs after every publication and every revision.

        The number of rows, which are never erased. The highest id would not do: writers of
        different series draw theirs in one order and may commit in another.
        """
        publications, revisions = self.connection.execute(
            sa.select(
                sa.select(sa.func.count(tables.publication.c.id)).scalar_subquery(),
                sa.select(sa.func.count(tables.revision.c.id)).scalar_subquery(),
            )
        ).one()
        return publications, revisions

    def add_publication(self, publication: Publication) -> None:
        """Write down that ``publication`` was published."""
        self.connection.execute(tables.publication.insert(), _fields(publication))

    def add_revisions(self, series: str, revisions: Iterable[Revision]) -> None:
        """Write down ``revisions``, each the next of its session."""
        rows = [_row(series, revision) for revision in revisions]
        if rows:
            self.connection.execute(tables.revision.insert(), rows)

    def add_changes(self, series: str, changes: Iterable[Change]) -> None:
        """Write down what ``revise`` found."""
        self.add_revisions(series, [change.after for change in changes])

    def add_topics(self, series: str, topics: Mapping[str, str]) -> None:
        """Remember topics as published; known ones keep their first name."""
        for slug, name in topics.items():
            self.insert_missing(tables.topic, {"series": series, "slug": slug, "name": name})

    def last_modified(self, series: str, address: str, digest: str) -> datetime | None:
        """Return Last-Modified of ``address`` if its bytes still have ``digest``."""
        column = tables.address.c
        return self.connection.execute(
            sa.select(column.last_modified).where(
                column.series == series, column.address == address, column.digest == digest
            )
        ).scalar_one_or_none()

    def renew_last_modified(
        self, series: str, address: str, digest: str, *, modified_at: datetime, now: datetime
    ) -> datetime | None:
        """Return Last-Modified of the bytes with ``digest`` at ``address``; remember both.

        It never goes back. Where the bytes changed without a revision (a release, new
        zone data) it rises all the same, since Apple asks by date only (CLIENTS.md 2.1).

        Args:
            series: Id of the series.
            address: Path and canonical options.
            digest: Hexadecimal digest of the bytes.
            modified_at: When the edition last changed for subscribers.
            now: The moment, for bytes that changed without a revision.
        """
        self.lock(series)
        newest = self.connection.execute(
            sa.select(sa.func.max(tables.revision.c.revised_at)).where(
                tables.revision.c.series == series
            )
        ).scalar_one()
        if newest is not None and newest > modified_at:
            return None
        same = (tables.address.c.series == series) & (tables.address.c.address == address)
        row = self.connection.execute(tables.address.select().where(same)).one_or_none()
        if row is None:
            if "?" in address and self._combinations(series) >= _MOST_COMBINATIONS:
                return None
            first = {"digest": digest, "last_modified": modified_at}
            self.insert_missing(tables.address, {"series": series, "address": address, **first})
            return modified_at
        known: datetime = row.last_modified
        if row.digest == digest:
            return known
        current = now.astimezone(UTC).replace(microsecond=0)
        later = max(known + timedelta(seconds=1), current)
        risen = modified_at if modified_at > known else later
        self.connection.execute(
            tables.address.update().where(same).values(digest=digest, last_modified=risen)
        )
        return risen

    def _combinations(self, series: str) -> int:
        column = tables.address.c
        count: int = self.connection.execute(
            sa.select(sa.func.count()).where(column.series == series, column.address.contains("?"))
        ).scalar_one()
        return count

    def _first_published(self, series: str) -> datetime | None:
        first = self.connection.execute(
            sa.select(sa.func.min(tables.publication.c.published_at)).where(
                tables.publication.c.series == series
            )
        ).scalar_one()
        return first.replace(microsecond=0) if first else None


def _fields(of: Publication | Revision) -> dict[str, Any]:
    # ``asdict`` copies what is in them too, which takes as long as all the rest.
    return {name: getattr(of, name) for name in of.__dataclass_fields__}


def _row(series: str, revision: Revision) -> dict[str, Any]:
    previous = revision.previous_start
    return _fields(revision) | {
        "series": series,
        "first_start": revision.first_start.as_json(),
        "previous_start": None if previous is None else previous.as_json(),
    }


def _revisions(rows: Iterable[sa.Row[Any]]) -> Iterator[Revision]:
    """Yield the revisions in ``rows`` of ``_REVISIONS``.

    What is JSON in all of them is read as one text: that is faster, and a name that all have
    is kept once.
    """
    found = [row._asdict() for row in rows]
    texts = [values[name] or "null" for values in found for name in _IN_JSON]
    told = iter(json.loads(f"[{','.join(texts)}]"))
    for values in found:
        values |= {name: next(told) for name in _IN_JSON}
        values["first_start"] = Moment(**values["first_start"])
        if values["previous_start"] is not None:
            values["previous_start"] = Moment(**values["previous_start"])
        values["kinds"] = tuple(ChangeKind(kind) for kind in values["kinds"])
        values["changed"] = tuple(values["changed"])
        yield Revision(**values)
