"""The plant on the simulated clock, as the shadowed `machine` sees it: pins, pulse widths, interrupts, one bus."""

import micropython

from .bus import SimI2C
from .clock import CLOCK, NEVER
from .plant import Plant

PIN_SDA = 4
PIN_SCL = 5
PIN_DRDY = 6
PIN_BUTTON = 15
PIN_LIGHT = (10, 11, 12)
PIN_MOTOR = 22
PIN_USB_POWER = 24
PIN_BATTERY = 26
RISING = 8
DIVIDER = 2


class World:
    """Pins by the numbers of the simulator board. `configure` before anything else is used.

    Attributes:
        restart: function (cause) that starts the firmware anew and does not return; None: nothing can.
        bitten_us: when the watchdog bit; 0 as long as it has not.
        deaf: knob; no interrupt and no timer reaches the firmware any more, as if its watch hung.
    """

    def __init__(self):
        self.unique_id = b"GPSIM\x00\x00\x01"
        self.cause = ""
        self.watchdog_ms = 0
        self.fed_us = 0
        self.bitten_us = 0
        self.lost_interrupts = 0
        self.deaf = False
        self.plant = None
        self.bus = None
        self.restart = None
        self._handler = None
        self._pin = None
        self._rises = 0
        self._rgb = [0, 0, 0]
        self._levels = {}

    def configure(self, options: dict) -> None:
        """Build the plant (sim.plant.Plant's options) and put it on the clock.

        "cause" is why the tool starts: "watchdog", "asked", or nothing at power-up.
        """
        self.cause = options.get("cause") or ""
        self.watchdog_ms = self.bitten_us = 0
        self.deaf = False
        self.plant = Plant(options)
        self.bus = SimI2C(CLOCK, [self.plant.nau, self.plant.drv])
        if options.get("device_id"):
            self.unique_id = bytes.fromhex(options["device_id"])
        CLOCK.add(self)

    def next_event_us(self) -> int:
        """When the converter's pin may change, or the watchdog bites."""
        due = self.plant.nau.next_event_us()
        if due is None:
            due = NEVER
        if self.watchdog_ms:
            bite_us = self.fed_us + self.watchdog_ms * 1000
            return due if due < bite_us else bite_us
        return due

    def fire(self, now_us: int) -> None:
        """Bring the converter up to now; a rising edge of its pin interrupts. A starved watchdog restarts."""
        if self.watchdog_ms and now_us - self.fed_us >= self.watchdog_ms * 1000:
            self._bite(now_us)
        nau = self.plant.nau
        nau.advance(now_us)
        if nau.rises != self._rises:
            self._rises = nau.rises
            if self._handler is not None:
                self.schedule(self._handler, self._pin)

    def schedule(self, handler, argument) -> None:
        """As a soft interrupt: run between two bytecodes; lost when the queue is full, or all are with `deaf`."""
        if self.deaf:
            self.lost_interrupts += 1
            return
        try:
            micropython.schedule(handler, argument)
        except RuntimeError:
            self.lost_interrupts += 1

    def on_edge(self, number: int, handler, pin, trigger: int) -> None:
        """Attach a handler to the data-ready pin."""
        if number == PIN_DRDY and trigger & RISING:
            self._handler = handler
            self._pin = pin

    def read_pin(self, number: int) -> int:
        """Level of a pin."""
        if number == PIN_DRDY:
            return self.plant.nau.drdy
        if number == PIN_SDA and self.bus.sda_stuck():
            return 0
        if number == PIN_BUTTON:
            return 0 if self.plant.button_at(CLOCK.now_us) else 1
        if number == PIN_USB_POWER:
            return 1 if self.plant.usb_power else 0
        return self._levels.get(number, 0)

    def write_pin(self, number: int, level: int) -> None:
        """Drive a pin."""
        before = self._levels.get(number, 1)
        self._levels[number] = 1 if level else 0
        if number == PIN_SCL and level and not before:
            self.bus.clock_pulse()

    def write_pwm(self, number: int, duty_u16: int, freq_hz: int) -> None:
        """Pulse width on a pin: the motor driver's input, or a colour (common anode: low is bright)."""
        if number == PIN_MOTOR:
            self.plant.drv.set_pwm(duty_u16, freq_hz)
        elif number in PIN_LIGHT:
            self._rgb[PIN_LIGHT.index(number)] = 255 - duty_u16 // 257
            self.plant.light = tuple(self._rgb)

    def read_adc_mv(self, number: int) -> int:
        """Voltage at an analog pin, mV."""
        return self.plant.battery_mv // DIVIDER if number == PIN_BATTERY else 0

    def _bite(self, now_us: int) -> None:
        self.watchdog_ms = 0
        self.bitten_us = now_us
        if self.restart is not None:
            self.restart("watchdog")

    def reset(self) -> None:
        """Restart of the firmware; where none is possible, its end."""
        if self.restart is not None:
            self.restart("asked")
        raise SystemExit(0)


WORLD = World()
