"""The simulated world around the firmware: hand, cell, motor, light, button, battery, cable - and the chips' twins.

Knows no interpreter and no bus: the unix port's world (`world`) and the emulated chip both drive it.
"""

from . import parameters
from .drv2605l_twin import Drv2605lTwin
from .hand import Hand
from .nau7802_twin import Nau7802Twin
from .press import Press
from .shake import Shake

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
            "start_us": when the button is pressed to start (None: never), "noise_nv": of the converter (None: table),
            "scale": rows of the table by permille (see `parameters.values`).

    Attributes:
        nau, drv: the twins. light: (r, g, b) as seen, 0..255. force_mn: what the tip does to the skin now.
        vibration: of the handle, 0..1 of full. button_down, battery_mv, usb_power: knobs, changed at any time;
        tilt_permille: of the tip's weight on the cell, from -1000 (straight down) to 1000 (straight up).
    """

    def __init__(self, options: dict):
        seed = options.get("seed") or 1
        self.values = parameters.values(options.get("scale"))
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
        self.tilt_permille = 0
        self.hand = _hand(options, seed, self.values)
        self._t_us = 0
        self._shake = Shake(self.values)
        self._nudge = self.values["hand.nudge_permille"] / 1000
        self._weight_nv = self.values["tip.mass_mg"] * 9.80665e-6 * self.values["cell.nv_per_mn"]
        self._dip_nv = self.values["motor.dip_mv"] * self.values["nau7802.dip_nv_per_mv"]

    def bridge_nv(self, t_us: int) -> int:
        """Input of the converter at growing times: hand, weight of the tip, supply; the shake goes to its `fast_nv`."""
        dt_us = t_us - self._t_us
        self._t_us = t_us
        drive = abs(self.drv.drive_permille()) / 1000
        force_mn = self.hand.force_mn(t_us, self.vibration, self.light)
        self.force_mn = force_mn
        tilt_permille = self.tilt_permille + getattr(self.hand, "tilt_permille", 0)
        nanovolts = force_mn * self.values["cell.nv_per_mn"] + int(self._weight_nv * tilt_permille)
        if not (self.vibration or drive):
            self.nau.fast_nv = None
            return nanovolts
        self.nau.fast_nv = self._shake.go_on(t_us, dt_us, drive, force_mn)
        self.vibration = self._shake.strength
        nudge_mn = int(force_mn * self._nudge * self.vibration)
        self.force_mn += nudge_mn
        return nanovolts + nudge_mn * self.values["cell.nv_per_mn"] - int(self._dip_nv * drive)

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
