"""The most that each net of a circuit can have, from its sources through dividers, pull-ups and switches."""

from __future__ import annotations

from collections.abc import Iterator

from hardware.circuit.netlist import Netlist


def level_mv(circuit: Netlist, net: str, seen: frozenset[str] = frozenset()) -> float:
    """The most that a net can have: its source's, else its divider's, else the highest of what it is tied to."""
    given = [
        circuit.parts[ref].kind.source[pin]
        for ref, pin in circuit.nets.get(net, ())
        if pin in circuit.parts[ref].kind.source
    ]
    if net == "GND" or given:
        return max(given, default=0)
    down = circuit.between(net, "GND")
    reached = [
        (level_mv(circuit, other, seen | {net}), ohm) for other, ohm in neighbours(circuit, net, seen | {net})
    ]
    if not reached:
        return 0
    level, ohm = max(reached)
    return level * down[0].ohm / (down[0].ohm + ohm) if down and ohm else level


def neighbours(circuit: Netlist, net: str, seen: frozenset[str]) -> Iterator[tuple[str, float]]:
    """Nets that a net is tied to: (net, ohm) through resistors, switches, light, motor, and modules' pull-ups."""
    for ref, pin in circuit.nets.get(net, ()):
        part = circuit.parts[ref]
        pull = part.kind.pull_up
        if pull and pin in pull[0]:
            there = circuit.net_of(ref, pull[2])
            if there not in seen:
                yield there, pull[1]
        if part.kind.name in {"resistor", "switch", "fsr", "rgb", "erm"}:
            ohm = part.ohm if part.kind.name == "resistor" else 0
            for other in part.kind.pins:
                there = circuit.net_of(ref, other)
                if there and there not in seen | {"GND"}:
                    yield there, ohm
