"""The chip's `machine`, wired to the simulated world."""

from sim.clock import CLOCK
from sim.world import WORLD


class Pin:
    """A pin by number."""

    IN = 0
    OUT = 1
    OPEN_DRAIN = 2
    PULL_UP = 1
    PULL_DOWN = 2
    IRQ_RISING = 8
    IRQ_FALLING = 4

    def __init__(self, number, mode: int = IN, pull=None, value=None):
        self.number = number
        if value is not None:
            WORLD.write_pin(number, value)

    def init(self, mode: int = IN, pull=None, value=None) -> None:
        """Change the mode."""
        if value is not None:
            WORLD.write_pin(self.number, value)

    def value(self, level=None):
        """Read, or write."""
        if level is None:
            return WORLD.read_pin(self.number)
        WORLD.write_pin(self.number, level)
        return None

    def __call__(self, level=None):
        return self.value(level)

    def irq(self, handler=None, trigger: int = IRQ_RISING | IRQ_FALLING):
        """Call a handler, scheduled, at an edge."""
        WORLD.on_edge(self.number, handler, self, trigger)
        return self

    def trigger(self, edges: int) -> None:
        """Of the interrupt that `irq` gave."""
        WORLD.set_trigger(edges)


class I2C:
    """The bus with the simulated chips on it."""

    def __new__(cls, bus_id=0, scl=None, sda=None, freq: int = 400000, timeout: int = 50000):
        WORLD.bus.timeout_us = timeout
        return WORLD.bus


SoftI2C = I2C


class PWM:
    """Pulse width on a pin."""

    def __init__(self, pin, freq: int = 0, duty_u16: int = 0):
        self._pin = pin
        self._freq = freq
        self._duty = duty_u16
        WORLD.write_pwm(pin.number, duty_u16, freq)

    def freq(self, hz=None):
        """Frequency, Hz."""
        if hz is None:
            return self._freq
        self._freq = hz
        WORLD.write_pwm(self._pin.number, self._duty, hz)
        return None

    def duty_u16(self, duty=None):
        """Duty, 0..65535."""
        if duty is None:
            return self._duty
        self._duty = duty
        WORLD.write_pwm(self._pin.number, duty, self._freq)
        return None

    def deinit(self) -> None:
        """Pin low."""
        self.duty_u16(0)


class ADC:
    """Analog input of a pin."""

    ATTN_11DB = 3

    def __init__(self, pin, atten: int = 0):
        self._pin = pin

    def read_u16(self) -> int:
        """0..65535 of 3.3 V."""
        return min(65535, WORLD.read_adc_uv(self._pin.number) * 65535 // 3_300_000)

    def read_uv(self) -> int:
        """Microvolts."""
        return WORLD.read_adc_uv(self._pin.number)


class Timer:
    """Periodic timer, scheduled."""

    PERIODIC = 1
    ONE_SHOT = 0

    def __init__(self, timer_id: int = -1, **options):
        self._due_us = None
        self._registered = False
        if options:
            self.init(**options)

    def init(self, mode: int = PERIODIC, freq: int = 0, period: int = 0, callback=None) -> None:
        """Start."""
        self._period_us = period * 1000 if period else 1000000 // freq
        self._mode = mode
        self._callback = callback
        self._due_us = CLOCK.now_us + self._period_us
        if not self._registered:
            self._registered = True
            CLOCK.add(self)

    def next_event_us(self) -> int:
        """When it fires."""
        return 1 << 60 if self._due_us is None else self._due_us

    def fire(self, now_us: int) -> None:
        """Schedule the callback."""
        self._due_us = now_us + self._period_us if self._mode == self.PERIODIC else None
        WORLD.schedule(self._callback, self)

    def deinit(self) -> None:
        """Stop."""
        self._due_us = None


PWRON_RESET = 1
WDT_RESET = 3


class WDT:
    """Watchdog: the world restarts the firmware when it starves."""

    def __init__(self, id: int = 0, timeout: int = 5000):
        WORLD.watchdog_ms = timeout
        self.feed()

    def feed(self) -> None:
        """Feed."""
        WORLD.fed_us = CLOCK.now_us


def unique_id() -> bytes:
    """Eight bytes."""
    return WORLD.unique_id


def reset() -> None:
    """Restart the firmware."""
    WORLD.reset()


def reset_cause() -> int:
    """As an RP2040 tells it: a restart that was asked for goes through its watchdog, too."""
    return WDT_RESET if WORLD.cause else PWRON_RESET


def freq(hz=None) -> int:
    """Core clock."""
    return 125000000


def disable_irq() -> int:
    """Only SCK's pulses know the difference."""
    WORLD.irqs_off = True
    return 0


def enable_irq(state: int) -> None:
    """Only SCK's pulses know the difference."""
    WORLD.irqs_off = False


def lightsleep(span_ms: int = 0) -> None:
    """Let time pass."""
    CLOCK.idle(span_ms * 1000, None)
