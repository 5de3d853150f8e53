"""Tools, sessions with their files, steps, events and traces.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SESSION_NUMBERS = (
    "session_id size crc stored_s acknowledged_s? boot start_uptime_ms device_start_s device_time_quality start_utc_s? "
    "start_quality user_slot profile sensor pace routine_crc end_reason? fault? duration_ms? steps_done? steps_total? "
    "contact_ms? in_band_ms? over_ms? blind_ms? warn_count? over_count? jab_count? fault_count? peak_mn? impulse_mn_s?"
)
STEP_NUMBERS = (
    "step zone side point end_reason presses narrowed_by lo_mn hi_mn warn_mn limit_mn start_ms duration_ms contact_ms "
    "light_ms in_band_ms high_ms warn_ms over_ms blind_ms motor_on_ms warn_count over_count jab_count peak_mn mean_mn "
    "impulse_mn_s reaction_count reaction_mean_ms reaction_max_ms"
)


def upgrade() -> None:
    """Make all tables of the first version."""
    _tools()
    _sessions()
    _details()


def downgrade() -> None:
    """Remove everything."""
    for table in (
        "traces",
        "events",
        "steps",
        "session_files",
        "sessions",
        "deleted_sessions",
        "tools",
        "meta",
    ):
        op.drop_table(table)


def _numbers(names: str) -> list[sa.Column]:
    """Columns of whole numbers; a question mark allows null."""
    return [
        sa.Column(name.rstrip("?"), sa.BigInteger(), nullable=name.endswith("?"), autoincrement=False)
        for name in names.split()
    ]


def _of_session(table: str) -> list[sa.schema.SchemaItem]:
    """Key of a table whose rows belong to a session."""
    key = sa.ForeignKey("sessions.id", name=f"fk_{table}_session_key", ondelete="CASCADE")
    return [sa.Column("session_key", KEY, key, nullable=False)]


def _tools() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "tools",
        sa.Column("id", KEY, nullable=False),
        sa.Column("device_id", sa.String(16), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("board", sa.String(32), nullable=False),
        sa.Column("firmware", sa.String(24), nullable=False),
        *_numbers("first_seen_s last_seen_s cursor"),
        sa.PrimaryKeyConstraint("id", name="pk_tools"),
        sa.UniqueConstraint("device_id", name="uq_tools_device_id"),
    )
    op.create_table(
        "deleted_sessions",
        sa.Column(
            "tool_id", KEY, sa.ForeignKey("tools.id", name="fk_deleted_sessions_tool_id"), nullable=False
        ),
        *_numbers("session_id crc"),
        sa.PrimaryKeyConstraint("tool_id", "session_id", name="pk_deleted_sessions"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("tool_id", KEY, sa.ForeignKey("tools.id", name="fk_sessions_tool_id"), nullable=False),
        *_numbers(SESSION_NUMBERS),
        sa.Column("firmware", sa.String(24), nullable=False),
        sa.Column("routine_name", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("tool_id", "session_id", name="uq_sessions_tool_id_session_id"),
    )
    op.create_index("ix_sessions_start_utc_s", "sessions", ["start_utc_s"])
    op.create_table(
        "session_files",
        *_of_session("session_files"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_key", name="pk_session_files"),
    )


def _details() -> None:
    for table, numbers in (("steps", STEP_NUMBERS), ("events", "t_ms kind step value")):
        op.create_table(
            table,
            *_of_session(table),
            sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
            *_numbers(numbers),
            sa.PrimaryKeyConstraint("session_key", "position", name=f"pk_{table}"),
        )
    op.create_index("ix_steps_zone", "steps", ["zone"])
    op.create_table(
        "traces",
        *_of_session("traces"),
        *_numbers("interval_count"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_key", name="pk_traces"),
    )
