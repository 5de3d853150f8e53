"""Draws what the tool is doing: step, force against the band, alert and timers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from gentlepress.firmware.core import ids
from gentlepress.report import words
from gentlepress.report.colours import colour
from gentlepress.smp.text import clean

GAUGE_CELLS = 62
HOLD_CELLS = 16
FRAMES_A_SECOND = 12
NUMBER_MAX = 10**8  # whatever a tool says, the picture stays small
PLAIN_EVERY_MS = 5000

_NAMES = {
    "mode": ids.MODE_NAMES,
    "zone": ids.ZONE_NAMES,
    "side": ids.SIDE_NAMES,
    "force_state": ids.FORCE_STATE_NAMES,
    "cue": ids.CUE_NAMES,
}
_STATE_STYLES = {
    ids.LIGHT: "yellow",
    ids.IN_BAND: "green",
    ids.HIGH: "yellow",
    ids.WARN: "dark_orange",
    ids.OVER: "bold red",
    ids.OVERLOAD: "bold red",
    ids.FAULT: "bold red",
}
_ALERTING = {
    ids.CUE_WARN: "slow pulses: warn",
    ids.CUE_OVER: "fast pulses: over the limit",
    ids.CUE_FAULT: "fault",
}


class Reading:
    """One moment of the tool, from the simulator's events or from the tool's own state.

    Args:
        fields: name to value; what is missing or not a whole number counts as 0.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def number(self, name: str) -> int:
        """A field as a whole number; a word of core/ids.py is taken as its number."""
        value = self._fields.get(name, 0)
        if isinstance(value, str):
            return next((number for number, word in _NAMES.get(name, {}).items() if word == value), 0)
        finite = isinstance(value, (int, float)) and math.isfinite(value)
        return max(-NUMBER_MAX, min(NUMBER_MAX, int(value))) if finite else 0

    def name(self, field: str) -> str:
        """A field that is a number of core/ids.py, in words; a word is taken as it is."""
        value = self._fields.get(field, 0)
        text = _NAMES[field].get(value, str(value)) if isinstance(value, int) else clean(value, 24)
        return text.replace("_", " ")

    def light(self) -> tuple[int, int, int] | None:
        """Colour of the tool's light; None where it is not told."""
        light = self._fields.get("light")
        if isinstance(light, (list, tuple)) and len(light) == 3 and all(isinstance(v, int) for v in light):
            return tuple(min(255, max(0, value)) for value in light)  # type: ignore[return-value]
        return None

    def force(self) -> str:
        """The force in newtons, never as "-0.00"."""
        return f"{self.number('force_mn') / 1000 + 0.0:.2f}".replace("-0.00", "0.00")

    def step_words(self) -> str:
        """Number, zone, side and point of the step; empty outside one."""
        steps, zone = self.number("steps"), self.number("zone")
        if not steps or not zone:
            return ""
        place = words.place(zone, self.number("side"), self.number("point"))
        presses = self.number("presses")
        press = f"   press {min(self.number('press') + 1, presses)}/{presses}" if presses else ""
        return f"step {self.number('step') + 1}/{steps}  {place}{press}"

    def time_ms(self) -> int:
        """Time in the session."""
        return self.number("session_ms")


