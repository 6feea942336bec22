"""The history: series, publications, revisions, addresses, topics."""

import sqlalchemy as sa
from alembic import op

from impulscal.history.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "series",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("domain", sa.String(255), nullable=False),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), nullable=False, index=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("path", sa.Text, nullable=False, index=True),
        sa.Column("saved_ns", sa.BigInteger, nullable=False),
        sa.Column("read_ns", sa.BigInteger, nullable=False),
        sa.Column("published_at", Instant, nullable=False),
    )
    op.create_table(
        "revision",
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
        sa.UniqueConstraint("series", "session", "ordinal"),
    )
    op.create_table(
        "address",
        sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("last_modified", Instant, nullable=False),
    )
    op.create_table(
        "topic",
        sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("slug", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )
