"""NAU7802: 24-bit bridge converter, the force sensor's electronics.

Source of every register and time: Nuvoton, NAU7802 Data Sheet V1.7 (January 2012), registers in its section
11, others in the section given. Supply 3.3 V; the internal regulator feeds converter and bridge, so readings
are ratiometric.
"""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

import asyncio

import micropython

from . import edges
from .errors import SensorCalibration, SensorConfig, SensorMissing, SensorTimeout

ADDRESS = 0x2A
"""The only bus address."""

RAW_MIN = -0x800000
"""Reading at negative saturation."""

RAW_MAX = 0x7FFFFF
"""Reading at positive saturation."""

SETTLING_CONVERSIONS = 6
"""Results to throw away after a start, a resume or a change (8.8)."""

RATES_SPS = {10: 0, 20: 1, 40: 2, 80: 3, 320: 7}
"""CRS field by rate in samples per second."""

GAINS = {1: 0, 2: 1, 4: 2, 8: 3, 16: 4, 32: 5, 64: 6, 128: 7}
"""GAINS field by amplifier gain."""

LDO_MV = {2400: 7, 2700: 6, 3000: 5}
"""VLDO field by regulator voltage: those that a 3.3 V supply can regulate (it needs 0.3 V above)."""

_PU_CTRL = 0x00
_CTRL1 = 0x01
_CTRL2 = 0x02
_OCAL1 = 0x03
_I2C_CTRL = 0x11
_RESULT = 0x12
_ADC = 0x15
_PGA = 0x1B
_POWER = 0x1C
_REVISION = 0x1F

_RESET = 0x01
_DIGITAL = 0x02
_POWERED = 0x86  # regulator, analog and digital part on
_CONVERTING = 0x96  # and conversions running
_STANDBY = 0x80  # keeps the regulator selected, so that waking needs no other register
_POWERED_UP = 0x08
_READY = 0x20
_INPUTS = 0x0E  # I2C_CTRL: input shorted, burn-out current, temperature diode
_BURN_OUT = 0x04
_CALIBRATE = 0x04
_CALIBRATION_ERROR = 0x08

_RESET_MS = 1
_POWER_UP_MS = 100
_LDO_MS = 250  # 200 ms for the regulator and its capacitor, with margin
_RESULT_MS = 1000  # first result after a wake: five periods and 100 ms, 600 ms at the slowest rate (8.8)
_CALIBRATION_MS = 1000  # about 344 ms

BURN_OUT_MIN_UV = 150
BURN_OUT_MAX_UV = 2500
"""What the burn-out current of 2.5 uA (section 11, I2C_CTRL) may move the input by: it meets half the bridge's
resistance, 437 uV at 350 ohms and 1250 uV at 1000, and the sheet gives no tolerance, so a factor of two and more is
left on either side. Shorted inputs move by nothing, an open one goes to the rail.
"""

_MEAN_OF = 4


@micropython.viper
def _signed(b: ptr8) -> int:
    """Three bytes, the high one first, as a signed number."""
    raw = int(b[0]) << 16 | int(b[1]) << 8 | int(b[2])
    return raw - 0x1000000 if raw & 0x800000 else raw


def saturated(raw: int) -> bool:
    """Whether a reading stands at either rail of the converter."""
    return raw >= RAW_MAX or raw <= RAW_MIN


