"""DRV2605L: the vibration motor's driver, set up over I2C and then played through its IN/TRIG pin.

Source of every register and time: Texas Instruments, DRV2605L data sheet SLOS854D (March 2018), registers
in its section 8.6, others in the section given. The motor is a linear resonant actuator (LRA) of 175 Hz and
2.0 V rms.

The pin carries a PWM: a low pin is *off*, a high pin full strength. That holds only with unidirectional input
(BIDIR_INPUT, register 0x1C) and closed loop: at the reset values half the duty is off and a low pin is full
reverse. The sheet's table of modes gives the N_PWM_ANALOG bit the wrong way round; its field (register 0x1D)
and the text on analog input agree that 0 is PWM.
"""

import asyncio

from .errors import MotorCalibration, MotorConfig, MotorMissing, MotorTimeout

ADDRESS = 0x5A
"""The only bus address."""

PWM_HZ = 25_000
"""Above hearing, inside the 10..250 kHz that the input takes (section 6, recommended conditions)."""

FAULT_BUS = 0x01
"""`check`: the chip does not answer."""
FAULT_IDENTITY = 0x02
"""`check`: the chip that answers is no DRV2605L."""
FAULT_STANDBY = 0x04
"""`check`: in standby, where the pin does nothing: a brown-out puts it there."""
FAULT_MODE = 0x08
"""`check`: not in PWM mode."""
FAULT_CONFIG = 0x10
"""`check`: input no longer unidirectional, PWM and closed loop, so a low pin may not be off."""
FAULT_OVER_TEMP = 0x20
"""`check`: the chip was too hot since the last check."""
FAULT_OVER_CURRENT = 0x40
"""`check`: the output was overloaded since the last check."""

_STATUS = 0x00
_MODE = 0x01
_LIBRARY = 0x03
_GO = 0x0C
_RATED = 0x16
_CALIBRATION = 0x18  # compensation, back-EMF, feedback control
_CONTROL2 = 0x1C

_IDENTITY = 7
_DIAG_RESULT = 0x08
_OVER_TEMP = 0x02
_OVER_CURRENT = 0x01

_DEV_RESET = 0x80
_STANDBY = 0x40
_INTERNAL = 0
_PWM = 3
_DIAGNOSTICS = 6
_AUTO_CALIBRATION = 7
_LRA_LIBRARY = 6

# 0x16..0x1D. CONTROL4 (0x1E) is never written: beside a timing that is right at reset (500 ms of
# auto-calibration) it holds the bit that burns the registers in once and for all.
_SETUP = bytes(
    (
        0x53,  # RATED_VOLTAGE: 2.0 V rms closed loop at 175 Hz with 300 us sampling
        0x8D,  # OD_CLAMP: 3.0 V peak
        0x0C,  # A_CAL_COMP, at reset
        0x6C,  # A_CAL_BEMF, at reset
        0xAA,  # LRA, brake factor 3, loop gain high, BEMF gain 15: what auto-calibration asks for (8.5.6)
        0x98,  # STARTUP_BOOST, DRIVE_TIME 24: 2.9 ms, half a period of 175 Hz
        0x75,  # unidirectional input, brake stabilizer, 300 us sampling, blanking 1, dissipation 1
        0x80,  # noise gate 4 %, closed loop, PWM input
    )
)

_DEFAULT_WAIT_MS = 1  # 250 us after power-up
_RESET_MS = 20
_CALIBRATION_MS = 1500  # 700 ms at this setting, 1200 at the longest
_POLL_MS = 5


