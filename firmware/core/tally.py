"""What a step adds up to: times per state, peak, impulse, counts. Preallocated; integers below 2**30.

Times add up in microseconds up to 600 s a step (6e8); impulse in mN s with its remainder kept apart (docs/firmware.md,
integer bounds).
"""

from array import array

from . import ids

_MAX_US = 900000000
_REST = 200000  # one mN s in steps of 5 us


class Tally:
    """Sums of one step. `begin` clears it; `add` takes every sample of the step."""

    def __init__(self):
        self.band_us = array("i", [0] * 8)
        self.begin(0)

    def begin(self, start_ms: int) -> None:
        """Clear all sums; the step begins at this time (ms since the session's start)."""
        self.start_ms = start_ms
        for i in range(8):
            self.band_us[i] = 0
        self.blind_us = 0
        self.motor_us = 0
        self.peak_mn = 0
        self.impulse_mn_s = 0
        self._impulse_rest = 0
        self.warn_count = 0
        self.over_count = 0
        self.jab_count = 0
        self.reaction_count = 0
        self.reaction_sum_ms = 0
        self.reaction_max_ms = 0

    def add(self, state: int, force_mn: int, dt_us: int, motor_on: bool) -> None:
        """Charge one sample's time to its state (ids.NO_CONTACT..OVERLOAD); force counts only in contact."""
        if self.band_us[state] < _MAX_US:
            self.band_us[state] += dt_us
        if motor_on and self.motor_us < _MAX_US:
            self.motor_us += dt_us
        if state == ids.NO_CONTACT:
            return
        if force_mn > self.peak_mn:
            self.peak_mn = force_mn
        rest = self._impulse_rest + force_mn * (dt_us // 5)
        if rest >= _REST:
            self.impulse_mn_s += rest // _REST
            rest %= _REST
        self._impulse_rest = rest

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
