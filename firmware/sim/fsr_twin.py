"""FSR in its divider: what an analog input sees of a force-sensing resistor, and what makes it no measuring device.

Interlink Electronics, FSR 400 Series Data Sheet PDS-10004-C and FSR Integration Guide. Figures: `parameters`. Not
modelled: temperature, ageing, the shape of the contact.
"""

import math

from . import parameters
from .nau7802_analog import mixed


class FsrTwin:
    """The sensor from the 3.3 V rail to the input, 470 k across it, 10 k from the input to ground.

    `force_mn(t_us)` gives the force at growing times.

    Knobs, set at any time: `wire_open`; `shorted`; `part_permille` of the typical conductance; `stuck_mv` the input
    stands at so many millivolts; `noise_nv` rms (`None`: table).
    """

    def __init__(self, force_mn, seed: int = 1, values=None):
        """A sensor at rest. `values` is what `parameters.values` gives."""
        self._force_mn = force_mn
        self._seed = mixed(seed + 0x9E3779)
        self._values = parameters.values() if values is None else values
        self.wire_open = False
        self.shorted = False
        self.part_permille = 1000
        self.stuck_mv = None
        self.noise_nv = None
        self._looks = 0
        self._most_mn = 0.0
        self._held_us = 0
        self._t_us = 0
        self._now_us = 0.0
        self.fast_nv = None

    def advance(self, t_us: int) -> None:
        """Nothing happens by itself."""

    def next_event_us(self):
        """It has no pin that changes."""
        return

    def conductance_us(self, t_us: int) -> float:
        """Microsiemens: in proportion to the force, lagging on the way down, growing with the log of the time held."""
        if t_us == self._t_us:
            return self._now_us
        self._now_us = self._conductance_us(t_us)
        return self._now_us

    def _conductance_us(self, t_us: int) -> float:
        force_mn = self._force_mn(t_us)
        dt_us, self._t_us = t_us - self._t_us, t_us
        threshold_mn = self._values["fsr.threshold_mn"]
        if force_mn <= threshold_mn:
            self._held_us = 0
            self._most_mn = 0.0
            return 0.0
        self._held_us += dt_us
        # What was pressed before is not let go of at once: up to a share of the fall stays for a while.
        self._most_mn = max(
            force_mn, self._most_mn - (self._most_mn - force_mn) * dt_us / self._values["fsr.lag_us"]
        )
        felt_mn = force_mn + (self._most_mn - force_mn) * self._values["fsr.hysteresis_permille"] / 1000
        decades = math.log10(max(1.0, self._held_us / 100_000))
        drift = 1 + decades * self._values["fsr.drift_permille"] / 1000
        return felt_mn * self._values["fsr.us_per_n"] / 1000 * drift * self.part_permille / 1000

    def read_uv(self, t_us: int) -> int:
        """Voltage at the input."""
        if self.stuck_mv is not None:
            return self.stuck_mv * 1000
        supply_uv = 3_300_000
        if self.shorted:
            return supply_uv
        sensor_us = self.conductance_us(t_us)
        if self.wire_open:
            return 0
        sensor_us += self._values["fsr.end_us_milli"] / 1000
        ground_us = 100.0
        return max(0, min(supply_uv, int(supply_uv * sensor_us / (sensor_us + ground_us)) + self._noise()))

    def _noise(self) -> int:
        self._looks += 1
        bits = mixed(self._looks & 0xFFFFFFFF ^ self._seed)
        total = (bits & 0xFF) + (bits >> 8 & 0xFF) + (bits >> 16 & 0xFF) + (bits >> 24) - 510
        rms_uv = self._values["adc.noise_uv"] if self.noise_nv is None else self.noise_nv // 1000
        return total * rms_uv // 148
