"""Draws the harness with WireViz from the wire list.

python -m hardware.harness.draw --into FOLDER
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from hardware.circuit import netlist
from hardware.harness import wires

SHORT = {
    "red": "RD",
    "black": "BK",
    "blue": "BU",
    "yellow": "YE",
    "white": "WH",
    "green": "GN",
    "orange": "OG",
    "violet": "VT",
    "pink": "PK",
    "grey": "GY",
    "brown": "BN",
}
WHAT = {
    "U4": "LiPo SHIM, on U1's pins",
    "U2": "NAU7802 board",
    "U3": "DRV2605L board",
    "LC1": "load cell",
    "M1": "LRA",
    "BT1": "protected cell",
    "SW1": "slide switch",
}
U1 = {"xiao_esp32s3": "XIAO ESP32S3", "pico_w": "Pico W or Pico 2 W"}
SHEETS = {"power_and_light": ("W1", "W2", "W8"), "force_and_motor": ("W3", "W4", "W5", "W6", "W7")}
PREFIX = {"reference": "", "pico_w": "pico_w_"}
LEFT = ("BT1", "SW1", "PB1")
"""Drawn left of U1; the others right of it."""


def pins_of(listed: list[wires.Wire]) -> dict[str, list[str]]:
    """Pins of each part that wires lead to, in the order of the list."""
    found: dict[str, list[str]] = {}
    for wire in listed:
        for end in (wire.start, wire.end):
            ref, pin = end.split(".", 1)
            if pin not in found.setdefault(ref, []):
                found[ref].append(pin)
    return found


def what(circuit: netlist.Netlist, ref: str) -> str:
    """A part's name in the drawing; the strip board is told with all that sits on it."""
    if ref == wires.BOARD:
        here = sorted(part for part in circuit.parts if wires.seat(circuit, part) == ref)
        return "strip board: " + ", ".join(here)
    return U1[circuit.variant.board] if ref == "U1" else WHAT[ref]


def connector(circuit: netlist.Netlist, ref: str, pins: list[str]) -> dict:
    """A part as WireViz wants it."""
    facts = {
        "type": what(circuit, ref),
        "pins": [int(pin) if pin.isdigit() else pin for pin in pins],
        "show_pincount": False,
    }
    here = [part for part in circuit.parts.values() if part.place == ref]
    if here:
        facts["notes"] = "soldered here: " + ", ".join(f"{part.ref} {part.value}" for part in here)
    return facts


def document(circuit: netlist.Netlist, listed: list[wires.Wire]) -> dict:
    """The harness as WireViz reads it."""
    pins = pins_of(listed)
    bundles: dict[str, list[wires.Wire]] = {}
    for wire in listed:
        bundles.setdefault(wire.bundle, []).append(wire)
    cables, connections = {}, []
    for bundle, lines in bundles.items():
        cables[bundle] = {
            "type": wires.BUNDLES[bundle],
            "gauge": f"{lines[0].awg} AWG",
            "length": lines[0].length_mm / 1000,
            "colors": [SHORT[line.colour] for line in lines],
            "wirelabels": [line.net for line in lines],
            "category": "bundle",
        }
        for number, line in enumerate(lines, 1):
            connections.append(ends(line, bundle, number))
    return {
        "metadata": {"title": "Gentlepress: harness"},
        "options": {"fontname": "DejaVu Sans", "bgcolor": "WH"},
        "connectors": {ref: connector(circuit, ref, names) for ref, names in pins.items()},
        "cables": cables,
        "connections": connections,
    }


def ends(line: wires.Wire, bundle: str, number: int) -> list[dict]:
    """A wire between two pins, parts of the left side first."""
    (one, pin), (other, other_pin) = line.start.split(".", 1), line.end.split(".", 1)
    if other in LEFT and one not in LEFT:
        one, pin, other, other_pin = other, other_pin, one, pin
    return [{one: pin}, {bundle: number}, {other: other_pin}]


def draw(path: Path, circuit: netlist.Netlist, listed: list[wires.Wire]) -> None:
    """One sheet as SVG and PNG."""
    from wireviz import wireviz  # noqa: PLC0415  # only where it is installed

    drawn = wireviz.parse(document(circuit, listed), return_types="harness").svg
    text = drawn if isinstance(drawn, str) else drawn.decode()
    path.write_text(re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL), encoding="utf-8")
    argv = [
        "rsvg-convert",
        "--width",
        "2200",
        "--background-color",
        "white",
        "-o",
        str(path.with_suffix(".png")),
    ]
    subprocess.run([*argv, str(path)], check=True)


def main(argv: list[str] | None = None) -> int:
    """Check the wires, then draw them; 1 with the complaints if there are any."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, required=True)
    folder = parser.parse_args(argv).into / "harness"
    folder.mkdir(parents=True, exist_ok=True)
    for name in wires.FILES:
        circuit, listed = netlist.read(name), wires.read(name)
        found = list(wires.complaints(circuit, listed))
        if found:
            print("\n".join(f"{name}: {line}" for line in found))
            return 1
        for sheet, bundles in SHEETS.items():
            path = folder / f"{PREFIX[name]}{sheet}.svg"
            draw(path, circuit, [wire for wire in listed if wire.bundle in bundles])
    return 0


if __name__ == "__main__":
    sys.exit(main())
