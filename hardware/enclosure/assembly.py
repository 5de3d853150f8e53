"""All parts by name: where they sit, what they are made of, and which are printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import cadquery as cq

from hardware.enclosure import bought, force_parts, grip_parts, jigs, nose_parts


@dataclass(frozen=True)
class Part:
    """One body of the tool.

    Attributes:
        make: builds it in its place. material: key of pictures and densities. printed: has an STL.
        colour: red, green, blue of the pictures, 0 to 1. slide: how far in mm it moves along z in the exploded view.
        moving: its mass lies on the cell. aside: how far in mm it moves in x and y in the exploded view.
    """

    make: Callable[[SimpleNamespace], cq.Workplane]
    material: str
    colour: tuple[float, float, float]
    slide: float = 0
    printed: bool = False
    moving: bool = False
    aside: tuple[float, float] = (0, 0)


SHELL = (0.90, 0.87, 0.82)
NOSE = (0.78, 0.84, 0.84)
TIP = (0.98, 0.97, 0.95)
DARK = (0.25, 0.42, 0.45)
SOFT = (0.20, 0.30, 0.34)
METAL = (0.72, 0.74, 0.77)
BOARD = (0.13, 0.35, 0.25)
BRASS = (0.80, 0.66, 0.30)
RUBBER = (0.15, 0.15, 0.16)
AMBER = (0.88, 0.55, 0.25)


def front_bush(d: SimpleNamespace) -> cq.Workplane:
    """The bearing at the snout's front."""
    return bought.bush(d, d.snout_z - d.bush_h)


def rear_bush(d: SimpleNamespace) -> cq.Workplane:
    """The bearing at the chamber."""
    return bought.bush(d, d.chamber_z)


PARTS: dict[str, Part] = {
    "tip": Part(force_parts.tip, "petg", TIP, 116, printed=True, moving=True),
    "tip_ring": Part(bought.tip_ring, "rubber", RUBBER, 106, moving=True),
    "nose": Part(nose_parts.nose, "petg", NOSE, 84, printed=True),
    "stop_cushion": Part(bought.stop_cushion, "rubber", RUBBER, 98),
    "carrier": Part(force_parts.carrier, "petg", DARK, 36, printed=True),
    "front_bush": Part(front_bush, "bearing", AMBER, 46),
    "rear_bush": Part(rear_bush, "bearing", AMBER, 36),
    "stem": Part(bought.stem, "aluminium", METAL, 0, moving=True, aside=(0, 34)),
    "washer": Part(bought.washer, "steel", METAL, 0, moving=True, aside=(0, 34)),
    "stem_screw": Part(bought.stem_screw, "steel", METAL, 0, moving=True, aside=(0, 34)),
    "bias_spring": Part(bought.bias_spring, "steel", METAL, 8, aside=(0, 34)),
    "pad": Part(bought.pad, "silicone", (0.85, 0.45, 0.40), -4, moving=True, aside=(0, 34)),
    "stop_ring": Part(force_parts.stop_ring, "petg", (0.93, 0.74, 0.36), 12, printed=True),
    "cell": Part(bought.cell, "cell", METAL, 2),
    "plate": Part(force_parts.plate, "petg", (0.93, 0.74, 0.36), -6, printed=True),
    "grubs": Part(bought.grubs, "steel", METAL, -6),
    "main_spring": Part(bought.main_spring, "steel", METAL, -14),
    "seat": Part(nose_parts.seat, "petg", (0.93, 0.74, 0.36), -22, printed=True),
    "joint_inserts": Part(bought.joint_inserts, "brass", BRASS, -22),
    "gasket": Part(nose_parts.gasket, "tpu", SOFT, -32, printed=True),
    "joint_screws": Part(bought.joint_screws, "steel", METAL, -48),
    "grip": Part(grip_parts.grip, "petg", SHELL, -48, printed=True),
    "button": Part(grip_parts.button, "tpu", DARK, -48, printed=True, aside=(0, 12)),
    "light_pipe": Part(grip_parts.light_pipe, "acrylic", (0.75, 0.92, 0.98), -48, aside=(0, 12)),
    "tray": Part(grip_parts.tray, "petg", DARK, -134, printed=True),
    "drv_board": Part(bought.drv_board, "board", BOARD, -134, aside=(0, 9)),
    "nau_board": Part(bought.nau_board, "board", (0.16, 0.24, 0.45), -134, aside=(0, -9)),
    "xiao": Part(bought.xiao, "board", (0.12, 0.12, 0.14), -134, aside=(0, 9)),
    "battery": Part(bought.battery, "battery", (0.70, 0.74, 0.80), -134, aside=(0, -12)),
    "motor": Part(bought.motor, "motor", METAL, -134, aside=(0, 9)),
    "ui_board": Part(bought.ui_board, "board", (0.72, 0.55, 0.32), -134, aside=(0, 22)),
    "switch": Part(bought.switch, "board", (0.15, 0.15, 0.17), -134, aside=(0, 22)),
    "led": Part(bought.led, "board", (0.97, 0.97, 0.95), -134, aside=(0, 22)),
    "slide_switch": Part(bought.slide_switch, "board", METAL, -146),
    "cap": Part(grip_parts.cap, "petg", SHELL, -156, printed=True),
    "cap_inserts": Part(bought.cap_inserts, "brass", BRASS, -156),
    "cap_screws": Part(bought.cap_screws, "steel", METAL, -48),
    "usb_plug": Part(grip_parts.usb_plug, "tpu", SOFT, -172, printed=True),
}
JIGS: dict[str, Callable[[SimpleNamespace], cq.Workplane]] = {
    "stand": jigs.stand,
    "bypass": jigs.bypass,
    "hanger": jigs.hanger,
}


def build(d: SimpleNamespace) -> dict[str, cq.Workplane]:
    """Every part of the tool in its place."""
    return {name: part.make(d) for name, part in PARTS.items()}


def build_jigs(d: SimpleNamespace) -> dict[str, cq.Workplane]:
    """The three jigs."""
    return {name: make(d) for name, make in JIGS.items()}
