"""What every board hands to the tool, built from its pins: devices, folders, identity. Boards are only data."""

import os
import sys
import time

import machine
from core import guest, ids
from core.rates import SESSION_LEAST_SPS
from drivers.battery import BatteryAdc
from drivers.digital_input import DigitalInput
from drivers.errors import DriverError, MotorCalibration, MotorMissing, SensorMissing
from drivers.rgb_light import PWM_HZ as RGB_HZ
from drivers.rgb_light import RgbLight

I2C_HZ = 400_000
I2C_TIMEOUT_US = 2000
"""Longest wait for a chip that does not answer; the port's default of 50 ms would blind the watch."""

WATCHDOG_MS = 1950
BACKSTOP_MS = 10
SAFE_FLAG = "safe"
HELD_AT_START_MS = 2000
HELD_LOOK_MS = 20
LDO_MV = 3000

NOMINAL_COUNTS_PER_N = 42_950
"""Reference cell (50 N, 1 mV/V: 60 uV/N at 3.0 V) at gain 128: a step is 3.0 V / 2 / 128 / 2**23 = 1.397 nV. Both
converters measure against the supply of the bridge, so the figure is that of any supply."""

TOO_SLOW = "the HX711 gives 10 samples/s: practice only; set its RATE pin high (80/s), then restart"


