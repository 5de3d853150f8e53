"""What the firmware costs on the emulated RP2040, in the chip's own time and memory (docs/simulator.md, the chip)."""

from __future__ import annotations

import json
import os
from pathlib import Path

from gentlepress.chip import run_script_on_chip
from gentlepress.chip.image import compile_firmware, compile_module, firmware_root
from gentlepress.firmware.sim.plant import Plant

from tests.bench import Figure, at_least, at_most

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLE_PERIOD_US = 3125
# An eighth of the samples' time is left to the wire and the main loop when both are busy (docs/firmware.md).
GOAL_SAMPLE_US = 2000
GOAL_FREE_BYTES = 40_000
# 15 s of contact at the rest's rate of garbage (12 KB) and a third of what is free for requests in it.
GOAL_FREE_WITH_WIRE_BYTES = 18_000
# In 30 s of contact, when nothing may be collected, this is three quarters of what is free.
GOAL_GARBAGE_A_SECOND = 1500


def find_image() -> Path | None:
    """A chip image: GENTLEPRESS_IMAGE, or one beside the checkout."""
    named = os.environ.get("GENTLEPRESS_IMAGE")
    found = [Path(named)] if named else sorted(ROOT.parent.glob("*/images/*.uf2"))
    return found[0] if found else None


def run() -> list[Figure]:
    """Nothing without an image: the chip is not there to be measured."""
    image = find_image()
    if image is None:
        print("no chip image: set GENTLEPRESS_IMAGE to an RPI_PICO .uf2 to measure the chip")
        return []
    return _samples(image) + _memory(image)


def _samples(image: Path) -> list[Figure]:
    files = compile_firmware(firmware_root(), "pico")
    files["core_rig.mpy"] = compile_module(ROOT / "tests" / "firmware" / "mp" / "core_rig.py", "core_rig.py")
    script = HERE / "on_chip" / "sample_cost.py"
    free, pressed, warned, turn_ns = json.loads(run_script_on_chip(script, image=image, files=files))
    peer = ("sample period, us", SAMPLE_PERIOD_US)
    return [
        at_most("chip: watch a sample, no contact", free, "us", GOAL_SAMPLE_US, *peer),
        at_most("chip: watch a sample, in contact", pressed, "us", GOAL_SAMPLE_US, *peer),
        at_most("chip: watch a sample, alert playing", warned, "us", GOAL_SAMPLE_US, *peer),
        at_most("chip: one loop turn", turn_ns / 1000, "us", 20.0),
    ]


def _memory(image: Path) -> list[Figure]:
    plant = Plant({})
    files = compile_firmware(firmware_root(), "pico")
    files["program.mpy"] = compile_module(ROOT / "firmware" / "main.py", "program.py")
    script = HERE / "on_chip" / "memory_at_rest.py"
    printed = run_script_on_chip(script, image=image, files=files, sensor=plant.nau, motor=plant.drv)
    silent, free, garbage, started_ms = json.loads(printed.splitlines()[-1])
    return [
        at_least("chip: free heap with the tool started", silent, "bytes", GOAL_FREE_BYTES),
        at_least("chip: free heap with the wire loaded", free, "bytes", GOAL_FREE_WITH_WIRE_BYTES),
        at_most("chip: garbage at rest", garbage, "bytes/s", GOAL_GARBAGE_A_SECOND),
        at_most("chip: time to start", started_ms / 1000, "s", 6.0),
    ]
