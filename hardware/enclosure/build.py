"""Makes STEP (parts in their places), STL (as they lie on the printer) and facts.json of the enclosure.

python -m hardware.enclosure.build --into FOLDER
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cadquery as cq

from hardware.enclosure import assembly, checks, dimensions

STL_MM, STL_RAD = 0.05, 0.25
PRINT_TURN = {
    "tip": (1, 0, 0, 0),
    "nose": (1, 0, 0, 180),
    "carrier": (1, 0, 0, 180),
    "stop_ring": (1, 0, 0, 180),
    "plate": (1, 0, 0, 180),
    "seat": (1, 0, 0, 0),
    "gasket": (1, 0, 0, 0),
    "grip": (1, 0, 0, 0),
    "button": (1, 0, 0, -90),
    "tray": (1, 0, 0, 0),
    "cap": (1, 0, 0, 0),
    "usb_plug": (1, 0, 0, 0),
    "stand": (1, 0, 0, 0),
    "bypass": (1, 0, 0, 0),
    "hanger": (1, 0, 0, 90),
}
"""Turn of each printed part (axis, degrees) that lays its printing face down."""


def on_the_bed(name: str, shape: cq.Workplane) -> cq.Workplane:
    """A part as it is printed: turned, its lowest point at z = 0, in the middle."""
    x, y, z, degrees = PRINT_TURN[name]
    turned = shape.rotate((0, 0, 0), (x, y, z), degrees)
    box = turned.combine().val().BoundingBox()
    return turned.translate((-box.center.x, -box.center.y, -box.zmin))


def write(into: Path) -> None:
    """Write everything below a folder."""
    d = dimensions.load()
    bodies = assembly.build(d)
    printed = {name: body for name, body in bodies.items() if assembly.PARTS[name].printed}
    for name, body in (printed | assembly.build_jigs(d)).items():
        solid = on_the_bed(name, body).combine().val()
        solid.exportStl(str(into / "enclosure" / "stl" / f"{name}.stl"), STL_MM, STL_RAD, relative=False)
        cq.exporters.export(body.combine(), str(into / "enclosure" / "step" / f"{name}.step"))
    facts = json.dumps(checks.facts(d, bodies), indent=1, sort_keys=True)
    (into / "enclosure" / "facts.json").write_text(facts + "\n", encoding="utf-8")


def main() -> None:
    """Read where to write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, required=True)
    into = parser.parse_args().into
    for name in ("stl", "step"):
        (into / "enclosure" / name).mkdir(parents=True, exist_ok=True)
    write(into)


if __name__ == "__main__":
    main()
