"""What each page of hardware/assembly/ shows: parts, how far they are drawn apart, view, labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware.enclosure.render import Label, View

Shift = tuple[float, float, float]
HERE: Shift = (0, 0, 0)


@dataclass(frozen=True)
class Step:
    """A picture of the assembly.

    Attributes:
        shown: part or jig -> how far in mm it is moved. view: from where. labels: words in the picture. cut: all parts
            are cut open, along this axis. cut_only: parts that alone are cut open.
    """

    shown: dict[str, Shift]
    view: View
    labels: list[Label] = field(default_factory=list)
    cut: str = ""
    cut_only: dict[str, Shift] = field(default_factory=dict)


def along(z: float, *names: str) -> dict[str, Shift]:
    """Parts that move together along the axis."""
    return dict.fromkeys(names, (0, 0, z))


WIDE = View((0.85, 0.42, 0.32), size=(1600, 800), zoom=1.6)
MODULE = ("carrier", "front_bush", "rear_bush", "stop_ring", "cell", "plate", "grubs")
STEM = ("stem", "washer", "stem_screw", "pad")
TIP = ("tip", "tip_ring")
TRAY = ("tray", "drv_board", "nau_board", "xiao", "battery", "motor", "ui_board", "switch", "led")
FRONT = (*MODULE, *STEM, "bias_spring", "nose", "stop_cushion", "main_spring", "seat", "joint_inserts")
TAIL = ("cap", "cap_inserts", "slide_switch")
BYPASS_Z = -1.5
"""The module lies this much lower on the bypass than in the tool: without the gasket's 1 mm, and lifted by 0.5."""

