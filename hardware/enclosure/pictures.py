"""Draws the tool for README, enclosure and assembly: python -m hardware.enclosure.pictures --into FOLDER."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image
from vtkmodules.vtkCommonDataModel import vtkPolyData

from hardware.enclosure import assembly, dimensions
from hardware.enclosure.render import Body, Label, View, mesh, picture, save
from hardware.enclosure.shapes import box
from hardware.enclosure.steps import STEPS, Step

COILED = ("main_spring", "bias_spring", "stop_cushion")
UNCUT = ("main_spring", "bias_spring", "stem", "stem_screw")
HALVES = {"x": box((0, 80), (-80, 80), (-260, 160)), "y": box((-120, 120), (-80, 0), (-260, 160))}
"""What a section takes away: the half before the middle plane, seen from +x or from -y."""
JIG_COLOURS = {"stand": (0.80, 0.80, 0.78), "bypass": (0.93, 0.74, 0.36), "hanger": (0.62, 0.72, 0.76)}


class Scenes:
    """All bodies once, and what is drawn of them."""

    def __init__(self) -> None:
        self.d = dimensions.load()
        self.bodies = assembly.build(self.d)
        self.shapes = self.bodies | assembly.build_jigs(self.d)
        self.meshes: dict[tuple[str, str], vtkPolyData] = {}

    def whole(self, *without: str) -> list[Body]:
        """The closed tool."""
        return [self.body(name) for name in self.bodies if name not in without]

    def body(self, name: str, shift: tuple[float, float, float] = (0, 0, 0), cut: str = "") -> Body:
        """One part or jig, moved, cut open or not."""
        key = (name, "" if name in UNCUT else cut)
        if key not in self.meshes:
            shape = self.shapes[name].cut(HALVES[key[1]]) if key[1] else self.shapes[name]
            self.meshes[key] = mesh(shape, coil=name in COILED)
        colour = assembly.PARTS[name].colour if name in self.bodies else JIG_COLOURS[name]
        return Body(self.meshes[key], colour, shift, name not in COILED)

    def section(self) -> list[Body]:
        """The tool cut along its middle plane."""
        return [self.body(name, cut="x") for name in self.bodies]

    def exploded(self) -> list[Body]:
        """All parts drawn apart along the axis."""
        return [
            self.body(name, (part.aside[0], part.aside[1], part.slide))
            for name, part in assembly.PARTS.items()
        ]

    def step(self, step: Step) -> list[Body]:
        """What a step of the assembly shows."""
        found = [self.body(name, shift, step.cut) for name, shift in step.shown.items()]
        for name, shift in step.cut_only.items():
            found.append(self.body(name, shift, cut="x"))
        return found


SECTION_LABELS = [
    Label("tip: 11 mm dome, pulls off to be washed", (0, 5.4, 49.5), (0.16, 0.12)),
    Label("stem in two plain bearings", (0, -1, 30), (0.18, 0.88)),
    Label("load cell", (0, -7, 8), (0.33, 0.88)),
    Label("spring: gives above 6 N", (0, -6, -3.5), (0.45, 0.93)),
    Label("soft gasket", (0, 15.2, 0.5), (0.38, 0.07)),
    Label("button", (0, 16.8, -26), (0.53, 0.07)),
    Label("light", (0, 16, -37), (0.62, 0.12)),
    Label("motor, shakes across the stem", (0, 1.6, -54), (0.77, 0.07)),
    Label("XIAO ESP32S3", (0, 3.5, -72), (0.87, 0.15)),
    Label("USB-C", (0, 3.5, -89), (0.96, 0.25)),
    Label("battery", (0, -8, -66), (0.76, 0.90)),
    Label("force converter", (0, -6, -26), (0.60, 0.93)),
    Label("cord", (0, -13.2, -87.5), (0.90, 0.86)),
]
NOSE_LABELS = [
    Label("tip", (0, 3.9, 52), (0.06, 0.22)),
    Label("ring that holds the tip", (0, 3.0, 48.2), (0.13, 0.12)),
    Label("skirt", (0, -6.3, 42), (0.07, 0.83)),
    Label("rubber ring: the skirt stops here after 3 mm", (0, -6.8, 36.3), (0.24, 0.94)),
    Label("bearing", (0, 3.0, 42.5), (0.27, 0.05)),
    Label("bearing", (0, 3.0, 23.5), (0.45, 0.03)),
    Label("carrier on its 45 degree cone", (0, -10.3, 19), (0.54, 0.94)),
    Label("bias spring", (0, 3.9, 18.2), (0.60, 0.05)),
    Label("washer: stops on the ring at 17-40 N", (0, -4.2, 15.9), (0.55, 0.86)),
    Label("pad", (0, 1.4, 12.7), (0.68, 0.11)),
    Label("cell", (0, 6, 8), (0.75, 0.05)),
    Label("plate", (0, 6, 4.2), (0.81, 0.10)),
    Label("main spring", (0, -5.5, -4), (0.85, 0.88)),
    Label("seat", (0, 9, -10), (0.95, 0.12)),
    Label("M2 x 6", (0, -14.5, -8.5), (0.95, 0.93)),
]
EXPLODED_LABELS = [
    Label("tip", (0, 5, 168), (0.05, 0.28)),
    Label("nose", (0, 12, 120), (0.17, 0.18)),
    Label("stem, bias spring, pad", (0, 37, 30), (0.33, 0.07)),
    Label("carrier", (0, -10, 50), (0.31, 0.84)),
    Label("stop ring", (0, -9, 25), (0.36, 0.93)),
    Label("cell", (0, -9, 10), (0.40, 0.84)),
    Label("plate", (0, -9, -3), (0.43, 0.93)),
    Label("spring", (0, -6, -17), (0.46, 0.84)),
    Label("seat", (0, -11, -31), (0.49, 0.93)),
    Label("gasket", (0, 15, -31.5), (0.46, 0.13)),
    Label("grip", (0, -16, -90), (0.61, 0.86)),
    Label("button, light pipe", (0, 28, -80), (0.60, 0.07)),
    Label("strip board: button, light", (0, 29, -160), (0.75, 0.05)),
    Label("DRV2605L, motor, XIAO", (0, 13, -190), (0.84, 0.14)),
    Label("tray", (0, -4, -148), (0.70, 0.93)),
    Label("NAU7802, battery", (0, -20, -200), (0.82, 0.90)),
    Label("cap", (0, 14, -244), (0.93, 0.25)),
    Label("plug", (0, 6, -264), (0.97, 0.36)),
]


SHORT_LABELS = [
    Label("washable tip", (0, 5.4, 49.5), (0.09, 0.10)),
    Label("load cell", (0, 9, 8), (0.33, 0.05)),
    Label("spring: gives above 6 N", (0, -6, -3.5), (0.40, 0.95)),
    Label("button", (0, 16.8, -26), (0.54, 0.05)),
    Label("light", (0, 16, -37), (0.62, 0.05)),
    Label("motor", (0, 1.6, -54), (0.72, 0.05)),
    Label("battery", (0, -8, -66), (0.76, 0.95)),
    Label("USB-C", (0, 3.5, -89), (0.93, 0.10)),
]


def hero(scenes: Scenes) -> Image.Image:
    """The picture of the README: the tool, and under it what is inside."""
    above = picture(scenes.whole(), View((0.80, 0.62, 0.30), size=(1800, 600), zoom=1.95))
    below = picture(scenes.section(), View((1, 0, 0), size=(1800, 540), zoom=2.25), SHORT_LABELS)
    image = Image.new("RGB", (1800, 1140), (255, 255, 255))
    image.paste(above, (0, 0))
    image.paste(below, (0, 600))
    return image


def write(into: Path) -> None:
    """Draw everything below a folder."""
    scenes = Scenes()
    images = into / "enclosure" / "img"
    save(hero(scenes), into / "pictures" / "tool.png")
    save(
        picture(scenes.section(), View((1, 0, 0), size=(2000, 760), zoom=1.95), SECTION_LABELS),
        images / "section.png",
    )
    near = View((1, 0, 0), size=(1900, 1000), zoom=3.1, centre=(0, 0, 21.5))
    save(picture(scenes.section(), near, NOSE_LABELS), images / "nose.png")
    apart = View((0.92, 0.30, 0.18), size=(2400, 900), zoom=2.15)
    save(picture(scenes.exploded(), apart, EXPLODED_LABELS), images / "exploded.png")
    for name, step in STEPS.items():
        save(picture(scenes.step(step), step.view, step.labels), into / "assembly" / "img" / f"{name}.png")


def main() -> None:
    """Read where to write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True)
    write(parser.parse_args().into)


if __name__ == "__main__":
    main()
