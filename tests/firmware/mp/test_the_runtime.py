"""What every other file here relies on."""

import asyncio
import sys
import time

import micropython

ANSWER = micropython.const(42)


def test_ticks_wrap_and_differ():
    start = time.ticks_us()
    later = time.ticks_add(start, 1000)
    assert time.ticks_diff(later, start) == 1000
    assert time.ticks_diff(start, later) == -1000


async def test_coroutine_runs_to_its_end():
    before = time.ticks_ms()
    await asyncio.sleep_ms(5)
    assert time.ticks_diff(time.ticks_ms(), before) >= 4


async def test_flag_wakes_a_task():
    flag = asyncio.ThreadSafeFlag()
    flag.set()
    await flag.wait()


def test_const_is_its_value():
    assert ANSWER == 42


def test_heap_is_limited():
    if sys.implementation.name == "cpython":
        return
    try:
        bytearray(400_000)
    except MemoryError:
        return
    raise AssertionError("400,000 bytes fit")
