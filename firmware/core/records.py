"""Records of a session file: how they are framed, and what each holds.

A session file is a run of records, each `type u8 | length u8 | sequence u16 | payload | crc32 u32`, little endian; for
the CRC see `check`. A file begins with a HEADER and, once closed, ends with a SUMMARY. What follows
the last whole record (a torn write) is not part of the session. Field by field: docs/log-format.md. Plain module,
shared with the desktop.
"""

import binascii
import struct

FORMAT_VERSION = 2

HEADER = 1
STEP = 2
EVENTS = 3
TRACE = 4
SUMMARY = 5
THINNED = 6

OVERHEAD = 8
PAYLOAD_MAX = 240

# name, struct code; times in ms since the session's start unless named otherwise, forces in mN.
HEADER_FIELDS = (
    ("format_version", "B"),
    ("session_id", "I"),
    ("device_id", "8s"),
    ("boot", "I"),
    ("start_uptime_ms", "Q"),
    ("start_unix_s", "I"),
    ("time_quality", "B"),
    ("user_slot", "B"),
    ("profile", "B"),
    ("sensor", "B"),
    ("pace", "B"),
    ("rate_sps", "H"),
    ("trace_interval_ms", "H"),
    ("counts_per_n", "I"),
    ("zero_counts", "i"),
    ("firmware_major", "B"),
    ("firmware_minor", "B"),
    ("firmware_patch", "B"),
    ("routine_crc", "I"),
    ("routine_name", "24s"),
)
STEP_FIELDS = (
    ("step", "B"),
    ("zone", "B"),
    ("side", "B"),
    ("point", "B"),
    ("end_reason", "B"),
    ("presses", "B"),
    ("narrowed_by", "H"),
    ("lo_mn", "H"),
    ("hi_mn", "H"),
    ("warn_mn", "H"),
    ("limit_mn", "H"),
    ("start_ms", "I"),
    ("duration_ms", "I"),
    ("contact_ms", "I"),
    ("light_ms", "I"),
    ("in_band_ms", "I"),
    ("high_ms", "I"),
    ("warn_ms", "I"),
    ("over_ms", "I"),
    ("blind_ms", "I"),
    ("motor_on_ms", "I"),
    ("warn_count", "H"),
    ("over_count", "H"),
    ("jab_count", "H"),
    ("peak_mn", "H"),
    ("mean_mn", "H"),
    ("impulse_mn_s", "I"),
    ("reaction_count", "H"),
    ("reaction_mean_ms", "H"),
    ("reaction_max_ms", "H"),
)
SUMMARY_FIELDS = (
    ("end_reason", "B"),
    ("fault", "B"),
    ("duration_ms", "I"),
    ("steps_done", "B"),
    ("steps_total", "B"),
    ("contact_ms", "I"),
    ("in_band_ms", "I"),
    ("over_ms", "I"),
    ("blind_ms", "I"),
    ("warn_count", "H"),
    ("over_count", "H"),
    ("jab_count", "H"),
    ("fault_count", "H"),
    ("peak_mn", "H"),
    ("impulse_mn_s", "I"),
    ("sample_count", "I"),
    ("lost_events", "H"),
    ("lost_intervals", "H"),
    ("end_unix_s", "I"),
    ("time_quality", "B"),
)
EVENT_FIELDS = (("t_ms", "I"), ("kind", "B"), ("step", "B"), ("value", "i"))
THINNED_FIELDS = (("size", "I"), ("crc", "I"))
TRACE_HEAD = "<IHB"  # t_ms of the first interval, interval_ms, number of intervals

_TABLES = {HEADER: HEADER_FIELDS, STEP: STEP_FIELDS, SUMMARY: SUMMARY_FIELDS, THINNED: THINNED_FIELDS}


def _format(fields) -> str:
    return "<" + "".join([code for _name, code in fields])


EVENT_FORMAT = _format(EVENT_FIELDS)
EVENT_SIZE = struct.calcsize(EVENT_FORMAT)
EVENTS_PER_RECORD = PAYLOAD_MAX // EVENT_SIZE


def check(head, payload, version: int) -> int:
    """CRC-32 of a record in a file of a format: of payload and then head; in format 1 of head and then payload.

    A CRC over bytes and then their own CRC comes out the same whatever the bytes are, so the CRC of a whole file of
    format 1 tells of the records' lengths only. In this order it tells of all that is in them.
    """
    if version < 2:
        head, payload = payload, head
    return binascii.crc32(head, binascii.crc32(payload)) & 0xFFFFFFFF


