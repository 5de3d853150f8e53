"""NAU7802 at register level: bytes in, bytes out, a DRDY pin, and everything that can go wrong.

Registers: Nuvoton, NAU7802 Data Sheet V1.7, section 11. Times: `parameters`.

Not modelled: fast-read streaming (0x11 bit 6), the crystal, the fuses behind 0x15-0x17.
"""

from .nau7802_analog import PUA, RAW_MAX, Nau7802Analog

NEVER = 1 << 60

_RR = 0x01
_PUD = 0x02
_PUR = 0x08
_CS = 0x10
_CR = 0x20
_RUN = _PUD | PUA | _CS

_CALS = 0x04
_CAL_ERR = 0x08


class Nau7802Twin(Nau7802Analog):
    """The converter with its bridge.

    `bridge_nv(t_us)` gives the differential input in nanovolts at the reference's present voltage; it is
    called once a conversion, with times that only grow. What shakes faster it leaves in `fast_nv`: sinc.SUB values
    since the last conversion, or None. `drdy` is the level of the pin, `rises` how often it rose: compare that to find
    an edge, the pin may fall and rise between two looks.

    Knobs beside those of `RegisterChip`, set at any time:
    `noise_nv` rms at gain 128 (`None`: by rate, from the table); `wire_open` a signal wire is off; `input_shorted` the
    two signal wires touch; `bridge_unpowered` a supply wire is off;
    `offset_step_per_powerup` nV by which each power-up's calibration may miss the true offset, either way;
    `rate_error_permille` of the oscillator; `drdy_stuck` 0 or 1; `stuck_value` counts that every conversion
    gives; `saturate` 1 or -1: at that rail; `spike_every` n: each n-th result is off by `spike_counts`;
    `drift_nv_per_s`: the input creeps, by `drifted_nv` so far; `calibration_fails`; `calibration_hangs`;
    `temperature_c`.
    """

    def __init__(self, bridge_nv, seed: int = 1, values=None):
        """A chip just powered. `values` is what `parameters.values` gives."""
        super().__init__(bridge_nv, seed, values)
        self.drdy_stuck = None
        self.calibration_fails = False
        self.calibration_hangs = False
        self.drdy = 0
        self.rises = 0
        self._missed_edges = 0
        self.brownout()

    def brownout(self) -> None:
        """The supply dipped: all registers at their defaults, no conversions."""
        self.power_ups += 1
        self._reset_registers()

    def edge_missed_next(self, n: int) -> None:
        """Keep DRDY high over the next `n` reads, so that no edge announces the result after each."""
        self._missed_edges = n

    @property
    def rate_error_permille(self) -> int:
        """How much faster than nominal the oscillator runs."""
        return self._rate_error

    @rate_error_permille.setter
    def rate_error_permille(self, permille: int) -> None:
        self._rate_error = permille
        self._configure()
        if self._conversion_us != NEVER:
            self._restart(0, 1)

    # Time

    def advance(self, t_us: int) -> None:
        """Do all that is due by this time."""
        self._now = t_us
        if t_us >= self._next_us:
            self._catch_up(t_us)

    def next_event_us(self):
        """The end of the running conversion, if DRDY waits for it."""
        if self._conversion_us == NEVER or self.regs[0] & _CR:
            return None
        return self._conversion_us

    def _catch_up(self, t_us: int) -> None:
        if t_us >= self._power_up_us:
            self._power_up_us = NEVER
            self.regs[0] |= _PUR
        if t_us >= self._calibrated_us:
            self._now = self._calibrated_us
            self._end_calibration()
            self._now = t_us
        while t_us >= self._conversion_us:
            late = (t_us - self._conversion_us) * self._rate_milli // 1_000_000_000
            if late > 8:
                # Nobody read these; the last ones fill the filter.
                self._skip(late - 5)
            self._sample(self._conversion_us)
            self._skip(1)
            self._set_ready(1)
        self._schedule()

    def _skip(self, n: int) -> None:
        self.conversions += n
        self._index += n
        self._conversion_us = self._epoch_us + self._index * 1_000_000_000 // self._rate_milli

    def _schedule(self) -> None:
        self._next_us = min(self._power_up_us, self._calibrated_us, self._conversion_us)

    def _set_ready(self, ready: int) -> None:
        if ready:
            self.regs[0] |= _CR
            if self.regs[0x11] & 0x80:  # CRSD: announce the result on SDA
                self.stuck_sda = True
        else:
            self.regs[0] &= ~_CR & 0xFF
            if self._missed_edges:
                self._missed_edges -= 1
                return
        level = ready ^ self.regs[1] >> 7
        if self.drdy_stuck is not None:
            level = self.drdy_stuck
        elif self.regs[1] & 0x40:  # DRDY_SEL: the pin carries the clock
            level = 0
        if level > self.drdy:
            self.rises += 1
        self.drdy = level

    # Registers

    def _load(self, register: int) -> int:
        if register == 0x12:
            raw = self._result & 0xFFFFFF
            self.regs[0x12] = raw >> 16
            self.regs[0x13] = raw >> 8 & 0xFF
            self.regs[0x14] = raw & 0xFF
            self._set_ready(0)
        return self.regs[register] if register < 0x20 else 0

    def _store(self, register: int, byte: int) -> None:
        if register == 0:
            self._store_power(byte)
        elif self.regs[0] & _RR or not (register <= 0x11 or register in (0x15, 0x16, 0x17, 0x1B, 0x1C)):
            return
        elif register == 2:
            self._store_ctrl2(byte)
        else:
            changed = self.regs[register] != byte
            self.regs[register] = byte
            self._configure()
            if register == 1 and changed:
                self._start_ldo()
                self._resettle()

    def _store_power(self, byte: int) -> None:
        if byte & _RR:
            self._reset_registers()
            self.regs[0] = _RR
            return
        before = self.regs[0]
        self.regs[0] = byte & 0xD7 | before & (_PUR | _CR)
        if not byte & _PUD:
            self.regs[0] &= ~_PUR & 0xFF
            self._power_up_us = NEVER
            self._set_ready(0)
        elif not before & _PUD:
            self._power_up_us = self._now + self._values["nau7802.power_up_us"]
        self._configure()
        if byte & PUA and not before & PUA:
            self._woken = True
            self._start_ldo()
        self._gate(bool(byte & _CS) and not before & _CS)

    def _gate(self, synchronise: bool) -> None:
        """Start or stop conversions after a change of the power bits."""
        if self.regs[0] & (_PUD | PUA) != _PUD | PUA:
            self._calibrated_us = NEVER
            self.regs[2] &= ~_CALS & 0xFF
        if self.regs[0] & _RUN != _RUN:
            self._conversion_us = NEVER
        elif self._woken:
            self._woken = False
            self._restart(self._values["nau7802.wake_us"], self._values["nau7802.wake_periods"])
        elif synchronise:
            self._resettle()
        self._schedule()

    def _store_ctrl2(self, byte: int) -> None:
        before = self.regs[2]
        self.regs[2] = byte & 0xF3 | before & (_CALS | _CAL_ERR)
        self._configure()
        if (byte ^ before) & 0xF0:
            self._resettle()
        powered = self.regs[0] & (_PUD | PUA | _PUR) == _PUD | PUA | _PUR
        if byte & _CALS and not before & _CALS and powered:
            self.regs[2] |= _CALS
            self._conversion_us = NEVER
            self._calibrated_us = self._now + self._values["nau7802.calibration_us"]
            if self.calibration_hangs:
                self._calibrated_us = NEVER
            self._schedule()

    def _resettle(self) -> None:
        if self.regs[0] & _RUN == _RUN and not self.regs[2] & _CALS:
            self._restart(0, self._values["nau7802.settling_periods"])

    def _restart(self, wait_us: int, periods: int) -> None:
        """Hold the first result back until the filter has settled."""
        self._epoch_us = self._now + wait_us
        self._index = periods - 1
        self._fresh = True
        self._skip(1)
        self._schedule()

    # Calibration

    def _end_calibration(self) -> None:
        self._calibrated_us = NEVER
        mode = self.regs[2] & 0x03
        self.regs[2] &= ~(_CALS | _CAL_ERR) & 0xFF
        if self.calibration_fails:
            self.regs[2] |= _CAL_ERR
        elif mode == 0:
            self._write_offset(self._counts(self.offset_nv + self._calibration_miss_nv()))
        elif mode == 2:
            self._write_offset(self._counts(self._input_nv(self._now)))
        elif mode == 3:
            self._calibrate_gain()
        self._configure()
        self._resettle()

    def _write_offset(self, counts: int) -> None:
        sign = 0x800000 if counts < 0 else 0
        self._put(0x0A if self.regs[2] & 0x80 else 0x03, 3, sign | min(abs(counts), RAW_MAX))

    def _calibrate_gain(self) -> None:
        """Set the gain so that the present input becomes full scale, if 256 is enough."""
        counts = self._counts(self._input_nv(self._now)) - self._ocal
        if counts * 256 < RAW_MAX:
            self.regs[2] |= _CAL_ERR
        else:
            self._put(0x0D if self.regs[2] & 0x80 else 0x06, 4, (RAW_MAX << 23) // counts)

    def _reset_registers(self) -> None:
        for i in range(0x20):
            self.regs[i] = 0
        self.regs[0x07] = self.regs[0x0E] = 0x80
        self.regs[0x1F] = 0x0F
        self._power_up_us = NEVER
        self._calibrated_us = NEVER
        self._conversion_us = NEVER
        self._woken = False
        self._fresh = True
        self._result = 0
        self._index = 0
        self._epoch_us = 0
        self._configure()
        self._schedule()
        self._set_ready(0)
