"""What the hand holds: grip, tray, cap, and the soft parts that close its openings."""

from __future__ import annotations

from types import SimpleNamespace

import cadquery as cq

from hardware.enclosure.nose_parts import SCREWS_DEG
from hardware.enclosure.shapes import across, box, cone_across, rod, tube

LUG = 4.8
"""Thickness in mm of the cap's lugs along their screws."""


def cap_screws_deg(d: SimpleNamespace) -> tuple[float, float]:
    """Directions of the cap's two screws."""
    return d.cap_screw_deg, 180 - d.cap_screw_deg


def grip(d: SimpleNamespace) -> cq.Workplane:
    """A seamless sleeve: barrel outside, round bore inside, a dish for the thumb, a flat against rolling."""
    outline = (
        cq.Workplane("XZ")
        .moveTo(0, 0)
        .lineTo(d.grip_r, 0)
        .spline([(d.grip_belly_r, d.grip_belly_z), (d.grip_r, -d.grip_length)], includeCurrent=True)
        .lineTo(0, -d.grip_length)
        .close()
    )
    body = outline.revolve(360, (0, 0, 0), (0, 1, 0)).cut(rod(d.grip_bore_r, -d.grip_length, 0))
    dish_z = (d.button_z + d.light_z) / 2
    dish = (
        cq.Workplane("YZ").center(d.dish_depth_y + d.dish_r, dish_z).circle(d.dish_r).extrude(20, both=True)
    )
    flat = box((-20, 20), (-30, d.flat_y), (-d.grip_length + 12, -12)).edges("|X and >Y").chamfer(0.6)
    body = body.union(guides(d)).cut(dish).cut(flat)
    for degrees in SCREWS_DEG:
        body = body.cut(screw_hole(d, d.joint_screw_z, degrees))
    for degrees in cap_screws_deg(d):
        body = body.cut(screw_hole(d, d.cap_screw_z, degrees))
    body = body.cut(across(d.button_hole_d / 2, d.button_z, 90, (d.grip_bore_r - 2, 20)))
    return body.cut(across(d.light_d / 2 + 0.05, d.light_z, 90, (d.grip_bore_r - 2, 20)))


def guides(d: SimpleNamespace) -> cq.Workplane:
    """Four ribs inside the grip that hold the tray by its edges."""
    ribs = cq.Workplane("XY")
    for side in (-1, 1):
        x = sorted((side * (d.tray_half_w - 0.9), side * (d.grip_bore_r + 0.5)))
        for low in (d.tray_top_y + 0.25, d.tray_top_y - d.tray_floor - 0.25 - d.rib):
            ribs = ribs.union(box(tuple(x), (low, low + d.rib), (d.cap_screw_z + 6, d.tray_front_z - 1)))
    return ribs


def screw_hole(d: SimpleNamespace, z: float, degrees: float) -> cq.Workplane:
    """Hole and countersink for an M2 screw through the grip's wall."""
    hole = across(d.screw_hole_d / 2, z, degrees, (d.grip_bore_r - 1, 20))
    return hole.union(cone_across(d.screw_head_d / 2, z, degrees, d.grip_r - 0.1))


def tray(d: SimpleNamespace) -> cq.Workplane:
    """Carries boards, motor and battery. Prints standing on its tail: what begins further up grows at 45 degrees."""
    low = d.tray_top_y - d.tray_floor
    body = box((-d.tray_half_w, d.tray_half_w), (low, d.tray_top_y), (d.tray_rear_z, d.tray_front_z))
    for side in (-1, 1):
        for piece in (*rails(d), *legs(d), *posts(d)):
            body = body.union(piece if side == 1 else piece.mirror("YZ"))
    cable = box((-3, 3), (low - 3, d.tray_top_y + 3), (d.tray_front_z - 7, d.tray_front_z + 1))
    wires = box((10.5, 12.3), (low - 1, d.tray_top_y + 1), (d.motor_z - 10, d.motor_z - 3))
    drv_rear = d.board_front_z - d.drv_l
    plug = box((-4, 4), (low - 1, d.tray_top_y + 1), (drv_rear - 8, drv_rear - 2))
    return body.cut(cable).cut(plug).cut(wires).cut(wires.mirror("YZ"))


def rails(d: SimpleNamespace) -> list[cq.Workplane]:
    """Upper side: the boards' edges lie on rails; between DRV2605L and XIAO these are higher and stop both."""
    x = (d.drv_w / 2 - 2, d.drv_w / 2)
    stops = (d.xiao_rear_z + d.xiao_l + 0.2, d.board_front_z - d.drv_l - 0.2)
    low = box(x, (d.tray_top_y, d.tray_top_y + d.ledge), (d.tray_rear_z, d.board_front_z))
    return [low, box(x, (d.tray_top_y, d.tray_top_y + d.ledge + d.pcb_h), stops)]


def legs(d: SimpleNamespace) -> list[cq.Workplane]:
    """Lower side: walls beside the battery, which go over into the rails of the NAU7802 board and stop it."""
    low = d.tray_top_y - d.tray_floor
    near = d.battery_w / 2 + 0.4
    end = d.board_front_z - d.nau_l - 0.2
    wall = box((near, near + d.rib), (low - 6.2, low), (d.tray_rear_z, end))
    return [wall, box((near, near + 2), (low - d.ledge, low), (end, d.board_front_z))]


