"""Runs on the chip: the watch allocates nothing at the rails of 31-bit small integers.

Prints a line a case: its name, samples, bytes allocated, fault found.
"""

import gc

import micropython
from core_rig import Rig

ERROR = OSError(5)
RAILS = (0x7FFFFF, -0x800000, 0x7FFFFE, -0x7FFFFF, 0, 1, -1)


class Failing:
    def read_raw(self):
        raise ERROR

    def ready(self):
        raise ERROR


def later(now_us):
    """A sample later, wrapping as the chip's counter does, without ever passing the largest small integer."""
    left_us = 0x3FFFFFFF - now_us
    return now_us + 3125 if left_us >= 3125 else 3124 - left_us


def measured(name, samples, prepare, change):
    rig = Rig(1000000000)
    rig.watch.begin_step()
    prepare(rig)
    watch = rig.watch
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    for i in range(samples):
        change(rig, i)
        rig.now_us = later(rig.now_us)
        watch.on_ready(None)
        if i % 3 == 0:
            watch.on_timer(None)
        watch.events.tail = watch.events.head
        watch.intervals.tail = watch.intervals.head
    micropython.heap_unlock()
    print(name, samples, gc.mem_alloc() - before, watch.fault)


def settled(rig):
    rig.run(300, 700)


def ramp(rig, i):
    phase = i % 140
    rig.sensor.force_mn = phase * 40 if phase < 120 else 0


def rails(rig, i):
    rig.sensor.raw = RAILS[i % len(RAILS)]


def full_scale(rig, i):
    rig.sensor.raw = 2570000 if i & 64 else 0


def ten_minutes(rig):
    settled(rig)
    tally = rig.watch.tally
    for state in range(8):
        tally.band_us[state] = 890000000
    tally.impulse_mn_s = 5000 * 600
    tally.motor_us = tally.blind_us = 890000000
    rig.watch.contact_us = rig.watch.gap_us = rig.watch.light_us = 890000000
    rig.watch.t_ms = 600000


def wrapping(rig):
    settled(rig)
    rig.now_us = 0x3FFFFFFF - 1000000
    rig.watch.start()


def failing(rig):
    settled(rig)
    rig.watch.sensor = Failing()


def far_zero(rig):
    rig.force.zero = rig.force.factory_zero = -0x800000
    rig.force.slope16 = 1


def nothing(rig, i):
    pass


def main():
    if hasattr(micropython, "alloc_emergency_exception_buf"):
        micropython.alloc_emergency_exception_buf(100)
    measured("ramp", 150, settled, ramp)
    measured("rails", 300, settled, rails)
    measured("full_scale", 150, settled, full_scale)
    measured("far_zero", 150, far_zero, rails)
    measured("ten_minutes", 150, ten_minutes, ramp)
    measured("wrapping", 400, wrapping, ramp)
    measured("failing", 150, failing, nothing)


main()
