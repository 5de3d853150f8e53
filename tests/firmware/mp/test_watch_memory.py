"""The watch allocates nothing: 100,000 samples under a locked heap."""

import gc

import micropython
from core_rig import DT_US, Rig, press

RUNTIMES = ("micropython",)
SAMPLES = 100000
TIMEOUT_S = 120


def test_no_byte_over_100000_samples():
    rig = Rig()
    rig.watch.begin_step()
    press(rig, 4000)
    overs = rig.watch.tally.over_count
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    press(rig, SAMPLES)
    micropython.heap_unlock()
    assert gc.mem_alloc() == before, gc.mem_alloc() - before
    assert rig.watch.tally.over_count > overs
    assert rig.watch.fault == 0


def test_no_byte_while_the_sensor_is_silent_or_odd():
    rig = Rig()
    rig.watch.begin_step()
    press(rig, 2000)
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    for raw in (0x7FFFFF, -0x800000, 0, 12345):
        rig.sensor.raw = raw
        for _ in range(200):
            rig.now_us += DT_US
            rig.watch.on_ready(None)
    rig.sensor.silent = True
    for _ in range(200):
        rig.now_us += 10000
        rig.watch.on_timer(None)
    micropython.heap_unlock()
    assert gc.mem_alloc() == before
    assert rig.watch.fault
