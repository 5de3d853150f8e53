"""HX711: 24-bit bridge converter on two pins, read bit by bit.

Source of every time and pulse count: Avia Semiconductor, HX711 data sheet (English, undated), "Serial Interface",
"Reset and Power-Down", table 2 to 4. It has no address, no identity and no register: what can be known of it is when
DOUT falls, and that DOUT is high after the last pulse of a read.

SCK that stays high over 60 us powers the chip down (50 us is the longest that is allowed), so each pulse is made with
interrupts off and timed; a read with a longer one is thrown away. A PIO program would need no such care, but would be
a second path that only one of the ports has.
"""

import asyncio

from .errors import SensorConfig, SensorMissing, SensorTimeout

RAW_MIN = -0x800000
"""Reading at negative saturation; nothing else tells of it."""

RAW_MAX = 0x7FFFFF
"""Reading at positive saturation."""

PULSES = {128: 25, 64: 27}
"""Pulses of a read that choose the gain of the next conversion, on channel A (table 3; 26 is channel B)."""

SETTLING_CONVERSIONS = 4
"""Conversions until the output is right: 50 ms at 80/s (table 2). The chip holds the first back so long itself."""

HIGH_MOST_US = 50
"""Longest pulse on SCK that the chip surely takes as one (T3)."""

RATES_SPS = (80, 10)
"""By the level of its RATE pin, which no firmware sees: most cheap boards tie it low, 10/s."""

SLOW_US = 40000
"""A period above this is that of 10/s."""

LOST_MOST = 2
"""So many reads in a row that went wrong are no chance."""

_BITS = 24
_ALL_ONES = 0xFFFFFF
_RESET_MS = 10  # Linux driver: a shorter reset leaves a first value that is not stable
_FIRST_MS = 1000  # settling takes 400 ms at 10/s
_MEASURED = 4  # periods
_TICKS_MASK = 0x3FFFFFFF
_EIO = 5


def _nobody(_pin) -> None:
    """Stands for a handler until there is one."""


