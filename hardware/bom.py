"""The parts list: checked against netlists and wires, and added up.

python -m hardware.bom    prints what each variant costs
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from hardware.circuit import netlist
from hardware.circuit.variants import VARIANTS
from hardware.harness import wires
from hardware.outputs import HARDWARE

GUESSED = "guessed"
VALUED = ("resistor", "capacitor", "mosfet_n", "schottky", "lipo")
SENSOR_WIRES = {"fsr": {"W4", "W7"}, "hx711": {"W4"}}
"""Bundles that a variant does without."""


class Line(NamedTuple):
    """A row of bom.csv; prices in US dollars."""

    refs: tuple[str, ...]
    qty: int
    part: str
    value: str
    maker: str
    mpn: str
    variants: tuple[str, ...]
    unit_usd: Decimal
    price: str
    alternates: str
    note: str


def read() -> list[Line]:
    """All rows."""
    with (HARDWARE / "bom.csv").open(encoding="utf-8", newline="") as file:
        return [
            Line(
                tuple(row["refs"].split()),
                int(row["qty"]),
                row["part"],
                row["value"],
                row["maker"],
                row["mpn"],
                tuple(row["variants"].split()),
                Decimal(row["unit_usd"]),
                row["price"],
                row["alternates"],
                row["note"],
            )
            for row in csv.DictReader(file)
        ]


def of_variant(lines: list[Line], name: str) -> list[Line]:
    """The rows of a variant."""
    return [line for line in lines if name in line.variants]


def complaints(lines: list[Line], name: str) -> Iterator[str]:
    """What is wrong with a variant's list: parts that miss, are double, or have another value than in the circuit."""
    circuit = netlist.read(name)
    mine = of_variant(lines, name)
    refs = [ref for line in mine for ref in line.refs]
    yield from (f"{ref} stands twice" for ref in sorted({ref for ref in refs if refs.count(ref) > 1}))
    bundles = {wire.bundle for wire in wires.read()} - SENSOR_WIRES.get(name, set())
    yield from (f"{ref} is missing" for ref in sorted((set(circuit.parts) | bundles) - set(refs)))
    for line in mine:
        electric = [circuit.parts[ref] for ref in line.refs if ref in circuit.parts]
        for part in electric:
            if part.kind.name in VALUED and part.value != line.value:
                yield f"{part.ref} is {part.value} in the circuit, {line.value or 'nothing'} in the list"
        if electric and line.qty != len(line.refs):
            yield f"{' '.join(line.refs)}: {line.qty} ordered"
    yield from (f"{ref} is in no circuit" for ref in sorted(strangers(refs, circuit, bundles)))


def strangers(refs: list[str], circuit: netlist.Netlist, bundles: set[str]) -> set[str]:
    """Electrical references that neither circuit nor harness knows; mechanical ones begin with X."""
    known = set(circuit.parts) | bundles | {wires.BOARD}
    return {ref for ref in refs if not ref.startswith("X")} - known


def total(lines: list[Line], name: str) -> tuple[Decimal, Decimal]:
    """(sum of a variant in dollars, how much of it is guessed)."""
    mine = of_variant(lines, name)
    guessed = sum((line.qty * line.unit_usd for line in mine if line.price == GUESSED), Decimal(0))
    return sum((line.qty * line.unit_usd for line in mine), Decimal(0)), guessed


def table(lines: list[Line]) -> list[tuple[str, str, str]]:
    """(variant, dollars, guessed dollars) as text, for the page on parts."""
    return [(name, *(f"{usd:.2f}" for usd in total(lines, name))) for name in VARIANTS]


def main() -> int:
    """Print the complaints, or the sums."""
    lines = read()
    found = [f"{name}: {line}" for name in VARIANTS for line in complaints(lines, name)]
    print(
        "\n".join(
            found
            or [f"{name:<12}{usd:>8} USD, {guess:>8} of it guessed" for name, usd, guess in table(lines)]
        )
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
