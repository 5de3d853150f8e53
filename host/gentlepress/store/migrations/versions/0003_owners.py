"""Owners of tools, a bin for deleted sessions, and no second copy of the force trace: it is in the session's file.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of owners and the column of deletion; drop the copies of traces."""
    op.drop_table("traces")
    op.add_column("sessions", sa.Column("deleted_s", sa.BigInteger(), nullable=True))
    op.create_table(
        "owners",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("since_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owners"),
        sa.UniqueConstraint("name", name="uq_owners_name"),
    )
    op.create_table(
        "tool_owners",
        _key("tool_id", "tools", None),
        _key("owner_id", "owners", "CASCADE"),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tool_id", "owner_id", name="pk_tool_owners"),
    )


def downgrade() -> None:
    """Remove them. The table of traces comes back empty: the files hold them; deleted sessions come back."""
    op.drop_table("tool_owners")
    op.drop_table("owners")
    op.drop_column("sessions", "deleted_s")
    op.create_table(
        "traces",
        _key("session_key", "sessions", "CASCADE", table="traces"),
        sa.Column("interval_count", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_key", name="pk_traces"),
    )


def _key(name: str, other: str, ondelete: str | None, table: str = "tool_owners") -> sa.Column:
    key = sa.ForeignKey(f"{other}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, KEY, key, nullable=False)
