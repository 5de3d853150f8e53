"""The simulated world around the firmware: hand, cell, motor, light, button, battery, cable - and the chips' twins.

Knows no interpreter and no bus: the unix port's world (`world`) and the emulated chip both drive it.
"""

import math

from . import parameters
from .drv2605l_twin import Drv2605lTwin
from .hand import Hand
from .nau7802_twin import Nau7802Twin
from .press import Press

BUTTON_DOWN_US = 150000


class Nobody:
    """Nobody presses."""

    def force_mn(self, _t_us: int, _vibration: float, _light) -> int:
        """Always 0 mN."""
        return 0


class Plant:
    """One simulated tool's surroundings.

    Args:
        options: "press": [[t_us, force_mn], ...] or None, "hand": kind or None, "seed": int, "battery_mv", "usb_power",
            "start_us": when the button is pressed to start (None: never), "noise_nv": of the converter (None: table).

    Attributes:
        nau, drv: the twins. light: (r, g, b) as seen, 0..255. force_mn: what the hand does now.
        button_down, battery_mv, usb_power: knobs, changed at any time.
    """

    def __init__(self, options: dict):
        seed = options.get("seed") or 1
        self.values = parameters.values()
        self.nau = Nau7802Twin(self.bridge_nv, seed, self.values)
        self.nau.noise_nv = options.get("noise_nv")
        self.drv = Drv2605lTwin(self.values)
        self.battery_mv = options.get("battery_mv") or 3900
        self.usb_power = bool(options.get("usb_power"))
        self.button_down = False
        self.start_us = options.get("start_us")
        self.light = (0, 0, 0)
        self.force_mn = 0
        self.vibration = 0.0
        self.hand = _hand(options, seed, self.values)
        self._t_us = 0
        self._shake = 2 * math.pi * self.values["motor.lra_mhz"] / 1000
        self._rise_us = self.values["motor.rise_us"]

    def bridge_nv(self, t_us: int) -> int:
        """Differential input of the converter at growing times: the hand's force and the motor's shake."""
        dt_us = t_us - self._t_us
        self._t_us = t_us
        drive = abs(self.drv.drive_permille()) / 1000
        if self.vibration or drive:
            self.vibration += (drive - self.vibration) * (1 - math.exp(-dt_us / self._rise_us))
            if self.vibration < 0.001:
                self.vibration = 0.0
        self.force_mn = self.hand.force_mn(t_us, self.vibration, self.light)
        nanovolts = self.force_mn * self.values["cell.nv_per_mn"]
        if self.vibration:
            shake_mn = (
                self.values["motor.shake_mn"] * self.vibration * math.sin(self._shake * (t_us / 1000000))
            )
            nanovolts += int(shake_mn * self.values["cell.nv_per_mn"])
        return nanovolts

    def button_at(self, t_us: int) -> bool:
        """Whether the button is down: by its knob, or the press that starts a session."""
        start_us = self.start_us
        if start_us is not None and start_us <= t_us < start_us + BUTTON_DOWN_US:
            return True
        return self.button_down


def _hand(options: dict, seed: int, values: dict):
    if options.get("press"):
        return Press(options["press"])
    if options.get("hand"):
        return Hand(options["hand"], seed, values)
    return Nobody()
