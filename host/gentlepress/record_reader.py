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


def read_session(data: bytes, with_trace: bool = True) -> Session:
    """Read and verify a session file. Records of an unknown kind are passed over.

    Args:
        data: the file.
        with_trace: False leaves the trace undecoded, which takes most of the time.

    Raises:
        SessionTooNew: the format is newer than this program understands.
        SessionCorrupt: there is no whole header, a record is malformed, or records follow the summary.
    """
    found, used = records.parse(data)
    if not found or found[0][0] != records.HEADER:
        raise SessionCorrupt(
            f"The file of {len(data)} bytes does not begin with a whole header record.", _COPY_AGAIN
        )
    _check_format(found[0][2])
    header = _header(_unpack(records.HEADER, found[0][2]))
    steps: list[Step] = []
    events: list[Event] = []
    trace: list[Interval] = []
    summary = whole_crc = None
    for kind, number, payload in found[1:]:
        if summary is not None or kind == records.HEADER:
            raise SessionCorrupt(
                f"Session {header.session_id} has record {number} (kind {kind}) where none may follow.",
                _COPY_AGAIN,
            )
        if kind == records.STEP:
            steps.append(Step(**_unpack(kind, payload)))
        elif kind == records.SUMMARY:
            summary = Summary(**_unpack(kind, payload))
        elif kind == records.EVENTS:
            events += [Event(*event) for event in records.unpack_events(payload)]
        elif kind == records.TRACE and with_trace:
            trace += _intervals(payload)
        elif kind == records.THINNED:
            whole_crc = _unpack(kind, payload)["crc"]
    return Session(
        header=header,
        steps=tuple(steps),
        events=tuple(events),
        trace=tuple(trace),
        summary=summary,
        size=len(data),
        crc=binascii.crc32(data),
        torn_bytes=len(data) - used,
        whole_crc=whole_crc,
    )


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


def _unpack(kind: int, payload: bytes) -> dict[str, Any]:
    try:
        return records.unpack(kind, payload)
    except struct.error as error:
        raise SessionCorrupt(
            f"A record of kind {kind} has {len(payload)} bytes, which is too few.", _COPY_AGAIN
        ) from error


def _header(values: dict[str, Any]) -> Header:
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
