"""Bought parts as plain bodies with their outer measures: for fit, pictures and masses, not for making."""

from __future__ import annotations

from types import SimpleNamespace

import cadquery as cq

from hardware.enclosure.force_parts import GRUBS_DEG
from hardware.enclosure.grip_parts import cap_screws_deg, usb_y
from hardware.enclosure.nose_parts import SCREWS_DEG
from hardware.enclosure.shapes import across, box, cone_across, rod, tube
from hardware.enclosure.stack import stack

COIL_POINTS = 40


def stem(d: SimpleNamespace) -> cq.Workplane:
    """Round aluminium spacer with a through thread."""
    at = stack(d)
    return tube(d.stem_d / 2, d.stem_bore_d / 2, at.stem_rear, at.stem_front)


def stem_screw(d: SimpleNamespace) -> cq.Workplane:
    """M3 screw at the stem's rear; its head presses the pad."""
    at = stack(d)
    head = rod(d.stem_screw_d / 2, at.screw_rear, at.washer_rear)
    return head.union(rod(d.stem_bore_d / 2, at.washer_rear, at.washer_rear + d.stem_screw_l))


def washer(d: SimpleNamespace) -> cq.Workplane:
    """Flange of the hard stop."""
    at = stack(d)
    return tube(d.washer_d / 2, d.washer_bore_d / 2, at.washer_rear, at.stem_rear)


def pad(d: SimpleNamespace) -> cq.Workplane:
    """Silicone disc between the screw's head and the cell's button."""
    at = stack(d)
    return rod(d.pad_d / 2, at.button_top, at.screw_rear)


def tip_ring(d: SimpleNamespace) -> cq.Workplane:
    """Rubber ring that holds the tip on the stem, as it lies squeezed."""
    half = d.tip_groove_w / 2 - 0.15
    return tube(d.tip_groove_d / 2, d.stem_d / 2, d.tip_groove_z - half, d.tip_groove_z + half)


def bush(d: SimpleNamespace, low: float) -> cq.Workplane:
    """A plain bearing from a height upwards."""
    return tube(d.bush_d / 2, d.bush_bore_d / 2, low, low + d.bush_h)


def cell(d: SimpleNamespace) -> cq.Workplane:
    """Button load cell with the first piece of its cable."""
    at = stack(d)
    body = rod(d.cell_d / 2, d.cell_seat_z, at.cell_top)
    body = body.union(rod(d.cell_button_d / 2, at.cell_top, at.button_top))
    middle = d.cell_seat_z + d.cell_h / 2
    return body.union(across(d.cell_cable_d / 2, middle, 90, (d.cell_d / 2 - 1, d.nose_bore_r + 0.6)))


def grubs(d: SimpleNamespace) -> cq.Workplane:
    """Three M2 x 3 grub screws of the plate, drawn without their threads."""
    body = cq.Workplane("XY")
    for angle in GRUBS_DEG:
        body = body.union(across(d.grub_pilot_d / 2, d.grub_z, angle, (d.carrier_r - 3, d.carrier_r)))
    return body


def coil(outer: float, wire: float, low: float, high: float, turns: float) -> cq.Workplane:
    """A compression spring as it is built in."""
    radius = (outer - wire) / 2
    length = high - low - wire
    path = cq.Wire.makeHelix(length / turns, length, radius).moved(
        cq.Location(cq.Vector(0, 0, low + wire / 2))
    )
    profile = cq.Workplane("XZ").center(radius, low + wire / 2).circle(wire / 2)
    return profile.sweep(cq.Workplane(path), isFrenet=True)


def main_spring(d: SimpleNamespace) -> cq.Workplane:
    """The spring that yields above 6 N."""
    return coil(d.spring_d, d.spring_wire_d, d.seat_pocket_z, d.plate_pocket_z, d.spring_coils + 1.5)


def bias_spring(d: SimpleNamespace) -> cq.Workplane:
    """The light spring that keeps the stem on the cell when the tip points down."""
    return coil(d.bias_d, d.bias_wire_d, stack(d).stem_rear, d.chamber_z, d.bias_coils + 1)


def stop_cushion(d: SimpleNamespace) -> cq.Workplane:
    """Rubber ring in the nose's recess that the skirt meets after its travel."""
    radius = (d.stop_ring_id + d.stop_ring_d) / 2
    torus = cq.Solid.makeTorus(radius, d.stop_ring_d / 2, cq.Vector(0, 0, stack(d).cushion_z))
    return cq.Workplane(torus)


def drv_board(d: SimpleNamespace) -> cq.Workplane:
    """DRV2605L board, parts upwards."""
    low = d.tray_top_y + d.ledge
    z = (d.board_front_z - d.drv_l, d.board_front_z)
    board = box((-d.drv_w / 2, d.drv_w / 2), (low, low + d.pcb_h), z)
    parts = box(
        (-d.drv_w / 2 + 5, d.drv_w / 2 - 5), (low + d.pcb_h, low + d.pcb_h + d.drv_parts_h), (z[0], z[1])
    )
    return board.union(parts)


def nau_board(d: SimpleNamespace) -> cq.Workplane:
    """NAU7802 board under the tray, parts downwards."""
    high = d.tray_top_y - d.tray_floor - d.ledge
    z = (d.board_front_z - d.nau_l, d.board_front_z)
    board = box((-d.nau_w / 2, d.nau_w / 2), (high - d.pcb_h, high), z)
    low = high - d.pcb_h - d.nau_parts_h
    return board.union(box((-d.nau_w / 2 + 4, d.nau_w / 2 - 4), (low, high - d.pcb_h), z))


