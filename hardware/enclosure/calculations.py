"""Hand calculations of the force path, from dimensions.csv and the bodies' volumes: springs, stops, masses, drop.

Forces in N, lengths in mm, stiffnesses in N/mm, masses in g, stresses in MPa, unless a name says otherwise. Needs
nothing but Python's library.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace

FACTS = Path(__file__).with_name("facts.json")
G0 = 9.80665
PETG_E_MPA = 2000
"""Modulus of printed PETG; makers name 1.8 to 2.2 GPa."""
PETG_YIELD_MPA = 45
PAD_SPREAD = 0.4
"""The pad's stiffness may be off by this share: hardness +/- 5 Shore A, thickness, how it is cut."""
SPRING_WIRE_MPA = 1900
"""Tensile strength of 1.4310 wire of 1 mm (EN 10270-3, 1850 to 2150); torsion is allowed 45 % of it."""
MOVING = ("tip", "tip_ring", "stem", "washer", "stem_screw", "pad")
MODULE = (*MOVING, "carrier", "stop_ring", "plate", "front_bush", "rear_bush", "grubs")
MATERIAL = {
    "aluminium_density": ("stem",),
    "steel_density": (
        "washer",
        "stem_screw",
        "main_spring",
        "bias_spring",
        "grubs",
        "joint_screws",
        "cap_screws",
    ),
    "board_density": ("drv_board", "nau_board", "xiao", "ui_board", "switch", "led", "slide_switch"),
    "tpu_density": ("pad", "tip_ring", "stop_cushion", "gasket", "button", "usb_plug"),
}
"""Density of each part; all others count as printed full, which is more than they weigh."""
WEIGHED = {"cell": "cell_mass_g", "battery": "battery_mass_g"}
MOTOR_G = 2.0


def facts() -> dict:
    """What was measured on the bodies."""
    return json.loads(FACTS.read_text(encoding="utf-8"))


def mass(d: SimpleNamespace, part: str, volumes: dict[str, float]) -> float:
    """Mass of a part."""
    if part == "motor":
        return MOTOR_G
    if part in WEIGHED:
        return getattr(d, WEIGHED[part])
    kind = next((kind for kind, parts in MATERIAL.items() if part in parts), "tip_density")
    return volumes[part] / 1000 * getattr(d, kind)


def moving_mass(d: SimpleNamespace, volumes: dict[str, float]) -> float:
    """What lies on the cell when the tip points up; a third of the bias spring moves, too."""
    return sum(mass(d, part, volumes) for part in MOVING) + mass(d, "bias_spring", volumes) / 3


def module_mass(d: SimpleNamespace, volumes: dict[str, float]) -> float:
    """What moves back when the main spring yields."""
    return sum(mass(d, part, volumes) for part in (*MODULE, "cell"))


def tool_mass(d: SimpleNamespace, volumes: dict[str, float]) -> float:
    """The whole tool without wires: the jigs stand in no tool."""
    return sum(mass(d, part, volumes) for part in volumes if part not in {"stand", "bypass", "hanger"})


def coil_rate(shear_mpa: float, wire: float, outer: float, coils: float) -> float:
    """Stiffness of a compression spring."""
    return shear_mpa * wire**4 / (8 * (outer - wire) ** 3 * coils)


def main_rate(d: SimpleNamespace) -> float:
    """Stiffness of the spring that yields."""
    return coil_rate(d.spring_g_mpa, d.spring_wire_d, d.spring_d, d.spring_coils)


def main_length(d: SimpleNamespace) -> float:
    """Its length as built in."""
    return d.plate_pocket_z - d.seat_pocket_z


def yield_force(d: SimpleNamespace) -> float:
    """Force at which the tip begins to give."""
    return main_rate(d) * (d.spring_free - main_length(d))


def stop_force(d: SimpleNamespace) -> float:
    """Force at which the skirt meets the nose: from there on the cell feels no more."""
    return yield_force(d) + main_rate(d) * d.travel


def main_solid(d: SimpleNamespace) -> float:
    """Length at which the spring's coils touch, with two that do not work."""
    return (d.spring_coils + 2) * d.spring_wire_d


def main_stress(d: SimpleNamespace) -> float:
    """Torsion in the spring's wire at the stop, with Wahl's factor."""
    mean = d.spring_d - d.spring_wire_d
    index = mean / d.spring_wire_d
    wahl = (4 * index - 1) / (4 * index - 4) + 0.615 / index
    return wahl * 8 * stop_force(d) * mean / (math.pi * d.spring_wire_d**3)


