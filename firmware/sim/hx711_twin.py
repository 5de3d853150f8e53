"""HX711 at pin level: edges of SCK in, a level of DOUT out, and everything that can go wrong.

Avia Semiconductor, HX711 data sheet: "Serial Interface", "Reset and Power-Down", tables 2 to 4. Times: `parameters`.

Not modelled: channel B beyond its being another input (it reads 0), the crystal, analog supply regulation.
"""

from . import parameters
from .nau7802_analog import RAW_MAX, RAW_MIN, mixed

NEVER = 1 << 60
STEPS = 4
"""Looks at the input in a period of 80/s: the converter integrates, the hand moves meanwhile."""

_GAINS = {25: 128, 26: 32, 27: 64}
_BITS = 24
_TAPS = 4


class Hx711Twin:
    """The converter with its bridge.

    `bridge_nv(t_us)` gives the differential input of channel A in nanovolts at the supply of the table, at times that
    only grow; what shakes faster it leaves in `fast_nv`, values over the time since the last call, or None. `dout` is
    the level of the pin, `falls` how often it fell.

    Knobs, set at any time: `rate_low` the RATE pin is low: 10/s; `dout_stuck` 0 or 1; `gone` no chip there (DOUT
    floats high); `missed_next(n)` n results are lost; `wire_open` a bridge wire is off; `saturate` 1 or -1: at that
    rail; `stuck_value` counts that every conversion gives; `spike_every` n: each n-th result is off by `spike_counts`;
    `drift_nv_per_s`: the input creeps, by `drifted_nv` so far; `noise_nv` rms at gain 128 (`None`: by rate, from the
    table); `rate_error_permille` of the oscillator; `brownout()` the supply dipped.

    For tests: `errors` reads with a wrong number of pulses, `power_downs`, `longest_high_us`.
    """

    def __init__(self, bridge_nv, seed: int = 1, values=None):
        """A chip just powered. `values` is what `parameters.values` gives."""
        self._bridge_nv = bridge_nv
        self._seed = mixed(seed + 0x9E3779)
        self._values = parameters.values() if values is None else values
        self.rate_low = False
        self.dout_stuck = None
        self.gone = False
        self.wire_open = False
        self.saturate = 0
        self.stuck_value = None
        self.spike_every = 0
        self.spike_counts = 0
        self.drift_nv_per_s = 0
        self.drifted_nv = 0
        self._drift_us = 0
        self.noise_nv = None
        self.fast_nv = None
        self.rate_error_permille = 0
        self.falls = self.errors = self.power_downs = self.longest_high_us = 0
        self.conversions = 0
        self.gain = 128
        self._counts_den = self._values["hx711.supply_mv"] * 1_000_000
        self._high_us = self._values["hx711.power_down_us"]
        self._missed = 0
        self._now = 0
        self._sck = 0
        self._rise_us = 0
        self._open_since_us = None
        self._level = 1
        self.brownout()

    def brownout(self) -> None:
        """The supply dipped: as after power-on, channel A at gain 128."""
        self.gain = 128
        self._pending_gain = 128
        self._wake()

    def missed_next(self, n: int) -> None:
        """Lose the next `n` results: DOUT does not fall for them."""
        self._missed = n

    @property
    def dout(self) -> int:
        """Level of the pin."""
        if self.gone:
            return 1
        return self._level if self.dout_stuck is None else self.dout_stuck

    # Time

    def advance(self, t_us: int) -> None:
        """Do all that is due by this time."""
        self._now = t_us
        if self._sck and self._on and t_us - self._rise_us > self._high_us:
            self._power_down()
        while self._on and t_us >= self._step_us:
            if t_us - self._step_us > 2_000_000:
                self._step_us = (
                    t_us - 1_000_000
                )  # nobody looked for so long; the last second fills the filter
            self._step()

    def next_event_us(self):
        """When the pin may change by itself: a result, or the power-down of a long pulse; None when it does not."""
        if not self._on:
            return None
        if self._sck:
            return self._rise_us + self._high_us + 1
        return self._step_us + (self._left - 1) * self._step_span_us() if self._level else None

    def _step_span_us(self) -> int:
        return 1_000_000_000 // (80 * STEPS * (1000 + self.rate_error_permille))

    def _steps(self) -> int:
        return STEPS * 8 if self.rate_low else STEPS

    def _step(self) -> None:
        """One look at the input; the last of a period ends the conversion."""
        self._sum += self._input_nv(self._step_us)
        self._step_us += self._step_span_us()
        self._left -= 1
        if not self._left:
            self._left = self._steps()
            self._convert(self._sum // self._left)
            self._sum = 0

    def _convert(self, mean_nv: int) -> None:
        taps = self._taps
        taps[self.conversions % _TAPS] = mean_nv
        self.conversions += 1
        if 0 < self._pulses < 25 or self._pulses > 27:
            self.errors += 1
        self._take_gain()
        self._pulses = 0
        if self._settling:
            self._settling -= 1
            if self._settling:
                return
        if self._missed:
            self._missed -= 1
            return
        self._result = self._counts(sum(taps) // _TAPS)
        if self._level:
            self._fall()

    def _take_gain(self) -> None:
        """The gain that the last read asked for holds from the conversion after; a change settles anew."""
        self._pending_gain = _GAINS.get(self._pulses, self._pending_gain)
        if self._pending_gain != self.gain:
            self.gain = self._pending_gain
            self._settling = _TAPS + 1
            self._level = 1

    def _fall(self) -> None:
        self._level = 0
        if not self.gone and self.dout_stuck is None:
            self.falls += 1

    # The two pins

    def set_sck(self, level: int, t_us: int) -> None:
        """Drive SCK at a time, microseconds."""
        self.advance(t_us)
        level = 1 if level else 0
        if level == self._sck:
            return
        self._sck = level
        if level:
            self._rise_us = t_us
            if self._on:
                self._pulse()
            return
        self.longest_high_us = max(self.longest_high_us, t_us - self._rise_us)
        if not self._on:
            self._wake()

    def _pulse(self) -> None:
        if not self._pulses and self._level:
            return  # nothing waits: the pulse does nothing
        self._pulses += 1
        if self._pulses <= _BITS:
            bit = self._result >> _BITS - self._pulses & 1
            if self._level and not bit:
                self._fall()
            self._level = bit
        else:
            self._level = 1

    def _power_down(self) -> None:
        self._on = False
        self._level = 1
        self.power_downs += 1

    def _wake(self) -> None:
        """Power-on, or SCK low again after power-down: the last gain, and a settling time without a result."""
        self._on = True
        self._level = 1
        self._pulses = 0
        self._result = 0
        self._sum = 0
        self._taps = [0] * _TAPS
        self._settling = _TAPS
        self._left = self._steps()
        self._step_us = self._now + self._step_span_us()

    # The analog half

    def _input_nv(self, t_us: int) -> int:
        if self.drift_nv_per_s:
            self.drifted_nv += (t_us - self._drift_us) // 1000 * self.drift_nv_per_s // 1000
        self._drift_us = t_us
        nv = self._bridge_nv(t_us) + self._values["hx711.offset_nv"] + self.drifted_nv
        if self.fast_nv is not None:
            nv += sum(self.fast_nv) // len(self.fast_nv)
        if not self.wire_open:
            self._open_since_us = None
            return nv
        if self._open_since_us is None:
            self._open_since_us = t_us
        drift_ms = (t_us - self._open_since_us) // 1000
        return nv + min(drift_ms * self._values["hx711.open_wire_nv_per_s"] // 1000, 1_000_000_000)

    def _noise(self) -> int:
        """Nanovolts: four bytes of a hash summed are near enough a Gaussian of standard deviation 147.8."""
        rms_nv = self._values["hx711.noise_10" if self.rate_low else "hx711.noise_80"]
        if self.noise_nv is not None:
            rms_nv = self.noise_nv
        bits = mixed(self.conversions & 0xFFFFFFFF ^ self._seed)
        total = (bits & 0xFF) + (bits >> 8 & 0xFF) + (bits >> 16 & 0xFF) + (bits >> 24) - 510
        return total * rms_nv // 148

    def _counts(self, nv: int) -> int:
        """24 bits, two's complement: full scale is half the supply over the gain, either way."""
        if self.stuck_value is not None:
            raw = self.stuck_value
        elif self.saturate:
            raw = RAW_MAX if self.saturate > 0 else RAW_MIN
        elif self.gain == 32:
            raw = 0
        else:
            raw = (nv + self._noise()) * (self.gain << _BITS) // self._counts_den
        if self.spike_every and self.conversions % self.spike_every == 0:
            raw += self.spike_counts
        return max(RAW_MIN, min(RAW_MAX, raw)) & 0xFFFFFF
