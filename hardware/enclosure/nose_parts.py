"""The nose with what stands still in it: nose, spring seat, gasket."""

from __future__ import annotations

from types import SimpleNamespace

import cadquery as cq

from hardware.enclosure.shapes import across, box, rod, tube
from hardware.enclosure.stack import stack

SCREWS_DEG = (30, 150, 270)
"""Where the three screws of the joint sit; the cell's cable leaves at 90, under the button."""


def nose(d: SimpleNamespace) -> cq.Workplane:
    """Shell around the moving module; prints rim down, every overhang is a 45 degree cone."""
    outline = (
        cq.Workplane("XZ")
        .moveTo(0, d.nose_base_z)
        .lineTo(d.grip_r, d.nose_base_z)
        .spline(
            [(d.nose_rim_r + 0.5, d.nose_rim_z - 0.5)], tangents=[(0, 1), (-0.30, 1)], includeCurrent=True
        )
        .threePointArc((d.nose_rim_r + 0.35, d.nose_rim_z - 0.146), (d.nose_rim_r, d.nose_rim_z))
        .lineTo(0, d.nose_rim_z)
        .close()
    )
    body = outline.revolve(360, (0, 0, 0), (0, 1, 0))
    body = body.union(rod(d.spigot_r, d.spigot_z, d.nose_base_z))
    return body.cut(inside(d)).cut(joint_holes(d)).cut(cable_slot(d))


def inside(d: SimpleNamespace) -> cq.Workplane:
    """The room in the nose: carrier's bore, its conical seat, hole for the snout, recess for the skirt."""
    cone_top = d.carrier_cone_z + d.carrier_r - d.nose_snout_r
    points = [
        (0, d.spigot_z),
        (d.nose_bore_r, d.spigot_z),
        (d.nose_bore_r, d.carrier_cone_z - (d.nose_bore_r - d.carrier_r)),
        (d.nose_snout_r, cone_top),
        (d.nose_snout_r, stack(d).nose_floor),
        (d.nose_recess_r, stack(d).nose_floor + d.nose_recess_r - d.nose_snout_r),
        (d.nose_recess_r, d.nose_rim_z - 0.3),
        (d.nose_recess_r + 0.3, d.nose_rim_z),
        (0, d.nose_rim_z),
    ]
    return cq.Workplane("XZ").polyline(points).close().revolve(360, (0, 0, 0), (0, 1, 0))


def joint_holes(d: SimpleNamespace) -> cq.Workplane:
    """Clearance holes for the joint's screws, from inside the seat outwards."""
    holes = [
        across(d.screw_hole_d / 2, d.joint_screw_z, degrees, (d.seat_d / 2, 20)) for degrees in SCREWS_DEG
    ]
    return holes[0].union(holes[1]).union(holes[2])


def cable_slot(d: SimpleNamespace) -> cq.Workplane:
    """Channel for the cell's cable along the bore, and the gap in the spigot that lets it out."""
    half = d.slot_w / 2
    channel = box((-half, half), (d.nose_bore_r - 1, d.nose_bore_r + 1.4), (0, stack(d).cell_top + 0.5))
    gap = box((-half, half), (d.nose_bore_r - 1, d.spigot_r + 1), (d.spigot_z, d.nose_base_z))
    return channel.union(gap)


def seat(d: SimpleNamespace) -> cq.Workplane:
    """Closes the nose: the main spring stands in it, the joint's screws end in its inserts."""
    body = rod(d.seat_d / 2, d.seat_rear_z, d.seat_front_z)
    body = body.cut(rod(d.plate_pocket_d / 2, d.seat_pocket_z, d.seat_front_z))
    for degrees in SCREWS_DEG:
        reach = (d.seat_d / 2 - d.insert_h - 0.6, d.seat_d)
        body = body.cut(across(d.insert_d / 2, d.joint_screw_z, degrees, reach))
    half = d.slot_w / 2
    return body.cut(box((-half, half), (d.seat_d / 2 - 2.2, d.seat_d), (d.seat_rear_z, d.seat_front_z)))


def gasket(d: SimpleNamespace) -> cq.Workplane:
    """Soft ring between nose and grip: keeps water out and the motor's shaking from the nose."""
    return tube(d.grip_r - 0.3, d.spigot_r + 0.1, 0, d.nose_base_z)
