"""A hand that presses on: it rises steadily until a reaction time after it has felt an alert, then lets go."""

import math

from .random_source import RandomSource


class ZealousHand:
    """One press after another; `force_mn(t_us, vibration, light)` as `hand.Hand`.

    Args:
        rate_mn_s: how fast the force rises once the tip touches. aim_mn: where it stops by itself.
        reaction_us: from the first vibration felt to the muscle. seed: where tremor and wander begin.
        values: what `parameters.values` gives.

    Attributes:
        start_us: when the next press begins; None: nobody presses. felt_us: when an alert was felt, None before.
        over: whether the press is done.
    """

    def __init__(self, rate_mn_s: int, aim_mn: int, reaction_us: int, seed: int, values: dict):
        self.rate_mn_s = rate_mn_s
        self.aim_mn = aim_mn
        self.reaction_us = reaction_us
        self.tilt_permille = 0
        self.start_us = None
        self.felt_us = None
        self.over = False
        self._nudge = values["hand.nudge_permille"] / 1000
        self._felt = values["hand.felt_permille"] / 1000
        self._release = values["hand.release_mn_s"]
        self._muscle_us = values["hand.muscle_ms"] * 1000
        turn = 2 * math.pi / 1e9
        random = RandomSource(seed)
        self._tremor = (
            values["hand.tremor_permille"] / 1000,
            turn * values["hand.tremor_mhz"],
            7 * random.unit(),
        )
        self._wander = (
            values["hand.wander_permille"] / 1000,
            turn * values["hand.wander_mhz"],
            7 * random.unit(),
        )
        self._force = 0.0
        self._rate = 0.0
        self._t_us = 0

    def begin(self, start_us: int) -> None:
        """Press once, from this time on."""
        self.start_us = start_us
        self.felt_us = None
        self.over = False
        self._force = 0.0
        self._rate = float(self.rate_mn_s)

    def force_mn(self, t_us: int, vibration: float, _light) -> int:
        """Force on the tip, mN, given the vibration felt (0..1)."""
        dt_us = t_us - max(self._t_us, self.start_us or 0)
        self._t_us = t_us
        if self.start_us is None or dt_us <= 0:
            return 0
        if self.felt_us is None and vibration >= self._felt:
            self.felt_us = t_us
        self._move(t_us, dt_us)
        share = 1 + _sine(self._tremor, t_us) + _sine(self._wander, t_us) + self._nudge * vibration
        return max(0, int(self._force * share))

    def _move(self, t_us: int, dt_us: int) -> None:
        goal = 0.0 if self._force >= self.aim_mn else self.rate_mn_s
        if self.felt_us is not None and t_us - self.felt_us >= self.reaction_us:
            goal = -float(self._release)
        self._rate += (goal - self._rate) * (1 - math.exp(-dt_us / self._muscle_us))
        self._force += self._rate * dt_us / 1000000
        if self._force <= 0:
            self._force = 0.0
            self.start_us = None
            self.over = True


def _sine(swing: tuple, t_us: int) -> float:
    """(amplitude, radians a microsecond, phase) at a time."""
    return swing[0] * math.sin(swing[1] * t_us + swing[2])
