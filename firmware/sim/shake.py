"""What the motor does to the force cell: the handle shakes, and with it the tip on its cell and on the skin."""

import math

from .sinc import SUB

_STILL = 0.001


class Shake:
    """The vibration of the handle and what of it the cell feels.

    Tip and cell are a mass on a spring: `gain` is the resonance's, at the motor's frequency. In contact the skin pushes
    back on a tip that moves.

    Attributes:
        strength: of the vibration, 0..1 of full. cell_mn: what the cell feels at full, free, and in contact.
    """

    def __init__(self, values: dict):
        self.strength = 0.0
        self._rise_us = values["motor.rise_us"]
        turn = 2 * math.pi * values["motor.lra_mhz"] / 1000
        self._turn_us = turn / 1000000
        accel = values["motor.push_mn"] / values["motor.shaken_g"]
        inertia_mn = accel * values["tip.mass_mg"] / 1000
        skin_mn = accel / (turn * turn) * values["skin.n_per_m"] * 1000
        gain = resonance(
            turn, values["cell.n_per_mm"] * 1000, values["tip.mass_mg"] / 1e6, values["cell.quality"]
        )
        self.cell_mn = (inertia_mn * gain, (inertia_mn + skin_mn) * gain)
        self._nv_per_mn = values["cell.nv_per_mn"]
        self._values = [0] * SUB

    def go_on(self, t_us: int, dt_us: int, drive: float, force_mn: int) -> list:
        """SUB values in nV of the dt_us up to t_us, in which the motor got `drive` (0..1)."""
        step_us = dt_us / SUB
        decay = math.exp(-step_us / self._rise_us)
        strength = self.strength
        full_nv = self.cell_mn[1 if force_mn > 0 else 0] * self._nv_per_mn
        at_us = t_us - dt_us
        for i in range(SUB):
            at_us += step_us
            strength = drive + (strength - drive) * decay
            self._values[i] = int(full_nv * strength * math.sin(self._turn_us * at_us))
        self.strength = strength if drive or strength > _STILL else 0.0
        return self._values


def resonance(turn: float, n_per_m: float, kg: float, quality: float) -> float:
    """By how much a mass on a spring exaggerates a shake of its foot, at so many radians a second."""
    share = turn / math.sqrt(n_per_m / kg)
    return 1 / math.sqrt((1 - share * share) ** 2 + (share / quality) ** 2)