class Drv2605l:
    """The driver and its PWM pin. Only `drive` and `off` belong to the watch: they never touch the bus."""

    def __init__(self, i2c, pwm):
        """Take the bus and the PWM on the IN/TRIG pin, and hold that pin low at once."""
        self._i2c = i2c
        self._pwm = pwm
        self._byte = bytearray(1)
        self._pair = bytearray(2)
        self.level = 0
        pwm.duty_u16(0)
        pwm.freq(PWM_HZ)
        pwm.duty_u16(0)

    def drive(self, level: int) -> None:
        """Set the strength, 0 (off) to 255 (full); anything outside is taken as the nearer end."""
        if level < 0:
            level = 0
        elif level > 255:
            level = 255
        self.level = level
        self._pwm.duty_u16(level * 257)

    def off(self) -> None:
        """Stop the motor."""
        self.level = 0
        self._pwm.duty_u16(0)

    async def start(self, cal=None) -> None:
        """Reset, configure and leave the chip listening to its pin, motor off.

        `cal` is what `calibration()` gave earlier for this motor; without it the chip calibrates itself,
        which shakes the motor for 0.5-0.7 s. Raises `MotorMissing`, `MotorConfig`, `MotorTimeout`,
        `MotorCalibration`.
        """
        self.off()
        try:
            await self._identify()
            await self._configure()
            if cal is None:
                await self._auto_calibrate()
            else:
                self._restore(cal)
            self.wake()
        except OSError:
            raise MotorMissing("DRV2605L does not answer at 0x5A: check its supply, SDA and SCL") from None
        if self.check() & ~(FAULT_OVER_TEMP | FAULT_OVER_CURRENT):
            raise MotorConfig("DRV2605L does not hold its mode: check its supply for dips")

    async def _identify(self) -> None:
        await asyncio.sleep_ms(_DEFAULT_WAIT_MS)
        identity = self._read(_STATUS) >> 5
        if identity != _IDENTITY:
            raise MotorMissing("chip at 0x5A is no DRV2605L: identity {}, not 7".format(identity))
        self._write(_MODE, _DEV_RESET)
        await asyncio.sleep_ms(_DEFAULT_WAIT_MS)
        await self._wait(_MODE, _DEV_RESET, _RESET_MS, "reset")

    async def _configure(self) -> None:
        self._set_mode(_INTERNAL)
        await asyncio.sleep_ms(_DEFAULT_WAIT_MS)
        self._write(_LIBRARY, _LRA_LIBRARY)
        self._i2c.writeto_mem(ADDRESS, _RATED, _SETUP)
        if self._i2c.readfrom_mem(ADDRESS, _RATED, len(_SETUP)) != _SETUP:
            raise MotorConfig("DRV2605L registers 0x16-0x1D do not read back as written")

    async def _auto_calibrate(self) -> None:
        await self._run(_AUTO_CALIBRATION, "auto-calibration")
        if self._read(_STATUS) & _DIAG_RESULT:
            self._set_mode(_STANDBY)
            raise MotorCalibration("auto-calibration did not converge: check the motor, its wires, its mount")

    async def _run(self, mode: int, what: str) -> None:
        self._set_mode(mode)
        self._write(_GO, 1)
        await self._wait(_GO, 1, _CALIBRATION_MS, what)

    def calibration(self) -> tuple:
        """The calibration in force, registers 0x18, 0x19, 0x1A[1:0]: compensation, back-EMF and its gain."""
        result = self._i2c.readfrom_mem(ADDRESS, _CALIBRATION, 3)
        return result[0], result[1], result[2] & 0x03

    def _restore(self, cal) -> None:
        compensation, bemf, gain = cal
        if not (0 <= compensation <= 255 and 0 <= bemf <= 255 and 0 <= gain <= 3):
            raise MotorConfig("calibration {} is not (0-255, 0-255, 0-3): calibrate again".format(cal))
        feedback = _SETUP[4] & 0xFC | gain
        self._i2c.writeto_mem(ADDRESS, _CALIBRATION, bytes((compensation, bemf, feedback)))

    async def diagnose(self) -> bool:
        """Ask the chip whether a motor is there: true if it is, false also when the chip finds no end.

        Motor off before; PWM mode after, or standby and false where a brown-out has undone the set-up. `OSError` of
        the bus passes.
        """
        self.off()
        try:
            await self._run(_DIAGNOSTICS, "diagnosis")
        except MotorTimeout:
            return False
        good = not self._read(_STATUS) & _DIAG_RESULT
        try:
            self.wake()
        except MotorConfig:
            return False
        return good

    def check(self) -> int:
        """Read STATUS, MODE, CONTROL2 and CONTROL3 back: a mask of FAULT_ bits.

        It is 0 when a low pin is off and a high pin shakes. Reading clears the chip's two latched faults.
        """
        pair = self._pair
        try:
            self._i2c.readfrom_mem_into(ADDRESS, _STATUS, pair)
            status = pair[0]
            mode = pair[1]
            self._i2c.readfrom_mem_into(ADDRESS, _CONTROL2, pair)
        except OSError:
            return FAULT_BUS
        faults = 0
        if status >> 5 != _IDENTITY:
            faults |= FAULT_IDENTITY
        if status & _OVER_TEMP:
            faults |= FAULT_OVER_TEMP
        if status & _OVER_CURRENT:
            faults |= FAULT_OVER_CURRENT
        if mode & _STANDBY:
            faults |= FAULT_STANDBY
        if mode & 0x07 != _PWM:
            faults |= FAULT_MODE
        if pair[0] != _SETUP[6] or pair[1] != _SETUP[7]:
            faults |= FAULT_CONFIG
        return faults

    def standby(self) -> None:
        """Motor off, chip asleep; registers are kept."""
        self.off()
        self._set_mode(_STANDBY | _PWM)

    def wake(self) -> None:
        """Listen to the pin again after `standby`.

        Raises `MotorConfig`, and leaves the chip in standby, where a brown-out has undone its set-up: a low pin would
        be full reverse.
        """
        if not self._is_set_up():
            self._set_mode(_STANDBY)
            raise MotorConfig("DRV2605L has lost its registers: start it again")
        self._set_mode(_PWM)

    def _is_set_up(self) -> bool:
        self._i2c.readfrom_mem_into(ADDRESS, _CONTROL2, self._pair)
        return self._pair[0] == _SETUP[6] and self._pair[1] == _SETUP[7]

    def _set_mode(self, mode: int) -> None:
        self._write(_MODE, mode)

    async def _wait(self, register: int, mask: int, limit_ms: int, what: str) -> None:
        """Poll until the bits clear. Counts its own sleeps, so it needs no clock."""
        for _ in range(0, limit_ms, _POLL_MS):
            if not self._read(register) & mask:
                return
            await asyncio.sleep_ms(_POLL_MS)
        self._set_mode(_STANDBY)
        raise MotorTimeout("DRV2605L: {} did not end within {} ms".format(what, limit_ms))

    def _read(self, register: int) -> int:
        self._i2c.readfrom_mem_into(ADDRESS, register, self._byte)
        return self._byte[0]

    def _write(self, register: int, value: int) -> None:
        self._byte[0] = value
        self._i2c.writeto_mem(ADDRESS, register, self._byte)
