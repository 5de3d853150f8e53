"""The page on bring-up against the script; what is put onto a tool."""

from __future__ import annotations

import ast
import re

import pytest

from hardware.bringup import install
from hardware.circuit import levels, netlist
from hardware.outputs import HARDWARE
from tests.docs.book import tables

PAGE = (HARDWARE / "bringup.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found.group(1)


def steps() -> list[tuple[str, str, str]]:
    tree = ast.parse((HARDWARE / "bringup" / "bringup.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "STEPS":
            return ast.literal_eval(node.value)
    raise AssertionError("no STEPS")


def test_the_page_has_the_scripts_steps():
    [table] = tables(section("The script"))
    assert [(row[0].strip("`"), *row[1:]) for row in table] == list(steps())


def test_test_points_are_nets_and_say_their_levels():
    circuit = netlist.read("reference")
    [table] = tables(section("Test points"))
    nets = {row[1].strip("`"): row[3] for row in table}
    assert {net for net in nets if net not in circuit.nets} <= {"U2.AV"}
    assert {"+3V3", "VBAT", "USB5V", "USB_SENSE", "VBAT_SENSE", "SDA", "SCL", "DRDY", "MOTOR"} <= set(nets)
    share = levels.level_mv(circuit, "USB_SENSE") / levels.level_mv(circuit, "USB5V")
    assert f"{share * 4.75:.2f} to {share * 5.25:.2f} V" in nets["USB_SENSE"]


@pytest.mark.parametrize("board", ["xiao_esp32s3", "pico_w"])
def test_what_goes_onto_a_board(board, tmp_path):
    tops = install.write(board, tmp_path)
    names = [path.name for path in tops]
    assert names[-1] == "main.py" and {"boards", "core", "drivers", "links", "smp"} <= set(names)
    assert "sim" not in names and not list(tmp_path.glob("boards/simulator*"))
    # The third byte of a compiled file tells its processor, above 2 bits of version (py/persistentcode.h).
    native = (tmp_path / "core" / "judge.mpy").read_bytes()
    assert native[2] >> 2 == {"armv6m": 4, "xtensawin": 10}[install.ARCHITECTURES[board]]
    line = install.argv("/dev/ttyACM0", tops)
    assert line[2:5] == ["mpremote", "connect", "/dev/ttyACM0"] and line[-3:] == [":", "+", "reset"]


def test_parts_are_checked_before_they_go_onto_the_tool(tmp_path):
    tops = install.write("pico_w", tmp_path, '{"motor": "erm"}')
    assert "parts.json" in [path.name for path in tops]
    with pytest.raises(ValueError, match="motor = erms is not one of drv2605l, erm"):
        install.write("pico_w", tmp_path, '{"motor": "erms"}')
