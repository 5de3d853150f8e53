"""The chip's `time` on simulated time."""

from sim.clock import CLOCK, ticks_add, ticks_diff  # noqa: F401
from utime import gmtime, localtime, mktime, time  # noqa: F401


def ticks_ms() -> int:
    """Wrapping milliseconds."""
    return CLOCK.ticks_ms()


def ticks_us() -> int:
    """Wrapping microseconds."""
    return CLOCK.ticks_us()


def sleep_us(span_us: int) -> None:
    """Let simulated time pass."""
    CLOCK.idle(span_us, None)


def sleep_ms(span_ms: int) -> None:
    """Let simulated time pass."""
    CLOCK.idle(span_ms * 1000, None)


def sleep(span_s: float) -> None:
    """Let simulated time pass."""
    CLOCK.idle(int(span_s * 1000000), None)
