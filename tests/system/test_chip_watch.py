"""The watch on the chip, where a small integer has 31 bits: no byte allocated at any rail."""

from __future__ import annotations

from pathlib import Path

import pytest
from gentlepress.chip import run_script_on_chip
from gentlepress.chip.image import compile_firmware, compile_module, firmware_root

HERE = Path(__file__).resolve().parent
RIG = HERE.parent / "firmware" / "mp" / "core_rig.py"

FAULTS = {
    "ramp": 0,
    "rails": 4,
    "full_scale": 0,
    "far_zero": 3,
    "ten_minutes": 0,
    "wrapping": 0,
    "failing": 5,
}


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_not_a_byte_over_a_thousand_samples_at_the_rails(chip_image):
    files = compile_firmware(firmware_root(), "pico")
    files["core_rig.mpy"] = compile_module(RIG, "core_rig.py")
    script = HERE / "on_chip" / "watch_memory.py"
    printed = run_script_on_chip(script, image=chip_image, files=files, timeout_s=120)
    found = [line.split() for line in printed.splitlines() if line]
    assert [name for name, *_ in found] == list(FAULTS)
    assert sum(int(samples) for _, samples, *_ in found) >= 1000
    for name, _samples, allocated, fault in found:
        assert (int(allocated), int(fault)) == (0, FAULTS[name]), name
