"""What a tool answers, as typed values; every field is checked before anyone relies on it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gentlepress.errors import ProtocolError, VersionMismatch
from gentlepress.firmware.core import wire
from gentlepress.reply_fields import Fields, name_of
from gentlepress.smp.text import clean
from gentlepress.tool_state import State

__all__ = [
    "Hello",
    "Parameters",
    "Refusal",
    "Samples",
    "SessionEntry",
    "State",
    "check_protocol",
    "check_rising",
    "device_number",
    "name_of",
    "read_hello",
    "read_samples",
]
_UPDATE = "Update the tool and this program to the same version."


@dataclass(frozen=True)
class Hello:
    """Who the tool is; times in ms, `asked_at` in seconds of this computer's clock.

    `clock` is "unknown", "set" or "kept"; session ids are 0 when there is none.
    """

    proto_min: int
    proto_max: int
    device_id: str
    name: str
    fw: str
    board: str
    capabilities: tuple[str, ...]
    boot: int
    uptime_ms: int
    clock: str
    first_session: int
    last_session: int
    log_format: int
    buf: int
    window: int
    line: int
    asked_at: float


def read_hello(body: Mapping[str, Any], asked_at: float) -> Hello:
    """Check and take over the answer to hello."""
    fields = Fields("hello", body)
    return Hello(
        proto_min=fields.integer("proto_min"),
        proto_max=fields.integer("proto_max"),
        device_id=device_number(fields),
        name=fields.text("name", 32, ""),
        fw=fields.text("fw", 24, ""),
        board=fields.text("board", 32, ""),
        capabilities=tuple(clean(item, 24) for item in fields.items("cap", [])[:32]),
        boot=fields.integer("boot"),
        uptime_ms=fields.integer("uptime_ms"),
        clock=fields.text("clock", 12, "unknown"),
        first_session=fields.integer("first_session", default=0),
        last_session=fields.integer("last_session", default=0),
        log_format=fields.integer("log_format", default=1),
        buf=fields.integer("buf", default=0),
        window=fields.integer("window", default=1),
        line=fields.integer("line", default=127),
        asked_at=asked_at,
    )


def device_number(fields: Fields) -> str:
    """The tool's own number of an answer to hello, in small letters."""
    text = fields.text("device_id", 32)
    if not text or len(text) > 16 or not all(char in "0123456789abcdefABCDEF" for char in text):
        raise ProtocolError(
            f"The tool's answer to hello has {text!r} as device_id; it must be up to 16 hexadecimal digits.",
            _UPDATE,
        )
    return text.lower()


@dataclass(frozen=True)
class SessionEntry:
    """A closed session on the tool: its number, bytes, CRC-32 of its file, and why it ended (ids.END_*).

    `whole` is the CRC-32 of the file before the tool had to let steps, events and trace go; -1 when it has them.
    """

    id: int
    size: int
    crc: int
    end: int
    whole: int = -1

    def is_file(self, crc: int | None) -> bool:
        """Whether a file of this CRC is this session, as it lies there or as it was."""
        return crc is not None and crc in (self.crc, self.whole)

    @classmethod
    def read(cls, fields: Fields) -> SessionEntry:
        """Check and take over one entry of the tool's list."""
        return cls(
            fields.integer("id", 1, 2**32 - 1),
            fields.integer("size", 0, 2**32 - 1),
            fields.integer("crc", 0, 2**32 - 1),
            fields.integer("end", default=0),
            fields.integer("whole", -1, 2**32 - 1, -1),
        )


@dataclass(frozen=True)
class Parameters:
    """Bytes of a message buffer of the tool, and how many it has."""

    buf_size: int
    buf_count: int


@dataclass(frozen=True)
class Refusal:
    """One reason why the tool refused a routine or a setting."""

    field: str
    value: str
    rule: str
    next: str

    @classmethod
    def read(cls, fields: Fields, item: Mapping[str, Any]) -> Refusal:
        """Check and take over one refusal; the value may be of any type."""
        return cls(
            fields.text("field", 64, ""),
            clean(item.get("value", ""), 64),
            fields.text("rule", 160, ""),
            fields.text("next", 160, ""),
        )


@dataclass(frozen=True)
class Samples:
    """A run of force samples: number of the first, number to ask for next, uptime of the first, mean spacing."""

    first: int
    next: int
    t_ms: int
    dt_us: int
    force_mn: tuple[int, ...]
    lost: int


def read_samples(body: Mapping[str, Any]) -> Samples:
    """Check and take over the answer to samples."""
    fields = Fields("samples", body)
    data = fields.data("force")
    if len(data) % 2:
        raise ProtocolError(f"The tool sent {len(data)} bytes of force; two make a sample.", _UPDATE)
    return Samples(
        fields.integer("first"),
        fields.integer("next"),
        fields.integer("t_ms"),
        fields.integer("dt_us"),
        struct.unpack(f"<{len(data) // 2}h", data),
        fields.integer("lost", default=0),
    )


def check_protocol(body: Mapping[str, Any]) -> None:
    """Raise VersionMismatch when this program and the tool have no version of the protocol in common."""
    fields = Fields("hello", body)
    low, high = fields.integer("proto_min"), fields.integer("proto_max")
    ours = f"this program versions {wire.PROTOCOL_MIN} to {wire.PROTOCOL_MAX}"
    theirs = f"the tool speaks versions {low} to {high} of the protocol"
    if low > wire.PROTOCOL_MAX:
        raise VersionMismatch(f"{theirs.capitalize()}, {ours}.", "Update this program on the computer.")
    if high < wire.PROTOCOL_MIN:
        raise VersionMismatch(f"{theirs.capitalize()}, {ours}.", "Update the tool's firmware.")


def check_rising(last: int, page: list[SessionEntry]) -> None:
    """Raise ProtocolError unless the numbers of a list of sessions rise from `last` on."""
    for entry in page:
        if entry.id <= last:
            raise ProtocolError(
                f"The tool listed session {entry.id} after session {last}; numbers must rise.",
                "Update the tool.",
            )
        last = entry.id
