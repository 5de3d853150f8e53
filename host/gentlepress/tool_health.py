"""How the tool is, its self-test, and its lock after a warning sign, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gentlepress.firmware.core import ids
from gentlepress.reply_fields import INT_MAX, Fields
from gentlepress.smp.text import clean

_NAMES_MOST = 64


@dataclass(frozen=True)
class Health:
    """What the tool has noted of itself (docs/wire.md, health); times in us, forces in mN, sizes in bytes.

    `faults` and `resets` count by name: since power-up, and over the tool's life. `contact` and `free` count how long
    it took from a sample to the motor, in classes up to `edges_us` and one more, in contact and without.
    """

    rate_sps: int
    rate_mhz: int
    zero_mn: int
    lo_mn: int
    hi_mn: int
    warn_mn: int
    limit_mn: int
    blocks: int
    block_worst_us: int
    bus_errors: int
    edges_missed: int
    events_lost: int
    faults: dict[str, int]
    resets: dict[str, int]
    over: int
    cleanings: int
    uncleaned: int
    battery_mv: int
    battery_pct: int
    flash_free: int
    flash_size: int
    sessions: int
    unacknowledged: int
    heap_free: int
    edges_us: tuple[int, ...] = ()
    contact: tuple[int, ...] = ()
    contact_worst_us: int = 0
    free: tuple[int, ...] = ()
    free_worst_us: int = 0


_COUNTS = ("faults", "resets")
_SIGNED = ("zero_mn",)
_LISTS = ("edges_us", "contact", "free")


def read_health(body: Mapping[str, Any]) -> Health:
    """Check and take over the answer to health; what the tool does not send is 0."""
    fields = Fields("health", body)
    values: dict[str, Any] = {
        name: fields.integer(name, -INT_MAX if name in _SIGNED else 0, default=0)
        for name in Health.__dataclass_fields__
        if name not in _COUNTS + _LISTS
    }
    values |= {name: _counts(name, body) for name in _COUNTS}
    values |= {name: _numbers(name, fields) for name in _LISTS}
    return Health(**values)


def _numbers(name: str, fields: Fields) -> tuple[int, ...]:
    items = dict(enumerate(fields.items(name, [])[:_NAMES_MOST]))
    checked = Fields(f"health.{name}", {str(at): item for at, item in items.items()})
    return tuple(checked.integer(str(at)) for at in items)


def _counts(name: str, body: Mapping[str, Any]) -> dict[str, int]:
    found = body.get(name, {})
    items = list(found.items())[:_NAMES_MOST] if isinstance(found, Mapping) else []
    fields = Fields(f"health.{name}", {clean(word, 32): count for word, count in items})
    return {clean(word, 32): fields.integer(clean(word, 32)) for word, _count in items}


@dataclass(frozen=True)
class Part:
    """A part that the self-test tried, and the fault it found: "none" when it is well."""

    part: str
    fault: str


@dataclass(frozen=True)
class SelfTest:
    """A self-test of the tool (docs/wire.md, self test); `felt_un` is -1 when the motor was not felt for."""

    running: bool
    count: int
    fault: str
    parts: tuple[Part, ...]
    felt_un: int
    felt_least_un: int = 0


def read_self_test(body: Mapping[str, Any]) -> SelfTest:
    """Check and take over the result of a self-test."""
    fields = Fields("self test", body)
    parts = [Part(part.text("part", 24), part.text("fault", 32)) for part in fields.maps("parts")[:32]]
    return SelfTest(
        running=bool(fields.integer("running", 0, 1)),
        count=fields.integer("count"),
        fault=fields.text("fault", 32),
        parts=tuple(parts),
        felt_un=fields.integer("felt_un", -1, default=-1),
        felt_least_un=fields.integer("felt_least_un", default=0),
    )


@dataclass(frozen=True)
class SymptomLock:
    """The tool's lock after a warning sign.

    `symptom` is ids.SYMPTOM_* or 0, `left_s` running time in seconds, `kept` whether it outlasts a power cut already.
    """

    symptom: int
    left_s: int
    kept: bool

    @property
    def name(self) -> str:
        """The sign as a word; an unknown number as such."""
        return ids.SYMPTOM_NAMES.get(self.symptom, str(self.symptom)) if self.symptom else ""


def read_symptom(body: Mapping[str, Any]) -> SymptomLock:
    """Check and take over what the tool says of its lock."""
    fields = Fields("symptom", body)
    return SymptomLock(
        fields.integer("symptom", default=0), fields.integer("left_s"), bool(fields.integer("kept", 0, 1, 1))
    )