def posts(d: SimpleNamespace) -> list[cq.Workplane]:
    """Upper side: walls with shelves that carry the strip board over the DRV2605L."""
    near = d.drv_w / 2 + 0.4
    rear, front = d.ui_front_z - d.ui_l, d.ui_front_z
    height = d.ui_y - d.tray_top_y
    side = [(d.tray_top_y, front), (d.ui_y, front), (d.ui_y, rear), (d.tray_top_y, rear - height)]
    wall = cq.Workplane("YZ").polyline(side).close().extrude(d.rib).translate((near, 0, 0))
    inner = d.ui_w / 2 - 1.2
    top = [(near, front), (inner, front), (inner, rear), (near, rear - (near - inner))]
    shelf = cq.Workplane("XZ").polyline(top).close().extrude(-d.rib).translate((0, d.ui_y - d.rib, 0))
    return [wall, shelf]


def cap(d: SimpleNamespace) -> cq.Workplane:
    """Closes the tail: openings for plug and switch, two lugs with inserts, a tunnel for a cord."""
    middle = (d.cap_z - d.grip_length) / 2
    cord = cq.Solid.makeCylinder(d.lanyard_d / 2, 60, cq.Vector(-30, d.lanyard_y, middle), cq.Vector(1, 0, 0))
    return cap_without_tunnel(d).cut(cq.Workplane(cord))


def cap_without_tunnel(d: SimpleNamespace) -> cq.Workplane:
    """The cap before the tunnel, whose slanting mouths would count as thin walls."""
    face = -d.grip_length
    body = rod(d.grip_r, d.cap_z, face).edges("<Z").chamfer(1.6)
    body = body.union(tube(d.cap_register_r, d.cap_register_r - d.rib - 0.1, face, face + 1.0))
    lug = tube(d.cap_register_r, d.cap_register_r - LUG, face, d.cap_screw_z + 3.2)
    wedge = box((1, 20), (-3.6, 3.6), (face - 1, 0))
    for degrees in cap_screws_deg(d):
        body = body.union(lug.intersect(wedge.rotate((0, 0, 0), (0, 0, 1), degrees)))
        reach = (d.cap_register_r - d.insert_h - 0.2, d.cap_register_r + 1)
        body = body.cut(across(d.insert_d / 2, d.cap_screw_z, degrees, reach))
    body = body.cut(usb_opening(d, d.usb_open_w, d.usb_open_h))
    return body.cut(switch_opening(d))


def usb_y(d: SimpleNamespace) -> float:
    """Middle of the USB receptacle."""
    return d.tray_top_y + d.ledge + d.xiao_pcb_h + d.usb_h / 2


def usb_opening(d: SimpleNamespace, width: float, height: float) -> cq.Workplane:
    """A rounded slot through the cap."""
    slot = cq.Workplane("XY").workplane(offset=d.cap_z - 1).center(0, usb_y(d)).rect(width, height)
    return slot.extrude(d.rib + 8).edges("|Z").fillet(min(height / 2 - 0.1, 2.6))


def switch_opening(d: SimpleNamespace) -> cq.Workplane:
    """A recess for the fingernail with a slot for the lever, and a shallow bed for the switch's body."""
    half, face = d.slide_w / 2, -d.grip_length
    recess = box((-half, half), (d.slide_y - 1.7, d.slide_y + 1.7), (d.cap_z - 1, face - 2.0))
    lever = box((-3.2, 3.2), (d.slide_y - 1.1, d.slide_y + 1.1), (d.cap_z - 1, face + 1))
    bed = box(
        (-half - 0.15, half + 0.15),
        (d.slide_y - d.slide_h / 2 - 0.15, d.slide_y + d.slide_h / 2 + 0.15),
        (face - 0.4, face + 5),
    )
    gap = box((-6, 6), (8.5, 16), (face, face + 5))
    return recess.union(lever).union(bed).union(gap)


def button(d: SimpleNamespace) -> cq.Workplane:
    """Soft button, pressed into its hole from outside: lip inside, low dome outside, post to the switch."""
    wall = d.dish_depth_y + 0.3
    neck = d.button_hole_d / 2 - 0.1
    lip = (d.grip_bore_r**2 - (neck + 0.6) ** 2) ** 0.5 - 0.1  # there the round bore lets the lip spread
    top = turned_up(d, neck + 1.2, wall, wall + 1.0).edges(">Y").fillet(0.8)
    body = top.union(turned_up(d, neck, lip - 0.5, wall)).union(turned_up(d, neck + 0.6, lip - 0.9, lip))
    switch_top = d.ui_y + d.pcb_h + d.switch_h
    hollow = turned_up(d, neck - 1.2, lip - 2, wall - 0.6)
    post = turned_up(d, 1.6, switch_top + 0.2, wall)
    return body.cut(hollow).union(post)


def turned_up(d: SimpleNamespace, radius: float, low: float, high: float) -> cq.Workplane:
    """A disc of the button, from one height of y to another."""
    return across(radius, d.button_z, 90, (low, high))


def light_pipe(d: SimpleNamespace) -> cq.Workplane:
    """A piece of clear rod, flush outside, just over the light."""
    return across(d.light_d / 2, d.light_z, 90, (d.grip_bore_r - 0.4, d.dish_depth_y + 0.35))


def usb_plug(d: SimpleNamespace) -> cq.Workplane:
    """Soft plug for the USB opening, with a lip for the fingernail."""
    length = -d.grip_length - d.cap_z
    body = (
        cq.Workplane("XY")
        .workplane(offset=d.cap_z)
        .center(0, usb_y(d))
        .rect(d.usb_open_w - 0.2, d.usb_open_h - 0.2)
        .extrude(length - 1.0)
        .edges("|Z")
        .fillet(2.4)
    )
    head = box(
        (-d.usb_open_w / 2 - 1, d.usb_open_w / 2 + 1),
        (usb_y(d) - d.usb_open_h / 2 - 0.5, usb_y(d) + d.usb_open_h / 2 + 0.4),
        (d.cap_z - 1.2, d.cap_z),
    )
    return body.union(head.edges("|Z").fillet(2.0))
