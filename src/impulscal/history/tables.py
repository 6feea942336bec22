"""The tables of the history. All is append-only but for ``address``.

A new column or table needs a migration in ``migrations/versions``; a test compares
both.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

__all__ = ["address", "metadata", "publication", "revision", "series", "topic"]

metadata = sa.MetaData()


class Instant(sa.TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no zones, so it is naive in there."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps."""
        if value is None:
            return None
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn what the database keeps into an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


# The row of a series is also what writers lock, so that one publication of a series
# is decided after the other.
series = sa.Table(
    "series",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("domain", sa.String(255), nullable=False),
)

publication = sa.Table(
    "publication",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), nullable=False, index=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    # Where the file lay: finds the series of a file that has another id now.
    sa.Column("path", sa.Text, nullable=False, index=True),
    # Both by the file system's clock, in nanoseconds since 1970: a file that was
    # superseded is published again only if it was saved after its successor was read.
    sa.Column("saved_ns", sa.BigInteger, nullable=False),
    sa.Column("read_ns", sa.BigInteger, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
)

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), nullable=False),
    sa.Column("session", sa.String(40), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("schedule_sequence", sa.Integer, nullable=False),
    sa.Column("revised_at", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("present", sa.Boolean, nullable=False),
    sa.Column("announced", sa.Boolean, nullable=False),
    sa.Column("announce", sa.Text, nullable=False),
    sa.Column("first_start", sa.JSON, nullable=False),
    sa.Column("previous_start", sa.JSON(none_as_null=True)),
    sa.Column("reinstated", sa.Boolean, nullable=False),
    sa.Column("kinds", sa.JSON, nullable=False),
    sa.Column("changed", sa.JSON, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    # Two writers that came to different revisions of one state cannot both be right.
    sa.UniqueConstraint("series", "session", "ordinal"),
)

address = sa.Table(
    "address",
    metadata,
    sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("last_modified", Instant, nullable=False),
)

topic = sa.Table(
    "topic",
    metadata,
    sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
    sa.Column("slug", sa.String(255), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)
