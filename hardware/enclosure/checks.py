"""What is measured on the bodies: overlaps, clearances, walls, volumes, ways of assembly (facts.json)."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import cadquery as cq
import numpy as np

from hardware.enclosure import assembly, bought, grip_parts, jigs
from hardware.enclosure.walls import thinnest

Bodies = dict[str, cq.Workplane]
MODULE = (
    "tip",
    "tip_ring",
    "carrier",
    "front_bush",
    "rear_bush",
    "stem",
    "washer",
    "stem_screw",
    "bias_spring",
    "pad",
    "stop_ring",
    "cell",
    "plate",
    "grubs",
)
"""What moves back together when the main spring yields."""
INSERTED = ("tray", "drv_board", "nau_board", "xiao", "battery", "motor", "ui_board", "switch", "led")
"""What slides into the grip from the tail as one piece."""
CLEARANCES = {
    "carrier in nose bore": ("carrier", "nose", "bore"),
    "battery to grip": ("battery", "grip", ""),
    "NAU7802 board to grip": ("nau_board", "grip", ""),
    "XIAO to grip": ("xiao", "grip", ""),
    "DRV2605L board to strip board": ("drv_board", "ui_board", ""),
    "tray to grip": ("tray", "grip", ""),
    "button to switch": ("button", "switch", ""),
    "light to light pipe": ("led", "light_pipe", ""),
    "slide switch to XIAO": ("slide_switch", "xiao", ""),
    "XIAO to cap": ("xiao", "cap", ""),
    "battery to cap": ("battery", "cap", ""),
    "tip to nose": ("tip", "nose", ""),
    "tip to snout": ("tip", "carrier", ""),
    "cell's cable to nose": ("cell", "nose", ""),
    "washer to stop ring": ("washer", "stop_ring", ""),
    "motor to nose": ("motor", "nose", ""),
}
"""Pairs of parts whose least distance is recorded."""


def volume(shape: cq.Workplane) -> float:
    """Volume in cubic mm."""
    return sum(solid.Volume() for solid in shape.solids().vals())


def overlap(one: cq.Workplane, other: cq.Workplane) -> float:
    """Volume in cubic mm that two bodies share."""
    a, b = one.combine().val().BoundingBox(), other.combine().val().BoundingBox()
    for low, high in (("xmin", "xmax"), ("ymin", "ymax"), ("zmin", "zmax")):
        if getattr(a, low) >= getattr(b, high) or getattr(b, low) >= getattr(a, high):
            return 0.0
    return volume(one.intersect(other))


def overlaps(bodies: Bodies) -> dict[str, float]:
    """Pairs that share more than a hundredth of a cubic mm."""
    found = {}
    for one, other in combinations(bodies, 2):
        shared = overlap(bodies[one], bodies[other])
        if shared > 0.01:
            found[f"{one} and {other}"] = round(shared, 2)
    return found


def overlaps_between(some: Bodies, others: Bodies) -> dict[str, float]:
    """Pairs of one group with another that share more than a hundredth of a cubic mm."""
    pairs = {f"{a} and {b}": overlap(some[a], others[b]) for a in some for b in others}
    return {pair: round(shared, 2) for pair, shared in pairs.items() if shared > 0.01}


def moved(bodies: Bodies, names: tuple[str, ...], z: float) -> Bodies:
    """Some bodies, moved along the axis."""
    return {name: bodies[name].translate((0, 0, z)) for name in names}


def rest(bodies: Bodies, *without: str) -> Bodies:
    """All bodies but some."""
    return {name: body for name, body in bodies.items() if name not in without}


def ways(d: SimpleNamespace, bodies: Bodies) -> dict[str, dict[str, float]]:
    """Overlaps while the tool yields, is plugged in, and is put together: way -> pairs."""
    yielding = moved(bodies, MODULE, -d.travel)
    found = {
        "module pushed back by its travel": overlaps_between(yielding, rest(bodies, *MODULE, "main_spring")),
        "largest USB plug in its socket": overlaps_between(
            {"plug": bought.usb_cable_plug(d)}, {"cap": bodies["cap"]}
        ),
    }
    sleeve = {name: bodies[name] for name in ("grip", "light_pipe")}
    for back in (4.0, 15.0, 40.0):
        key = f"tray {back:.0f} mm out of the grip"
        found[key] = overlaps_between(moved(bodies, INSERTED, -back), sleeve)
    inner = {name: bodies[name] for name in (*MODULE, "main_spring")}
    lifted = {
        name: bodies[name].translate((0, 0, 20)) for name in ("nose", "stop_cushion", "tip", "tip_ring")
    }
    without_tip = rest(inner, "tip", "tip_ring")
    found["nose drawn off forwards, tip taken off"] = overlaps_between(
        rest(lifted, "tip", "tip_ring"), without_tip
    )
    found["tip drawn off forwards"] = overlaps_between(
        {"tip": lifted["tip"]}, rest(bodies, "tip", "tip_ring")
    )
    return found


def jig_overlaps(d: SimpleNamespace, bodies: Bodies) -> dict[str, float]:
    """Overlaps of the jigs with what they hold: the module lies lifted on the bypass."""
    made = assembly.build_jigs(d)
    lifted = moved(bodies, MODULE, -d.nose_base_z - jigs.LIFT)
    held = lifted | {
        name: bodies[name].translate((0, 0, -d.nose_base_z)) for name in ("nose", "stop_cushion")
    }
    found = overlaps_between({"bypass": made["bypass"]}, rest(held, "cell"))
    found |= overlaps_between({"hanger": made["hanger"]}, {"tip": bodies["tip"], "nose": bodies["nose"]})
    stood = made["stand"].translate((0, 0, d.cap_z + jigs.STAND_DEPTH))
    return found | overlaps_between({"stand": stood}, {name: bodies[name] for name in ("grip", "cap")})


def clearances(bodies: Bodies) -> dict[str, float]:
    """Least distances in mm of the pairs that matter."""
    found = {}
    for key, (one, other, _) in CLEARANCES.items():
        found[key] = round(bodies[one].combine().val().distance(bodies[other].combine().val()), 3)
    return found


def walls(d: SimpleNamespace, bodies: Bodies) -> dict[str, float]:
    """Thinnest wall in mm of every hard printed part."""
    names = [
        name for name in bodies if assembly.PARTS[name].printed and assembly.PARTS[name].material != "tpu"
    ]
    bodies = bodies | {"cap": grip_parts.cap_without_tunnel(d)}
    return {name: round(thinnest(*triangles(bodies[name])), 2) for name in names}


def triangles(shape: cq.Workplane) -> tuple[np.ndarray, np.ndarray]:
    """Corners of a coarse mesh: (points, indices)."""
    points: list[tuple[float, float, float]] = []
    indices: list[tuple[int, int, int]] = []
    for solid in shape.solids().vals():
        offset = len(points)
        vertices, faces = solid.tessellate(0.04, 0.25)
        points += [vertex.toTuple() for vertex in vertices]
        indices += [tuple(offset + corner for corner in face) for face in faces]
    return np.array(points), np.array(indices)


def sizes(bodies: Bodies) -> dict[str, list[float]]:
    """Outer measures in mm: x, y, z."""
    boxes = {name: body.combine().val().BoundingBox() for name, body in bodies.items()}
    return {
        name: [round(value, 2) for value in (box.xlen, box.ylen, box.zlen)] for name, box in boxes.items()
    }


def facts(d: SimpleNamespace, bodies: Bodies) -> dict:
    """Everything that tests of `make test` need to know of the bodies."""
    shapes = bodies | assembly.build_jigs(d)
    return {
        "invalid": sorted(
            name for name, body in shapes.items() if not all(s.isValid() for s in body.solids().vals())
        ),
        "solids": {name: len(body.solids().vals()) for name, body in shapes.items()},
        "volume_mm3": {name: round(volume(body), 1) for name, body in shapes.items()},
        "size_mm": sizes(shapes),
        "overlaps_mm3": overlaps(bodies),
        "ways": ways(d, bodies),
        "jig_overlaps_mm3": jig_overlaps(d, bodies),
        "clearances_mm": clearances(bodies),
        "walls_mm": walls(d, bodies),
    }
