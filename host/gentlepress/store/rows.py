"""Sessions as rows of the database, and back as typed values."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from gentlepress.firmware.core import ids
from gentlepress.record_reader import Interval, Session
from gentlepress.replies import Hello
from gentlepress.store.models import EventRecord, SessionRecord, StepRecord, Tool, TraceRecord

INTERVAL = struct.Struct("<IHHHB")
SUMMARY_COLUMNS = (
    "end_reason",
    "fault",
    "duration_ms",
    "steps_done",
    "steps_total",
    "contact_ms",
    "in_band_ms",
    "over_ms",
    "blind_ms",
    "warn_count",
    "over_count",
    "jab_count",
    "fault_count",
    "peak_mn",
    "impulse_mn_s",
)


@dataclass(frozen=True)
class ToolRow:
    """A tool in the database: times in seconds since 1970, cursor as in `Store.cursor`."""

    device_id: str
    name: str
    board: str
    firmware: str
    first_seen_s: int
    last_seen_s: int
    cursor: int


@dataclass(frozen=True)
class SessionRow:
    """A session in the database, without its steps; summary figures are None when it was never closed."""

    key: int
    device_id: str
    tool_name: str
    session_id: int
    start_utc: datetime | None
    start_quality: int
    user_slot: int
    routine_name: str
    size: int
    crc: int
    acknowledged: bool
    end_reason: int | None
    fault: int | None
    duration_ms: int | None
    steps_done: int | None
    steps_total: int | None
    contact_ms: int | None
    in_band_ms: int | None
    over_ms: int | None
    blind_ms: int | None
    warn_count: int | None
    over_count: int | None
    jab_count: int | None
    fault_count: int | None
    peak_mn: int | None
    impulse_mn_s: int | None


@dataclass(frozen=True)
class StoredSession:
    """A session in full: its row, its parsed file, and the bytes as the tool gave them."""

    row: SessionRow
    session: Session
    data: bytes


def tool_row(tool: Tool) -> ToolRow:
    """A tool as a typed value."""
    return ToolRow(**{name: getattr(tool, name) for name in ToolRow.__dataclass_fields__})


def session_row(record: SessionRecord) -> SessionRow:
    """A session as a typed value."""
    start = record.start_utc_s
    return SessionRow(
        key=record.id,
        device_id=record.tool.device_id,
        tool_name=record.tool.name,
        session_id=record.session_id,
        start_utc=None if start is None else datetime.fromtimestamp(start, UTC),
        start_quality=record.start_quality,
        user_slot=record.user_slot,
        routine_name=record.routine_name,
        size=record.size,
        crc=record.crc,
        acknowledged=record.acknowledged_s is not None,
        **{name: getattr(record, name) for name in SUMMARY_COLUMNS},
    )


def start_time(session: Session, hello: Hello) -> tuple[int | None, int]:
    """When a session began, in seconds since 1970, and how far that can be believed (ids.TIME_*).

    The tool's clock counts when it was set; else the running time of the same power-up tells how long ago it was.
    """
    header = session.header
    if header.time_quality != ids.TIME_UNKNOWN and header.start_unix_s:
        return header.start_unix_s, header.time_quality
    if header.boot == hello.boot and header.start_uptime_ms <= hello.uptime_ms:
        ago_s = (hello.uptime_ms - header.start_uptime_ms) / 1000
        return round(hello.asked_at - ago_s), ids.TIME_FROM_UPTIME
    return None, ids.TIME_UNKNOWN


def session_record(session: Session, tool: Tool, hello: Hello, stored_s: int) -> SessionRecord:
    """The row of a session that was just copied."""
    header = session.header
    start_utc_s, start_quality = start_time(session, hello)
    summary: dict[str, Any] = {name: getattr(session.summary, name, None) for name in SUMMARY_COLUMNS}
    return SessionRecord(
        tool=tool,
        session_id=header.session_id,
        size=session.size,
        crc=session.crc,
        stored_s=stored_s,
        acknowledged_s=None,
        boot=header.boot,
        start_uptime_ms=signed_64(header.start_uptime_ms),
        device_start_s=header.start_unix_s,
        device_time_quality=header.time_quality,
        start_utc_s=start_utc_s,
        start_quality=start_quality,
        user_slot=header.user_slot,
        profile=header.profile,
        sensor=header.sensor,
        pace=header.pace,
        firmware=header.firmware,
        routine_name=header.routine_name,
        routine_crc=header.routine_crc,
        **summary,
    )


def detail_records(session: Session, key: int) -> Iterator[StepRecord | EventRecord | TraceRecord]:
    """Rows of a session's steps, events and trace."""
    for position, step in enumerate(session.steps):
        yield StepRecord(session_key=key, position=position, **asdict(step))
    for position, event in enumerate(session.events):
        yield EventRecord(session_key=key, position=position, **asdict(event))
    if session.trace:
        data = b"".join(_pack_interval(interval) for interval in session.trace)
        yield TraceRecord(session_key=key, interval_count=len(session.trace), data=data)


def signed_64(value: int) -> int:
    """A number cut to what a database's largest integer holds."""
    return min(value, 2**63 - 1)


def _pack_interval(interval: Interval) -> bytes:
    return INTERVAL.pack(
        min(interval.t_ms, 0xFFFFFFFF),
        interval.interval_ms,
        min(max(interval.peak_mn, 0), 0xFFFF),
        min(max(interval.mean_mn, 0), 0xFFFF),
        interval.motor_on,
    )
