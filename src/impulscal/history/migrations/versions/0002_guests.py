"""Who was invited: guests, their messages, the staff who may see them."""

import sqlalchemy as sa
from alembic import op

from impulscal.history.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "join_link",
        sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("session", sa.String(40), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
    )
    op.create_table(
        "erased",
        sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("session", sa.String(40), primary_key=True),
        sa.Column("told_sequence", sa.Integer, nullable=False),
        sa.Column("told_at", Instant, nullable=False),
    )
    op.create_table(
        "guest",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("handle", sa.String(43), nullable=False, unique=True),
        sa.Column("series", sa.String(40), sa.ForeignKey("series.id"), nullable=False),
        sa.Column("session", sa.String(40), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("address_key", sa.String(254), nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.String(35)),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("signed_off_at", Instant),
        sa.Column("told_sequence", sa.Integer),
        sa.Column("told_at", Instant),
        sa.Column("told_method", sa.String(7)),
        sa.Column("told", sa.JSON(none_as_null=True)),
        sa.Column("partstat", sa.String(12), nullable=False),
        sa.Column("answered_at", Instant),
        sa.UniqueConstraint("series", "session", "address_key"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guest", sa.Integer, sa.ForeignKey("guest.id", ondelete="CASCADE"), index=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("method", sa.String(7)),
        sa.Column("told", sa.JSON(none_as_null=True)),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("data", sa.LargeBinary),
        sa.Column("state", sa.String(8), nullable=False, index=True),
        sa.Column("queued_at", Instant, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("attempted_at", Instant),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("sent_at", Instant),
        sa.Column("reply", sa.Text),
    )
    op.create_table(
        "sign_in",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("address", sa.String(254), nullable=False, index=True),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
    )
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("signed_in_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
    )
