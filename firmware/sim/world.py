"""The plant on the simulated clock, as the shadowed `machine` sees it: pins, pulse widths, interrupts, one bus."""

import micropython

from .bus import SimI2C
from .clock import CLOCK, NEVER
from .plant import Plant

PIN_SDA = 4
PIN_SCL = 5
PIN_DRDY = 6
PIN_SCK = 7
PIN_BUTTON = 15
PIN_LIGHT = (10, 11, 12)
PIN_MOTOR = 22
PIN_USB_POWER = 24
PIN_BATTERY = 26
PIN_FSR = 27
DIVIDER = 2
STALL_US = 200


class World:
    """Pins by the numbers of the simulator board. `configure` before anything else is used.

    Attributes:
        restart: function (cause) that starts the firmware anew and does not return; None: nothing can.
        bitten_us: when the watchdog bit; 0 as long as it has not.
        stall_us: knob; so long SCK stays high at its next pulse, come what may. stall_every: knob; at each n-th pulse
            it stays high for 200 us, which powers an HX711 down.
        interrupt_us: knob; so long an interrupt holds up each pulse that is not made with interrupts off.
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
        self.stall_us = 0
        self.stall_every = 0
        self._pulses = 0
        self.interrupt_us = 0
        self.irqs_off = False
        self.plant = self.air = None
        self.bus = None
        self.restart = None
        self._handler = None
        self._pin = None
        self._edges = 0
        self._trigger = 0
        self._rgb = [0, 0, 0]
        self._levels = {}

    def configure(self, options: dict) -> None:
        """Build the plant (sim.plant.Plant's options) and put it on the clock.

        "cause" is why the tool starts: "watchdog", "asked", or nothing at power-up. "radio": folder of its radio's
        FIFOs (sim.air.Air).
        """
        self.cause = options.get("cause") or ""
        self.watchdog_ms = self.bitten_us = 0
        self.deaf = self.irqs_off = False
        self.stall_us = self.stall_every = self.interrupt_us = 0
        self.plant = Plant(options)
        self._handler = None
        self._edges = self._trigger = 0
        self.bus = SimI2C(CLOCK, [twin for twin in (self.plant.nau, self.plant.drv) if twin is not None])
        if options.get("device_id"):
            self.unique_id = bytes.fromhex(options["device_id"])
        CLOCK.add(self)
        self.air = None
        if options.get("radio"):
            from .air import Air

            self.air = Air(options["radio"], self.plant)

    def next_event_us(self) -> int:
        """When the converter's pin may change, or the watchdog bites."""
        due = self.plant.sensor.next_event_us()
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
        self.plant.sensor.advance(now_us)
        self._look_at_edges()

    def _look_at_edges(self) -> None:
        edges = self.plant.edges()
        if edges != self._edges:
            self._edges = edges
            if self._trigger:
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
        if number == PIN_DRDY:
            self._handler = handler
            self._pin = pin
            self.set_trigger(trigger)

    def set_trigger(self, trigger: int) -> None:
        """Listen to edges from now on, or (0) to none."""
        self._trigger = trigger
        self._edges = self.plant.edges()

    def read_pin(self, number: int) -> int:
        """Level of a pin."""
        if number == PIN_DRDY:
            return self._data_ready()
        if number == PIN_SDA and self.bus.sda_stuck():
            return 0
        if number == PIN_BUTTON:
            return 0 if self.plant.button_at(CLOCK.now_us) else 1
        if number == PIN_USB_POWER:
            return 1 if self.plant.usb_power else 0
        return self._levels.get(number, 0)

    def _data_ready(self) -> int:
        plant = self.plant
        if plant.hx is not None:
            plant.hx.advance(CLOCK.now_us)
            return plant.hx.dout
        return plant.nau.drdy if plant.nau is not None else 0

    def _clock_sensor(self, level: int) -> None:
        """SCK of an HX711, and what may hold up the processor while it is high."""
        hx = self.plant.hx
        hx.set_sck(level, CLOCK.now_us)
        if level:
            self._pulses += 1
            if self.stall_every and self._pulses % self.stall_every == 0:
                self.stall_us = STALL_US
            if self.interrupt_us and not self.irqs_off:
                CLOCK.now_us += self.interrupt_us
            CLOCK.now_us += self.stall_us
            self.stall_us = 0
        self._look_at_edges()

    def write_pin(self, number: int, level: int) -> None:
        """Drive a pin."""
        if number == PIN_SCK and self.plant.hx is not None:
            self._clock_sensor(level)
        before = self._levels.get(number, 1)
        self._levels[number] = 1 if level else 0
        if number == PIN_SCL and level and not before:
            self.bus.clock_pulse()

    def write_pwm(self, number: int, duty_u16: int, freq_hz: int) -> None:
        """Pulse width on a pin: the motor driver's input, or a colour (common anode: low is bright)."""
        if number == PIN_MOTOR:
            self.plant.set_pwm(duty_u16, freq_hz, CLOCK.now_us)
        elif number in PIN_LIGHT:
            self._rgb[PIN_LIGHT.index(number)] = 255 - duty_u16 // 257
            self.plant.light = tuple(self._rgb)

    def read_adc_uv(self, number: int) -> int:
        """Voltage at an analog pin, microvolts."""
        if number == PIN_FSR and self.plant.fsr is not None:
            return self.plant.fsr.read_uv(CLOCK.now_us)
        return self.plant.cell_mv(CLOCK.now_us) * 1000 // DIVIDER if number == PIN_BATTERY else 0

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