class Nau7802:
    """The converter on channel 1.

    `read_raw`, `ready` and `registers_ok` allocate nothing and let the bus's `OSError` pass. `rate_sps` is
    nominal: the chip's oscillator is 3 % wide, so take times from a clock, never from a count.
    """

    def __init__(self, i2c, drdy_pin=None):
        """Take the bus and the input pin that DRDY (push-pull, high when a result waits) is wired to."""
        self._i2c = i2c
        self.drdy_pin = drdy_pin
        self.rate_sps = 0
        # The watch may run between any two bytecodes of a task: its buffers are its own.
        self._status = bytearray(1)
        self._result = bytearray(3)
        self._byte = bytearray(1)
        self._control = bytearray(3)
        self._gain = 0
        self._ldo_mv = 0
        self._ctrl1 = 0
        self._ctrl2 = 0
        self._adc = 0
        self._pga = 0
        self._power = 0

    def attach(self, on_ready, stamp=None) -> None:
        """Call a handler, scheduled, when a result waits; `stamp`: see drivers.edges."""
        edges.attach(self.drdy_pin, on_ready, self.drdy_pin.IRQ_RISING, stamp)

    def read_raw(self) -> int:
        """The latest result in counts, -2**23..2**23-1. Clears the ready flag.

        One burst of three bytes: reading the first latches the other two.
        """
        result = self._result
        self._i2c.readfrom_mem_into(ADDRESS, _RESULT, result)
        return _signed(result)

    def ready(self) -> bool:
        """Whether a result waits that has not been read (bit CR)."""
        self._i2c.readfrom_mem_into(ADDRESS, _PU_CTRL, self._status)
        return self._status[0] & _READY != 0

    def registers_ok(self) -> bool:
        """Whether the control registers hold what was written: a brown-out returns them to zero."""
        control = self._control
        self._i2c.readfrom_mem_into(ADDRESS, _PU_CTRL, control)
        if control[0] & ~_READY != _CONVERTING | _POWERED_UP or control[1] != self._ctrl1:
            return False
        if control[2] & ~_CALIBRATE != self._ctrl2:
            return False
        return (
            self._holds(_ADC, 0x30, self._adc)
            and self._holds(_PGA, 0xFF, self._pga)
            and self._holds(_POWER, 0xFF, self._power)
            and self._holds(_I2C_CTRL, _INPUTS, 0)
        )

    def _holds(self, register: int, mask: int, value: int) -> bool:
        self._i2c.readfrom_mem_into(ADDRESS, register, self._byte)
        return self._byte[0] & mask == value & mask

    async def start(self, rate_sps: int = 320, gain: int = 128, ldo_mv: int = 3000, calibration=None) -> None:
        """Reset, configure, calibrate, and leave conversions running.

        `calibration` is what `calibration()` gave earlier: written back, it keeps the zero where it was over
        power-ups; without it the chip measures its offset anew. Takes about 0.7 s. Raises `SensorConfig`,
        `SensorMissing`, `SensorTimeout`, `SensorCalibration`.
        """
        self._choose(rate_sps, gain, ldo_mv)
        try:
            await self._configure()
            await self._settle(_LDO_MS)
            if calibration is None:
                await self.calibrate()
            else:
                await self.restore(calibration)
        except OSError:
            raise SensorMissing("NAU7802 does not answer at 0x2A: check its supply, SDA and SCL") from None
        if not self.registers_ok():
            raise SensorConfig("NAU7802 registers do not read back as written: check its supply for dips")

    def _choose(self, rate_sps: int, gain: int, ldo_mv: int) -> None:
        if rate_sps not in RATES_SPS:
            raise SensorConfig("rate_sps {} is not one of 10, 20, 40, 80, 320".format(rate_sps))
        if gain not in GAINS:
            raise SensorConfig("gain {} is not a power of two from 1 to 128".format(gain))
        if ldo_mv not in LDO_MV:
            raise SensorConfig("ldo_mv {} is not one of 2400, 2700, 3000 (3.3 V supply)".format(ldo_mv))
        if gain >= 64 and ldo_mv < 3000:
            # At these gains the input must lie 1.5 V inside both rails; half of less than 3 V does not.
            raise SensorConfig("gain {} needs ldo_mv 3000, not {}: lower the gain".format(gain, ldo_mv))
        self.rate_sps = rate_sps
        self._gain = gain
        self._ldo_mv = ldo_mv
        self._ctrl1 = LDO_MV[ldo_mv] << 3 | GAINS[gain]
        self._ctrl2 = RATES_SPS[rate_sps] << 4

    async def _configure(self) -> None:
        await self._reset()
        await self._wait(_PU_CTRL, _POWERED_UP, _POWERED_UP, _POWER_UP_MS, "power-up")
        revision = self._read(_REVISION)
        if revision & 0x0F != 0x0F:
            raise SensorMissing("chip at 0x2A is no NAU7802: revision 0x{:02x}, not 0x_f".format(revision))
        self._write(_PU_CTRL, _POWERED)
        self._write(_CTRL1, self._ctrl1)
        self._write(_CTRL2, self._ctrl2)
        self._adc = self._modify(_ADC, 0xFF, 0x30)  # clock chopper off (9.1, step 4)
        self._power = self._modify(_POWER, 0xFF, 0x80)  # the board has the capacitor across channel 2
        self._pga = self._modify(_PGA, 0xBF, 0x00)  # regulator mode for a capacitor of low resistance

    async def _reset(self) -> None:
        """Reset all registers (bit RR). The chip now and then misses its first call: ask it twice."""
        try:
            self._write(_PU_CTRL, _RESET)
        except OSError:
            await asyncio.sleep_ms(_RESET_MS)
            self._write(_PU_CTRL, _RESET)
        await asyncio.sleep_ms(_RESET_MS)
        self._write(_PU_CTRL, _DIGITAL)

    async def _settle(self, ldo_ms: int) -> None:
        await asyncio.sleep_ms(ldo_ms)
        self._write(_PU_CTRL, _CONVERTING)
        await self._discard()

    async def _discard(self) -> None:
        for _ in range(SETTLING_CONVERSIONS):
            await self._wait(_PU_CTRL, _READY, _READY, _RESULT_MS, "a result")
            self.read_raw()

    async def calibrate(self) -> None:
        """Measure the converter's own offset with its input shorted inside, then let it settle.

        The load does not matter. Raises `SensorCalibration` when the chip says so or does not end.
        """
        self._write(_CTRL2, self._ctrl2 | _CALIBRATE)
        try:
            await self._wait(_CTRL2, _CALIBRATE, 0, _CALIBRATION_MS, "calibration")
        except SensorTimeout:
            raise SensorCalibration("NAU7802 offset calibration did not end in 1000 ms") from None
        if self._read(_CTRL2) & _CALIBRATION_ERROR:
            raise SensorCalibration("NAU7802 reports a calibration error: check the sensor's wiring")
        await self._discard()

    async def hears(self) -> bool:
        """Whether a live bridge is wired to the input: the burn-out current must move the reading, yet to no rail.

        Takes twenty results (63 ms), in which no reading means a force. `OSError` of the bus passes. Raises
        `SensorTimeout`.
        """
        plain = await self._mean()
        self._write(_I2C_CTRL, _BURN_OUT)
        try:
            await self._discard()
            moved = await self._mean()
        finally:
            self._write(_I2C_CTRL, 0)
        await self._discard()
        if plain is None or moved is None:
            return False
        return BURN_OUT_MIN_UV <= self._uv(moved - plain) <= BURN_OUT_MAX_UV

    async def _mean(self):
        """Mean of the next results; None when one stands at a rail."""
        total = 0
        for _ in range(_MEAN_OF):
            await self._wait(_PU_CTRL, _READY, _READY, _RESULT_MS, "a result")
            raw = self.read_raw()
            if saturated(raw):
                return None
            total += raw
        return total // _MEAN_OF

    def _uv(self, counts: int) -> int:
        """Microvolts at the input: full scale is half the reference over the gain (9.2)."""
        return counts * self._ldo_mv * 500 // (self._gain << 23)

    def calibration(self) -> bytes:
        """OCAL1 and GCAL1 as seven bytes (registers 0x03-0x09), to be kept for `start` or `restore`."""
        return self._i2c.readfrom_mem(ADDRESS, _OCAL1, 7)

    async def restore(self, calibration: bytes) -> None:
        """Write back what `calibration()` gave, then let the readings settle."""
        if len(calibration) != 7:
            raise SensorConfig("calibration has {} bytes, not 7: calibrate again".format(len(calibration)))
        self._i2c.writeto_mem(ADDRESS, _OCAL1, calibration)
        if self.calibration() != bytes(calibration):
            raise SensorConfig("calibration does not read back as written: calibrate again")
        await self._discard()

    def standby(self) -> None:
        """Stop converting and cut the bridge's supply; registers are kept."""
        self._write(_PU_CTRL, _STANDBY)

    async def wake(self) -> None:
        """Resume from `standby`: about 0.4 s. Check the zero afterwards; after hours, calibrate."""
        try:
            self._write(_PU_CTRL, _POWERED)
            await self._wait(_PU_CTRL, _POWERED_UP, _POWERED_UP, _POWER_UP_MS, "power-up")
            await self._settle(_LDO_MS)
        except OSError:
            raise SensorMissing("NAU7802 does not answer at 0x2A after standby") from None

    async def _wait(self, register: int, mask: int, wanted: int, limit_ms: int, what: str) -> None:
        """Poll once a millisecond. Counts its own sleeps, so it needs no clock."""
        for _ in range(limit_ms):
            if self._read(register) & mask == wanted:
                return
            await asyncio.sleep_ms(1)
        raise SensorTimeout("NAU7802: no {} within {} ms".format(what, limit_ms))

    def _read(self, register: int) -> int:
        self._i2c.readfrom_mem_into(ADDRESS, register, self._byte)
        return self._byte[0]

    def _write(self, register: int, value: int) -> None:
        self._byte[0] = value
        self._i2c.writeto_mem(ADDRESS, register, self._byte)

    def _modify(self, register: int, keep: int, add: int) -> int:
        value = self._read(register) & keep | add
        self._write(register, value)
        return value
