"""Runs a module of on_chip/ beside the firmware on the emulated chip, with simulated parts around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gentlepress.chip import run_script_on_chip
from gentlepress.chip.image import compile_firmware, compile_module, firmware_root
from gentlepress.firmware.sim.plant import Plant

ON_CHIP = Path(__file__).parent / "on_chip"


def told_by(name: str, image: Path, **more: bytes) -> Any:
    """What a harness tells: the JSON of the last line it prints.

    Args:
        name: of its file in on_chip/, without the ending. It is compiled: the chip's heap has no room for the source.
        image: of the chip.
        more: files on its flash beside the firmware, by path.
    """
    plant = Plant({})
    files = compile_firmware(firmware_root(), "pico") | more
    files["harness.mpy"] = compile_module(ON_CHIP / f"{name}.py", "harness.py")
    printed = run_script_on_chip(
        "import harness", image=image, files=files, sensor=plant.nau, motor=plant.drv
    )
    return json.loads(printed.splitlines()[-1])
