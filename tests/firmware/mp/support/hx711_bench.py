"""An HX711 twin on two pins that cost time, and what can hold up a processor between them."""

from chip_bench import Clock, FakeAsyncio, run
from sim import parameters
from sim.hx711_twin import Hx711Twin

COUNTS_PER_MV = 650_753  # 2**24 * 128 / 3300 mV: gain 128, supply 3.3 V


class Pin:
    """SCK or DOUT of a twin; each call takes `call_us` of the clock."""

    IRQ_FALLING = 4

    def __init__(self, bench):
        self._bench = bench
        self.handler = None

    def value(self, level=None):
        bench = self._bench
        bench.clock.advance_us(bench.call_us)
        if level is None:
            bench.twin.advance(bench.clock.now_us)
            return bench.twin.dout
        if level:
            bench.pulses += 1
        bench.twin.set_sck(level, bench.clock.now_us)
        bench.held_up(level)
        return None

    def irq(self, handler, trigger):
        self.handler = handler
        self._bench.triggers.append(trigger)
        return self

    def trigger(self, trigger):
        self._bench.triggers.append(trigger)


class Hx711Bench:
    """Knobs: `interrupt_us` comes at any time when interrupts are on, right after SCK has risen; `stall_us` is spent
    at pulse `stall_at` of a read come what may; `call_us` a pin's call takes."""

    def __init__(self, nv=0, scale=None):
        self.nv = nv
        self.clock = Clock()
        self.twin = Hx711Twin(lambda _t_us: self.nv, 1, parameters.values(scale))
        self.twin.noise_nv = 0
        self.call_us = 2
        self.interrupt_us = 0
        self.stall_us = 0
        self.stall_at = 1
        self.pulses = 0
        self.triggers = []
        self.irqs_off = 0

    def held_up(self, level):
        if not level:
            return
        if self.interrupt_us and not self.irqs_off:
            self.clock.advance_us(self.interrupt_us)
        if self.stall_us and self.pulses % 25 == self.stall_at % 25:
            self.clock.advance_us(self.stall_us)

    def irq_off(self):
        self.irqs_off += 1
        return 1

    def irq_on(self, state):
        assert state == 1
        self.irqs_off -= 1

    def ticks_us(self):
        return self.clock.now_us & 0x3FFFFFFF

    def sensor(self, module):
        """A driver on it, its waiting free of charge."""
        module.asyncio = FakeAsyncio(self.clock)
        return module.Hx711(Pin(self), Pin(self), self.irq_off, self.irq_on, self.ticks_us)

    def started(self, module, **how):
        sensor = self.sensor(module)
        run(sensor.start(**how))
        self.pulses = 0
        return sensor

    def wait_ready(self, ms=1000):
        """Whether a result comes in time."""
        for _ in range(ms * 10):
            self.twin.advance(self.clock.now_us)
            if not self.twin.dout:
                return True
            self.clock.advance_us(100)
        return False
