"""Health, self-test and the lock on the emulated RP2040: what they tell there, what they block, and what they keep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gentlepress.chip import run_script_on_chip
from gentlepress.chip.chip import UNIQUE_ID
from gentlepress.chip.image import compile_firmware, compile_module, firmware_root
from gentlepress.chip.simulated_tool import CALIBRATION_FILE, factory_calibration
from gentlepress.firmware.sim.plant import Plant

ROOT = Path(__file__).resolve().parents[2]
TWO_ERASES_US = 90_000
MODULE_BYTES = 1536  # each of the modules is larger


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_health_and_self_test_on_the_chip(chip_image):
    plant = Plant({})
    files = compile_firmware(firmware_root(), "pico")
    files[CALIBRATION_FILE] = factory_calibration(UNIQUE_ID)  # without one it does not watch
    files["program.mpy"] = compile_module(ROOT / "firmware" / "main.py", "program.py")
    script = Path(__file__).parent / "on_chip" / "care.py"
    printed = run_script_on_chip(script, image=chip_image, files=files, sensor=plant.nau, motor=plant.drv)
    found = json.loads(printed.splitlines()[-1])
    assert found["test"]["fault"] == "none" and found["test"]["count"] == 2, found
    assert found["test"]["felt_un"] > 2000
    assert found["health_us"] <= TWO_ERASES_US and found["test_us"] <= TWO_ERASES_US, found
    assert max(found["kept"]) <= MODULE_BYTES, "the modules are let go"
    told = found["told"]
    assert 310_400 <= told["rate_mhz"] <= 329_600 and told["rate_sps"] == 320
    assert told["resets"] == {"power_on": 1} and found["cause"] == 1, "as the chip tells it"
    assert told["heap_free"] >= 40_000 and 0 < told["flash_free"] < told["flash_size"]
    assert found["symptom"]["kept"] and 259_000 < found["symptom"]["left_s"] <= 259_200
