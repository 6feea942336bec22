"""How many programs asked for the feeds: per day, series and kind of program."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "poll",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("series", sa.String(40), primary_key=True),
        sa.Column("family", sa.String(20), primary_key=True),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("clients", sa.Float, nullable=False),
        sa.Column("sketch", sa.LargeBinary),
    )
    op.create_table(
        "poll_salt",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
    )
