"""The analog half of the simulated NAU7802: input, amplifier, regulator, noise, and counts from nanovolts.

Register fields: Nuvoton, NAU7802 Data Sheet V1.7, section 11. Noise and offsets: `parameters`. After the
regulator has settled everything is integer, so that a conversion allocates nothing on MicroPython.
"""

import math

from . import parameters
from .register_chip import RegisterChip
from .sinc import Sinc4

RAW_MAX = 0x7FFFFF
RAW_MIN = -0x800000

AVDDS = 0x80
PUA = 0x04

# The three undefined codes run at 10, as the Linux driver has them.
_RATES = (10, 20, 40, 80, 10, 10, 10, 320)
_LDO_MV = (4500, 4200, 3900, 3600, 3300, 3000, 2700, 2400)
_UNITY = 0x800000
_LDO_TAUS = 12  # an exponential is nothing after so many time constants


def mixed(n: int) -> int:
    """A 32-bit hash of a number: noise that depends on which conversion it is, not on who asked when.

    Multipliers stay under 30 bits so that no product leaves the small integers of a 64-bit build.
    """
    n = (n ^ n >> 16) * 0x2C1B3C6D & 0xFFFFFFFF
    n = (n ^ n >> 12) * 0x297A2D39 & 0xFFFFFFFF
    return n ^ n >> 15