class Board:
    """Every device object of a tool. Only the drivers of the parts it has are loaded.

    Attributes:
        name: the board's name. sensor, motor, light, battery: drivers. fitted: words of the parts (core/parts.py).
        button, usb_power: drivers.digital_input.DigitalInput. root: folder of the tool's memory ("" is the top).
        device_id: 8 bytes. sensor_kind: ids.SENSOR_*. counts_per_n, zero_counts: of the cell, nominal.
        rate_sps: the sensor's, as far as it is known. gain, ldo_mv: how the converter is set up. sensor_calibration:
            its own offset registers as calibrated, so that the zero stays where it was; None has them measured at each
            start. practice_only: why there are no sessions with these parts, and what to do; an empty text when
            there are. blind: whether nothing is watched, because the parts are not known.
        hard_interrupts: whether the port runs Python in an interrupt itself. is_small: whether memory is so small that
            the wire is loaded only when somebody speaks.
    """

    sensor_kind = ids.SENSOR_NAU7802
    rate_sps = 320
    gain = 128
    ldo_mv = LDO_MV
    counts_per_n = NOMINAL_COUNTS_PER_N
    zero_counts = 0
    fitted = ()
    practice_only = ""
    blind = False
    sensor_calibration = None
    hard_interrupts = False
    is_small = False

    def __init__(self, name: str, pins: dict, root: str, timer_id: int):
        self.name = name
        self.root = root
        self.device_id = (machine.unique_id() + bytes(8))[:8]
        self._timer_id = timer_id
        self._pins = pins
        self.i2c = None
        self._build()

    @property
    def capabilities(self) -> list:
        """Words for the desktop."""
        words = list(self.fitted) + ["light", "battery", "usb_power"]
        if self.practice_only:
            words.append("practice_only")
        return words

    def _build(self) -> None:
        pin, pwm = machine.Pin, machine.PWM
        pins = self._pins
        motor_pin = pin(pins["motor"], pin.OUT, value=0)
        red, green, blue = [pwm(pin(pins[c]), freq=RGB_HZ, duty_u16=65535) for c in ("red", "green", "blue")]
        self.light = RgbLight(red, green, blue)
        self.button = DigitalInput(pin(pins["button"], pin.IN, pin.PULL_UP), True)
        self.usb_power = DigitalInput(pin(pins["usb_power"], pin.IN, None), False)  # pyright: ignore[reportArgumentType]  # no pull
        self.battery = BatteryAdc(adc(pins["battery"]), 2, 1)
        from . import fitting

        self.sensor, self.motor = fitting.fit(self, pins, motor_pin)
        guest.forget("fitting", __name__.rsplit(".", 1)[0])

    def open_bus(self):
        """The I2C bus, after freeing it: a chip that was cut off inside a read holds SDA until it is clocked."""
        from drivers.bus import recover

        pin = machine.Pin
        scl, sda = [pin(self._pins[name], pin.OPEN_DRAIN, pin.PULL_UP, value=1) for name in ("scl", "sda")]
        recover(scl, sda)
        self.i2c = machine.I2C(0, scl=scl, sda=sda, freq=I2C_HZ, timeout=I2C_TIMEOUT_US)
        return self.i2c

    async def start_sensor(self) -> int:
        """Start the force sensor; ids.FAULT_* when it does not."""
        if self.blind:
            return ids.FAULT_PARTS
        if self.i2c is not None:
            self.open_bus()
        try:
            await self.sensor.start(*self._set_up())
        except (OSError, SensorMissing):
            return ids.FAULT_MISSING
        except DriverError:
            return ids.FAULT_SENSOR_SETUP
        return self._rate_fault() if self.sensor_kind == ids.SENSOR_HX711 else ids.FAULT_NONE

    def _set_up(self) -> list:
        """What the sensor is started with."""
        if self.sensor_kind == ids.SENSOR_NAU7802:
            return [self.rate_sps, self.gain, self.ldo_mv, self.sensor_calibration]
        return [self.rate_sps, self.gain]

    def _rate_fault(self) -> int:
        """What the rate that the sensor has shown means: no session under 80/s."""
        self.rate_sps = self.sensor.rate_sps
        slow = self.rate_sps < SESSION_LEAST_SPS
        self.practice_only = TOO_SLOW if slow else ""
        return ids.FAULT_SENSOR_SLOW if slow else ids.FAULT_NONE

    async def hear_sensor(self) -> int:
        """Whether the sensor's converter hears its bridge (not every one can tell); ids.FAULT_* when it does not."""
        hears = getattr(self.sensor, "hears", None)
        try:
            return ids.FAULT_NONE if hears is None or await hears() else ids.FAULT_SENSOR_DEAF
        except OSError:
            return ids.FAULT_BUS
        except DriverError:
            return ids.FAULT_SENSOR_SETUP

    async def start_motor(self) -> int:
        """Start the motor's driver; ids.FAULT_* when it does not."""
        try:
            await self.motor.start()
        except (OSError, MotorMissing):
            return ids.FAULT_MOTOR_MISSING
        except MotorCalibration:
            return await self._uncalibrated()
        except DriverError:
            return ids.FAULT_MOTOR_DIAGNOSTIC
        return ids.FAULT_NONE

    async def _uncalibrated(self) -> int:
        """Why the motor's driver could not calibrate itself: none, or one of another kind. It is left in standby."""
        try:
            answers = await self.motor.diagnose()
            self.motor.standby()
        except OSError:
            return ids.FAULT_MOTOR_MISSING
        return ids.FAULT_MOTOR_KIND if answers else ids.FAULT_MOTOR_DIAGNOSTIC

    async def wake(self) -> int:
        """Wake sensor and motor driver from standby; ids.FAULT_* when one does not."""
        try:
            await self.sensor.wake()
            self.motor.wake()
        except (OSError, DriverError):
            return ids.FAULT_MISSING
        return ids.FAULT_NONE

    def ask_safe_mode(self) -> None:
        """Leave the flag that makes the next start safe mode."""
        with open(self.root + "/" + SAFE_FLAG, "w") as flag:
            flag.write("1")

    def take_safe_mode(self) -> bool:
        """Whether safe mode was asked for; the flag is taken away, so that the next start is a usual one."""
        try:
            os.remove(self.root + "/" + SAFE_FLAG)
        except OSError:
            return False
        return True

    def is_held(self) -> bool:
        """Whether the button is held through the first two seconds of a start: the way out of a tool that hangs."""
        for _ in range(HELD_AT_START_MS // HELD_LOOK_MS):
            if not self.button.active():
                return False
            time.sleep_ms(HELD_LOOK_MS)
        return True

    def attach(self, on_ready, on_timer, stamp=None) -> None:
        """Connect the watch: data-ready interrupt and backstop timer, both scheduled between bytecodes.

        Args:
            on_ready: scheduled at each edge.
            on_timer: scheduled every BACKSTOP_MS.
            stamp: core.latency.EdgeClock's, for the time of each edge; used where the port has hard interrupts.
        """
        self.sensor.attach(on_ready, stamp if self.hard_interrupts else None)
        self._timer = machine.Timer(self._timer_id)
        self._timer.init(period=BACKSTOP_MS, mode=machine.Timer.PERIODIC, callback=on_timer)

    def watchdog(self):
        """Start the watchdog; on rp2 it cannot be stopped again."""
        return machine.WDT(timeout=WATCHDOG_MS)

    def reset_cause(self) -> int:
        """Why the chip started (ids.RESET_*); on rp2 a restart that was asked for looks like the watchdog's."""
        cause = machine.reset_cause()
        if cause == machine.PWRON_RESET:
            return ids.RESET_POWER_ON
        return ids.RESET_WATCHDOG if cause == machine.WDT_RESET else ids.RESET_OTHER

    def reset(self) -> None:
        """Restart the chip."""
        machine.reset()

    def streams(self):
        """(input, output) of the USB serial port, as binary streams."""
        return sys.stdin.buffer, sys.stdout.buffer


def adc(pin: int):
    """An analog input for 0 to 3.3 V: an ESP32 would take 1 V at most unless it is told."""
    full = getattr(machine.ADC, "ATTN_11DB", None)
    return machine.ADC(machine.Pin(pin)) if full is None else machine.ADC(machine.Pin(pin), atten=full)
