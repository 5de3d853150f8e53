"""What all sheets of the schematic are drawn with: titled blocks, net flags, modules as boxes with their pins."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import schemdraw
from schemdraw import elements as elm

INK, FRAME, FLAG, RAIL = "#1b1b1b", "#9aa5b1", "#14507a", "#a02020"
SMALL = 11
UNIT = 2.0
STUB = 0.6
WIDE = (elm.Motor, elm.Button, elm.ResistorVarIEC)

Point = tuple[float, float]


class Sheet:
    """One drawing: `with Sheet(path) as sheet: ...` writes it as SVG and PNG."""

    def __init__(self, width: float, height: float, title: str, note: str, bottom: float = 0):
        """An empty sheet of a size in drawing units, with its title and a line under it."""
        schemdraw.use("svg")
        self.drawing = schemdraw.Drawing(show=False)
        self.drawing.config(unit=UNIT, fontsize=12, font="DejaVu Sans", color=INK, lw=1.4, bgcolor="white")
        self.box((0, bottom), (width, height), "white", 0.1)
        self.text((0.3, height - 0.7), title, size=20)
        self.text((0.3, height - 1.5), note, size=SMALL, color="#555555")

    def text(self, at: Point, words: str, size: float = SMALL, color: str = INK, align: str = "left") -> None:
        """Words at a point."""
        label = elm.Label().at((at[0] - 0.1, at[1] - 0.15)).theta(0)  # where it would draw it
        label.label(
            words, fontsize=size, color=color, halign=align, valign="center", loc="center", ofst=(0, 0)
        )
        self.drawing.add(label)

    def box(
        self,
        corner: Point,
        other: Point,
        color: str = INK,
        width: float = 1.8,
        fill: str = "",
        dashed: bool = False,
    ) -> None:
        """A rectangle between two corners."""
        rect = elm.Rect(corner1=corner, corner2=other).at((0, 0)).theta(0).color(color).linewidth(width)
        if fill:
            rect.fill(fill)
        if dashed:
            rect.linestyle("--")
        self.drawing.add(rect)

    def block(self, corner: Point, size: Point, title: str) -> None:
        """A frame with its title inside the top edge."""
        other = (corner[0] + size[0], corner[1] + size[1])
        self.box(corner, other, FRAME, 1, dashed=True)
        self.text((corner[0] + 0.25, other[1] - 0.45), title, size=12, color="#4a5560")

    def line(self, *points: Point) -> None:
        """A wire through points."""
        for start, end in itertools.pairwise(points):
            self.drawing.add(elm.Line().at(start).to(end))

    def dot(self, at: Point) -> None:
        """A junction."""
        self.drawing.add(elm.Dot(radius=0.07).at(at))

    def ground(self, at: Point) -> None:
        """Ground, drawn downwards."""
        self.drawing.add(elm.Ground().at(at).theta(0))

    def rail(self, at: Point, name: str = "+3V3") -> None:
        """A supply, drawn upwards."""
        self.drawing.add(elm.Vdd().at(at).theta(0).label(name, fontsize=SMALL, color=RAIL).color(RAIL))

    def flag(self, at: Point, name: str, side: str) -> None:
        """A net's name at the end of a short wire that leaves a point to a side: left, right, up or down."""
        along = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}[side]
        end = (at[0] + along[0] * STUB, at[1] + along[1] * STUB)
        self.line(at, end)
        width = 0.36 + 0.185 * len(name)
        # Left and right flags lie along their wire; those above and below stand centred on its end.
        shift = {
            "left": (-width, -0.22),
            "right": (0, -0.22),
            "up": (-width / 2, 0),
            "down": (-width / 2, -0.44),
        }[side]
        corner = (end[0] + shift[0], end[1] + shift[1])
        other = (corner[0] + width, corner[1] + 0.44)
        self.box(corner, other, FLAG, 1, "#eef4f9")
        middle = ((corner[0] + other[0]) / 2, (corner[1] + other[1]) / 2)
        self.text(middle, name, size=10, color=FLAG, align="center")

    def between(self, element, start: Point, end: Point, ref: str, value: str, side: str = "right") -> None:
        """A two-pin part from one point to another, reference and value beside it."""
        self.drawing.add(element.at(start).to(end))
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        away = 0.75 if isinstance(element, WIDE) else 0.45
        offset = {"right": (away, 0), "left": (-away, 0), "up": (0, 0.62), "down": (0, -0.62)}[side]
        align = {"right": "left", "left": "right"}.get(side, "center")
        at = (middle[0] + offset[0], middle[1] + offset[1])
        if side in {"right", "left"}:
            self.text((at[0], at[1] + 0.2), ref, align=align)
            self.text((at[0], at[1] - 0.2), value, size=10, color="#555555", align=align)
        else:
            self.text(at, f"{ref}  {value}", align=align)

    def module(self, corner: Point, size: Point, ref: str, words: str, left=(), right=()) -> dict[str, Point]:
        """A box with pins, from the top down, at most one a unit: pin -> where its wire begins."""
        other = (corner[0] + size[0], corner[1] + size[1])
        self.box(corner, other, fill="#fffdf5")
        self.text((corner[0] + size[0] / 2, other[1] + 0.62), ref, size=13, align="center")
        self.text((corner[0] + size[0] / 2, other[1] + 0.25), words, size=10, color="#555555", align="center")
        found: dict[str, Point] = {}
        for names, x, direction in ((left, corner[0], -1), (right, other[0], 1)):
            for index, name in enumerate(names):
                if not name:
                    continue
                y = other[1] - 0.5 - 0.75 * index
                self.line((x, y), (x + 0.4 * direction, y))
                align = "left" if direction < 0 else "right"
                self.text((x - 0.15 * direction, y), name, size=10, align=align)
                found[name] = (x + 0.4 * direction, y)
        return found

    def save(self, path: Path) -> None:
        """Write the SVG, and the PNG beside it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.drawing.save(str(path))
        subprocess.run(
            [
                "rsvg-convert",
                "--zoom",
                "1.4",
                "--background-color",
                "white",
                "-o",
                str(path.with_suffix(".png")),
                str(path),
            ],
            check=True,
        )
