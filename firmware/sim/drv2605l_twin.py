"""DRV2605L at register level, its PWM input, and the motor on its output.

Registers: Texas Instruments, DRV2605L SLOS854D, section 8.6. Times: `parameters`.

The pin's meaning depends on four bits, and the twin honours all of them: N_PWM_ANALOG, BIDIR_INPUT and the
two open-loop bits. A pin that toggles outside 10..250 kHz is taken as no drive, and so
is a PWM on the analog input; the sheet leaves both undefined.

Not modelled: audio-to-vibe, the shapes of library effects, fuses.
"""

from . import parameters
from .register_chip import RegisterChip

NEVER = 1 << 60

_DEFAULTS = bytes(
    (0xE0, 0x40, 0x00, 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    + (0, 0x05, 0x19, 0xFF, 0x19, 0xFF, 0x3E, 0x8C, 0x0C, 0x6C, 0x36, 0x93, 0xF5, 0xA0, 0x20, 0x80)
    + (0x33, 0x00, 0x00)
)

_DEV_RESET = 0x80
_STANDBY = 0x40
_TRIGGER, _PWM, _RTP, _DIAGNOSIS, _CALIBRATION = 0, 3, 5, 6, 7

_DIAG_RESULT = 0x08
_OVER_TEMP = 0x02
_OVER_CURRENT = 0x01

_NOISE_GATE_PERMILLE = (0, 20, 40, 80)
_ENDLESS_EFFECT = 118
_EFFECT_US = {15: 750_000, 16: 1_000_000}


class Drv2605lTwin(RegisterChip):
    """The driver with a motor of 175 Hz on it.

    Knobs beside those of `RegisterChip`, set at any time: `motor_present`; `converges` (auto-calibration
    finds its result); `over_current` and `over_temp` (last as long as set, while driving); `hangs`
    (calibration and diagnosis never end); `device_id`; `motor_is_lra`. `otp_programmed` tells whether the
    fuses were ever burnt.
    """

    ADDRESS = 0x5A

    def __init__(self, values=None):
        """A chip just powered. `values` is what `parameters.values` gives."""
        super().__init__()
        self._values = parameters.values() if values is None else values
        self.motor_present = True
        self.motor_is_lra = True
        self.converges = True
        self.over_current = False
        self.over_temp = False
        self.hangs = False
        self.device_id = 7
        self.otp_programmed = False
        self.duty_u16 = 0
        self.pwm_hz = 0
        self.regs = bytearray(_DEFAULTS)
        self._now = 0
        self.brownout()

    def brownout(self) -> None:
        """The supply dipped: registers at their defaults, and deaf for the power-up time."""
        self._reset()
        self._awake_us = self._now + self._values["drv2605l.power_up_us"]

    def set_pwm(self, duty_u16: int, freq_hz: int) -> None:
        """What the IN/TRIG pin carries from now on."""
        self.duty_u16 = duty_u16
        self.pwm_hz = freq_hz
        self._latch_faults()

    # Time

    def advance(self, t_us: int) -> None:
        """Do all that is due by this time."""
        self._now = t_us
        if t_us >= self._done_us:
            self._finish()

    def next_event_us(self):
        """When a running effect, calibration or diagnosis ends."""
        return None if self._done_us == NEVER else self._done_us

    def _finish(self) -> None:
        self._done_us = NEVER
        if self.regs[1] & _DEV_RESET:
            self._reset()
            return
        self.regs[0x0C] = 0
        mode = self.regs[1] & 0x07
        if mode == _DIAGNOSIS:
            self._diagnosed = not self.motor_present or self.over_current
        elif mode == _CALIBRATION:
            self._diagnosed = not self._calibrate()

    def _calibrate(self) -> bool:
        if not (self.motor_present and self.converges and self._motor_suits()):
            return False
        self.regs[0x18] = self._values["drv2605l.cal_compensation"]
        self.regs[0x19] = self._values["drv2605l.cal_back_emf"]
        self.regs[0x1A] = self.regs[0x1A] & 0xFC | 0x02
        return True

    # Registers

    def i2c_start(self, reading: bool) -> bool:
        """Address byte; not acknowledged for 250 us after power-up."""
        return super().i2c_start(reading) and self._now >= self._awake_us

    def _load(self, register: int) -> int:
        if register == 0:
            return self._load_status()
        if register == 0x21:
            return self._values["drv2605l.supply_mv"] * 255 // 5600 if self.drive_permille() else 0
        if register == 0x22:
            period_ns = 1_000_000_000 // self._values["drv2605l.resonance_hz"]
            return period_ns // 98_460 if self.drive_permille() else 0
        return self.regs[register] if register < 0x23 else 0

    def _load_status(self) -> int:
        """The three flags clear when read; one whose cause lasts comes back at the next drive."""
        status = self.device_id << 5 | self._latched | (_DIAG_RESULT if self._diagnosed else 0)
        self._latched = 0
        self._diagnosed = False
        self._latch_faults()
        return status

    def _latch_faults(self) -> None:
        if self._demand_permille():
            self._latched |= (_OVER_CURRENT if self.over_current else 0) | (
                _OVER_TEMP if self.over_temp else 0
            )

    def _store(self, register: int, byte: int) -> None:
        if register in (0x00, 0x21, 0x22) or register >= 0x23:
            return
        if register == 0x01:
            self._store_mode(byte)
        elif register == 0x0C:
            self._store_go(byte & 1)
        elif register == 0x1E:
            self.otp_programmed = self.otp_programmed or bool(byte & 1)
            self.regs[0x1E] = byte & 0xF0
        else:
            self.regs[register] = byte
        self._latch_faults()

    def _store_mode(self, byte: int) -> None:
        if byte & _DEV_RESET:
            self.regs[1] = _DEV_RESET
            self._done_us = self._now + self._values["drv2605l.reset_us"]
            return
        if byte & _STANDBY or (byte ^ self.regs[1]) & 0x07:
            self._store_go(0)
        self.regs[1] = byte & 0x47

    def _store_go(self, go: int) -> None:
        self._done_us = NEVER
        mode = self.regs[1] & 0x07
        if self.regs[1] & _STANDBY or mode in (_PWM, _RTP):
            go = 0
        self.regs[0x0C] = go
        if go:
            self._done_us = self._now + self._duration_us(mode)

    def _duration_us(self, mode: int) -> int:
        if mode not in (_DIAGNOSIS, _CALIBRATION):
            return self._sequence_us()
        if self.hangs:
            return NEVER - self._now
        if mode == _DIAGNOSIS:
            return self._values["drv2605l.diagnosis_us"]
        return parameters.DRV2605L_AUTO_CAL_US[self.regs[0x1E] >> 4 & 0x03]

    def _sequence_us(self) -> int:
        total_us = 0
        for slot in range(0x04, 0x0C):
            step = self.regs[slot]
            if step == 0:
                break
            if step == _ENDLESS_EFFECT:
                return NEVER - self._now
            if step & 0x80:
                total_us += (step & 0x7F) * 10_000
            else:
                total_us += _EFFECT_US.get(step, self._values["drv2605l.effect_us"])
        return total_us

    # Output

    def drive_permille(self) -> int:
        """What the motor gets now, -1000..1000 of full scale; negative is braking."""
        if not self.motor_present or self.over_current or not self._motor_suits():
            return 0
        return self._demand_permille()

    def demand_permille(self) -> int:
        """What is asked of the motor now, whether or not one is there."""
        return self._demand_permille()

    def _demand_permille(self) -> int:
        mode = self.regs[1] & 0x07
        if self.regs[1] & (_STANDBY | _DEV_RESET):
            return 0
        if mode == _PWM:
            return self._pwm_permille()
        if mode == _RTP:
            return self._rtp_permille()
        return 1000 if self.regs[0x0C] else 0

    def _motor_suits(self) -> bool:
        return bool(self.regs[0x1A] & 0x80) == self.motor_is_lra

    def _both_ways(self) -> bool:
        """Whether half of the input range is zero: always in open loop, else by BIDIR_INPUT."""
        open_loop = self.regs[0x1D] & (0x01 if self.regs[0x1A] & 0x80 else 0x20)
        return bool(open_loop or self.regs[0x1C] & 0x80)

    def _pwm_permille(self) -> int:
        toggles = 0 < self.duty_u16 < 0xFFFF
        in_range = self._values["drv2605l.pwm_min_hz"] <= self.pwm_hz <= self._values["drv2605l.pwm_max_hz"]
        if self.regs[0x1D] & 0x02 or (toggles and not in_range):
            return 0
        permille = self.duty_u16 * 1000 // 0xFFFF
        if self._both_ways():
            permille = 2 * permille - 1000
        gate_permille = _NOISE_GATE_PERMILLE[self.regs[0x1D] >> 6]
        return 0 if abs(permille) < gate_permille else permille

    def _rtp_permille(self) -> int:
        value = self.regs[0x02]
        if self.regs[0x1D] & 0x08:
            return (value - 0x7F) * 1000 // 0x80 if self._both_ways() else value * 1000 // 0xFF
        if value & 0x80:
            value -= 0x100
        permille = max(value * 1000 // 0x7F, -1000)
        return permille if self._both_ways() else max(permille, 0)

    def _reset(self) -> None:
        self.regs[:] = _DEFAULTS
        self._done_us = NEVER
        self._latched = 0
        self._diagnosed = False
        self._awake_us = self._now
