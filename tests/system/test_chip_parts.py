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


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_hx711_on_the_pins_of_a_chip(chip_image):
    plant = Plant({"sensor": "hx711", "press": [[0, 700], [60_000_000, 700]]})
    plant.hand.force_mn = lambda _t_us, _vibration, _light: 700
    files = compile_firmware(firmware_root(), "pico")
    files["parts.json"] = json.dumps({"sensor": "hx711"}).encode()
    printed = run_script_on_chip(
        HERE / "on_chip" / "hx711_on_pins.py",
        image=chip_image, files=files, sensor=plant.sensor, motor=plant.motor, timeout_s=60,
    )  # fmt: skip
    found = {name: int(value) for name, value in (line.split() for line in printed.splitlines() if line)}
    assert (found["fault"], found["rate"], found["watch_fault"], found["discarded"]) == (0, 80, 0, 0)
    assert found["samples"] >= 200 and found["allocated"] == 0
    assert 2300 <= found["took_ms"] <= 2700, "each result once: 200 at 80/s"
    assert abs(found["force_mn"] - 700) <= 10
    # The pulse as the driver times it, and as the chip's pin made it.
    assert 10_000 <= plant.sensor.longest_high_us <= 12_000, "the reset of the start"
    assert found["longest_us"] <= HIGH_MOST_US
    assert found["read_us"] <= READ_MOST_US
    assert plant.sensor.errors == 0 and plant.sensor.power_downs == 1
    print(found)
