"""Runs on the chip: the watch on an HX711's pins and its interrupt, the heap locked. Prints one line a count."""

import asyncio
import gc
import time

import micropython
from boards import pico
from core import ids, limits
from core.force_filter import ForceFilter
from core.player import Player
from core.watch import Watch

SAMPLES = 200
DEADLINE_MS = 5000
READS = 20


def read_us(sensor):
    """Microseconds of one read, the mean of some."""
    total = 0
    for _ in range(READS):
        while not sensor.ready():
            pass
        start = time.ticks_us()
        sensor.read_raw()
        total += time.ticks_diff(time.ticks_us(), start)
    return total // READS


async def main():
    micropython.alloc_emergency_exception_buf(100)
    board = pico.build()
    print("fault", await board.start_sensor())
    print("rate", board.rate_sps)
    print("read_us", read_us(board.sensor))
    watch = Watch(
        board.sensor,
        Player(board.motor, board.light),
        ForceFilter(board.counts_per_n, board.zero_counts),
        time.ticks_us,
    )
    watch.use_rate(board.rate_sps)
    watch.first_limits(limits.outside_limits(ids.PROFILE_NORMAL, ids.SENSOR_HX711))
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
    print("watch_fault", watch.fault)
    print("force_mn", watch.force.force_mn)
    print("longest_us", board.sensor.longest_us)
    print("discarded", board.sensor.discarded)


asyncio.run(main())