def xiao(d: SimpleNamespace) -> cq.Workplane:
    """XIAO ESP32S3, USB to the tail."""
    low = d.tray_top_y + d.ledge
    top = low + d.xiao_pcb_h
    z = (d.xiao_rear_z, d.xiao_rear_z + d.xiao_l)
    board = box((-d.xiao_w / 2, d.xiao_w / 2), (low, top), z)
    can = box((-6, 6), (top, top + d.xiao_parts_h), (z[0] + 8, z[1] - 1.5))
    usb_z = (z[0] - d.usb_out, z[0] - d.usb_out + d.usb_l)
    usb = box((-d.usb_w / 2, d.usb_w / 2), (top, top + d.usb_h), usb_z).edges("|Z").fillet(1.3)
    return board.union(can).union(usb)


def battery(d: SimpleNamespace) -> cq.Workplane:
    """LiPo pouch with its protection board, without the room to swell."""
    high = d.tray_top_y - d.tray_floor - d.battery_swell
    z = (d.battery_front_z - d.battery_l, d.battery_front_z)
    body = box((-d.battery_w / 2, d.battery_w / 2), (high - d.battery_h, high), z)
    return body.edges("|Z").fillet(1.5)


def motor(d: SimpleNamespace) -> cq.Workplane:
    """LRA coin flat on the tray: it shakes along y, across the stem."""
    low = d.tray_top_y
    return cq.Workplane("XZ", origin=(0, low, d.motor_z)).circle(d.motor_d / 2).extrude(-d.motor_h)


def ui_board(d: SimpleNamespace) -> cq.Workplane:
    """Strip board with its solder below."""
    z = (d.ui_front_z - d.ui_l, d.ui_front_z)
    return box((-d.ui_w / 2, d.ui_w / 2), (d.ui_y, d.ui_y + d.pcb_h), z)


def switch(d: SimpleNamespace) -> cq.Workplane:
    """Tactile switch under the button."""
    low = d.ui_y + d.pcb_h
    half = d.switch_d / 2
    body = box((-half, half), (low, low + 3.5), (d.button_z - half, d.button_z + half))
    return body.union(across(1.75, d.button_z, 90, (low + 3.5, low + d.switch_h)))


def led(d: SimpleNamespace) -> cq.Workplane:
    """RGB light under the light pipe."""
    low = d.ui_y + d.pcb_h
    body = across(d.led_d / 2, d.light_z, 90, (low, low + d.led_h)).edges(">Y").fillet(d.led_d / 2 - 0.1)
    return body.union(across(1.9, d.light_z, 90, (low, low + 1.0)))


def slide_switch(d: SimpleNamespace) -> cq.Workplane:
    """Slide switch SW1 behind the cap."""
    face = -d.grip_length - 0.4
    half = d.slide_w / 2
    body = box(
        (-half, half), (d.slide_y - d.slide_h / 2, d.slide_y + d.slide_h / 2), (face, face + d.slide_l)
    )
    lever = box((-2.6, -0.6), (d.slide_y - 0.75, d.slide_y + 0.75), (face - d.slide_lever, face))
    return body.union(lever)


def screws(d: SimpleNamespace, z: float, degrees: tuple[float, ...], length: float) -> cq.Workplane:
    """M2 countersunk screws through the grip."""
    surface = d.grip_r - 0.1
    body = cq.Workplane("XY")
    for angle in degrees:
        head = cone_across(d.screw_head_d / 2 - 0.05, z, angle, surface).intersect(
            across(4, z, angle, (surface - 4, surface))
        )
        body = body.union(head.union(across(1.0, z, angle, (surface - length, surface - 0.5))))
    return body


def inserts(d: SimpleNamespace, z: float, degrees: tuple[float, ...], surface: float) -> cq.Workplane:
    """Heat-set inserts, flush with a round surface."""
    body = cq.Workplane("XY")
    for angle in degrees:
        outside = across(d.insert_d / 2, z, angle, (surface - d.insert_h - 0.2, surface - 0.2))
        body = body.union(outside.cut(across(1.0, z, angle, (0, 20))))
    return body


def joint_screws(d: SimpleNamespace) -> cq.Workplane:
    """The three M2 x 6 of the nose."""
    return screws(d, d.joint_screw_z, SCREWS_DEG, 6)


def joint_inserts(d: SimpleNamespace) -> cq.Workplane:
    """Their inserts in the spring seat."""
    return inserts(d, d.joint_screw_z, SCREWS_DEG, d.seat_d / 2)


def cap_screws(d: SimpleNamespace) -> cq.Workplane:
    """The two M2 x 5 of the cap."""
    return screws(d, d.cap_screw_z, cap_screws_deg(d), 5)


def cap_inserts(d: SimpleNamespace) -> cq.Workplane:
    """Their inserts in the cap's lugs."""
    return inserts(d, d.cap_screw_z, cap_screws_deg(d), d.cap_register_r)


def usb_cable_plug(d: SimpleNamespace) -> cq.Workplane:
    """The largest plug that the specification allows: it must reach the receptacle through the cap."""
    z = d.xiao_rear_z - d.usb_out
    half, high = d.usb_plug_w / 2, d.usb_plug_h / 2
    return box((-half, half), (usb_y(d) - high, usb_y(d) + high), (z - 20, z)).edges("|Z").fillet(2.5)
