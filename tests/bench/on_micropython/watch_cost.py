"""Runs on MicroPython: what a sample costs the watch, in bytes and against bare loop turns. Prints JSON."""

import gc
import json
import time

import micropython
from core_rig import Rig, press

SAMPLES = 100000


def loop(count):
    total = 0
    for i in range(count):
        total += i & 3
    return total


def main():
    rig = Rig()
    rig.watch.begin_step()
    press(rig, 4000)
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    start_us = time.ticks_us()
    press(rig, SAMPLES)
    took_us = time.ticks_diff(time.ticks_us(), start_us)
    micropython.heap_unlock()
    grown = gc.mem_alloc() - before
    start_us = time.ticks_us()
    loop(1000000)
    turn_ns = time.ticks_diff(time.ticks_us(), start_us) / 1000
    print(json.dumps({"bytes": grown, "sample_us": took_us / SAMPLES, "turn_ns": turn_ns}))


main()