class Hx711:
    """The converter on channel A.

    `read_raw`, `ready` and `registers_ok` allocate nothing but the `OSError` of a failed read. `rate_sps` is what
    `start` has measured.

    Attributes:
        discarded: reads thrown away, because a pulse took too long or the chip had lost count.
        longest_us: the longest pulse so far.
    """

    def __init__(self, dout_pin, sck_pin, disable_irq, enable_irq, ticks_us):
        """Take the pins (SCK low: awake), `machine.disable_irq`, `machine.enable_irq` and `time.ticks_us`."""
        self._dout = dout_pin
        self._sck = sck_pin
        self._irq_off = disable_irq
        self._irq_on = enable_irq
        self._ticks_us = ticks_us
        self._pulses = PULSES[128]
        self._on_ready = _nobody
        self._irq = None
        self._trigger = 0
        self._reading = False
        self._lost = 0
        self.rate_sps = 0
        self.discarded = 0
        self.longest_us = 0

    def attach(self, on_ready, stamp=None) -> None:  # noqa: ARG002  (a bit of a reading looks like an edge)
        """Call a handler, scheduled, when a result waits."""
        self._on_ready = on_ready
        self._trigger = self._dout.IRQ_FALLING
        self._irq = self._dout.irq(handler=self._edge, trigger=self._trigger)

    def _edge(self, pin) -> None:
        """DOUT has fallen: for a result, not for a zero bit of one that is being read."""
        if not self._reading and not self._dout.value():
            self._on_ready(pin)

    def ready(self) -> bool:
        """Whether a result waits that has not been read."""
        return not self._dout.value()

    def registers_ok(self) -> bool:
        """Whether of the last two reads one was good: as near to a look at registers as it goes.

        A brown-out brings the chip back to gain 128, the one that is used, after a settling time. A single read may go
        astray, and a bridge that gives just -1 count looks like one: all ones.
        """
        return self._lost < LOST_MOST

    def read_raw(self) -> int:
        """The result that waits, in counts, -2**23..2**23-1.

        Raises `OSError` when none waits, when a pulse may have powered the chip down, when DOUT is not high after the
        last one (it is stuck, or the count of pulses is lost), and for all ones, which is what a chip gives that went
        down before the first bit.
        """
        if self._dout.value():
            raise OSError(_EIO)  # anew: one that is kept would grow by a traceback with each raise
        self._mute(0)
        self._reading = True
        raw = self._clock_out()
        self._reading = False
        self._mute(self._trigger)
        if raw < 0:
            self._lost = min(self._lost + 1, LOST_MOST)
            self.discarded += 1
            raise OSError(_EIO)
        self._lost = 0
        return raw - 0x1000000 if raw & 0x800000 else raw

    def _mute(self, trigger: int) -> None:
        """No interrupts for the bits: each zero would queue one. Turning them on again forgets what came meanwhile."""
        if self._irq is not None:
            self._irq.trigger(trigger)

    def _clock_out(self) -> int:
        """Make the pulses: the 24 bits, or -1 when they cannot be believed."""
        dout = self._dout
        sck = self._sck
        irq_off = self._irq_off
        irq_on = self._irq_on
        ticks_us = self._ticks_us
        longest_us = 0
        raw = 0
        for n in range(self._pulses):
            state = irq_off()
            start_us = ticks_us()
            sck.value(1)
            bit = dout.value()
            sck.value(0)
            high_us = (ticks_us() - start_us) & _TICKS_MASK
            irq_on(state)
            if high_us > longest_us:
                longest_us = high_us
            if n < _BITS:
                raw = raw << 1 | bit
        if longest_us > self.longest_us:
            self.longest_us = longest_us
        if longest_us > HIGH_MOST_US or raw == _ALL_ONES or not dout.value():
            return -1
        return raw

    async def start(self, rate_sps: int = 80, gain: int = 128) -> None:  # noqa: ARG002 (the RATE pin decides)
        """Reset, choose the gain, let it settle, and measure the rate. About 0.3 s at 80/s, 1.5 s at 10/s.

        Raises `SensorConfig`, `SensorMissing`, `SensorTimeout`.
        """
        if gain not in PULSES:
            raise SensorConfig("gain {} is not 128 or 64: channel A has no other".format(gain))
        self._pulses = PULSES[gain]
        await self._reset()
        await self._settle()
        await self._measure()

    async def _reset(self) -> None:
        self._sck.value(1)
        await asyncio.sleep_ms(_RESET_MS)
        answers = self._dout.value()
        self._sck.value(0)
        if not answers:
            raise SensorMissing("HX711: DOUT stays low through a reset: check DOUT, SCK and the supply")

    async def _settle(self) -> None:
        """The first result, then those that a change of gain leaves mixed."""
        await self._next("HX711 gives no result: check DOUT, SCK and the supply")
        for _ in range(SETTLING_CONVERSIONS):
            await self._next("HX711 gives one result and no more")

    async def _measure(self) -> None:
        """The rate by the shortest of some periods: a lost result makes one longer, nothing makes one shorter."""
        shortest_us = _TICKS_MASK
        good = 0
        for _ in range(_MEASURED):
            start_us = self._ticks_us()
            good += await self._next("HX711 gives no steady results")
            shortest_us = min(shortest_us, (self._ticks_us() - start_us) & _TICKS_MASK)
        if not good:
            raise SensorTimeout("HX711 loses each result: pulses on SCK are too long, or DOUT is out of step")
        self.rate_sps = RATES_SPS[0] if shortest_us < SLOW_US else RATES_SPS[1]

    async def _next(self, what: str) -> bool:
        """Wait for a result and read it; whether it was good. Counts its own sleeps, so it needs no clock."""
        for _ in range(_FIRST_MS):
            if not self._dout.value():
                break
            await asyncio.sleep_ms(1)
        else:
            if self.rate_sps:
                raise SensorTimeout(what)
            raise SensorMissing(what)
        try:
            self.read_raw()
        except OSError:
            await asyncio.sleep_ms(1)
            return False
        return True

    def standby(self) -> None:
        """Power down: SCK stays high. The gain is kept."""
        self._sck.value(1)

    async def wake(self) -> None:
        """Resume from `standby`, settled: 0.1 s at 80/s."""
        self._sck.value(0)
        await self._settle()
