"""Session files as typed values. The file format is in docs/log-format.md and core/records.py."""

from __future__ import annotations

import binascii
import struct
from dataclasses import dataclass
from typing import Any

from gentlepress.errors import SessionCorrupt, SessionTooNew
from gentlepress.firmware.core import ids, records
from gentlepress.reply_fields import name_of
from gentlepress.smp.text import clean

_COPY_AGAIN = "Copy the session again; if it repeats, the tool's memory is damaged there: report it."


@dataclass(frozen=True)
class Header:
    """How a session began; forces in mN, times in ms, numbers of core/ids.py, device_id as hex digits."""

    format_version: int
    session_id: int
    device_id: str
    boot: int
    start_uptime_ms: int
    start_unix_s: int
    time_quality: int
    user_slot: int
    profile: int
    sensor: int
    pace: int
    rate_sps: int
    trace_interval_ms: int
    counts_per_n: int
    zero_counts: int
    firmware_major: int
    firmware_minor: int
    firmware_patch: int
    routine_crc: int
    routine_name: str

    @property
    def firmware(self) -> str:
        """Version of the firmware that wrote the file."""
        return f"{self.firmware_major}.{self.firmware_minor}.{self.firmware_patch}"


@dataclass(frozen=True)
class Step:
    """One step of a session; forces in mN, times in ms, `narrowed_by` a bit set of limits.BY_*."""

    step: int
    zone: int
    side: int
    point: int
    end_reason: int
    presses: int
    narrowed_by: int
    lo_mn: int
    hi_mn: int
    warn_mn: int
    limit_mn: int
    start_ms: int
    duration_ms: int
    contact_ms: int
    light_ms: int
    in_band_ms: int
    high_ms: int
    warn_ms: int
    over_ms: int
    blind_ms: int
    motor_on_ms: int
    warn_count: int
    over_count: int
    jab_count: int
    peak_mn: int
    mean_mn: int
    impulse_mn_s: int
    reaction_count: int
    reaction_mean_ms: int
    reaction_max_ms: int


@dataclass(frozen=True)
class Event:
    """Something that happened: time in the session in ms, kind (ids.EVENT_*), step, value."""

    t_ms: int
    kind: int
    step: int
    value: int


@dataclass(frozen=True)
class Interval:
    """Peak and mean force (mN) of one interval of the trace, and whether the motor ran."""

    t_ms: int
    interval_ms: int
    peak_mn: int
    mean_mn: int
    motor_on: bool


@dataclass(frozen=True)
class Summary:
    """How a session ended, and its sums; forces in mN, times in ms."""

    end_reason: int
    fault: int
    duration_ms: int
    steps_done: int
    steps_total: int
    contact_ms: int
    in_band_ms: int
    over_ms: int
    blind_ms: int
    warn_count: int
    over_count: int
    jab_count: int
    fault_count: int
    peak_mn: int
    impulse_mn_s: int
    sample_count: int
    lost_events: int
    lost_intervals: int
    end_unix_s: int
    time_quality: int


@dataclass(frozen=True)
class Session:
    """A whole session file.

    Attributes:
        header: how it began.
        steps: in the order in which they ended.
        events: in the order of time.
        trace: force over time.
        summary: None when the file was never closed.
        size: bytes of the file.
        crc: CRC-32 of the file.
        torn_bytes: bytes after the last whole record, which are not part of the session.
        whole_crc: CRC-32 of the file before the tool had to let steps, events and trace go; None when it has them.
    """

    header: Header
    steps: tuple[Step, ...]
    events: tuple[Event, ...]
    trace: tuple[Interval, ...]
    summary: Summary | None
    size: int
    crc: int
    torn_bytes: int
    whole_crc: int | None = None


@dataclass(frozen=True)
class Skimmed:
    """A session file as far as it is read quickly: steps and events as plain tuples, trace records undecoded."""

    header: Header
    steps: list[tuple[int, ...]]
    events: list[tuple[int, ...]]
    traces: list[bytes]
    summary: Summary | None
    size: int
    crc: int
    torn_bytes: int
    whole_crc: int | None


