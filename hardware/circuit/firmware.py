"""What the firmware takes for granted of its circuit, read from its sources without running them."""

from __future__ import annotations

import ast
import functools
import re

from hardware.outputs import ROOT

FIRMWARE = ROOT / "firmware"
BOARD = "boards/board.py"


@functools.cache
def text_of(file: str) -> str:
    """A file of the firmware."""
    return (FIRMWARE / file).read_text(encoding="utf-8")


@functools.cache
def constant(file: str, name: str):
    """A plain constant of a module or of a class in it."""
    for node in ast.walk(ast.parse(text_of(file))):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in node.targets
        ):
            return ast.literal_eval(node.value)
    raise LookupError(f"{file} has no {name}")


def address(kind: str) -> int:
    """The bus address that a driver speaks to."""
    return constant(f"drivers/{kind}.py", "ADDRESS")


def converter() -> tuple[int, int, int]:
    """(gain, regulator mV, nominal counts/N)."""
    return constant(BOARD, "gain"), constant(BOARD, "LDO_MV"), constant(BOARD, "NOMINAL_COUNTS_PER_N")


def battery_divider() -> tuple[int, int]:
    """Cell voltage = pin voltage x num / den."""
    found = re.search(r'BatteryAdc\(adc\(pins\["battery"\]\), (\d+), (\d+)\)', text_of(BOARD))
    if not found:
        raise LookupError(f"{BOARD} builds no BatteryAdc")
    return int(found[1]), int(found[2])


def stop_mv() -> int:
    """Cell voltage under load at which the tool counts as empty."""
    return constant("drivers/battery.py", "CURVE")[-1][0]
