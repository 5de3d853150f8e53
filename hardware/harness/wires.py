"""The wire list and its check against the netlist: together the wires connect what is on a net, and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from hardware.circuit.netlist import Netlist
from hardware.outputs import HARDWARE

BOARD = "PB1"
"""The strip board: every part that has no other place is on it. Its pads have the names of their nets."""

BUNDLES = {
    "W1": "battery lead",
    "W2": "switch to charger",
    "W3": "board to converter",
    "W4": "STEMMA QT, 50 mm",
    "W5": "motor's line",
    "W6": "motor's own wires",
    "W7": "load cell's own cable",
    "W8": "board to strip board",
}
LOOSE = {"U1", "U2", "U3", "U4", "LC1", "M1", "BT1", "SW1", "Q1", "RS1"}
"""Parts that have a place of their own in the tool."""

INSIDE = (
    ("U1.GND", "U1.BAT-"),
    ("U4.GND", "U4.BAT-"),
    ("U4.GND", "U1.GND"),
    ("U4.VBUS", "U1.VBUS"),
    ("U4.VSYS", "U1.VSYS"),
)
"""Pins that need no wire: a board joins them itself, or one sits on the other's pins."""

FILES = {"reference": "wires.csv", "pico_w": "wires_pico_w.csv"}
"""Wire lists by variant."""


class Wire(NamedTuple):
    """One wire; `start` and `end` are "REF.PIN"."""

    bundle: str
    net: str
    start: str
    end: str
    colour: str
    awg: int
    length_mm: int


def read(name: str = "reference") -> list[Wire]:
    """The wire list of a variant."""
    with (HARDWARE / "harness" / FILES[name]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Wire(
            row["bundle"],
            row["net"],
            row["from"],
            row["to"],
            row["colour"],
            int(row["awg"]),
            int(row["length_mm"]),
        )
        for row in rows
    ]


def seat(circuit: Netlist, ref: str) -> str:
    """Where a part sits: itself, the part that it is soldered to, or the strip board."""
    return ref if ref in LOOSE else circuit.parts[ref].place or BOARD


def joints(circuit: Netlist, net: str) -> set[str]:
    """Solder points that a net must join, each "REF.PIN": a small part counts for the pin or pad that it sits at."""
    found = set()
    for ref, pin in circuit.nets[net]:
        at = seat(circuit, ref)
        if at == ref:
            found.add(f"{ref}.{pin}")
        elif at == BOARD:
            found.add(f"{BOARD}.{net}")
    return found


def islands(points: set[str], pairs: list[tuple[str, str]]) -> list[set[str]]:
    """Groups of points that pairs join."""
    groups = [{point} for point in points]
    for one, other in pairs:
        joined = [group for group in groups if one in group or other in group]
        groups = [group for group in groups if group not in joined]
        groups.append(set().union(*joined) if joined else {one, other})
    return groups


def told(groups: list[set[str]]) -> str:
    """Groups in words, always in the same order."""
    return " | ".join(sorted(" ".join(sorted(group)) for group in groups))


def complaints(circuit: Netlist, wires: list[Wire]) -> Iterator[str]:
    """What is wrong with the wires of a circuit."""
    unknown = {wire.net for wire in wires} - set(circuit.nets)
    yield from (f"there is no net {net}" for net in sorted(unknown))
    for net in circuit.nets:
        points = joints(circuit, net)
        pairs = [(wire.start, wire.end) for wire in wires if wire.net == net]
        strange = sorted({end for pair in pairs for end in pair} - points)
        yield from (f"{end} is not on {net}" for end in strange)
        if strange:
            continue
        pairs += [pair for pair in INSIDE if set(pair) <= points]
        groups = islands(points, pairs)
        if len(groups) > 1:
            yield f"{net} falls apart: " + told(groups)
        if len(pairs) > len(points) - 1:
            yield f"{net} has a wire too many"
