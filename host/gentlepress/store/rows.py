"""Sessions as rows of the database, and back as typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gentlepress.firmware.core import ids
from gentlepress.record_reader import Session, Skimmed

if TYPE_CHECKING:
    from gentlepress.replies import Hello

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


TOOL_FIELDS = "t.device_id, t.name, t.board, t.firmware, t.first_seen_s, t.last_seen_s, t.cursor"
SESSION_FIELDS = (
    "s.id", "t.id", "t.device_id", "t.name", "s.session_id", "s.start_utc_s", "s.start_quality", "s.stored_s",
    "s.deleted_s", "s.user_slot", "s.routine_name", "s.size", "s.crc", "s.acknowledged_s",
)  # fmt: skip


@dataclass(frozen=True)
class ToolRow:
    """A tool in the database: times in seconds since 1970, cursor as in `Store.cursor`, owners with their slots."""

    device_id: str
    name: str
    board: str
    firmware: str
    first_seen_s: int
    last_seen_s: int
    cursor: int
    owners: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class OwnerRow:
    """A person, and (device id, name, slot) of each tool of theirs; slot 0 stands for all slots."""

    name: str
    tools: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class SessionRow:
    """A session in the database, without its steps; summary figures are None when it was never closed.

    `stored` says when it was copied from the tool, `deleted` when it was put into the bin.
    """

    key: int
    device_id: str
    tool_name: str
    session_id: int
    start_utc: datetime | None
    start_quality: int
    stored: datetime
    deleted: datetime | None
    user_slot: int
    owners: tuple[str, ...]
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


def row_of_session(found: Sequence[Any], owners: Mapping[int, list[tuple[str, int]]]) -> SessionRow:
    """A session as a typed value.

    Args:
        found: SESSION_FIELDS and SUMMARY_COLUMNS.
        owners: (name, slot) of the people of each tool, by its key.
    """
    key, tool, device_id, name, number, start, quality, stored, deleted, slot, routine, size, crc, told = (
        found[:14]
    )
    whose = tuple(who for who, of_slot in owners.get(tool, ()) if of_slot in {0, slot})
    return SessionRow(
        key, device_id, name, number, when(start), quality, when(stored) or _EPOCH, when(deleted), slot, whose,
        routine, size, crc, told is not None, *found[14:],
    )  # fmt: skip


_EPOCH = datetime.fromtimestamp(0, UTC)


def when(seconds: int | None) -> datetime | None:
    """Seconds since 1970 as a time; None stays None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def start_time(session: Session, hello: Hello) -> tuple[int | None, int]:
    """When a session began, in seconds since 1970, and how far that can be believed (ids.TIME_*).

    The tool's clock counts when it was set. Else the running time says how long it was from the start to a moment that
    is known: when the clock was set in the session, its end, or now, if the tool was on all the time.
    """
    header = session.header
    if header.time_quality != ids.TIME_UNKNOWN and header.start_unix_s:
        return header.start_unix_s, header.time_quality
    later = _known_later(session)
    if later is None and header.boot == hello.boot and header.start_uptime_ms <= hello.uptime_ms:
        later = hello.asked_at - (hello.uptime_ms - header.start_uptime_ms) / 1000
    return (None, ids.TIME_UNKNOWN) if later is None else (round(later), ids.TIME_FROM_UPTIME)


def _known_later(session: Session) -> float | None:
    """The start by a clock that was set in the session, by its event or by the session's end."""
    for event in session.events:
        if event.kind == ids.EVENT_CLOCK_SET and event.value > 0:
            return event.value - event.t_ms / 1000
    summary = session.summary
    if summary is not None and summary.end_unix_s and summary.time_quality != ids.TIME_UNKNOWN:
        return summary.end_unix_s - summary.duration_ms / 1000
    return None


def session_values(session: Skimmed) -> dict[str, Any]:
    """Columns of a session that its file tells; the others are its tool, dates and what became of it here."""
    header = session.header
    return {
        "session_id": header.session_id,
        "size": session.size,
        "crc": session.crc,
        "boot": header.boot,
        "start_uptime_ms": signed_64(header.start_uptime_ms),
        "device_start_s": header.start_unix_s,
        "device_time_quality": header.time_quality,
        "user_slot": header.user_slot,
        "profile": header.profile,
        "sensor": header.sensor,
        "pace": header.pace,
        "firmware": header.firmware,
        "routine_name": header.routine_name,
        "routine_crc": header.routine_crc,
        **{name: getattr(session.summary, name, None) for name in SUMMARY_COLUMNS},
    }


def signed_64(value: int) -> int:
    """A number cut to what a database's largest integer holds."""
    return min(value, 2**63 - 1)
