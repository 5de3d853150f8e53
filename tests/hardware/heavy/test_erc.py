"""SKiDL's own rule check: clean for every combination of parts, and it does notice."""

from __future__ import annotations

import itertools

import pytest

from hardware.circuit import netlists
from hardware.circuit.variants import BOARDS, MOTORS, SENSORS, VARIANTS, Variant

pytestmark = pytest.mark.hardware


@pytest.fixture(autouse=True)
def _prepared(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    netlists.prepare()


@pytest.mark.parametrize("variant", list(itertools.product(BOARDS, SENSORS, MOTORS)), ids="+".join)
def test_clean(variant):
    assert netlists.erc(Variant(*variant))[1] == []


def spoil(monkeypatch, block, change):
    """Run `change(design)` after a block of the circuit."""
    from hardware.circuit import design

    plain = getattr(design, block)

    def spoilt(tool):
        plain(tool)
        change(tool)

    monkeypatch.setattr(design, block, spoilt)


@pytest.mark.parametrize(
    "change",
    [
        lambda tool: tool.part("R99", "resistor", "1k"),
        lambda tool: tool.join("LONELY", tool.pin("sck")),
        lambda tool: tool.join("VBAT", "U1.3V3"),
    ],
    ids=["unconnected part", "net of one pin", "two supplies on a net"],
)
def test_a_fault_is_noticed(monkeypatch, change):
    spoil(monkeypatch, "power_block", change)
    assert netlists.erc(VARIANTS["reference"])[1] != []
