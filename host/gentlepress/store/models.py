"""Tables of the session database; changes need a migration in `migrations/versions`."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
Key = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """All whole numbers have 64 bits: unsigned 32-bit counters of the tool don't fit SQL's INTEGER."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {int: BigInteger}  # noqa: RUF012  declarative reads it from the class


class MetaRow(Base):
    """Single values of this database; `host_id` names the desktop to the tools."""

    __tablename__ = "meta"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))


class Tool(Base):
    """A tool that was synced, and its cursor: every session up to it is here or was deleted here."""

    __tablename__ = "tools"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    device_id: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(32))
    board: Mapped[str] = mapped_column(String(32))
    firmware: Mapped[str] = mapped_column(String(24))
    first_seen_s: Mapped[int]
    last_seen_s: Mapped[int]
    cursor: Mapped[int]


class SessionRecord(Base):
    """A session: where and when it began, and its summary (null when it was never closed).

    `deleted_s` says when it was put into the bin, null when it was not.
    """

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("tool_id", "session_id"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tools.id"))
    session_id: Mapped[int]
    size: Mapped[int]
    crc: Mapped[int]
    stored_s: Mapped[int]
    acknowledged_s: Mapped[int | None]
    deleted_s: Mapped[int | None]
    boot: Mapped[int]
    start_uptime_ms: Mapped[int]
    device_start_s: Mapped[int]
    device_time_quality: Mapped[int]
    start_utc_s: Mapped[int | None] = mapped_column(index=True)
    start_quality: Mapped[int]
    user_slot: Mapped[int]
    profile: Mapped[int]
    sensor: Mapped[int]
    pace: Mapped[int]
    firmware: Mapped[str] = mapped_column(String(24))
    routine_name: Mapped[str] = mapped_column(String(24))
    routine_crc: Mapped[int]
    end_reason: Mapped[int | None]
    fault: Mapped[int | None]
    duration_ms: Mapped[int | None]
    steps_done: Mapped[int | None]
    steps_total: Mapped[int | None]
    contact_ms: Mapped[int | None]
    in_band_ms: Mapped[int | None]
    over_ms: Mapped[int | None]
    blind_ms: Mapped[int | None]
    warn_count: Mapped[int | None]
    over_count: Mapped[int | None]
    jab_count: Mapped[int | None]
    fault_count: Mapped[int | None]
    peak_mn: Mapped[int | None]
    impulse_mn_s: Mapped[int | None]
    tool: Mapped[Tool] = relationship(lazy="joined", innerjoin=True)


class SessionFile(Base):
    """The bytes of a session as the tool gave them."""

    __tablename__ = "session_files"
    session_key: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class StepRecord(Base):
    """A step of a session; forces in mN, times in ms."""

    __tablename__ = "steps"
    __table_args__ = ({"sqlite_with_rowid": False},)
    session_key: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    step: Mapped[int]
    zone: Mapped[int]
    side: Mapped[int]
    point: Mapped[int]
    end_reason: Mapped[int]
    presses: Mapped[int]
    narrowed_by: Mapped[int]
    lo_mn: Mapped[int]
    hi_mn: Mapped[int]
    warn_mn: Mapped[int]
    limit_mn: Mapped[int]
    start_ms: Mapped[int]
    duration_ms: Mapped[int]
    contact_ms: Mapped[int]
    light_ms: Mapped[int]
    in_band_ms: Mapped[int]
    high_ms: Mapped[int]
    warn_ms: Mapped[int]
    over_ms: Mapped[int]
    blind_ms: Mapped[int]
    motor_on_ms: Mapped[int]
    warn_count: Mapped[int]
    over_count: Mapped[int]
    jab_count: Mapped[int]
    peak_mn: Mapped[int]
    mean_mn: Mapped[int]
    impulse_mn_s: Mapped[int]
    reaction_count: Mapped[int]
    reaction_mean_ms: Mapped[int]
    reaction_max_ms: Mapped[int]


class EventRecord(Base):
    """An event of a session."""

    __tablename__ = "events"
    __table_args__ = ({"sqlite_with_rowid": False},)
    session_key: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    t_ms: Mapped[int]
    kind: Mapped[int]
    step: Mapped[int]
    value: Mapped[int]


class Owner(Base):
    """A person whose sessions these are."""

    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    since_s: Mapped[int]


class ToolOwner(Base):
    """Whose a tool is: `slot` of the tool that is this person's, 0 for all of its sessions."""

    __tablename__ = "tool_owners"
    tool_id: Mapped[int] = mapped_column(ForeignKey("tools.id"), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[int]


class DeletedSession(Base):
    """A session that was erased here for good; it is not copied again."""

    __tablename__ = "deleted_sessions"
    tool_id: Mapped[int] = mapped_column(ForeignKey("tools.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    crc: Mapped[int]


KIND_CHECK = "check"
KIND_SYMPTOM = "symptom"


class Report(Base):
    """A check before a session, or a warning sign: `names` of what is true, and which tool was told when."""

    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at_s: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    names: Mapped[str] = mapped_column(String(256))
    device_id: Mapped[str | None] = mapped_column(String(16))
    told_s: Mapped[int | None]
