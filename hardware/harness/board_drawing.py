"""Draws the strip board from both sides.

python -m hardware.harness.board_drawing --into FOLDER
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from hardware.circuit import netlist
from hardware.circuit.netlist import Netlist
from hardware.harness import board
from hardware.harness.board import COLUMNS, LENGTH_MM, PITCH_MM, ROWS, WIDTH_MM, Item

SCALE = 34
COLOURS = {"+3V3": "#c62828", "GND": "#222222", "VBAT": "#e07b00", "USB5V": "#d65a9a"}
SIZE = (LENGTH_MM * SCALE, WIDTH_MM * SCALE)
WOOD = 'fill="#f3ead2" stroke="#8a7a4d" stroke-width="2"'
LEADS = {"D1.R": "R", "D1.A": "+", "D1.G": "G", "D1.B": "B"}
FONT = 'font-family="DejaVu Sans, sans-serif"'
NOTES = (
    "Perforated board with single pads, 22 x 14 mm, 8 x 4 holes at 2.54 mm. Dots: wires, put in from the part side.",
    "D1 from row 1: red, anode (+), green, blue. Grey: bridges of solder; legs of SW2. Flat parts: 0805 or 1206.",
    "Column A points to the tip, H to the tail. A Pico's board goes without R4, R5 and their two wires.",
)


class Side:
    """One side of the board as SVG, seen from above or, mirrored, from the solder side."""

    def __init__(self, top: float, title: str, *, mirrored: bool):
        """A side whose drawing begins so far down."""
        self.top = top
        self.mirrored = mirrored
        length, width = SIZE
        self.parts = [
            f'<text x="60" y="{top - 26}" font-size="26" font-weight="bold">{title}</text>',
            f'<rect x="60" y="{top}" width="{length:.0f}" height="{width:.0f}" rx="8" {WOOD}/>',
        ]
        for column in COLUMNS:
            for row in ROWS:
                x, y = self.point(column + row)
                self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="30" fill="#d9b56a"/>')
                self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" fill="white"/>')
        for column in COLUMNS:
            self.text((self.point(column + "1")[0], top + 30), column, "#8a7a4d", 20)
        for row in ROWS:
            self.text((78, self.point("A" + row)[1] + 7), row, "#8a7a4d", 20)

    def point(self, pad: str) -> tuple[float, float]:
        """The middle of a pad."""
        column, row = COLUMNS.index(pad[0]), ROWS.index(pad[1])
        margin_x = (LENGTH_MM - PITCH_MM * (len(COLUMNS) - 1)) / 2
        margin_y = (WIDTH_MM - PITCH_MM * (len(ROWS) - 1)) / 2
        if self.mirrored:
            row = len(ROWS) - 1 - row
        return 60 + (margin_x + PITCH_MM * column) * SCALE, self.top + (margin_y + PITCH_MM * row) * SCALE

    def text(self, at: tuple[float, float], words: str, colour: str = "#1b1b1b", size: int = 17) -> None:
        """Words, centred, with a light edge so that they can be read on pads and lines."""
        self.parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size}" text-anchor="middle" fill="{colour}"'
            f' stroke="white" stroke-width="4" paint-order="stroke">{words}</text>'
        )

    def line(self, item: Item, colour: str, width: int) -> None:
        """A line between two pads."""
        (x1, y1), (x2, y2) = self.point(item.at), self.point(item.to)
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"'
            ' stroke-linecap="round"/>'
        )

    def chip(self, item: Item, value: str) -> None:
        """A flat part between two pads."""
        (x1, y1), (x2, y2) = self.point(item.at), self.point(item.to)
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        w, h = (66, 36) if y1 == y2 else (50, 56)
        self.parts.append(
            f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w}" height="{h}" rx="4" fill="#2f3b47"/>'
            f'<text x="{x:.1f}" y="{y - 2:.1f}" font-size="15" text-anchor="middle" fill="white">{item.name}</text>'
            f'<text x="{x:.1f}" y="{y + 14:.1f}" font-size="13" text-anchor="middle" fill="white">{value}</text>'
        )


def solder_side(circuit: Netlist, items: list[Item], top: float) -> list[str]:
    """Bridges and flat parts, where they are soldered."""
    side = Side(top, "Solder side (turned over about its long edge)", mirrored=True)
    for item in items:
        if item.kind == "bridge":
            side.line(item, "#9aa3ab", 22)
    for item in items:
        if item.kind == "part":
            side.chip(item, circuit.parts[item.name].value)
    return side.parts


def part_side(items: list[Item], top: float) -> list[str]:
    """Button, light, and where each wire goes in."""
    side = Side(top, "Part side", mirrored=False)
    (x, y), (x2, y2) = side.point("B1"), side.point("D4")
    middle, half = ((x + x2) / 2, (y + y2) / 2), 3 * SCALE
    side.parts.append(
        f'<rect x="{middle[0] - half:.0f}" y="{middle[1] - half:.0f}" width="{2 * half}" height="{2 * half}" rx="6"'
        ' fill="#e8e8e8" fill-opacity="0.85" stroke="#555" stroke-width="2"/>'
        f'<circle cx="{middle[0]:.0f}" cy="{middle[1]:.0f}" r="{1.75 * SCALE:.0f}" fill="#bbb"/>'
    )
    side.text((middle[0], middle[1] + 6), "SW2", size=20)
    light = (side.point("G2")[0], (side.point("G2")[1] + side.point("G3")[1]) / 2)
    side.parts.append(
        f'<circle cx="{light[0]:.0f}" cy="{light[1]:.0f}" r="{1.5 * SCALE:.0f}" fill="#fff8d6" fill-opacity="0.9"'
        ' stroke="#555" stroke-width="2"/>'
    )
    side.text((light[0], light[1] + 6), "D1", size=18)
    for item in items:
        x, y = side.point(item.at)
        if item.kind == "wire":
            side.parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="15" fill="{COLOURS.get(item.name, "#1f6fb2")}"/>'
            )
            side.text((x, y + 40), item.name, COLOURS.get(item.name, "#14507a"), 15)
        elif item.kind == "leg":
            side.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="15" fill="#777"/>')
            if item.name in LEADS:
                side.text((x, y + 6), LEADS[item.name], size=17)
    return side.parts


def drawing(circuit: Netlist, items: list[Item]) -> str:
    """Both sides as SVG."""
    width, height = SIZE[0] + 120, 2 * SIZE[1] + 280
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" {FONT}>',
        '<rect width="100%" height="100%" fill="white"/>',
        *part_side(items, 70),
        *solder_side(circuit, items, SIZE[1] + 160),
        *(
            f'<text x="60" y="{height - 66 + 24 * number:.0f}" font-size="14" fill="#555">{note}</text>'
            for number, note in enumerate(NOTES)
        ),
        "</svg>",
        "",
    ]
    return "\n".join(body)


def main(argv: list[str] | None = None) -> int:
    """Check the board, then draw it; 1 with the complaints if there are any."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, required=True)
    folder = parser.parse_args(argv).into / "harness"
    folder.mkdir(parents=True, exist_ok=True)
    circuit = netlist.read("reference")
    items = board.read(circuit)
    found = list(board.complaints(circuit, items))
    if found:
        print("\n".join(found))
        return 1
    svg = folder / "strip_board.svg"
    svg.write_text(drawing(circuit, items), encoding="utf-8")
    subprocess.run(
        ["rsvg-convert", "--zoom", "1.6", "-o", str(svg.with_suffix(".png")), str(svg)], check=True
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
