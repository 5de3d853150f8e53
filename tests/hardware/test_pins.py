"""The pin table and the firmware's boards say the same."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOARDS = ("xiao_esp32s3", "pico", "pico_w")


def table(board: str) -> dict[str, int | str]:
    with (ROOT / "hardware" / "pins.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["board"] == board]
    assert all(row["note"] for row in rows)
    found = {row["function"]: int(row["gpio"]) if row["gpio"].isdigit() else row["gpio"] for row in rows}
    assert len(found) == len(rows), "a function stands twice"
    return found


def firmware(board: str) -> dict[str, int | str]:
    """PINS of a board's module, read from its source: it imports `machine`."""
    pins: dict[str, int | str] = {}
    for node in ast.parse((ROOT / "firmware" / "boards" / f"{board}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id == "PINS":
                pins = firmware("pico") if isinstance(node.value, ast.Call) else ast.literal_eval(node.value)
            elif isinstance(target, ast.Subscript):
                pins[ast.literal_eval(target.slice)] = ast.literal_eval(node.value)
    return pins


@pytest.mark.parametrize("board", BOARDS)
def test_a_boards_pins_are_those_of_the_table(board):
    assert firmware(board) == table(board)


ONE_OF = ("drdy", "fsr")  # a tool has one force sensor: their pins may be one


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("without", ONE_OF)
def test_no_pin_serves_twice(board, without):
    pins = [pin for function, pin in table(board).items() if function != without]
    assert len(set(pins)) == len(pins)


@pytest.mark.parametrize("board", BOARDS)
def test_the_motor_is_off_while_the_chip_resets(board):
    with (ROOT / "hardware" / "pins.csv").open(encoding="utf-8", newline="") as file:
        notes = {(row["board"], row["function"]): row["note"] for row in csv.DictReader(file)}
    assert "10 k to GND" in notes[board, "motor"]


def test_the_sense_of_usb_power_switches_the_pins_own_pull_up_off():
    """An ESP32-S3 boots with GPIO44 pulled up, and its port leaves a pull as it is when none is named."""
    tree = ast.parse((ROOT / "firmware" / "boards" / "board.py").read_text(encoding="utf-8"))
    [call] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node).startswith("pin(pins['usb_power']")
    ]
    assert ast.unparse(call) == "pin(pins['usb_power'], pin.IN, None)"
