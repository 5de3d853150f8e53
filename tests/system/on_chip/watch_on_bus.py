"""Runs on the chip: the watch on the real bus and its interrupts, the heap locked. Prints one line a count."""

import asyncio
import gc
import time

import micropython
from boards import pico
from core import ids, limits
from core.force_filter import ForceFilter
from core.player import Player
from core.watch import Watch

SAMPLES = 1000
DEADLINE_MS = 5000


def watch_on(board):
    force = ForceFilter(board.counts_per_n, board.zero_counts)
    watch = Watch(board.sensor, Player(board.motor, board.light), force, time.ticks_us)
    watch.first_limits(limits.outside_limits(ids.PROFILE_NORMAL, board.sensor_kind))
    return watch


async def main():
    micropython.alloc_emergency_exception_buf(100)
    print("start", await board.start_sensor())
    watch = watch_on(board)
    watch.use_rate(board.rate_sps)
    board.attach(watch.on_ready, watch.on_timer)
    watch.start()
    await asyncio.sleep_ms(100)
    gc.collect()
    first = watch.sample_count
    before = gc.mem_alloc()
    start_ms = time.ticks_ms()
    micropython.heap_lock()
    while watch.sample_count - first < SAMPLES and time.ticks_diff(time.ticks_ms(), start_ms) < DEADLINE_MS:
        time.sleep_ms(5)
    micropython.heap_unlock()
    took_ms = time.ticks_diff(time.ticks_ms(), start_ms)
    allocated = gc.mem_alloc() - before
    print("samples", watch.sample_count - first)
    print("allocated", allocated)
    print("took_ms", took_ms)
    print("fault", watch.fault)
    print("force_mn", watch.force.force_mn)
    watch.stop()
    board._timer.deinit()


board = pico.build()
asyncio.run(main())
