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
        options: "press": [[t_us, force_mn], ...] or None, "hand": kind or None, "jig": kind or None, "seed": int,
            "battery_mv", "usb_power", "start_us": when the button is pressed to start (None: never), "noise_nv": of the
            converter (None: table), "scale": rows of the table by permille (see `parameters.values`), "sensor":
            "nau7802", "hx711" or "fsr", "motor": "drv2605l" or "erm", "hx711_rate": 10 with its RATE pin low.

    Attributes:
        nau, hx, fsr, drv, erm: the twins, None for what is not fitted. sensor, motor: the ones that are.
        light: (r, g, b) as seen, 0..255. force_mn: what the tip does to the skin now.
        vibration: of the handle, 0..1 of full. button_down, battery_mv, usb_power: knobs, changed at any time;
        sag_mv: of the battery while the driver drives its motor in full;
        tilt_permille: of the tip's weight on the cell, from -1000 (straight down) to 1000 (straight up);
        cell_permille: slope of the cell against its nominal.
    """

    def __init__(self, options: dict):
        seed = options.get("seed") or 1
        erm = options.get("motor") == "erm"
        self.values = parameters.values(options.get("scale"))
        if erm:
            _learn_erm(self.values)
        self._fit_sensor(options, seed)
        self.drv = None if erm else Drv2605lTwin(self.values)
        self.erm = _erm(self.values) if erm else None
        self.motor = self.erm or self.drv
        self.battery_mv = options.get("battery_mv") or 3900
        self.sag_mv = self.values["battery.sag_mv"]
        self.usb_power = bool(options.get("usb_power"))
        self.button_down = False
        self.start_us = options.get("start_us")
        self.light = (0, 0, 0)
        self.force_mn = 0
        self.vibration = 0.0
        self.tilt_permille = 0
        self.hand = _hand(options, seed, self.values)
        self.cell_permille = getattr(self.hand, "cell_permille", 1000)
        self._t_us = 0
        self._shake = Shake(_erm_shake(self.values) if erm else self.values)
        self._weight_nv = self.values["tip.mass_mg"] * 9.80665e-6 * self.values["cell.nv_per_mn"]
        self._dip_nv = self.values["motor.dip_mv"] * self.values["nau7802.dip_nv_per_mv"]

    def _fit_sensor(self, options: dict, seed: int) -> None:
        kind = options.get("sensor") or "nau7802"
        self.nau = self.hx = self.fsr = None
        if kind == "hx711":
            from .hx711_twin import Hx711Twin

            self.sensor = self.hx = Hx711Twin(self._bridge_at_supply_nv, seed, self.values)
            self.hx.rate_low = options.get("hx711_rate") == 10
        elif kind == "fsr":
            from .fsr_twin import FsrTwin

            self.sensor = self.fsr = FsrTwin(self._skin_mn, seed, self.values)
        else:
            self.sensor = self.nau = Nau7802Twin(self.bridge_nv, seed, self.values)
        self.sensor.noise_nv = options.get("noise_nv")

    def edges(self) -> int:
        """How often the sensor's data-ready pin went the way that means ready."""
        if self.nau is not None:
            return self.nau.rises
        return self.hx.falls if self.hx is not None else 0

    def set_pwm(self, duty_u16: int, freq_hz: int, t_us: int) -> None:
        """What the motor's pin carries from a time on."""
        if self.erm is not None:
            self.erm.advance(t_us)
            self.erm.set_pwm(duty_u16, freq_hz)
        else:
            self.drv.set_pwm(duty_u16, freq_hz)

    def demand_permille(self) -> int:
        """What the tool asks of its motor now, 0..1000, by pin or by bus."""
        if self.erm is not None:
            return self.erm.demand_permille()
        return abs(self.drv.demand_permille())

    def cell_mv(self, t_us: int) -> int:
        """The battery's voltage as it stands under the motor."""
        if self.erm is None:
            return self.battery_mv - self.sag_mv * abs(self.drv.drive_permille()) // 1000
        self.erm.advance(t_us)
        if self.usb_power:
            return self.battery_mv
        return self.battery_mv - self.erm.current_ma() * self.values["battery.source_mohm"] // 1000

    def _strength(self, t_us: int) -> float:
        """What drives the vibration: the driver's output, or the square of the weight's speed."""
        if self.erm is None:
            return abs(self.drv.drive_permille()) / 1000
        self.erm.advance(t_us)
        return self.erm.strength()

    def _bridge_at_supply_nv(self, t_us: int) -> int:
        """The cell is fed by the rail, not by a regulator of 3.0 V."""
        return self.bridge_nv(t_us) * self.values["hx711.supply_mv"] // 3000

    def _skin_mn(self, t_us: int) -> int:
        """The force alone: an FSR feels neither tip nor supply as a bridge does."""
        self.bridge_nv(t_us)
        return self.force_mn

    def bridge_nv(self, t_us: int) -> int:
        """Input of the converter at growing times: hand, weight of the tip, supply; the shake goes to its `fast_nv`."""
        dt_us = t_us - self._t_us
        self._t_us = t_us
        drive = self._strength(t_us)
        force_mn = self.hand.force_mn(t_us, self.vibration, self.light)
        self.force_mn = force_mn
        tilt_permille = self.tilt_permille + getattr(self.hand, "tilt_permille", 0)
        pressed_nv = force_mn * self.values["cell.nv_per_mn"] * self.cell_permille // 1000
        nanovolts = pressed_nv + int(self._weight_nv * tilt_permille)
        if not (self.vibration or drive):
            self.sensor.fast_nv = None
            return nanovolts
        self.sensor.fast_nv = self._shake.go_on(t_us, dt_us, drive, force_mn)
        self.vibration = self._shake.strength
        return nanovolts - int(self._dip_nv * drive)

    def button_at(self, t_us: int) -> bool:
        """Whether the button is down: by its knob, or the press that starts a session."""
        start_us = self.start_us
        if start_us is not None and start_us <= t_us < start_us + BUTTON_DOWN_US:
            return True
        return self.button_down


def _erm(values: dict):
    from .erm_twin import ErmTwin

    return ErmTwin(values)


def _learn_erm(values: dict) -> None:
    """The hand's owner knows the pulses of this tool's motor."""
    values["hand.lift_ms"] = values["hand.erm_lift_ms"]
    values["hand.next_ms"] = values["hand.erm_next_ms"]


def _erm_shake(values: dict) -> dict:
    """The table for a shake whose strength already rises and falls as the weight's."""
    values = dict(values)
    values["motor.rise_us"] = 1
    values["motor.lra_mhz"] = values["erm.mhz"]
    values["motor.push_mn"] = values["erm.push_mn"]
    return values


def _hand(options: dict, seed: int, values: dict):
    if options.get("press"):
        return Press(options["press"])
    if options.get("hand"):
        return Hand(options["hand"], seed, values)
    if options.get("jig"):
        from .jig import Jig

        return Jig(options["jig"], values)
    return Nobody()