def read_session(data: bytes) -> Session:
    """Read and verify a session file. Records of an unknown kind are passed over.

    Raises:
        SessionTooNew: the format is newer than this program understands.
        SessionCorrupt: there is no whole header, a record is malformed, or records follow the summary.
    """
    found = skim(data)
    return Session(
        header=found.header,
        steps=tuple(Step(*values) for values in found.steps),
        events=tuple(Event(*values) for values in found.events),
        trace=tuple(interval for payload in found.traces for interval in _intervals(payload)),
        summary=found.summary,
        size=found.size,
        crc=found.crc,
        torn_bytes=found.torn_bytes,
        whole_crc=found.whole_crc,
    )


def skim(data: bytes) -> Skimmed:
    """As `read_session`, in a tenth of the time: what a malformed trace record holds is not noticed."""
    found, used = records.parse(data)
    if not found or found[0][0] != records.HEADER:
        raise SessionCorrupt(
            f"The file of {len(data)} bytes does not begin with a whole header record.", _COPY_AGAIN
        )
    _check_format(found[0][2])
    header = _header(found[0][2])
    payloads: dict[int, list[bytes]] = {}
    for kind, number, payload in found[1:]:
        if records.SUMMARY in payloads or kind == records.HEADER:
            raise SessionCorrupt(
                f"Session {header.session_id} has record {number} (kind {kind}) where none may follow.",
                _COPY_AGAIN,
            )
        payloads.setdefault(kind, []).append(payload)
    events = b"".join(payload[: _whole_events(payload)] for payload in payloads.get(records.EVENTS, []))
    thinned = payloads.get(records.THINNED)
    summaries = [Summary(*_unpack(records.SUMMARY, payload)) for payload in payloads.get(records.SUMMARY, [])]
    return Skimmed(
        header=header,
        steps=[_unpack(records.STEP, payload) for payload in payloads.get(records.STEP, [])],
        events=list(_EVENT.iter_unpack(events)),
        traces=payloads.get(records.TRACE, []),
        summary=summaries[0] if summaries else None,
        size=len(data),
        crc=binascii.crc32(data),
        torn_bytes=len(data) - used,
        whole_crc=_unpack(records.THINNED, thinned[0])[1] if thinned else None,
    )


_EVENT = struct.Struct(records.EVENT_FORMAT)
_STRUCTS = {
    kind: struct.Struct("<" + "".join(code for _name, code in fields))
    for kind, fields in (
        (records.HEADER, records.HEADER_FIELDS),
        (records.STEP, records.STEP_FIELDS),
        (records.SUMMARY, records.SUMMARY_FIELDS),
        (records.THINNED, records.THINNED_FIELDS),
    )
}


def _whole_events(payload: bytes) -> int:
    return len(payload) // _EVENT.size * _EVENT.size


def step_title(step: Step) -> str:
    """What a step led to, as the log may say it: the tool can't know where it is pressed."""
    zone = name_of(ids.ZONE_NAMES, step.zone).replace("_", " ")
    return f"step for {zone}, {name_of(ids.SIDE_NAMES, step.side)}"


def _check_format(payload: bytes) -> None:
    version = payload[0] if payload else 0
    if version > records.FORMAT_VERSION:
        raise SessionTooNew(
            f"The session file has format {version}; this program reads up to {records.FORMAT_VERSION}.",
            "Update this program; the session stays on the tool until then.",
        )


def _unpack(kind: int, payload: bytes) -> tuple[Any, ...]:
    """Fields of a record in order. A longer payload (newer writer) is read as far as known."""
    try:
        return _STRUCTS[kind].unpack_from(payload)
    except struct.error as error:
        raise SessionCorrupt(
            f"A record of kind {kind} has {len(payload)} bytes, which is too few.", _COPY_AGAIN
        ) from error


def _header(payload: bytes) -> Header:
    names = [name for name, _code in records.HEADER_FIELDS]
    values = dict(zip(names, _unpack(records.HEADER, payload), strict=True))
    values["device_id"] = values["device_id"].hex()
    values["routine_name"] = clean(values["routine_name"].rstrip(b"\0"), 24)
    return Header(**values)


def _intervals(payload: bytes) -> list[Interval]:
    try:
        t_ms, interval_ms, found = records.unpack_trace(payload)
    except (struct.error, IndexError) as error:
        raise SessionCorrupt("A trace record ends in the middle of an interval.", _COPY_AGAIN) from error
    return [
        Interval(t_ms + number * interval_ms, interval_ms, peak, mean, motor)
        for number, (peak, mean, motor) in enumerate(found)
    ]
