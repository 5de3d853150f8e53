"""What is kept of a calibration, byte by byte: docs/storage.md. Desktop and tool read the same file."""

import struct

FIELDS = (
    ("number", "H"),
    ("unix_s", "I"),
    ("time_quality", "B"),
    ("boot", "I"),
    ("device_id", "8s"),
    ("sensor", "B"),
    ("rate_sps", "H"),
    ("gain", "H"),
    ("ldo_mv", "H"),
    ("nominal_counts_per_n", "I"),
    ("counts_per_n", "I"),
    ("zero_counts", "i"),
    ("residual", "H"),
    ("first_mg", "I"),
    ("second_mg", "I"),
    ("verify_mg", "I"),
    ("verify_error", "h"),
    ("zero_moved_mn", "h"),
    ("offset", "7s"),
)
"""(field, struct code), little endian. `residual` and `verify_error` are in hundredths of a percent."""

IDENTITY = ("device_id", "sensor", "rate_sps", "gain", "ldo_mv", "nominal_counts_per_n")
"""What must be the same for a calibration to hold: this tool, this kind of cell, set up alike."""

SLOPE_OFF_PCT = 15
FORMAT = "<" + "".join([code for _name, code in FIELDS])
SIZE = struct.calcsize(FORMAT)
HISTORY = 8


def pack(values: dict) -> bytes:
    """A record from {field: value}; every field must be there."""
    return struct.pack(FORMAT, *[values[name] for name, _code in FIELDS])


def unpack(record: bytes) -> dict:
    """{field: value} of a record. A longer one (newer writer) is read as far as known."""
    values = struct.unpack(FORMAT, record[:SIZE])
    return {name: value for (name, _code), value in zip(FIELDS, values)}


def split(payload: bytes) -> list:
    """Records of a payload: the first ever, then the last HISTORY ones, oldest first; [] when it is none."""
    if not payload or len(payload) != 1 + payload[0] * SIZE:
        return []
    return [bytes(payload[1 + i * SIZE : 1 + (i + 1) * SIZE]) for i in range(payload[0])]


def join(records: list) -> bytes:
    """Payload of records."""
    return bytes([len(records)]) + b"".join(records)


def added(records: list, record: bytes) -> list:
    """Records with a new one; the first stays for good, of the others the last HISTORY."""
    return (records[:1] + (records[1:] + [record])[-HISTORY:]) if records else [record]


def same_cell(one: dict, other: dict) -> bool:
    """Whether two records, or a record and an identity, are of one tool and cell."""
    return all(one[name] == other[name] for name in IDENTITY)


def believable(values: dict) -> bool:
    """Whether a slope lies within 15 % of the nominal one: what the tool would never have kept is not taken."""
    nominal = values["nominal_counts_per_n"]
    return 100 * abs(values["counts_per_n"] - nominal) <= SLOPE_OFF_PCT * nominal
