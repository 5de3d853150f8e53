"""A vibration motor with an eccentric weight (ERM) behind a transistor: its speed and its current.

It starts late, runs down late, and takes less current the faster it turns. Figures: `parameters`.
"""

import math

from . import parameters

_TURNING = 0.05


class ErmTwin:
    """The motor, its transistor's gate on a PWM pin.

    Knobs, set at any time: `motor_present`; `stalled` the weight is blocked; `stuck_on` the transistor has failed
    closed.

    Attributes:
        speed: 0..1 of full.
    """

    def __init__(self, values=None):
        """A motor at rest. `values` is what `parameters.values` gives."""
        self._values = parameters.values() if values is None else values
        self.motor_present = True
        self.stalled = False
        self.stuck_on = False
        self.duty_u16 = 0
        self.pwm_hz = 0
        self.speed = 0.0
        self._t_us = 0

    def set_pwm(self, duty_u16: int, freq_hz: int) -> None:
        """What the gate carries from now on."""
        self.duty_u16 = duty_u16
        self.pwm_hz = freq_hz

    def demand_permille(self) -> int:
        """What the pin asks for, 0..1000."""
        return self.duty_u16 * 1000 // 0xFFFF

    def _share(self) -> float:
        """Of full voltage, what reaches the motor."""
        if not self.motor_present:
            return 0.0
        return 1.0 if self.stuck_on else self.duty_u16 / 0xFFFF

    def advance(self, t_us: int) -> None:
        """Turn on to this time."""
        dt_us, self._t_us = t_us - self._t_us, t_us
        if dt_us <= 0:
            return
        share = self._share()
        least_mv = self._values["erm.run_mv" if self.speed > _TURNING else "erm.start_mv"]
        goal = share if share * self._values["erm.supply_mv"] >= least_mv and not self.stalled else 0.0
        tau_us = self._values["erm.rise_us" if goal > self.speed else "erm.fall_us"]
        self.speed = 0.0 if self.stalled else goal + (self.speed - goal) * math.exp(-dt_us / tau_us)
        if not goal and self.speed < 0.01:
            self.speed = 0.0

    def next_event_us(self):
        """It changes no pin."""
        return

    def strength(self) -> float:
        """Of the vibration, 0..1 of full: the weight's pull grows with the square of its speed."""
        return self.speed * self.speed

    def current_ma(self) -> int:
        """What it takes now: less the faster it turns."""
        share = self._share()
        stand_ma = self._values["erm.start_ma"]
        back_ma = (stand_ma - self._values["erm.run_ma"]) * self.speed
        return max(0, int(stand_ma * share - back_ma)) if share else 0
