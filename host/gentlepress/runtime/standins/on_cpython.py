"""Gives CPython what MicroPython's standard modules have and its own lack.

`install()` adds to `time`, `asyncio`, `gc` and `sys`; the module `micropython` lies in this folder. Only
for a process that runs firmware: the host itself never calls it.
"""

import asyncio
import builtins
import gc
import sys
import time
import traceback
from typing import TypeVar

Value = TypeVar("Value")

# MicroPython's ticks wrap at 2^30 on the boards; differences are signed in half of that.
TICKS_PERIOD = 1 << 30
TICKS_HALF = TICKS_PERIOD >> 1


def ticks_us() -> int:
    """Microseconds of a clock that wraps at `TICKS_PERIOD`."""
    return (time.monotonic_ns() // 1000) % TICKS_PERIOD


def ticks_ms() -> int:
    """Milliseconds of a clock that wraps at `TICKS_PERIOD`."""
    return (time.monotonic_ns() // 1_000_000) % TICKS_PERIOD


def ticks_add(ticks: int, delta: int) -> int:
    """A moment later (or earlier, if negative) by `delta` of the same unit."""
    return (ticks + delta) % TICKS_PERIOD


def ticks_diff(later: int, earlier: int) -> int:
    """Signed difference of two moments less than half a period apart."""
    return (later - earlier + TICKS_HALF) % TICKS_PERIOD - TICKS_HALF


def _sleep_ms(duration_ms: int) -> None:
    time.sleep(max(0, duration_ms) / 1000)


def _sleep_us(duration_us: int) -> None:
    time.sleep(max(0, duration_us) / 1_000_000)


async def _asyncio_sleep_ms(duration_ms: int) -> None:
    await asyncio.sleep(max(0, duration_ms) / 1000)


async def _wait_for_ms(awaitable, timeout_ms: int):
    return await asyncio.wait_for(awaitable, timeout_ms / 1000)


class ThreadSafeFlag:
    """Set from anywhere; one task waits for it, which clears it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake the waiting task."""
        self._event.set()

    def clear(self) -> None:
        """Forget a `set` nobody has waited for yet."""
        self._event.clear()

    async def wait(self) -> None:
        """Wait for `set`, then clear."""
        await self._event.wait()
        self._event.clear()


def _print_exception(error: BaseException, file=None) -> None:
    traceback.print_exception(error, file=file or sys.stdout)


def _array(array: Value) -> Value | bytes:
    """What has the elements that viper's `ptr8`, `ptr16` and `ptr32` point at: an array itself, a text's bytes."""
    return array.encode() if isinstance(array, str) else array


ADDITIONS = {
    time: {
        "ticks_us": ticks_us,
        "ticks_ms": ticks_ms,
        "ticks_cpu": ticks_us,
        "ticks_add": ticks_add,
        "ticks_diff": ticks_diff,
        "sleep_ms": _sleep_ms,
        "sleep_us": _sleep_us,
    },
    asyncio: {"sleep_ms": _asyncio_sleep_ms, "wait_for_ms": _wait_for_ms, "ThreadSafeFlag": ThreadSafeFlag},
    gc: {"mem_alloc": lambda: 0, "mem_free": lambda: 1 << 20, "threshold": lambda *_amount: -1},
    sys: {"print_exception": _print_exception},
}


def install_pointers() -> None:
    """Only the types of machine code's pointers: enough to import the firmware's core."""
    for name in ("ptr8", "ptr16", "ptr32"):
        setattr(builtins, name, _array)


def install() -> None:
    """Add what is missing; what is there already stays."""
    install_pointers()
    for module, additions in ADDITIONS.items():
        for name, value in additions.items():
            if not hasattr(module, name) or module is gc:
                setattr(module, name, value)
