"""Other parts on the emulated chip: the HX711's pulses in the chip's own time, its interrupt, the heap."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gentlepress.chip import run_script_on_chip
from gentlepress.chip.image import compile_firmware, firmware_root
from gentlepress.firmware.drivers.hx711 import HIGH_MOST_US
from gentlepress.firmware.sim.plant import Plant

HERE = Path(__file__).resolve().parent
READ_MOST_US = 2000  # of the 12.5 ms between two samples
SAMPLES = 200

READ = """
import time

sensor = board.sensor
total_us = 0
for _ in range(20):
    while not sensor.ready():
        pass
    start_us = time.ticks_us()
    sensor.read_raw()
    total_us += time.ticks_diff(time.ticks_us(), start_us)
print("read_us", total_us // 20)
print("rate", board.rate_sps)
print("longest_us", sensor.longest_us)
print("discarded", sensor.discarded)
"""


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_hx711_on_the_pins_of_a_chip(chip_image):
    plant = Plant({"sensor": "hx711"})
    plant.hand.force_mn = lambda _t_us, _vibration, _light: 700
    files = compile_firmware(firmware_root(), "pico")
    files["parts.json"] = json.dumps({"sensor": "hx711"}).encode()
    script = (HERE / "on_chip" / "watch_on_bus.py").read_text(encoding="utf-8")
    printed = run_script_on_chip(
        script.replace("SAMPLES = 1000", f"SAMPLES = {SAMPLES}") + READ,
        image=chip_image, files=files, sensor=plant.sensor, motor=plant.motor, timeout_s=60,
    )  # fmt: skip
    found = {name: int(value) for name, value in (line.split() for line in printed.splitlines() if line)}
    assert (found["start"], found["rate"], found["fault"], found["discarded"]) == (0, 80, 0, 0)
    assert found["samples"] >= SAMPLES and found["allocated"] == 0
    assert 2300 <= found["took_ms"] <= 2700, "each result once: 200 at 80/s"
    assert abs(found["force_mn"] - 700) <= 10
    assert found["longest_us"] <= HIGH_MOST_US and found["read_us"] <= READ_MOST_US
    # The longest high of SCK is the reset of the start: no read has powered the chip down.
    assert 10_000 <= plant.sensor.longest_high_us <= 12_000
    assert plant.sensor.errors == 0 and plant.sensor.power_downs == 1
