"""Which circuits there are: a board, a force sensor, a motor, by the words of pins.csv and `parts.json`."""

from __future__ import annotations

import csv
import functools
from typing import NamedTuple

from hardware.outputs import HARDWARE

BOARDS = ("xiao_esp32s3", "pico_w")
SENSORS = ("nau7802", "hx711", "fsr")
MOTORS = ("drv2605l", "erm")


class Variant(NamedTuple):
    """A board with its parts."""

    board: str
    sensor: str
    motor: str


VARIANTS = {
    "reference": Variant("xiao_esp32s3", "nau7802", "drv2605l"),
    "pico_w": Variant("pico_w", "nau7802", "drv2605l"),
    "hx711": Variant("xiao_esp32s3", "hx711", "drv2605l"),
    "fsr": Variant("xiao_esp32s3", "fsr", "drv2605l"),
    "erm": Variant("xiao_esp32s3", "nau7802", "erm"),
}
"""Those whose netlists are kept; the others are combinations of the same blocks, and are checked, too."""


@functools.cache
def pins(board: str) -> dict[str, str]:
    """Name of the pin of each function, from pins.csv."""
    with (HARDWARE / "pins.csv").open(encoding="utf-8", newline="") as file:
        return {row["function"]: row["name"] for row in csv.DictReader(file) if row["board"] == board}
