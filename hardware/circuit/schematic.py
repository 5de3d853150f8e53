"""Draws the schematic: the reference tool, the same on a Pico, and the other parts.

python -m hardware.circuit.schematic --into FOLDER
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hardware.circuit.blocks import Blocks
from hardware.circuit.drawing import Sheet

NOT_MEDICAL = "Not a medical device. Net names, references and values as in the netlist; CERN-OHL-P-2.0."


def reference(path: Path) -> None:
    """The reference tool on one sheet."""
    sheet = Sheet(38.5, 25.2, "Gentlepress: reference (XIAO ESP32S3, NAU7802, DRV2605L)", NOT_MEDICAL, 3.3)
    blocks = Blocks(sheet, "reference")
    sheet.block((0.3, 15.2), (12, 7.6), "Cell and switch")
    blocks.cell(2.2, 17)
    blocks.bypass(9.4, 17.6, "C2")
    sheet.text((9.85, 17.8), "at U1", size=9, color="#555555")
    sheet.block((12.7, 13.2), (11.4, 9.6), "Board")
    left = ("5V", "BAT+", "BAT-", "3V3", "GND", "", "D0", "D7", "D1")
    right = ("D4", "D5", "D3", "", "D2", "", "D8", "D9", "D10")
    blocks.board(16.1, 21, left, right, "Seeed XIAO ESP32S3: charger, USB-C")
    sheet.block((24.5, 15.2), (13.7, 7.6), "Force")
    blocks.nau7802(27.9, 20.6)
    sheet.block((24.5, 3.6), (13.7, 11.2), "Motor, in the handle")
    blocks.drv2605l(29.4, 12.2)
    sheet.block((0.3, 5.6), (6.4, 9.2), "Battery sense")
    blocks.divider(2.4, 7.4, ("VBAT", "VBAT_SENSE"), "R2", "R3", "C1")
    sheet.block((7, 5.6), (5.3, 9.2), "USB power sense")
    blocks.divider(9, 7.4, ("USB5V", "USB_SENSE"), "R4", "R5")
    sheet.block((12.7, 3.6), (11.4, 9.2), "Light and button")
    blocks.light(14.2, 5.4)
    blocks.button(22.2, 6.6)
    sheet.text(
        (0.5, 4.6),
        "USB5V is on the board's own connector: no wire leads there but R4.",
        size=10,
        color="#555555",
    )
    sheet.text(
        (0.5, 4.1),
        "I2C pull-ups: 10 k on U2 and on U3. U3 hangs on +3V3, never on VBAT.",
        size=10,
        color="#555555",
    )
    sheet.save(path / "reference.svg")


def pico_w(path: Path) -> None:
    """What differs on a Pico W or Pico 2 W; force, motor, light and button are as on the first sheet."""
    sheet = Sheet(38.5, 16.2, "Gentlepress: Raspberry Pi Pico W or Pico 2 W", NOT_MEDICAL, 1.8)
    blocks = Blocks(sheet, "pico_w")
    sheet.block((0.3, 3.8), (16, 10), "Cell, switch, charger")
    blocks.cell(2, 7)
    names = ("BAT+", "BAT-")
    places = sheet.module((9.6, 7.6), (3, 2.5), "U4", "LiPo SHIM for Pico", names, ("VBUS", "VSYS", "GND"))
    blocks.flags("U4", {pin: places[pin] for pin in names}, "left")
    blocks.flags("U4", {pin: places[pin] for pin in ("VBUS", "VSYS", "GND")}, "right")
    sheet.block((16.7, 3.8), (11.8, 10), "Board")
    left = ("VBUS", "VSYS", "3V3", "GND", "", "GP26", "GP15")
    right = ("GP4", "GP5", "GP6", "", "GP22", "", "GP10", "GP11", "GP12")
    blocks.board(20.3, 12, left, right, "Pico W or Pico 2 W")
    sheet.text((17, 4.2), "USB power is sensed on the board (WL_GPIO2).", size=10, color="#555555")
    sheet.block((28.9, 3.8), (9.3, 10), "Battery sense, bypass")
    blocks.divider(31, 6.6, ("VBAT", "VBAT_SENSE"), "R2", "R3", "C1")
    blocks.bypass(36.2, 7.8, "C2")
    sheet.text(
        (0.5, 2.9),
        "Force, motor, light and button: as on the reference's sheet, with the same nets.",
        size=11,
    )
    sheet.text((0.5, 2.3), "U4 sits on U1's pins VBUS, VSYS and GND.", size=11)
    sheet.save(path / "pico_w.svg")


def other_parts(path: Path) -> None:
    """HX711, FSR and plain motor, each in the place of the reference's part."""
    sheet = Sheet(38.5, 14.2, "Gentlepress: other parts", NOT_MEDICAL)
    sheet.block((0.3, 0.3), (14.2, 11.5), "HX711 for the NAU7802")
    Blocks(sheet, "hx711").hx711(3.6, 9.4)
    sheet.text(
        (0.6, 2), "RATE high: 80 samples a second. At 10 there are no sessions.", size=10, color="#555555"
    )
    sheet.text((0.6, 1.4), "Both supplies at 3.3 V: DT must not rise above it.", size=10, color="#555555")
    sheet.block((14.9, 0.3), (8.6, 11.5), "FSR: contact only, practice only")
    Blocks(sheet, "fsr").fsr(17.8, 4)
    sheet.text((15.2, 1.4), "R11 at RS1: tells a broken wire from a free tip.", size=10, color="#555555")
    sheet.block((23.9, 0.3), (14.3, 11.5), "Plain motor (ERM) for the DRV2605L")
    Blocks(sheet, "erm").erm(28.6, 4)
    sheet.save(path / "other_parts.svg")


def main(argv: list[str] | None = None) -> int:
    """Draw all sheets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, required=True)
    path = parser.parse_args(argv).into / "circuit"
    for sheet in (reference, pico_w, other_parts):
        sheet(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