def gauge(reading: Reading) -> Text:
    """The force as a bar, with the target band, warn and limit marked."""
    full = _full_mn(reading)
    limit = reading.number("limit_mn")
    lo, hi, warn = (reading.number(name) for name in ("lo_mn", "hi_mn", "warn_mn"))
    state = reading.number("force_state")
    filled = min(GAUGE_CELLS, max(0, reading.number("force_mn")) * GAUGE_CELLS // full)
    marks = {warn * GAUGE_CELLS // full: ("¦", "dark_orange"), limit * GAUGE_CELLS // full: ("|", "red")}
    bar = Text()
    for cell in range(GAUGE_CELLS):
        force_mn = cell * full // GAUGE_CELLS
        if cell < filled:
            bar.append("█", _STATE_STYLES.get(state, "white"))
        elif cell in marks:
            bar.append(*marks[cell])
        else:
            in_band = lo <= force_mn < hi
            bar.append("░" if in_band else " ", colour(reading.number("zone")) if in_band else "")
    return bar


def panel(reading: Reading) -> Panel:
    """The whole view, five lines in a frame."""
    mode = reading.name("mode")
    step = reading.step_words()
    head = Text(f"{_session_time(reading)}  {mode}" + (f"   {step}" if step else ""), style="bold")
    head.truncate(74, overflow="ellipsis")
    body = Group(head, gauge(reading), _scale(reading), _state_line(reading), _hold_line(reading))
    return Panel(body, width=78, padding=(0, 1), border_style=colour(reading.number("zone")))


def plain_line(reading: Reading) -> str:
    """The view as one line, for where nothing can be redrawn: no terminal, or a dumb one."""
    state = reading.name("force_state")
    alert = _alert(reading)
    parts = [
        words.clock(reading.time_ms()),
        reading.step_words() or reading.name("mode"),
        f"{reading.force()} N {state}",
        f"hold {reading.number('hold_done_ms') / 1000:.1f}/{reading.number('hold_goal_ms') / 1000:.0f} s",
    ]
    return "  ".join([*parts, f"[{alert}]"] if alert else parts)


class LiveView(AbstractContextManager["LiveView"]):
    """Shows readings as they come: redrawn in place on a terminal, a line now and then elsewhere.

    Args:
        console: where.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = (
            Live(console=console, refresh_per_second=FRAMES_A_SECOND)
            if console.is_terminal and not console.is_dumb_terminal
            else None
        )
        self._plain_due_ms = 0
        self._told: str = ""

    def show(self, reading: Reading) -> None:
        """Draw a reading.

        Args:
            reading: the newest.
        """
        if self._live:
            self._live.update(panel(reading))
            return
        told = reading.step_words() + _ALERTING.get(reading.number("cue"), "")
        now_ms = reading.number("t_ms")
        if now_ms >= self._plain_due_ms or told != self._told:
            self._told = told
            self._plain_due_ms = now_ms + PLAIN_EVERY_MS
            self._console.print(plain_line(reading), soft_wrap=True)

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()


def _full_mn(reading: Reading) -> int:
    """Force at the gauge's right end."""
    return max(1000, reading.number("limit_mn") * 5 // 4)


def _scale(reading: Reading) -> Text:
    full = _full_mn(reading)
    line = [" "] * (GAUGE_CELLS + 10)
    for name in ("lo_mn", "hi_mn", "warn_mn", "limit_mn"):
        value = reading.number(name)
        if 0 < value <= full:
            at = value * GAUGE_CELLS // full
            line[at : at + 3] = f"{value / 1000:.1f}"
    return Text("".join(line)[: GAUGE_CELLS + 10].rstrip(), style="dim")


def _state_line(reading: Reading) -> Text:
    state = reading.number("force_state")
    line = Text(f"{reading.force():>5} N  ")
    line.append(f"{reading.name('force_state'):<11}", _STATE_STYLES.get(state, ""))
    alert = _alert(reading)
    line.append("  motor " + (alert or "quiet"), "bold red" if alert else "dim")
    light = reading.light()
    if light:
        line.append("   light ").append("●", f"rgb({light[0]},{light[1]},{light[2]})")
    return line


def _alert(reading: Reading) -> str:
    cue = reading.number("cue")
    if cue in _ALERTING:
        return _ALERTING[cue]
    return reading.name("cue") if cue and reading.number("motor") else ""


def _hold_line(reading: Reading) -> Text:
    goal = max(0, reading.number("hold_goal_ms"))
    done = max(0, min(reading.number("hold_done_ms"), goal))
    cells = done * HOLD_CELLS // goal if goal else 0
    bar = "━" * cells + "╌" * (HOLD_CELLS - cells)
    return Text(f"hold {bar} {done / 1000:4.1f} of {goal / 1000:.0f} s in band{_zone_time(reading)}")


def _zone_time(reading: Reading) -> str:
    """How much of the zone's time is used; empty where the tool does not tell."""
    zone_ms = reading.number("zone_ms")
    used_ms = max(0, reading.number("zone_used_ms"))
    return f"   zone {used_ms // 1000} of {zone_ms // 1000} s" if zone_ms > 0 else ""


def _session_time(reading: Reading) -> str:
    ceiling_ms = reading.number("session_max_ms")
    ceiling = f" of {words.clock(ceiling_ms)}" if ceiling_ms > 0 else ""
    return words.clock(reading.time_ms()) + ceiling
