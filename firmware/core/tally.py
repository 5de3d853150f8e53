"""What a step adds up to: times per state, peak, impulse, counts. Preallocated; integers below 2**30.

Times add up in microseconds up to 600 s a step (6e8); impulse in mN s with its remainder kept apart (docs/firmware.md,
integer bounds).
"""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

import micropython
from micropython import const

from . import ids
from .cells import cell, new_cells

_MAX_US = const(900000000)
_REST = const(200000)  # one mN s in steps of 5 us

# Cells (core/cells.py); the times by state come last.
_MOTOR_US = const(1)
_PEAK = const(2)
_IMPULSE = const(3)
_IMPULSE_REST = const(4)
_BANDS = const(5)
_CELLS = const(13)


@micropython.viper
def add(s: ptr32, state: int, force: int, dt_us: int, contact: int, motor: int):
    """Charge one sample's time (us) to its state in a tally's cells; force (mN) counts only in contact."""
    at = _BANDS + state
    if int(s[at]) < _MAX_US:
        s[at] = int(s[at]) + dt_us
    if motor and int(s[_MOTOR_US]) < _MAX_US:
        s[_MOTOR_US] = int(s[_MOTOR_US]) + dt_us
    if not contact:
        return
    if force > int(s[_PEAK]):
        s[_PEAK] = force
    rest = int(s[_IMPULSE_REST]) + force * (dt_us // 5)
    if rest >= _REST:
        s[_IMPULSE] = int(s[_IMPULSE]) + rest // _REST
        rest = rest % _REST
    s[_IMPULSE_REST] = rest


class Tally:
    """Sums of one step. `begin` clears it; `add` takes every sample of the step.

    Attributes:
        band_us: time by state (ids.NO_CONTACT ... ids.FAULT).
    """

    motor_us = cell(_MOTOR_US)
    peak_mn = cell(_PEAK)
    impulse_mn_s = cell(_IMPULSE)

    def __init__(self):
        self.cells = new_cells(_CELLS)
        self.band_us = memoryview(self.cells)[_BANDS:]
        self.begin(0)

    def begin(self, start_ms: int) -> None:
        """Clear all sums; the step begins at this time (ms since the session's start)."""
        self.start_ms = start_ms
        for at in range(_MOTOR_US, _CELLS):
            self.cells[at] = 0
        self.blind_us = 0
        self.warn_count = 0
        self.over_count = 0
        self.jab_count = 0
        self.reaction_count = 0
        self.reaction_sum_ms = 0
        self.reaction_max_ms = 0

    def add(self, state: int, force_mn: int, dt_us: int, motor_on: bool) -> None:
        """Charge one sample's time to its state (ids.NO_CONTACT..OVERLOAD); force counts only in contact."""
        add(self.cells, state, force_mn, dt_us, state != ids.NO_CONTACT, motor_on)

    def blind(self, dt_us: int) -> None:
        """Charge time in which nothing could be known."""
        self.blind_us += min(dt_us, _MAX_US - self.blind_us)

    def react(self, reaction_ms: int) -> None:
        """Count the time from an alert's start until the force had come down."""
        self.reaction_count += 1
        self.reaction_sum_ms += reaction_ms
        self.reaction_max_ms = max(self.reaction_max_ms, reaction_ms)

    def contact_us(self) -> int:
        """Time in contact, all states together."""
        total = 0
        for state in range(ids.LIGHT, ids.FAULT):
            total += self.band_us[state]
        return total

    def values(self) -> dict:
        """The sums as fields of a STEP record (core/records.py)."""
        contact_ms = self.contact_us() // 1000
        band = self.band_us
        return {
            "start_ms": self.start_ms,
            "contact_ms": contact_ms,
            "light_ms": band[ids.LIGHT] // 1000,
            "in_band_ms": band[ids.IN_BAND] // 1000,
            "high_ms": band[ids.HIGH] // 1000,
            "warn_ms": band[ids.WARN] // 1000,
            "over_ms": (band[ids.OVER] + band[ids.OVERLOAD]) // 1000,
            "blind_ms": self.blind_us // 1000,
            "motor_on_ms": self.motor_us // 1000,
            "warn_count": self.warn_count,
            "over_count": self.over_count,
            "jab_count": self.jab_count,
            "peak_mn": min(self.peak_mn, 0xFFFF),
            "mean_mn": min(self.impulse_mn_s * 1000 // contact_ms if contact_ms else 0, 0xFFFF),
            "impulse_mn_s": self.impulse_mn_s,
            "reaction_count": self.reaction_count,
            "reaction_mean_ms": min(self.reaction_sum_ms // max(1, self.reaction_count), 0xFFFF),
            "reaction_max_ms": min(self.reaction_max_ms, 0xFFFF),
        }
