"""What the tool is doing, as a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gentlepress.firmware.core import ids, limits
from gentlepress.reply_fields import INT_MAX, Fields, name_of
from gentlepress.smp.text import clean


@dataclass(frozen=True)
class State:
    """What the tool is doing; forces in mN, times in ms.

    Mode, zone, side, force state, cue and fault are numbers of core/ids.py; one that this program does not know stays
    what the tool sent, a number or a word.
    """

    mode: int | str = 0
    step: int = 0
    steps: int = 0
    zone: int | str = 0
    side: int | str = 0
    point: int = 0
    press: int = 0
    presses: int = 0
    hold_done_ms: int = 0
    hold_goal_ms: int = 0
    force_mn: int = 0
    force_state: int | str = 0
    cue: int | str = 0
    fault: int | str = 0
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
    warn_count: int = 0
    over_count: int = 0
    user: int = 0
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


_STATE_TABLES = {
    "mode": ids.MODE_NAMES,
    "zone": ids.ZONE_NAMES,
    "side": ids.SIDE_NAMES,
    "force_state": ids.FORCE_STATE_NAMES,
    "cue": ids.CUE_NAMES,
    "fault": ids.FAULT_NAMES,
}
_STATE_TEXTS = ("locked_by", "why")
_STATE_INTEGERS = tuple(
    name for name in State.__dataclass_fields__ if name not in _STATE_TEXTS and name not in _STATE_TABLES
)


def read_state(body: Mapping[str, Any]) -> State:
    """Check and take over the answer to state; fields that the tool does not send are 0."""
    fields = Fields("state", body)
    values: dict[str, Any] = {name: fields.integer(name, -INT_MAX, default=0) for name in _STATE_INTEGERS}
    values |= {name: fields.named(name, table) for name, table in _STATE_TABLES.items()}
    return State(**values, locked_by=fields.text("locked_by", 120, ""), why=_reasons(body.get("why", [])))


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
