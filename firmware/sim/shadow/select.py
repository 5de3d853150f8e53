"""`select` whose waiting moves simulated time; streams are the real ones."""

import uselect
from sim.clock import CLOCK
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT  # noqa: F401

FOREVER_US = 3600000000


class poll:
    """As MicroPython's poll object."""

    def __init__(self):
        self._real = uselect.poll()
        self._registered = 0

    def register(self, stream, mask: int = POLLIN | POLLOUT) -> None:
        """Watch a stream."""
        self._registered += 1
        self._real.register(stream, mask)

    def unregister(self, stream) -> None:
        """Watch a stream no more."""
        self._registered -= 1
        self._real.unregister(stream)

    def modify(self, stream, mask: int) -> None:
        """Change what to watch for."""
        self._real.modify(stream, mask)

    def poll(self, timeout_ms: int = -1) -> list:
        """Streams that are ready now, or after simulated time has passed."""
        if not self._registered:
            CLOCK.idle(_span_us(timeout_ms), None)
            return []
        ready = self._now()
        if ready or timeout_ms == 0:
            return ready
        CLOCK.idle(_span_us(timeout_ms), self._now)
        return self._now()

    def ipoll(self, timeout_ms: int = -1, _flags: int = 0):
        """As `poll`."""
        return self.poll(timeout_ms)

    def _now(self) -> list:
        """Streams that are ready. One that has hung up was the simulator's: it holds both ends while it lives."""
        ready = self._real.poll(0)
        for _stream, events in ready:
            if events & POLLHUP:
                raise SystemExit(0)
        return ready


def _span_us(timeout_ms: int) -> int:
    return FOREVER_US if timeout_ms < 0 else timeout_ms * 1000
