"""Every pin of every circuit moved to every other net: some rule notices each."""

from __future__ import annotations

import pytest

from hardware.circuit import netlist, rules
from hardware.circuit.variants import VARIANTS

pytestmark = [pytest.mark.hardware, pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", VARIANTS)
def test_no_pin_may_be_on_another_net(name):
    circuit = netlist.read(name)
    unnoticed = [
        (ref, pin, other)
        for net, ends in circuit.nets.items()
        for ref, pin in ends
        for other in circuit.nets
        if other != net and not rules.complaints(circuit.moved(ref, pin, other))
    ]
    assert unnoticed == []
