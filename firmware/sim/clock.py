"""Simulated time: real or virtual, wrapping like the chip's, moved only when the firmware waits.

Code takes no time; `idle` moves the clock from event to event. In real pace the clock waits for the wall; in fast
pace it does not, so that a ten-minute session takes seconds.
"""

PERIOD = 1 << 30
HALF = PERIOD >> 1
NEVER = 1 << 60


class SimClock:
    """The one clock of a simulation.

    Args:
        real_us: function giving the wall's growing microseconds. wait_us: function that really waits.
        start_us: reading at start; not zero, so that ticks wrap within a session.
    """

    def __init__(self, real_us, wait_us, start_us: int = 0):
        self.now_us = start_us
        self.fast = False
        self.sources = []
        self.frozen = False
        self._real_us = real_us
        self._wait_us = wait_us
        self._anchor()

    def _anchor(self) -> None:
        self._real_base = self._real_us()
        self._sim_base = self.now_us

    def set_fast(self, fast: bool) -> None:
        """Choose the pace from now on."""
        self.fast = fast
        self._anchor()

    def add(self, source) -> None:
        """Add something with `next_event_us() -> int` and `fire(now_us)`."""
        self.sources.append(source)

    def next_us(self) -> int:
        """Time of the next event of any source."""
        soonest = NEVER
        for source in self.sources:
            due = source.next_event_us()
            if due < soonest:
                soonest = due
        return soonest

    def advance_us(self, span_us: int) -> None:
        """Let time pass at once (a transfer's wire time), firing what falls due."""
        self.idle(span_us, None)

    def idle(self, span_us: int, woken) -> None:
        """Let time pass up to span_us, or until `woken()` is true after an event (None: never)."""
        end_us = self.now_us + span_us
        while self.now_us < end_us:
            due = min(self.next_us(), end_us)
            if due > self.now_us:
                self._pace(due)
                self.now_us = due
            self._fire()
            if woken is not None and woken():
                return

    def _fire(self) -> None:
        now_us = self.now_us
        for source in self.sources:
            if source.next_event_us() <= now_us:
                source.fire(now_us)

    def _pace(self, due_us: int) -> None:
        if self.fast:
            return
        late_us = (self._real_us() - self._real_base) - (due_us - self._sim_base)
        if late_us < 0:
            self._wait_us(-late_us)
        elif late_us > 1000000:
            self._anchor()

    def ticks_us(self) -> int:
        """The chip's wrapping microsecond counter."""
        return self.now_us % PERIOD

    def ticks_ms(self) -> int:
        """The chip's wrapping millisecond counter."""
        return self.now_us // 1000 % PERIOD


def ticks_add(ticks: int, delta: int) -> int:
    """As MicroPython's time.ticks_add with the chip's period."""
    return (ticks + delta) % PERIOD


def ticks_diff(end: int, start: int) -> int:
    """As MicroPython's time.ticks_diff with the chip's period."""
    return (end - start + HALF) % PERIOD - HALF


def _wall():
    try:
        import utime
    except ImportError:
        import time

        sleep = time.sleep
        return (lambda: time.monotonic_ns() // 1000), (lambda us: sleep(us / 1000000))
    return utime.ticks_us, utime.sleep_us


CLOCK = SimClock(*_wall())
