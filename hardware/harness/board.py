"""The strip board PB1: what is soldered to which of its pads, and its check against the netlist."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from hardware.circuit.netlist import Netlist
from hardware.harness import wires
from hardware.outputs import HARDWARE

COLUMNS, ROWS = "ABCDEFGH", "1234"
PITCH_MM, LENGTH_MM, WIDTH_MM = 2.54, 22.0, 14.0


class Item(NamedTuple):
    """A lead in a pad's hole (`leg`, `wire`), or something flat between two pads (`part`, `bridge`)."""

    kind: str
    name: str
    at: str
    to: str


def read(circuit: Netlist) -> list[Item]:
    """The board's list, without what this circuit does not have."""
    with (HARDWARE / "harness" / "board.csv").open(encoding="utf-8", newline="") as file:
        items = [Item(**row) for row in csv.DictReader(file)]
    return [
        item
        for item in items
        if (
            item.name in circuit.nets
            if item.kind in {"wire", "bridge"}
            else item.name.split(".")[0] in circuit.parts
        )
    ]


def joined(circuit: Netlist, items: list[Item]) -> dict[str, str]:
    """Pad -> net, from every lead, part and bridge that says which it must have; raises ValueError where two differ."""
    nets: dict[str, str] = {}
    for item in items:
        for pad, net in claims(circuit, item):
            if nets.setdefault(pad, net) != net:
                raise ValueError(f"{pad} is on {nets[pad]} and, by {item.name}, on {net}")
    return nets


def claims(circuit: Netlist, item: Item) -> list[tuple[str, str]]:
    """(pad, net) of an item."""
    if item.kind == "leg":
        return [(item.at, circuit.net_of(*item.name.split(".")))]
    if item.kind == "part":
        return [(item.at, circuit.net_of(item.name, "1")), (item.to, circuit.net_of(item.name, "2"))]
    return [(pad, item.name) for pad in (item.at, item.to) if pad]


def complaints(circuit: Netlist, items: list[Item]) -> Iterator[str]:
    """What is wrong with the board of a circuit."""
    try:
        nets = joined(circuit, items)
    except ValueError as error:
        yield str(error)
        return
    for item in items:
        if item.to and not adjacent(item.at, item.to):
            yield f"{item.name}: {item.at} and {item.to} do not lie side by side"
    holes = [item.at for item in items if item.kind in {"leg", "wire"}]
    yield from (
        f"{pad}: two leads in one hole" for pad in sorted({pad for pad in holes if holes.count(pad) > 1})
    )
    yield from (
        f"{item.at}: the wire would lie under SW2"
        for item in items
        if item.kind == "wire" and covered(item.at)
    )
    yield from apart(items, nets)
    yield from missing(circuit, items)


def covered(pad: str) -> bool:
    """Whether the button's body, 6 x 6 mm in the middle of B to D, covers a pad."""
    return pad[0] in "BCD" and pad[1] in "23"


def adjacent(one: str, other: str) -> bool:
    """Whether two pads are neighbours in a row or a column."""
    across = abs(COLUMNS.index(one[0]) - COLUMNS.index(other[0]))
    return across + abs(ROWS.index(one[1]) - ROWS.index(other[1])) == 1


def apart(items: list[Item], nets: dict[str, str]) -> Iterator[str]:
    """Nets whose pads are not all joined by solder or inside the switch."""
    pairs = [(item.at, item.to) for item in items if item.kind == "bridge"]
    legs: dict[str, str] = {}
    pairs += [(legs.setdefault(item.name, item.at), item.at) for item in items if item.kind == "leg"]
    for net in sorted(set(nets.values())):
        pads = {pad for pad, other in nets.items() if other == net}
        groups = wires.islands(pads, [pair for pair in pairs if pair[0] in pads])
        if len(groups) > 1:
            yield f"{net} falls apart: " + wires.told(groups)


def missing(circuit: Netlist, items: list[Item]) -> Iterator[str]:
    """Parts that belong here, and wires that lead here, but are not on the board."""
    there = {item.name.split(".")[0] for item in items if item.kind in {"leg", "part"}}
    here = {ref for ref in circuit.parts if wires.seat(circuit, ref) == wires.BOARD}
    yield from (f"{ref} is missing" for ref in sorted(here - there))
    yield from (f"{ref} does not belong here" for ref in sorted(there - here))
    led = {
        end.split(".", 1)[1]
        for wire in wires.read()
        for end in (wire.start, wire.end)
        if end.startswith("PB1.")
    }
    soldered = {item.name for item in items if item.kind == "wire"}
    yield from (f"no wire for {net}" for net in sorted((led & set(circuit.nets)) - soldered))
