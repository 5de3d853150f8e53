"""What calibration needs: a stand, the bypass that takes the grip's place, the hanger for masses."""

from __future__ import annotations

from types import SimpleNamespace

import cadquery as cq

from hardware.enclosure.nose_parts import SCREWS_DEG
from hardware.enclosure.shapes import across, box, rod, turned

STAND_DEPTH = 42.0
STAND_FLOOR = 16.0
LIFT = 0.5
"""How far in mm the bypass lifts the carrier off its seat in the nose: then nothing but the cell carries the load."""


def stand(d: SimpleNamespace) -> cq.Workplane:
    """Holds the tool, or the bypass, tip up; the cable leaves through the slot. Its top is at z = 0 here."""
    socket = d.grip_belly_r + 0.3
    foot = STAND_DEPTH + STAND_FLOOR
    body = turned(
        [(0, 0), (socket + 3, 0), (socket + 4, -STAND_DEPTH), (36, -foot + 4), (36, -foot), (0, -foot)]
    )
    body = body.cut(rod(socket, -STAND_DEPTH, 1))
    plug = box((-8, 8), (-8, 40), (-foot - 1, -STAND_DEPTH + 8))
    well = rod(9, -foot - 1, 0)
    return body.cut(plug).cut(well)


def bypass(d: SimpleNamespace) -> cq.Workplane:
    """Takes the grip's place under the nose: its post carries the plate, so the main spring is out of the path."""
    length = STAND_DEPTH - 4
    body = rod(d.grip_belly_r, -length, 0).faces("<Z").chamfer(1)
    floor = d.spigot_z - d.nose_base_z - 0.5
    socket = rod(d.grip_bore_r, floor, 1)
    body = body.cut(socket)
    top = d.plate_pocket_z - d.nose_base_z - LIFT
    body = body.union(rod(d.plate_pocket_d / 2 - 0.4, floor - 1, top))
    for degrees in SCREWS_DEG:
        body = body.cut(
            across(d.grub_pilot_d / 2, d.joint_screw_z - d.nose_base_z, degrees, (d.grip_bore_r - 1, 20))
        )
    half = d.slot_w / 2
    cable = box((-half, half), (d.plate_pocket_d / 2 + 1, 20), (floor, 1))
    return body.cut(cable)


def hanger(d: SimpleNamespace) -> cq.Workplane:
    """Hangs on the dome like a coat hanger: the masses hang lower than the point they act on, so nothing tips."""
    wide, drop, arm, thick = 46.0, 70.0, 9.0, 12.0
    outline = (
        cq.Workplane("XZ")
        .moveTo(-wide - arm, -drop)
        .lineTo(-wide - arm, 6)
        .threePointArc((-wide - 3, 15), (-wide + 6, 18))
        .lineTo(wide - 6, 18)
        .threePointArc((wide + 3, 15), (wide + arm, 6))
        .lineTo(wide + arm, -drop)
        .lineTo(wide - 12, -drop)
        .lineTo(wide - 12, -drop + 12)
        .lineTo(wide - 5, -drop + 12)
        .lineTo(wide - 5, -drop + 7)
        .lineTo(wide, -drop + 7)
        .lineTo(wide, 2)
        .threePointArc((wide - 2, 6), (wide - 6, 8))
        .lineTo(-wide + 6, 8)
        .threePointArc((-wide + 2, 6), (-wide, 2))
        .lineTo(-wide, -drop + 7)
        .lineTo(-wide + 5, -drop + 7)
        .lineTo(-wide + 5, -drop + 12)
        .lineTo(-wide + 12, -drop + 12)
        .lineTo(-wide + 12, -drop)
        .close()
        .extrude(thick / 2, both=True)
    )
    boss = box((-9, 9), (-thick / 2, thick / 2), (3.5, 18))
    cone = turned([(0, 8.5), (0.02, 8.5), (5.02, 3.5), (5.02, 1), (0, 1)])
    held = outline.union(boss).cut(cone)
    return held.translate((0, 0, d.apex_z - d.tip_dome_r + 5.5 * 2**0.5 - 8.5))
