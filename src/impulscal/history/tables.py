"""The tables of the database: the history, and who was invited.

The history is append-only but for ``address``. What is known of people (``guest``,
``message``, ``sign_in``, ``staff_session``) changes, and is erased in the end. So are the
counts of polls (``poll``, ``poll_salt``), which name nobody.

A new column or table needs a migration in ``migrations/versions``; a test compares
both.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

__all__ = [
    "VERSION",
    "address",
    "erased",
    "guest",
    "join_link",
    "make",
    "message",
    "metadata",
    "poll",
    "poll_salt",
    "publication",
    "revision",
    "series",
    "sign_in",
    "staff_session",
    "topic",
    "version",
]

VERSION = "0003"
"""Of these tables: the migration that the newest one of `migrations` leads to."""

metadata = sa.MetaData()

# Alembic's own table, in the form that it gives it.
version = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def make(connection: sa.Connection) -> None:
    """Make all tables in an empty database, as the migrations would, in a tenth of the time."""
    metadata.create_all(connection, checkfirst=False)
    version.create(connection, checkfirst=False)
    connection.execute(version.insert(), {"version_num": VERSION})


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
    # As long as its name: no file that was published with SQLite is too long for a server.
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

# The link of a session whose file names none: ``invite --join-url``.
join_link = sa.Table(
    "join_link",
    metadata,
    sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
    sa.Column("session", sa.String(40), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
)

# The highest numbers told to guests who were erased: whoever is invited anew with the same
# address gets none below. It names nobody.
erased = sa.Table(
    "erased",
    metadata,
    sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
    sa.Column("session", sa.String(40), primary_key=True),
    sa.Column("told_sequence", sa.Integer, nullable=False),
    sa.Column("told_at", Instant, nullable=False),
)

guest = sa.Table(
    "guest",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    # Unguessable; stands, signed, in the guest's sign-off link.
    sa.Column("handle", sa.String(43), nullable=False, unique=True),
    sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), nullable=False),
    sa.Column("session", sa.String(40), nullable=False),
    # As it was written, and as it is compared: in lower case, the domain in ASCII.
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("address_key", sa.String(254), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.String(35)),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("signed_off_at", Instant),
    # The highest numbers that were ever sent: they never fall.
    sa.Column("told_sequence", sa.Integer),
    sa.Column("told_at", Instant),
    # What the guest holds: the last message that was not given up; none where all were.
    sa.Column("told_method", sa.String(7)),
    sa.Column("told", sa.JSON(none_as_null=True)),
    # The answer to the date told last.
    sa.Column("partstat", sa.String(12), nullable=False),
    sa.Column("answered_at", Instant),
    sa.UniqueConstraint("series", "session", "address_key"),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    # None: a sign-in link for staff.
    sa.Column("guest", sa.Integer, sa.ForeignKey("guest.id", ondelete="CASCADE"), index=True),
    sa.Column("kind", sa.String(12), nullable=False),
    # What it tells: what the guest holds unless it is given up.
    sa.Column("method", sa.String(7)),
    sa.Column("told", sa.JSON(none_as_null=True)),
    sa.Column("recipient", sa.String(254), nullable=False),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    # The whole message, so that a retry is the same bytes; gone once it is sent.
    sa.Column("data", sa.LargeBinary),
    sa.Column("state", sa.String(8), nullable=False, index=True),
    sa.Column("queued_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("attempted_at", Instant),
    # When it may be tried (again); of one that is being sent, when its sender counts as dead.
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("sent_at", Instant),
    # The server's words.
    sa.Column("reply", sa.Text),
)

sign_in = sa.Table(
    "sign_in",
    metadata,
    # SHA-256, hexadecimal: whoever reads the database cannot sign in with it.
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("address", sa.String(254), nullable=False, index=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

staff_session = sa.Table(
    "staff_session",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("signed_in_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

# How often a feed was asked for, and by about how many programs. No part of the history, so
# without a reference to it.
poll = sa.Table(
    "poll",
    metadata,
    # In UTC, as in ``poll_salt``.
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("series", sa.String(40), primary_key=True),
    sa.Column("family", sa.String(20), primary_key=True),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("clients", sa.Float, nullable=False),
    # From which ``clients`` is estimated (subscribers/sketch.py), while counts may come in.
    sa.Column("sketch", sa.LargeBinary),
)

# With what addresses are hashed on a day; erased when the day is over, so that nobody can be
# looked for in a sketch.
poll_salt = sa.Table(
    "poll_salt",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
)
