"""The tables of an export: their columns with units, and what of a session stands in each.

A value is a whole number, a text, a time (seconds since 1970), a word (the name of a number of core/ids.py, or the
number where it has none), or None where it is not known. How each is written is the formats' own business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from gentlepress.firmware.core import ids
from gentlepress.record_reader import Event, Session, Step
from gentlepress.reply_fields import name_of
from gentlepress.store.rows import SessionRow, ToolRow

WHOLE = "whole"
TEXT = "text"
TIME = "time"
_WORDS: dict[str, Mapping[int, str]] = {
    "start_quality": ids.TIME_QUALITY_NAMES,
    "time_quality": ids.TIME_QUALITY_NAMES,
    "profile": ids.PROFILE_NAMES,
    "sensor": ids.SENSOR_NAMES,
    "end_reason": ids.END_REASON_NAMES,
    "fault": ids.FAULT_NAMES,
    "zone": ids.ZONE_NAMES,
    "side": ids.SIDE_NAMES,
    "kind": ids.EVENT_NAMES,
}
_UNITS = (("_mn_s", "_mN_s"), ("_mn", "_mN"), ("_sps", "_per_s"), ("_per_n", "_per_N"))
# Owners of a tool in one text, "Ada; Ben (slot 2)".
OWNERS_BETWEEN = "; "


class Column(NamedTuple):
    """A column: its heading with the unit, and WHOLE, TEXT or TIME."""

    name: str
    kind: str


@dataclass(frozen=True)
class Whole:
    """A session with all that is known of it."""

    row: SessionRow
    session: Session
    data: bytes


def heading(field: str) -> str:
    """A field's name with its unit as people write it: peak_mn becomes peak_mN."""
    for plain, unit in _UNITS:
        if field.endswith(plain):
            return field.removesuffix(plain) + unit
    return field


def word(field: str, number: int | None) -> str | None:
    """The name of a number in a field; the number where it has none."""
    return None if number is None else name_of(_WORDS[field], number)


def number_of(field: str, text: str) -> int:
    """The number of a word in a field.

    Raises:
        ValueError: it is neither a known word nor a number.
    """
    for number, name in _WORDS[field].items():
        if name == text:
            return number
    return int(text)


_OF_ROW = ("device_id", "tool_name", "session_id")
_OF_HEADER = (
    "user_slot", "profile", "sensor", "pace", "firmware", "routine_name", "routine_crc", "boot", "start_uptime_ms",
    "rate_sps", "trace_interval_ms", "counts_per_n", "zero_counts", "format_version",
)  # fmt: skip
_OF_SUMMARY = (
    "end_reason", "fault", "duration_ms", "steps_done", "steps_total", "contact_ms", "in_band_ms", "over_ms",
    "blind_ms", "warn_count", "over_count", "jab_count", "fault_count", "peak_mn", "impulse_mn_s", "sample_count",
    "lost_events", "lost_intervals",
)  # fmt: skip
_STEP_FIELDS = tuple(Step.__dataclass_fields__)
_EVENT_FIELDS = tuple(Event.__dataclass_fields__)
_TEXTS = {"device_id", "tool_name", "firmware", "routine_name", *_WORDS}


def _columns(fields: tuple[str, ...]) -> list[Column]:
    return [Column(heading(field), TEXT if field in _TEXTS else WHOLE) for field in fields]


SESSIONS = [
    *_columns(_OF_ROW),
    Column("start_utc", TIME),
    Column("start_quality", TEXT),
    Column("copied_utc", TIME),
    Column("owners", TEXT),
    Column("tool_start_utc", TIME),
    Column("tool_start_quality", TEXT),
    Column("end_utc", TIME),
    Column("end_quality", TEXT),
    *_columns(_OF_HEADER),
    *_columns(_OF_SUMMARY),
    Column("steps", WHOLE),
    Column("events", WHOLE),
    Column("trace_intervals", WHOLE),
    Column("torn_bytes", WHOLE),
    Column("size_bytes", WHOLE),
    Column("crc32", WHOLE),
]
# What an import takes of SESSIONS besides the session's own file, which holds all the rest.
TAKEN = [
    column
    for column in SESSIONS
    if column.name
    in {"device_id", "session_id", "start_utc", "start_quality", "copied_utc", "size_bytes", "crc32"}
]
_KEY = [Column("device_id", TEXT), Column("session_id", WHOLE)]
STEPS = [*_KEY, Column("position", WHOLE), *_columns(_STEP_FIELDS)]
EVENTS = [*_KEY, Column("position", WHOLE), *_columns(_EVENT_FIELDS)]
TRACE = _columns(("t_ms", "interval_ms", "peak_mn", "mean_mn", "motor_on"))
TOOLS = [
    Column("device_id", TEXT),
    Column("name", TEXT),
    Column("board", TEXT),
    Column("firmware", TEXT),
    Column("first_seen_utc", TIME),
    Column("last_seen_utc", TIME),
    Column("owners", TEXT),
]
_step_values, _event_values = attrgetter(*_STEP_FIELDS), attrgetter(*_EVENT_FIELDS)


def session_values(whole: Whole) -> list[Any]:
    """Values of SESSIONS. A date that nobody vouches for is none: it is in the session's file alone."""
    row, session = whole.row, whole.session
    header, summary = session.header, session.summary
    start = None if row.start_utc is None else round(row.start_utc.timestamp())
    return [
        *(getattr(row, name) for name in _OF_ROW),
        start,
        word("start_quality", row.start_quality),
        round(row.stored.timestamp()),
        OWNERS_BETWEEN.join(row.owners),
        _vouched(header.start_unix_s, header.time_quality),
        word("time_quality", header.time_quality),
        None if summary is None else _vouched(summary.end_unix_s, summary.time_quality),
        None if summary is None else word("time_quality", summary.time_quality),
        *(_named(name, getattr(header, name)) for name in _OF_HEADER),
        *(_named(name, getattr(summary, name, None)) for name in _OF_SUMMARY),
        len(session.steps),
        len(session.events),
        len(session.trace),
        session.torn_bytes,
        session.size,
        session.crc,
    ]


def step_values(whole: Whole) -> Iterator[list[Any]]:
    """Values of STEPS."""
    return _parts(whole, _STEP_FIELDS, [_step_values(step) for step in whole.session.steps])


def event_values(whole: Whole) -> Iterator[list[Any]]:
    """Values of EVENTS."""
    return _parts(whole, _EVENT_FIELDS, [_event_values(event) for event in whole.session.events])


def trace_values(whole: Whole) -> Iterator[list[int]]:
    """Values of TRACE."""
    for part in whole.session.trace:
        yield [part.t_ms, part.interval_ms, part.peak_mn, part.mean_mn, int(part.motor_on)]


def tool_values(tool: ToolRow) -> list[Any]:
    """Values of TOOLS."""
    owners = [f"{name} (slot {slot})" if slot else name for name, slot in tool.owners]
    return [
        tool.device_id,
        tool.name,
        tool.board,
        tool.firmware,
        tool.first_seen_s,
        tool.last_seen_s,
        OWNERS_BETWEEN.join(owners),
    ]


def _parts(whole: Whole, fields: tuple[str, ...], items: list[Any]) -> Iterator[list[Any]]:
    key = [whole.row.device_id, whole.row.session_id]
    for position, values in enumerate(items):
        yield [*key, position, *(_named(name, value) for name, value in zip(fields, values, strict=True))]


def _named(field: str, value: Any) -> Any:
    return word(field, value) if field in _WORDS else value


def _vouched(seconds: int, quality: int) -> int | None:
    return seconds if seconds and quality != ids.TIME_UNKNOWN else None