def bias_rate(d: SimpleNamespace) -> float:
    """Stiffness of the spring that keeps the stem on the cell."""
    return coil_rate(d.spring_g_mpa, d.bias_wire_d, d.bias_d, d.bias_coils)


def bias_force(d: SimpleNamespace) -> float:
    """Its force as built in."""
    cell_top = d.cell_seat_z + d.cell_h + d.cell_button_h
    length = d.chamber_z - (cell_top + d.pad_h + d.stem_screw_h + d.washer_h)
    return bias_rate(d) * (d.bias_free - length)


def pad_rate(d: SimpleNamespace) -> float:
    """Stiffness of the silicone pad: a disc that sticks to both faces, E (1 + 2 S^2) A / h (Gent and Lindley)."""
    shape = d.pad_d / (4 * d.pad_h)
    return d.pad_e_mpa * (1 + 2 * shape**2) * math.pi / 4 * d.pad_d**2 / d.pad_h


def stop_ring_forces(d: SimpleNamespace) -> tuple[float, float]:
    """Least and greatest force at which the washer meets the stop ring, so that the ring takes what comes on top."""
    return tuple(pad_rate(d) * (1 + side * PAD_SPREAD) * d.stop_gap for side in (-1, 1))


def path_rates(d: SimpleNamespace) -> dict[str, float]:
    """Stiffness of each member of the force path, tip to plate."""
    area = math.pi / 4 * (d.stem_d**2 - d.stem_bore_d**2)
    tip = PETG_E_MPA * math.pi / 4 * d.stem_d**2 / (d.apex_z - d.tip_bore_depth_z)
    radius = d.cell_d / 2
    plate = d.cell_seat_z - d.plate_pocket_z
    bending = 4 * math.pi * PETG_E_MPA * plate**3 / (3 * (1 - 0.38**2) * radius**2)
    return {
        "tip": tip,
        "stem": 70_000 * area / d.stem_length,
        "pad": pad_rate(d),
        "cell": d.cell_rated_n / d.cell_deflection_mm,
        "plate": bending,
    }


def path_rate(d: SimpleNamespace) -> float:
    """Stiffness of the whole force path: its members lie one behind the other."""
    return 1 / sum(1 / rate for rate in path_rates(d).values())


def resonance_hz(d: SimpleNamespace, volumes: dict[str, float]) -> float:
    """Natural frequency of tip and stem on the force path."""
    return math.sqrt(path_rate(d) * 1000 / (moving_mass(d, volumes) / 1000)) / (2 * math.pi)


def shunt_share(d: SimpleNamespace) -> float:
    """Share of the force that passes the cell by, through the bias spring."""
    return bias_rate(d) / (bias_rate(d) + path_rate(d))


def bush_factor(d: SimpleNamespace) -> float:
    """Sum of both bushes' reactions to a side force of 1 at the apex."""
    reach = d.apex_z - (d.snout_z - d.bush_h / 2)
    apart = d.snout_z - d.chamber_z - d.bush_h
    return 1 + 2 * reach / apart


def friction_share(d: SimpleNamespace, tilt_deg: float, mu: float) -> float:
    """Share of the axial force that friction hides when the press leans by an angle."""
    return mu * bush_factor(d) * math.tan(math.radians(tilt_deg))


def tilt_shift(d: SimpleNamespace, volumes: dict[str, float]) -> float:
    """How far turning the tool moves the zero, from level to upright."""
    return moving_mass(d, volumes) / 1000 * G0


def motor_force(d: SimpleNamespace, volumes: dict[str, float]) -> float:
    """Peak force of the motor's shaking on the cell if it acted along the stem, with no skin on the tip."""
    peak_g = d.motor_g * 100 / tool_mass(d, volumes)
    return moving_mass(d, volumes) / 1000 * peak_g * G0


def mean_gain(hz: float, samples: int = 8, rate: float = 320) -> float:
    """What a running mean of the converter's samples leaves of a frequency (docs/limits.md: 8 at 320 a second)."""
    return abs(math.sin(math.pi * hz * samples / rate) / (samples * math.sin(math.pi * hz / rate)))


