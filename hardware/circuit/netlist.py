"""Reads a netlist back: parts with their kinds and values, nets with their pins. Python's library only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from hardware.circuit.kinds import KINDS, Kind
from hardware.circuit.variants import VARIANTS, Variant
from hardware.outputs import HARDWARE

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+)')
_MULTIPLIER = {"R": 1, "k": 1000, "M": 1_000_000}


@dataclass(frozen=True)
class Part:
    """A part of a netlist; `place` is the part it is soldered to, or an empty text."""

    ref: str
    kind: Kind
    value: str
    place: str = ""

    @property
    def ohm(self) -> float:
        """Resistance, from "10k", "4k7" or "470R"."""
        letter = next(char for char in self.value if char in _MULTIPLIER)
        return float(self.value.replace(letter, ".")) * _MULTIPLIER[letter]


Nets = dict[str, frozenset[tuple[str, str]]]
"""Net -> (ref, pin) of all that is on it."""


@dataclass(frozen=True)
class Netlist:
    """A circuit as it is built."""

    variant: Variant
    parts: dict[str, Part]
    nets: Nets

    def net_of(self, ref: str, pin: str) -> str:
        """The net that a pin is on; an empty text for none."""
        return next((net for net, ends in self.nets.items() if (ref, pin) in ends), "")

    def of_kind(self, *kinds: str) -> list[Part]:
        """Parts of some kinds."""
        return [part for part in self.parts.values() if part.kind.name in kinds]

    def between(self, one: str, other: str, kind: str = "resistor") -> list[Part]:
        """Two-pin parts between two nets."""
        return [
            part
            for part in self.of_kind(kind)
            if {self.net_of(part.ref, pin) for pin in part.kind.pins} == {one, other}
        ]

    def moved(self, ref: str, pin: str, net: str) -> Netlist:
        """The same circuit with a pin on another net, or on none: for tests."""
        nets = {name: ends - {(ref, pin)} for name, ends in self.nets.items()}
        if net:
            nets[net] = nets.get(net, frozenset()) | {(ref, pin)}
        return replace(self, nets=nets)

    def without(self, ref: str) -> Netlist:
        """The same circuit without a part: for tests."""
        parts = {other: part for other, part in self.parts.items() if other != ref}
        nets = {name: frozenset(end for end in ends if end[0] != ref) for name, ends in self.nets.items()}
        return replace(self, parts=parts, nets=nets)

    def valued(self, ref: str, value: str) -> Netlist:
        """The same circuit with another value: for tests."""
        return replace(self, parts=self.parts | {ref: replace(self.parts[ref], value=value)})


def tree(text: str) -> list:
    """An s-expression as nested lists of texts."""
    stack: list[list] = [[]]
    for quoted, bracket, bare in _TOKEN.findall(text):
        if bracket == "(":
            stack.append([])
        elif bracket == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(quoted or bare)
    return stack[0][0]


def below(node: list, name: str) -> list[list]:
    """The children of a node that have a name."""
    return [child for child in node if isinstance(child, list) and child and child[0] == name]


def text_of(node: list, name: str) -> str:
    """The one value of a child, or an empty text."""
    found = below(node, name)
    return found[0][1] if found and len(found[0]) > 1 else ""


def part_of(node: list) -> Part:
    """A part from its component."""
    fields = {
        text_of(field, "name"): field[2]
        for field in below(below(node, "fields")[0], "field")
        if len(field) > 2
    }
    return Part(text_of(node, "ref"), KINDS[fields["kind"]], text_of(node, "value"), fields.get("place", ""))


def parse(text: str, variant: Variant) -> Netlist:
    """A netlist from the text of its file."""
    root = tree(text)
    parts = [part_of(node) for node in below(below(root, "components")[0], "comp")]
    nets = {
        text_of(net, "name"): frozenset(
            (text_of(node, "ref"), text_of(node, "pin")) for node in below(net, "node")
        )
        for net in below(below(root, "nets")[0], "net")
    }
    return Netlist(variant, {part.ref: part for part in parts}, nets)


def file_of(name: str) -> Path:
    """The file of a variant's netlist."""
    return HARDWARE / "circuit" / f"{name}.net"


def read(name: str) -> Netlist:
    """The netlist of a variant as it was last made."""
    return parse(file_of(name).read_text(encoding="utf-8"), VARIANTS[name])
