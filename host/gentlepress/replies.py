"""What a tool answers, as typed values; every field is checked before anyone relies on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gentlepress.errors import ProtocolError
from gentlepress.firmware.core import ids, limits
from gentlepress.smp.text import clean

_UPDATE = "Update the tool and this program to the same version."
INT_MAX = 2**63 - 1


class Fields:
    """Reads a reply field by field.

    Args:
        what: what the reply answers, for messages.
        body: the reply's map.
    """

    def __init__(self, what: str, body: Mapping[str, Any]) -> None:
        self._what = what
        self._body = body

    def integer(self, name: str, low: int = 0, high: int = INT_MAX, default: int | None = None) -> int:
        """A whole number between two bounds; a flag counts as 0 or 1.

        Raises:
            ProtocolError: the field is missing without a default, of another type, or out of bounds.
        """
        value = self._get(name, default)
        if not isinstance(value, int) or not low <= value <= high:
            raise self._wrong(name, value, f"a whole number from {low} to {high}")
        return int(value)

    def text(self, name: str, most: int = 64, default: str | None = None) -> str:
        """A text, cleaned and cut to `most` characters."""
        value = self._get(name, default)
        if not isinstance(value, (str, bytes)):
            raise self._wrong(name, value, "a text")
        return clean(value, most)

    def data(self, name: str) -> bytes:
        """A byte string."""
        value = self._get(name, None)
        if not isinstance(value, bytes):
            raise self._wrong(name, value, "bytes")
        return value

    def items(self, name: str, default: list[Any] | None = None) -> list[Any]:
        """A list."""
        value = self._get(name, default)
        if not isinstance(value, (list, tuple)):
            raise self._wrong(name, value, "a list")
        return list(value)

    def maps(self, name: str) -> list[Fields]:
        """A list of maps."""
        items = self.items(name)
        for item in items:
            if not isinstance(item, Mapping):
                raise self._wrong(name, item, "a list of maps")
        return [Fields(f"{self._what}.{name}", item) for item in items]

    def _get(self, name: str, default: Any) -> Any:
        return self._body.get(name, default)

    def _wrong(self, name: str, value: object, rule: str) -> ProtocolError:
        got = "nothing" if value is None else clean(repr(value), 40)
        return ProtocolError(
            f"The tool's answer to {self._what} has {got} as {name}; it must be {rule}.", _UPDATE
        )


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
        device_id=_hex(fields.text("device_id", 32)),
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


def _hex(text: str) -> str:
    if not text or len(text) > 16 or not all(char in "0123456789abcdefABCDEF" for char in text):
        raise ProtocolError(
            f"The tool's answer to hello has {text!r} as device_id; it must be up to 16 hexadecimal digits.",
            _UPDATE,
        )
    return text.lower()


@dataclass(frozen=True)
class SessionEntry:
    """A closed session on the tool: its number, bytes, CRC-32 of its file, and why it ended (ids.END_*)."""

    id: int
    size: int
    crc: int
    end: int

    @classmethod
    def read(cls, fields: Fields) -> SessionEntry:
        """Check and take over one entry of the tool's list."""
        return cls(
            fields.integer("id", 1, 2**32 - 1),
            fields.integer("size", 0, 2**32 - 1),
            fields.integer("crc", 0, 2**32 - 1),
            fields.integer("end", default=0),
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


@dataclass(frozen=True)
class State:
    """What the tool is doing; forces in mN, times in ms, numbers of core/ids.py."""

    mode: int = 0
    step: int = 0
    steps: int = 0
    zone: int = 0
    side: int = 0
    point: int = 0
    press: int = 0
    presses: int = 0
    hold_done_ms: int = 0
    hold_goal_ms: int = 0
    force_mn: int = 0
    force_state: int = 0
    cue: int = 0
    fault: int = 0
    session: int = 0
    t_ms: int = 0
    lo_mn: int = 0
    hi_mn: int = 0
    warn_mn: int = 0
    limit_mn: int = 0
    zone_used_ms: int = 0
    zone_ms: int = 0
    session_ms: int = 0
    session_max_ms: int = 0
    contact: int = 0
    battery_pct: int = 0
    usb_power: int = 0
    locked_by: str = ""
    why: tuple[str, ...] = field(default=())

    @property
    def mode_name(self) -> str:
        """Mode as a word; an unknown number as such."""
        return name_of(ids.MODE_NAMES, self.mode)

    @property
    def zone_name(self) -> str:
        """Zone as a word."""
        return name_of(ids.ZONE_NAMES, self.zone)

    @property
    def side_name(self) -> str:
        """Side as a word."""
        return name_of(ids.SIDE_NAMES, self.side)

    @property
    def force_state_name(self) -> str:
        """Judgement of the force as a word."""
        return name_of(ids.FORCE_STATE_NAMES, self.force_state)

    @property
    def cue_name(self) -> str:
        """Pattern being played as a word."""
        return name_of(ids.CUE_NAMES, self.cue)

    @property
    def fault_name(self) -> str:
        """Fault as a word."""
        return name_of(ids.FAULT_NAMES, self.fault)


_STATE_TEXTS = ("locked_by", "why")
_STATE_INTEGERS = tuple(name for name in State.__dataclass_fields__ if name not in _STATE_TEXTS)


def read_state(body: Mapping[str, Any]) -> State:
    """Check and take over the answer to state; fields an older tool does not send are 0."""
    fields = Fields("state", body)
    numbers = {name: fields.integer(name, -INT_MAX, default=0) for name in _STATE_INTEGERS}
    return State(**numbers, locked_by=fields.text("locked_by", 120, ""), why=_reasons(body.get("why", [])))


def _reasons(why: object) -> tuple[str, ...]:
    """Narrowing reasons as texts, from numbers, texts, or a bit set of numbers."""
    if isinstance(why, int):
        why = [number for number in range(32) if why >> number & 1]
    if isinstance(why, str):
        why = [why] if why else []
    if not isinstance(why, (list, tuple)):
        return ()
    return tuple(
        name_of(limits.REASON_TEXTS, item) if isinstance(item, int) else clean(item, 120) for item in why[:32]
    )


def name_of(table: Mapping[int, str], number: int) -> str:
    """The word for a number of core/ids.py; a number the table does not have is shown as such."""
    return table.get(number, str(number))