def frame(kind: int, sequence: int, payload: bytes, version: int = FORMAT_VERSION) -> bytes:
    """A whole record around a payload of at most PAYLOAD_MAX bytes, for a file of a format."""
    head = struct.pack("<BBH", kind, len(payload), sequence & 0xFFFF)
    return head + payload + struct.pack("<I", check(head, payload, version))


def version_of(data) -> int:
    """Format of a file by its first 5 bytes; the newest when it does not begin with a HEADER."""
    return data[4] if len(data) > 4 and data[0] == HEADER else FORMAT_VERSION


def pack(kind: int, values: dict) -> bytes:
    """Payload of a HEADER, STEP, SUMMARY or THINNED from {field: value}; every field of its table must be there."""
    fields = _TABLES[kind]
    return struct.pack(_format(fields), *[values[name] for name, _code in fields])


def unpack(kind: int, payload: bytes) -> dict:
    """{field: value} of a payload that `pack` makes. A longer one (newer writer) is read as far as known."""
    fields = _TABLES[kind]
    values = struct.unpack(_format(fields), payload[: struct.calcsize(_format(fields))])
    return {name: value for (name, _code), value in zip(fields, values)}


def pack_events(events) -> bytes:
    """Payload of an EVENTS record from (t_ms, kind, step, value) tuples, at most EVENTS_PER_RECORD of them."""
    return b"".join([struct.pack(EVENT_FORMAT, *event) for event in events])


def unpack_events(payload: bytes) -> list:
    """(t_ms, kind, step, value) tuples of an EVENTS payload."""
    count = len(payload) // EVENT_SIZE
    return [struct.unpack(EVENT_FORMAT, payload[i * EVENT_SIZE : (i + 1) * EVENT_SIZE]) for i in range(count)]


def put_varint(out: bytearray, value: int) -> None:
    """Append an unsigned number, seven bits a byte, low bits first."""
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def get_varint(data: bytes, at: int):
    """(value, next position) of the unsigned number at a position."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def zigzag(value: int) -> int:
    """A signed number as an unsigned one, small magnitudes first."""
    return value * 2 if value >= 0 else -value * 2 - 1


def unzigzag(value: int) -> int:
    """The inverse of `zigzag`."""
    return value >> 1 if value & 1 == 0 else -(value + 1 >> 1)


MEAN_STEPS = 127


def put_interval(out: bytearray, before_mn: int, peak_mn: int, mean_mn: int, motor_on: bool) -> None:
    """Append one interval: its peak exactly (change from the last peak), its mean in 1/127 of the peak, motor flag."""
    put_varint(out, zigzag(peak_mn - before_mn))
    share = (
        mean_mn * MEAN_STEPS // peak_mn
        if 0 < mean_mn <= peak_mn
        else (MEAN_STEPS if mean_mn > peak_mn else 0)
    )
    out.append(share | (0x80 if motor_on else 0))


def unpack_trace(payload: bytes):
    """(t_ms, interval_ms, [(peak_mn, mean_mn, motor_on), ...]) of a TRACE payload."""
    t_ms, interval_ms, count = struct.unpack(TRACE_HEAD, payload[:7])
    intervals = []
    at, peak_mn = 7, 0
    for _ in range(count):
        change, at = get_varint(payload, at)
        peak_mn += unzigzag(change)
        share = payload[at] & 0x7F
        intervals.append((peak_mn, share * peak_mn // MEAN_STEPS, payload[at] >= 0x80))
        at += 1
    return t_ms, interval_ms, intervals


def parse(data: bytes):
    """Read whole records from the start of a file.

    Returns:
        (records, used): records as (kind, sequence, payload), and how many bytes they take; reading stops at the first
        record that is cut short, has a wrong CRC, or is out of sequence.
    """
    records = []
    at = 0
    version = version_of(data)
    while at + OVERHEAD <= len(data):
        kind, length, sequence = struct.unpack("<BBH", data[at : at + 4])
        end = at + 4 + length
        if end + 4 > len(data) or sequence != len(records) & 0xFFFF:
            break
        crc = check(data[at : at + 4], data[at + 4 : end], version)
        if struct.unpack("<I", data[end : end + 4])[0] != crc:
            break
        records.append((kind, sequence, bytes(data[at + 4 : end])))
        at = end + 4
    return records, at