STEPS: dict[str, Step] = {
    "01-inserts": Step(
        {**along(0, "seat"), "joint_inserts": HERE, **along(42, "cap"), **along(42, "cap_inserts")},
        View((0.75, 0.25, 0.62), size=(1600, 1000), zoom=1.0),
        [
            Label("spring seat: three inserts", (10.3, 6, -8.5), (0.24, 0.10)),
            Label("cap: two inserts", (10.8, 9, -39), (0.80, 0.12)),
        ],
    ),
    "02-stem": Step(
        {
            "stem": HERE,
            "washer": (0, 0, -9),
            "stem_screw": (0, 0, -22),
            "pad": (0, 0, -30),
            "tip_ring": (0, 0, 10),
            "tip": (0, 0, 24),
        },
        View((0.85, 0.40, 0.30), size=(1600, 620), zoom=1.75),
        [
            Label("tip", (0, 5, 74), (0.10, 0.15)),
            Label("rubber ring 4 x 1", (0, 3.2, 58), (0.24, 0.10)),
            Label("stem: round spacer M3, 5 x 35", (0, 2.4, 34), (0.47, 0.12)),
            Label("washer", (0, 4.4, 7), (0.69, 0.10)),
            Label("M3 x 6, thin head", (0, 2.6, -7), (0.80, 0.86)),
            Label("silicone pad", (0, 2.4, -17), (0.91, 0.20)),
        ],
    ),
    "03-module": Step(
        {
            "carrier": (0, 0, 30),
            "front_bush": (0, 0, 44),
            "rear_bush": (0, 0, 12),
            "bias_spring": (0, 0, 0),
            **along(-36, "stem", "washer", "stem_screw"),
            "pad": (0, 0, -36),
            "stop_ring": (0, 0, -46),
            "cell": (0, 0, -54),
            "plate": (0, 0, -66),
            "grubs": (0, 0, 30),
        },
        View((1, 0.0, 0.0), size=(1900, 720), zoom=1.85),
        [
            Label("bearing", (0, 3, 86.5), (0.06, 0.22)),
            Label("carrier", (0, 9, 46), (0.33, 0.08)),
            Label("bearing", (0, 3, 35.5), (0.405, 0.90)),
            Label("bias spring", (0, 3.8, 18), (0.52, 0.15)),
            Label("stem with washer, screw, pad", (0, -2.4, 3), (0.56, 0.90)),
            Label("stop ring, hollow side to the cell", (0, 9, -33), (0.72, 0.08)),
            Label("cell, cable up", (0, 9, -46), (0.82, 0.92)),
            Label("plate, flat side to the cell", (0, 9, -62), (0.90, 0.17)),
        ],
        cut="x",
    ),
    "04-bypass": Step(
        {
            **along(BYPASS_Z, *MODULE, *STEM, "bias_spring", *TIP),
            **along(-1, "nose", "stop_cushion"),
            "bypass": HERE,
            "stand": (0, 0, 4),
            "hanger": (0, 0, BYPASS_Z),
        },
        View((0, -1.0, 0.0), up=(0, 0, 1), size=(1500, 1300), zoom=1.1),
        [
            Label("hanger: equal masses left and right", (30, -6, 61), (0.50, 0.04)),
            Label("cell", (-7, 0, 6), (0.10, 0.36)),
            Label("the post carries the plate: no spring in the path", (-3, 0, -6), (0.20, 0.88)),
            Label("stand", (19, 0, -30), (0.85, 0.72)),
        ],
        cut="y",
    ),
    "05-tray": Step(
        {
            **along(0, "tray"),
            "drv_board": (0, 9, 0),
            "xiao": (0, 9, 0),
            "motor": (0, 9, 0),
            **dict.fromkeys(("ui_board", "switch", "led"), (0, 20, 0)),
            "nau_board": (0, -12, 0),
            "battery": (0, -14, 0),
        },
        View((0.80, 0.50, 0.42), size=(1600, 1060), zoom=1.30),
        [
            Label("strip board: button and light", (0, 29, -28), (0.30, 0.06)),
            Label("DRV2605L", (6, 11, -18), (0.08, 0.36)),
            Label("motor", (2, 13, -54), (0.63, 0.14)),
            Label("XIAO, USB to the tail", (0, 14, -72), (0.84, 0.10)),
            Label("tray", (13, -1.5, -20), (0.08, 0.62)),
            Label("NAU7802 board, parts down", (9, -17, -16), (0.14, 0.93)),
            Label("battery, wires to the tail", (8, -20, -66), (0.78, 0.90)),
        ],
    ),
    "06-tray-in": Step(
        {**along(-52, *TRAY)},
        View((0.80, 0.55, 0.25), size=(1700, 760), zoom=1.7),
        [
            Label("module first, then the tray: the cable runs out in front", (0, 10, -2), (0.30, 0.10)),
            Label("edges of the tray between the ribs", (13.5, -1.5, -95), (0.78, 0.90)),
        ],
        cut_only={"grip": HERE},
    ),
    "07-nose": Step(
        {
            **along(48, "nose", "stop_cushion"),
            **along(0, *MODULE, *STEM, "bias_spring"),
            "main_spring": (0, 0, -14),
            **along(-26, "seat", "joint_inserts"),
        },
        View((1, 0, 0), size=(1800, 720), zoom=1.8),
        [
            Label("rubber ring 12 x 1.5", (0, 6.8, 84.3), (0.16, 0.08)),
            Label("nose", (0, 13, 65), (0.27, 0.08)),
            Label("module: cable in the nose's channel", (0, 9, 19), (0.60, 0.08)),
            Label("main spring", (0, -6, -17), (0.80, 0.92)),
            Label("seat: slot to the cable", (0, 9, -35), (0.91, 0.12)),
        ],
        cut="x",
    ),
    "08-joint": Step(
        {
            **along(34, *FRONT, *TIP),
            "gasket": (0, 0, 14),
            "grip": HERE,
            **dict.fromkeys(("joint_screws",), HERE),
        },
        View((0.82, 0.50, 0.30), size=(1700, 760), zoom=1.75),
        [
            Label("nose, closed by the seat", (12, 8, 52), (0.20, 0.10)),
            Label("gasket", (8, 13, 14.5), (0.46, 0.08)),
            Label("three screws M2 x 6", (14, 8, -8.5), (0.68, 0.10)),
        ],
    ),
    "09-cap": Step(
        {
            "grip": HERE,
            "button": (0, 12, 0),
            "light_pipe": (0, 12, 0),
            **along(-26, *TAIL),
            "usb_plug": (0, 0, -42),
            "cap_screws": HERE,
            "xiao": HERE,
        },
        View((0.75, 0.52, -0.55), size=(1700, 820), zoom=1.6),
        [
            Label("button, pressed in last", (0, 28, -26), (0.16, 0.06)),
            Label("light pipe", (0, 28, -37), (0.52, 0.08)),
            Label("cap with slide switch", (4, 14, -116), (0.80, 0.25)),
            Label("plug", (0, 6, -133), (0.93, 0.42)),
            Label("two screws M2 x 5", (12, 10, -81), (0.45, 0.90)),
        ],
    ),
    "10-calibrate": Step(
        {
            **along(
                0,
                *FRONT,
                *TIP,
                "gasket",
                "grip",
                "button",
                "light_pipe",
                "cap",
                *("joint_screws", "cap_screws"),
            ),
            "stand": (0, 0, -48),
            "hanger": HERE,
        },
        View((0.55, 0.85, 0.22), up=(0, 0, 1), size=(1200, 1500), zoom=1.0),
        [
            Label("hanger on the dome", (0, 6, 60), (0.50, 0.05)),
            Label("equal masses left and right", (-41, 0, -8), (0.78, 0.62)),
            Label("stand", (0, 20, -70), (0.14, 0.75)),
        ],
    ),
}