class Nau7802Analog(RegisterChip):
    """Registers as they stand, and what the converter makes of its input under them."""

    ADDRESS = 0x2A

    def __init__(self, bridge_nv, seed: int, values):
        """See `Nau7802Twin`."""
        super().__init__()
        self._bridge_nv = bridge_nv
        self._seed = mixed(seed + 0x9E3779)
        self._values = parameters.values() if values is None else values
        self.noise_nv = None
        self.wire_open = False
        self.input_shorted = False
        self.bridge_unpowered = False
        self.offset_step_per_powerup = 0
        self.stuck_value = None
        self.spike_every = 0
        self.spike_counts = 0
        self.drift_nv_per_s = 0
        self.drifted_nv = 0
        self._drift_us = 0
        self.saturate = 0
        self.temperature_c = self._values["nau7802.temperature_c"]
        self.offset_nv = self._values["nau7802.offset_nv"]
        self.conversions = 0
        self.power_ups = 0
        self.regs = bytearray(0x20)
        self._now = 0
        self._rate_error = self._values["nau7802.rate_error_permille"]
        self._ldo_tau_us = self._values["nau7802.ldo_tau_us"]
        self._ldo_error_nv = self._values["nau7802.ldo_error_nv"]
        half_bridge_ohm = self._values["cell.bridge_ohm"] // 2
        self._burn_out_nv = self._values["nau7802.burn_out_na"] * half_bridge_ohm
        self._ldo_on_us = 0
        self._ldo_settled_us = 0
        self._open_since_us = None
        self.fast_nv = None
        self._filter = Sinc4()
        self._fresh = True
        self._result = 0

    def _sample(self, t_us: int) -> None:
        """Convert once, through the digital filter, which settles in four conversions."""
        nv = self._input_nv(t_us)
        if self._fresh:
            self._fresh = False
            self._filter.start(nv)
        self._result = self._to_result(self._filter.take(nv, self.fast_nv) + 4 * self._noise())

    def _input_nv(self, t_us: int) -> int:
        nv = self._bridge_nv(t_us)
        if self._other_input or self.wire_open or self.input_shorted or self._open_since_us is not None:
            nv = self._special_nv(t_us, nv)
        if t_us < self._ldo_settled_us:
            nv += int(self._ldo_error_nv * math.exp((self._ldo_on_us - t_us) / self._ldo_tau_us))
        if self.drift_nv_per_s:
            self.drifted_nv += (t_us - self._drift_us) // 1000 * self.drift_nv_per_s // 1000
        self._drift_us = t_us
        return nv + self.offset_nv + self.drifted_nv

    def _special_nv(self, t_us: int, nv: int) -> int:
        i2c_ctrl = self.regs[0x11]
        if i2c_ctrl & 0x02:  # TS: 109 mV at 25 C and 0.36 mV/C
            return 109_000_000 + 360_000 * (self.temperature_c - 25)
        no_signal = (
            i2c_ctrl & 0x08 or self.regs[2] & 0x80
        )  # SI shorts the input; channel 2 carries only a capacitor
        if no_signal or (self.input_shorted and not self.wire_open):
            self.fast_nv = None
            return 0  # nor has the burn-out current anything to fall across
        if not self.wire_open:
            self._open_since_us = None
            return nv + self._burn_out_nv if i2c_ctrl & 0x04 else nv
        if i2c_ctrl & 0x04:  # BOPGA: the burn-out current takes an open input to the rail at once
            return 1_000_000_000
        if self._open_since_us is None:
            self._open_since_us = t_us
        drift_ms = (t_us - self._open_since_us) // 1000
        return nv + min(drift_ms * self._values["nau7802.open_wire_nv_per_s"] // 1000, 1_000_000_000)

    def _noise(self) -> int:
        """Nanovolts: four bytes of a hash summed are near enough a Gaussian of standard deviation 147.8."""
        rms_nv = self._noise_nv if self.noise_nv is None else self.noise_nv * self._noise_percent // 100
        if not rms_nv:
            return 0
        bits = mixed(self.conversions & 0xFFFFFFFF ^ self._seed)
        total = (bits & 0xFF) + (bits >> 8 & 0xFF) + (bits >> 16 & 0xFF) + (bits >> 24) - 510
        return total * rms_nv // 148

    def _to_result(self, four_nv: int) -> int:
        if self.stuck_value is not None:
            return self.stuck_value
        if self.saturate or not self._in_window:
            return RAW_MIN if self.saturate < 0 else RAW_MAX
        if self.bridge_unpowered and self.regs[1] & 0x07 >= 6:
            return RAW_MIN  # both inputs at ground, outside the amplifier's window
        raw = four_nv * self._counts_num // self._counts_den - self._ocal
        if self._gcal != _UNITY:
            raw = raw * self._gcal >> 23
        if self.spike_every and self.conversions % self.spike_every == 0:
            raw += self.spike_counts
        if raw > RAW_MAX:
            return RAW_MAX
        return max(raw, RAW_MIN)

    def _counts(self, nv: int) -> int:
        return 4 * nv * self._counts_num // self._counts_den

    def _calibration_miss_nv(self) -> int:
        step_nv = self.offset_step_per_powerup
        return mixed(self._seed ^ self.power_ups * 7919) % (2 * step_nv + 1) - step_nv

    def _start_ldo(self) -> None:
        if self.regs[0] & AVDDS and self.regs[0] & PUA:
            self._ldo_on_us = self._now
            self._ldo_settled_us = self._now + _LDO_TAUS * self._ldo_tau_us

    def _get(self, register: int, size: int) -> int:
        value = 0
        for i in range(size):
            value = value << 8 | self.regs[register + i]
        return value

    def _put(self, register: int, size: int, value: int) -> None:
        for i in range(size):
            self.regs[register + i] = value >> 8 * (size - 1 - i) & 0xFF

    def _configure(self) -> None:
        """Work out, after a register changed, what each conversion needs."""
        regs = self.regs
        code = regs[1] & 0x07
        rate_sps = _RATES[regs[2] >> 4 & 0x07]
        self._rate_milli = rate_sps * (1000 + self._rate_error)
        supply_mv = self._values["nau7802.supply_mv"]
        avdd_mv = min(_LDO_MV[regs[1] >> 3 & 0x07], supply_mv - 300) if regs[0] & AVDDS else supply_mv
        self._counts_num = 1 << code + 22
        self._counts_den = avdd_mv * 1_000_000
        # At gain 64 and 128 both inputs must lie 1.5 V inside the rails: under 3 V they cannot.
        self._in_window = code < 6 or avdd_mv >= 3000
        self._noise_percent = parameters.NAU7802_NOISE_PERCENT[code]
        self._noise_nv = self._values["nau7802.noise_" + str(rate_sps)] * self._noise_percent // 100
        channel_2 = regs[2] & 0x80
        self._other_input = bool(regs[0x11] & 0x0E or channel_2)
        ocal = self._get(0x0A if channel_2 else 0x03, 3)
        self._ocal = -(ocal & RAW_MAX) if ocal & 0x800000 else ocal
        self._gcal = self._get(0x0D if channel_2 else 0x06, 4)
