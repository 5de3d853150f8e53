"""Parts list and wires against the netlists."""

from __future__ import annotations

import html
from decimal import Decimal

import pytest

from hardware import bom
from hardware.circuit import netlist
from hardware.circuit.variants import VARIANTS
from hardware.harness import draw, wires


@pytest.fixture(scope="module")
def lines() -> list[bom.Line]:
    return bom.read()


@pytest.fixture(scope="module")
def reference() -> netlist.Netlist:
    return netlist.read("reference")


class TestParts:
    @pytest.mark.parametrize("name", VARIANTS)
    def test_each_variant_has_all_its_parts_and_no_others(self, lines, name):
        assert list(bom.complaints(lines, name)) == []

    def test_rows_are_filled_in(self, lines):
        for line in lines:
            assert line.refs and line.part and line.maker and line.mpn and line.price and line.qty >= 1
            assert set(line.variants) <= set(VARIANTS)

    def test_what_misses_or_differs_is_noticed(self, lines):
        at = next(n for n, line in enumerate(lines) if line.refs == ("R2", "R3"))
        row = lines[at]
        for changed, said in (
            ([], "R2 is missing"),
            ([row, row], "R2 stands twice"),
            ([row._replace(value="100k")], "R2 is 220k in the circuit, 100k in the list"),
            ([row._replace(qty=1)], "R2 R3: 1 ordered"),
            ([row, row._replace(refs=("R99",), qty=1)], "R99 is in no circuit"),
        ):
            assert said in list(bom.complaints([*lines[:at], *changed, *lines[at + 1 :]], "reference"))

    def test_a_mechanical_part_is_no_stranger(self, lines):
        screw = lines[0]._replace(refs=("XS1",), qty=4)
        assert list(bom.complaints([*lines, screw], "reference")) == []

    def test_sums(self, lines):
        cheap = [
            lines[0]._replace(variants=("erm",), qty=2, unit_usd=Decimal("1.50"), price="seen"),
            lines[0]._replace(variants=("erm",), qty=1, unit_usd=Decimal("0.25"), price="guessed"),
        ]
        assert bom.total(cheap, "erm") == (Decimal("3.25"), Decimal("0.25"))

    def test_the_command(self, capsys):
        assert bom.main() == 0
        assert "reference" in capsys.readouterr().out


class TestWires:
    @pytest.mark.parametrize("name", wires.FILES)
    def test_the_wires_connect_each_net_and_nothing_else(self, name):
        assert list(wires.complaints(netlist.read(name), wires.read(name))) == []

    def test_a_missing_a_doubled_and_a_strange_wire_are_noticed(self, reference):
        listed = wires.read()
        at = next(n for n, wire in enumerate(listed) if wire.net == "MOTOR")
        wire = listed[at]
        rest = listed[:at] + listed[at + 1 :]
        for changed, said in (
            ([], "MOTOR falls apart"),
            ([wire, wire], "MOTOR has a wire too many"),
            ([wire._replace(end="U2.SDA")], "U2.SDA is not on MOTOR"),
            ([wire._replace(net="NOWHERE")], "there is no net NOWHERE"),
        ):
            assert any(line.startswith(said) for line in wires.complaints(reference, rest + changed)), said

    @pytest.mark.parametrize("name", wires.FILES)
    def test_bundles_are_of_one_gauge_and_length_and_no_colour_twice(self, name):
        bundles: dict[str, list[wires.Wire]] = {}
        for wire in wires.read(name):
            bundles.setdefault(wire.bundle, []).append(wire)
        assert set(bundles) == set(wires.BUNDLES)
        for lines in bundles.values():
            assert len({(wire.awg, wire.length_mm) for wire in lines}) == 1
            assert len({wire.colour for wire in lines}) == len(lines)

    def test_the_cell_is_red_and_black(self):
        colours = {wire.net: wire.colour for wire in wires.read() if wire.bundle == "W1"}
        assert colours == {"CELL+": "red", "GND": "black"}

    @pytest.mark.parametrize("name", wires.FILES)
    @pytest.mark.parametrize("sheet", draw.SHEETS)
    def test_the_drawings_show_every_wire(self, name, sheet):
        path = netlist.HARDWARE / "harness" / f"{draw.PREFIX[name]}{sheet}.svg"
        text = html.unescape(path.read_text(encoding="utf-8"))
        for wire in wires.read(name):
            shown = wire.bundle in draw.SHEETS[sheet]
            assert (f">{wire.bundle}<" in text) == shown
            for word in (f":{wire.net}", *(end.replace(".", ":") for end in (wire.start, wire.end))):
                assert not shown or word in text, word
