"""What moves when the tip is pressed, and what carries the cell: tip, carrier, stop ring, plate; all turned about z."""

from __future__ import annotations

from types import SimpleNamespace

import cadquery as cq

from hardware.enclosure.shapes import POLE, across, box, rod, tube, turned
from hardware.enclosure.stack import stack

GRUBS_DEG = (30, 150, 270)
"""Where the plate's grub screws sit; the cable leaves at 90."""


def tip(d: SimpleNamespace) -> cq.Workplane:
    """The smooth dome with the skirt over the snout; a rubber ring in its groove holds it on the stem."""
    centre = d.apex_z - d.tip_dome_r
    near = d.tip_dome_r * 0.7071
    outline = (
        cq.Workplane("XZ")
        .moveTo(0, d.apex_z)
        .lineTo(POLE, d.apex_z)
        .threePointArc((near, centre + near), (d.tip_dome_r, centre))
        .spline([(d.tip_skirt_r, d.tip_wide_z)], tangents=[(0, -1), (0, -1)], includeCurrent=True)
        .lineTo(d.tip_skirt_r, d.tip_skirt_z)
        .lineTo(d.tip_cavity_r, d.tip_skirt_z)
        .lineTo(d.tip_cavity_r, d.tip_cavity_z)
        .lineTo(d.tip_bore_d / 2, d.tip_cavity_z)
        .lineTo(d.tip_bore_d / 2, d.tip_bore_depth_z)
        .lineTo(0, d.tip_bore_depth_z)
        .close()
    )
    groove = d.tip_groove_w / 2
    body = outline.revolve(360, (0, 0, 0), (0, 1, 0))
    return body.cut(rod(d.tip_groove_d / 2, d.tip_groove_z - groove, d.tip_groove_z + groove))


def carrier(d: SimpleNamespace) -> cq.Workplane:
    """The moving module's body: cell below, stem and its two bushes above, a 45 degree cone that seats in the nose."""
    cone_top = d.carrier_cone_z + d.carrier_r - d.snout_r
    at = stack(d)
    body = turned(
        [
            (0, d.carrier_rear_z),
            (d.carrier_r, d.carrier_rear_z),
            (d.carrier_r, d.carrier_cone_z),
            (d.snout_r, cone_top),
            (d.snout_r, d.snout_z),
            (0, d.snout_z),
        ]
    )
    body = body.cut(rod(d.carrier_bore_d / 2, d.carrier_rear_z, at.stop_top))
    body = body.cut(rod(d.chamber_r, at.stop_top, d.chamber_z))
    body = body.cut(rod(d.snout_bore_d / 2, d.chamber_z, d.snout_z))
    for low in (d.chamber_z, d.snout_z - d.bush_h):
        body = body.cut(rod(d.bush_d / 2, low, low + d.bush_h))
    half = d.slot_w / 2
    slot = box(
        (-half, half), (d.carrier_bore_d / 2 - 1, d.carrier_r + 1), (d.carrier_rear_z, at.cell_top - 0.5)
    )
    body = body.cut(slot)
    for degrees in GRUBS_DEG:
        body = body.cut(
            across(d.grub_pilot_d / 2, d.grub_z, degrees, (d.carrier_bore_d / 2 - 1, d.carrier_r + 1))
        )
    return body


def stop_ring(d: SimpleNamespace) -> cq.Workplane:
    """Clamps the cell by its rim; the stem's washer meets it before the cell is overloaded."""
    at = stack(d)
    body = tube(d.ring_d / 2, d.ring_hole_d / 2, at.cell_top, at.stop_top)
    return body.cut(rod(d.ring_relief_d / 2, at.cell_top, at.cell_top + d.ring_relief_h))


def plate(d: SimpleNamespace) -> cq.Workplane:
    """What the cell stands on and the main spring pushes against; grub screws hold it in the carrier."""
    body = rod(d.plate_d / 2, d.carrier_rear_z, d.cell_seat_z)
    body = body.cut(rod(d.plate_pocket_d / 2, d.carrier_rear_z, d.plate_pocket_z))
    for degrees in GRUBS_DEG:
        body = body.cut(
            across(d.grub_d / 2 + 0.05, d.grub_z, degrees, (d.plate_d / 2 - 1.3, d.plate_d / 2 + 1))
        )
    return body