def drop(d: SimpleNamespace, volumes: dict[str, float], height_m: float = 1.0) -> dict[str, float]:
    """A fall on the tip, as a mass on a spring (an estimate: real floors and shells give more)."""
    speed = math.sqrt(2 * G0 * height_m)
    floor = 1000.0  # N/mm: a plastic dome on a hard floor, Hertz at about 500 N
    ring_area = math.pi / 4 * (d.washer_d**2 - d.ring_hole_d**2)
    stop_top = d.cell_seat_z + d.cell_h + d.cell_button_h + d.pad_h + d.stem_screw_h - d.stop_gap
    ring = PETG_E_MPA * ring_area / (stop_top - d.cell_seat_z - d.cell_h)
    module = speed * math.sqrt(1 / (1 / floor + 1 / ring) * 1000 * module_mass(d, volumes) / 1000)
    skirt_area = math.pi * (d.tip_skirt_r**2 - d.tip_cavity_r**2)
    shell = speed * math.sqrt(floor * 1000 * tool_mass(d, volumes) / 1000)
    return {
        "speed_m_s": speed,
        "module_n": module,
        "ring_mpa": module / ring_area,
        "cell_n": pad_rate(d) * (1 + PAD_SPREAD) * (d.stop_gap + module / ring),
        "shell_n": shell,
        "skirt_mpa": shell / skirt_area,
    }


def lanyard_wall(d: SimpleNamespace) -> float:
    """Wall between the cord's tunnel and the cap's outside."""
    return d.grip_r + d.lanyard_y - d.lanyard_d / 2


def report(d: SimpleNamespace, volumes: dict[str, float]) -> str:
    """All of it as a table, for hardware/enclosure/README.md."""
    low, high = stop_ring_forces(d)
    fall = drop(d, volumes)
    off = d.spring_rate_tolerance
    spread, stops = (
        f"{force * (1 - off):.1f}-{force * (1 + off):.1f} N" for force in (yield_force(d), stop_force(d))
    )
    lines = [
        ("moving mass", f"{moving_mass(d, volumes):.1f} g", "at most 5 g"),
        ("zero moves when the tool is turned upright", f"{tilt_shift(d, volumes):.3f} N", "at most 0.05 N"),
        ("main spring", f"{main_rate(d):.2f} N/mm", ""),
        (
            "tip gives from",
            f"{yield_force(d):.1f} N, {spread} of a spring in tolerance",
            "over the ceiling of 5 N",
        ),
        ("skirt meets the nose at", f"{stop_force(d):.1f} N, {stops}", "over 8 N and under the cell's 50 N"),
        (
            "stress in the spring there",
            f"{main_stress(d):.0f} MPa",
            f"at most {0.45 * SPRING_WIRE_MPA:.0f} MPa",
        ),
        (
            "spring left before its coils touch",
            f"{main_length(d) - d.travel - main_solid(d):.1f} mm",
            "over 0.5 mm",
        ),
        ("stem's washer meets the stop ring at", f"{low:.0f}-{high:.0f} N", "between skirt's stop and 50 N"),
        ("bias spring", f"{bias_force(d):.2f} N", "over the moving mass, under 0.15 N"),
        ("force path", f"{path_rate(d):.0f} N/mm", "pad is the softest member"),
        ("tip sinks at 5 N by", f"{5 / path_rate(d):.2f} mm", "under 0.2 mm"),
        ("resonance of tip and stem", f"{resonance_hz(d, volumes):.0f} Hz", "over twice the motor's 175 Hz"),
        ("force past the cell", f"{shunt_share(d):.2%}", "under 0.5 %"),
        *(
            (
                f"friction hides at {tilt} degrees",
                f"{friction_share(d, tilt, d.bush_mu):.1%} (up to {friction_share(d, tilt, d.bush_mu_high):.1%})",
                "",
            )
            for tilt in (5, 10, 15)
        ),
        ("tool without wires", f"{tool_mass(d, volumes):.0f} g", "printed full"),
        (
            "motor on the cell",
            f"{motor_force(d, volumes):.3f} N peak",
            "if it shook along the stem; it shakes across",
        ),
        (
            "of that in the mean of 8 samples",
            f"{motor_force(d, volumes) * mean_gain(d.motor_hz):.4f} N",
            "under 0.01 N",
        ),
        (
            "fall of 1 m on the tip: cell",
            f"{fall['cell_n']:.0f} N",
            f"under {d.cell_rated_n * d.cell_overload:.0f} N, what it survives",
        ),
        (
            "stop ring, skirt",
            f"{fall['ring_mpa']:.0f}, {fall['skirt_mpa']:.0f} MPa",
            f"under {PETG_YIELD_MPA} MPa",
        ),
    ]
    head = ["| what | value | must be |", "|---|---|---|"]
    return "\n".join([*head, *(f"| {what} | {value} | {must} |" for what, value, must in lines)])
