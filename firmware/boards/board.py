"""What every board hands to the tool, built from its pins: devices, folders, identity. Boards are only data."""

import os
import sys
import time

import machine
from core import ids
from drivers.battery import BatteryAdc
from drivers.bus import recover
from drivers.digital_input import DigitalInput
from drivers.drv2605l import PWM_HZ, Drv2605l
from drivers.errors import DriverError, MotorCalibration, MotorMissing, SensorMissing
from drivers.nau7802 import Nau7802
from drivers.rgb_light import PWM_HZ as RGB_HZ
from drivers.rgb_light import RgbLight

I2C_HZ = 400_000
I2C_TIMEOUT_US = 2000
"""Longest wait for a chip that does not answer; the port's default of 50 ms would blind the watch."""

WATCHDOG_MS = 2000
BACKSTOP_MS = 10
SAFE_FLAG = "safe"
HELD_AT_START_MS = 2000
HELD_LOOK_MS = 20
RATE_SPS = 320
GAIN = 128

NOMINAL_COUNTS_PER_N = 42_950
"""Reference cell (50 N, 1 mV/V at 3.0 V: 60 uV/N) at gain 128: a step is 3.0 V / 2 / 128 / 2**23 = 1.397 nV."""


class Board:
    """Every device object of a tool.

    Attributes:
        name: the board's name. capabilities: words for the desktop. sensor, motor, light, battery: drivers.
        button, usb_power: drivers.digital_input.DigitalInput. root: folder of the tool's memory ("" is the top).
        device_id: 8 bytes. sensor_kind: ids.SENSOR_*. counts_per_n, zero_counts: the cell's nominal calibration.
    """

    sensor_kind = ids.SENSOR_NAU7802
    rate_sps = RATE_SPS
    gain = GAIN
    counts_per_n = NOMINAL_COUNTS_PER_N
    zero_counts = 0

    def __init__(self, name: str, pins: dict, root: str, timer_id: int):
        self.name = name
        self.root = root
        self.capabilities = ["nau7802", "drv2605l", "light", "battery", "usb_power"]
        self.device_id = (machine.unique_id() + bytes(8))[:8]
        self._timer_id = timer_id
        self._drdy = machine.Pin(pins["drdy"], machine.Pin.IN)
        self._build(pins)

    def _build(self, pins: dict) -> None:
        pin, pwm = machine.Pin, machine.PWM
        self._bus_pins = (pins["scl"], pins["sda"])
        i2c = self._open_bus()
        self.sensor = Nau7802(i2c, self._drdy)
        motor_pin = pin(pins["motor"], pin.OUT, value=0)
        self.motor = Drv2605l(i2c, pwm(motor_pin, freq=PWM_HZ, duty_u16=0))
        red, green, blue = [pwm(pin(pins[c]), freq=RGB_HZ, duty_u16=65535) for c in ("red", "green", "blue")]
        self.light = RgbLight(red, green, blue)
        self.button = DigitalInput(pin(pins["button"], pin.IN, pin.PULL_UP), True)
        self.usb_power = DigitalInput(pin(pins["usb_power"], pin.IN), False)
        self.battery = BatteryAdc(machine.ADC(pin(pins["battery"])), 2, 1)

    def _open_bus(self):
        """The I2C bus, after freeing it: a chip that was cut off inside a read holds SDA until it is clocked."""
        pin = machine.Pin
        scl, sda = [pin(number, pin.OPEN_DRAIN, pin.PULL_UP, value=1) for number in self._bus_pins]
        recover(scl, sda)
        return machine.I2C(0, scl=scl, sda=sda, freq=I2C_HZ, timeout=I2C_TIMEOUT_US)

    async def start_sensor(self) -> int:
        """Start the force sensor; ids.FAULT_* when it does not."""
        self._open_bus()
        try:
            await self.sensor.start(self.rate_sps, self.gain)
        except (OSError, SensorMissing):
            return ids.FAULT_MISSING
        except DriverError:
            return ids.FAULT_SENSOR_SETUP
        return ids.FAULT_NONE

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

    def attach(self, on_ready, on_timer) -> None:
        """Connect the watch: data-ready interrupt and backstop timer, both scheduled between bytecodes."""
        self._drdy.irq(handler=on_ready, trigger=machine.Pin.IRQ_RISING)
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
