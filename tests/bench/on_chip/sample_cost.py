"""Runs on the chip: microseconds a sample costs the watch, by what is pressed. Prints JSON."""

import json
import time

from core_rig import DT_US, Rig

SAMPLES = 300


def cost_us(rig, force_mn):
    watch = rig.watch
    sensor = rig.sensor
    sensor.force_mn = force_mn
    start_us = time.ticks_us()
    for _ in range(SAMPLES):
        rig.now_us += DT_US
        watch.on_ready(None)
    return time.ticks_diff(time.ticks_us(), start_us) // SAMPLES


def turn_ns():
    total = 0
    start_us = time.ticks_us()
    for i in range(3000):
        total += i & 3
    return time.ticks_diff(time.ticks_us(), start_us) // 3


rig = Rig()
rig.watch.begin_step()
print(json.dumps([cost_us(rig, 0), cost_us(rig, 800), cost_us(rig, 1800), turn_ns()]))
