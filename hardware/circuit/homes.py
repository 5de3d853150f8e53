"""Where pins belong in every circuit: supplies, ground, bus and signals on their nets, small parts across theirs."""

from __future__ import annotations

from collections.abc import Iterator

from hardware.circuit.netlist import Netlist

MODULE = {"GND": "GND"}
HOMES = {
    "xiao_esp32s3": MODULE | {"3V3": "+3V3", "5V": "USB5V", "BAT+": "VBAT", "BAT-": "GND"},
    "pico_w": MODULE | {"3V3": "+3V3", "VBUS": "USB5V", "VSYS": "VSYS"},
    "lipo_shim": MODULE | {"VBUS": "USB5V", "VSYS": "VSYS", "BAT+": "VBAT", "BAT-": "GND"},
    "nau7802": MODULE | {"VIN": "+3V3", "SDA": "SDA", "SCL": "SCL", "DRDY": "DRDY"},
    "hx711": MODULE | {"VCC": "+3V3", "VDD": "+3V3", "DT": "DRDY", "SCK": "SCK"},
    "drv2605l": MODULE
    | {"VIN": "+3V3", "SDA": "SDA", "SCL": "SCL", "IN": "MOTOR", "OUT+": "MOTOR+", "OUT-": "MOTOR-"},
    "lra": {"+": "MOTOR+", "-": "MOTOR-"},
    "erm": {"+": "+3V3", "-": "MOTOR-"},
    "lipo": {"+": "CELL+", "-": "GND"},
    "switch": {"1": "CELL+", "2": "VBAT"},
    "button": {"1": "BUTTON", "2": "GND"},
    "mosfet_n": {"G": "MOTOR", "D": "MOTOR-", "S": "GND"},
}
"""Kind -> pin -> net."""

CAPACITORS = {"C1": ("VBAT_SENSE", "GND"), "C2": ("+3V3", "GND"), "C3": ("+3V3", "GND")}
"""Plus, minus."""

FSR_OHM = {"R10": ("FSR", "GND", 10_000), "R11": ("+3V3", "FSR", 470_000)}
"""Resistors of an FSR, as firmware/drivers/fsr.py reckons with them."""


def contact_sensor(circuit: Netlist) -> Iterator[str]:
    """An FSR lies between the rail and its input, with its two resistors."""
    for sensor in circuit.of_kind("fsr"):
        if {circuit.net_of(sensor.ref, pin) for pin in ("1", "2")} != {"+3V3", "FSR"}:
            yield f"{sensor.ref} is not between +3V3 and its input"
        for ref, (one, other, ohm) in FSR_OHM.items():
            if ohm not in [part.ohm for part in circuit.between(one, other) if part.ref == ref]:
                yield f"{ref} is not {ohm} ohm between {one} and {other}"


def homes(circuit: Netlist) -> Iterator[str]:
    """Every pin that has a net of its own is on it."""
    for part in circuit.parts.values():
        for pin, net in HOMES.get(part.kind.name, {}).items():
            found = circuit.net_of(part.ref, pin)
            if found != net:
                yield f"{part.ref}.{pin} is on {found or 'nothing'}, not on {net}"


def capacitors(circuit: Netlist) -> Iterator[str]:
    """Every capacitor is across what it is for, plus on plus."""
    for part in circuit.of_kind("capacitor"):
        found = (circuit.net_of(part.ref, "1"), circuit.net_of(part.ref, "2"))
        if found != CAPACITORS[part.ref]:
            yield f"{part.ref} is from {found[0] or 'nothing'} to {found[1] or 'nothing'}"
