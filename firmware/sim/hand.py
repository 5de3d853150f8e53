"""A person's hand: presses where the tool leads, overshoots, trembles, eases after a warning, slips.

The firmware is judged against it; it knows nothing of the firmware but what it feels and sees.
"""

import math

from . import senses
from .hand_parameters import KINDS
from .random_source import RandomSource

LEAST_AIM_N = 0.35
TURN_PERMILLE = 4  # a conversion: upright to level in 0.8 s
RESTING = 0
PRESSING = 1
LIFTING = 2


class Hand:
    """`force_mn(t_us, vibration, light)` gives the force at growing times, `tilt_permille` how the tool is held.

    Args:
        kind: a name of KINDS. seed: any whole number. values: what `parameters.values` gives.
    """

    def __init__(self, kind: str, seed: int, values: dict):
        aim_mn, speed_mn_s, spread = KINDS[kind]
        self.aim_n = aim_mn / 1000
        self.speed_n_s = speed_mn_s / 1000
        self.spread = spread / 1000
        self.state = RESTING
        self.tilt_permille = 0
        self._turned = 0
        self._turns = RandomSource(seed + 1)
        self._values = values
        self._random = RandomSource(seed)
        self._touch = senses.Touch(
            values["hand.felt_permille"] / 1000, values["hand.lift_ms"], values["hand.next_ms"]
        )
        self._t_us = None
        self._force = 0.0
        self._rate = 0.0
        self._goal = 0.0
        self._aim = 0.0
        self._ready_us = 0
        self._pending = []
        self._phase = self._random.unit() * 6.28
        self._seen_zone_us = None
        self._factor = 1.0
        self._set_motion(values)

    def _set_motion(self, values: dict) -> None:
        turn = 2 * math.pi / 1000
        self._stiff = turn * values["hand.natural_mhz"] * max(1.0, self.speed_n_s / 6)
        self._damping = 2 * values["hand.damping_permille"] / 1000 * self._stiff
        self._tremor = (values["hand.tremor_permille"] / 1000, turn * values["hand.tremor_mhz"])
        self._wander = (values["hand.wander_permille"] / 1000, turn * values["hand.wander_mhz"])
        self._nudge = values["hand.nudge_permille"] / 1000
        self._release_n_s = values["hand.release_mn_s"] / 1000
        self._slip = 1000 / (values["hand.slip_each_ms"] * 320)

    def _between(self, name: str) -> int:
        low, high = self._values[name + "_low_ms"], self._values[name + "_high_ms"]
        return low * 1000 + int((high - low) * 1000 * self._random.unit())

    def _share(self, name: str) -> float:
        return self._values["hand." + name + "_permille"] / 1000

    def force_mn(self, t_us: int, vibration: float, light) -> int:
        """Force on the tip, mN, given the vibration felt (0..1) and the light seen (r, g, b)."""
        if self._t_us is None:
            self._t_us = t_us
        dt = min(0.02, (t_us - self._t_us) / 1000000)
        self._t_us = t_us
        self._perceive(t_us, vibration, light)
        self._decide(t_us)
        return self._move(t_us, dt, self._nudge * vibration)

    def _perceive(self, t_us: int, vibration: float, light) -> None:
        meaning = self._touch.feel(t_us, vibration)
        if meaning:
            self._pending.append((t_us + self._between("hand.reaction"), meaning))
        seen = senses.see(*light)
        if seen == senses.ZONE:
            if self._seen_zone_us is None:
                self._ready_us = t_us + self._between("hand.pause") // 2
            self._seen_zone_us = t_us
        elif seen == senses.WAIT:
            self._seen_zone_us = None

    def _decide(self, t_us: int) -> None:
        while self._pending and self._pending[0][0] <= t_us:
            self._react(t_us, self._pending.pop(0)[1])
        if self.state == RESTING and t_us >= self._ready_us and self._led(t_us):
            self._press()
        elif self.state == PRESSING:
            if not self._led(t_us):
                self._lift(t_us)
            elif self._random.unit() < self._slip:
                self._force *= 0.3
                self._rate = 0.0
        elif self.state == LIFTING and self._force < 0.02:
            self.state = RESTING
        if self.state == RESTING:
            self.tilt_permille += max(-TURN_PERMILLE, min(TURN_PERMILLE, self._turned - self.tilt_permille))

    def _led(self, t_us: int) -> bool:
        """Whether the light has shown a zone's colour within the last seconds (blinks are dark)."""
        return self._seen_zone_us is not None and t_us - self._seen_zone_us < 2500000

    def _react(self, t_us: int, meaning: int) -> None:
        if self.state != PRESSING:
            return
        if meaning == senses.EASE:
            share = self._share("ease_over" if self._force > self._aim * 1.2 else "ease")
            self._aim *= 1 - share
            self._factor = max(0.3, self._factor * 0.93)
            if self._aim < LEAST_AIM_N:
                self._lift(t_us)
        elif meaning == senses.SOFT:
            self._aim *= 1 + self._share("add")
            self._factor = min(1.6, self._factor * 1.06)
        else:
            self._lift(t_us)

    def _press(self) -> None:
        self.state = PRESSING
        wander = 1 + self.spread * (2 * self._random.unit() - 1)
        self._aim = self.aim_n * wander * self._factor
        self._goal = 0.0

    def _lift(self, t_us: int) -> None:
        self.state = LIFTING
        self._ready_us = t_us + self._between("hand.pause")
        self._aim = 0.0
        self._turned = int(self._values["hand.turn_permille"] * (2 * self._turns.unit() - 1))

    def _move(self, t_us: int, dt: float, nudge: float) -> int:
        step = (self.speed_n_s if self.state == PRESSING else self._release_n_s) * dt
        self._goal += max(-step * 2, min(step, self._aim - self._goal))
        stiff = self._stiff
        self._rate += (stiff * stiff * (self._goal - self._force) - self._damping * self._rate) * dt
        self._force += self._rate * dt
        if self._force < 0 or self.state == RESTING:
            self._force = 0.0
            self._rate = 0.0
            return 0
        t_s = t_us / 1000000
        shake = self._tremor[0] * math.sin(self._tremor[1] * t_s + self._phase)
        wander = self._wander[0] * math.sin(self._wander[1] * t_s)
        return max(0, int(self._force * (1 + shake + wander + nudge) * 1000))
