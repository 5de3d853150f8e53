"""Owners of tools, a bin for deleted sessions, and what made adding thousands of sessions slow.

The force trace is in the session's file and needs no second copy; steps and events are kept in the order of their keys
alone, which in SQLite takes half the time; nobody searched steps by zone.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STEP_NUMBERS = (
    "step zone side point end_reason presses narrowed_by lo_mn hi_mn warn_mn limit_mn start_ms duration_ms contact_ms "
    "light_ms in_band_ms high_ms warn_ms over_ms blind_ms motor_on_ms warn_count over_count jab_count peak_mn mean_mn "
    "impulse_mn_s reaction_count reaction_mean_ms reaction_max_ms"
)
EVENT_NUMBERS = "t_ms kind step value"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of owners and the column of deletion; drop the copies of traces."""
    op.drop_table("traces")
    op.drop_index("ix_steps_zone", "steps")
    if op.get_context().dialect.name == "sqlite":
        for name, numbers in (("steps", STEP_NUMBERS), ("events", EVENT_NUMBERS)):
            _copy(name, numbers, sqlite_with_rowid=False)
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
    if op.get_context().dialect.name == "sqlite":
        for name, numbers in (("steps", STEP_NUMBERS), ("events", EVENT_NUMBERS)):
            _copy(name, numbers)
    op.create_index("ix_steps_zone", "steps", ["zone"])
    op.create_table(
        "traces",
        _key("session_key", "sessions", "CASCADE", table="traces"),
        sa.Column("interval_count", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_key", name="pk_traces"),
    )


def _copy(name: str, numbers: str, **kind: bool) -> None:
    """Put a table's rows into one of another kind, which takes its place."""
    op.rename_table(name, f"{name}_before")
    op.create_table(
        name,
        _key("session_key", "sessions", "CASCADE", table=name),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        *(
            sa.Column(number, sa.BigInteger(), nullable=False, autoincrement=False)
            for number in numbers.split()
        ),
        sa.PrimaryKeyConstraint("session_key", "position", name=f"pk_{name}"),
        **kind,
    )
    columns = ", ".join(["session_key", "position", *numbers.split()])
    op.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name}_before")  # noqa: S608  (own names)
    op.drop_table(f"{name}_before")


def _key(name: str, other: str, ondelete: str | None, table: str = "tool_owners") -> sa.Column:
    key = sa.ForeignKey(f"{other}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, KEY, key, nullable=False)
