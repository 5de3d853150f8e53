"""Parts list and wires against the netlists."""

from __future__ import annotations

import csv
import html
from decimal import Decimal

import pytest

from hardware import bom
from hardware.circuit import netlist
from hardware.circuit.variants import VARIANTS
from hardware.harness import board, draw, wires


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
        screw = lines[0]._replace(refs=("XZ9",), qty=4)
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


def test_the_assembly_says_what_is_soldered_to_a_board_itself(reference):
    text = (netlist.HARDWARE / "assembly" / "05-tray.md").read_text(encoding="utf-8")
    for part in reference.parts.values():
        if part.place:
            assert f"**{part.ref}**" in text


class TestStripBoard:
    @pytest.mark.parametrize("name", VARIANTS)
    def test_it_joins_what_the_circuit_joins(self, name):
        circuit = netlist.read(name)
        assert list(board.complaints(circuit, board.read(circuit))) == []

    def test_what_is_wrong_is_noticed(self, reference):
        items = board.read(reference)
        by_name = {(item.kind, item.name): item for item in items}
        for kind, name, changes, said in (
            ("part", "R2", {"to": "E3"}, "E3 is on VBAT_SENSE and, by R3, on GND"),
            ("part", "R8", {"at": "H3", "to": "G4"}, "H3 is on LED_G and, by R8, on LED_B"),
            ("part", "R6", {"at": "C1"}, "R6: C1 and G1 do not lie side by side"),
            ("wire", "VBAT", {"at": "F1"}, "VBAT falls apart: E1 | F1"),
            ("wire", "BUTTON", {"at": "B1"}, "B1: two leads in one hole"),
            ("wire", "GND", {"at": "D3"}, "D3: the wire would lie under SW2"),
            ("bridge", "VBAT_SENSE", {"at": "C1", "to": "C2"}, "VBAT_SENSE falls apart: C1 C2 | E2 | F2"),
        ):
            old = by_name[kind, name]
            changed = [item._replace(**changes) if item is old else item for item in items]
            assert said in list(board.complaints(reference, changed)), said

    def test_what_misses_is_noticed(self, reference):
        items = board.read(reference)
        assert "R5 is missing" in list(
            board.complaints(reference, [item for item in items if item.name != "R5"])
        )
        rest = [item for item in items if (item.kind, item.name) != ("wire", "LED_R")]
        assert "no wire for LED_R" in list(board.complaints(reference, rest))
        stranger = items[0]._replace(kind="part", name="C2", at="A3", to="A4")
        assert "C2 does not belong here" in list(board.complaints(reference, [*items, stranger]))

    def test_button_and_light_are_where_the_grip_has_them(self):
        with (netlist.HARDWARE / "enclosure" / "dimensions.csv").open(encoding="utf-8", newline="") as file:
            measures = {
                row["name"]: float(row["value"]) for row in csv.DictReader(file) if row["unit"] == "mm"
            }
        assert (measures["ui_l"], measures["ui_w"]) == (board.LENGTH_MM, board.WIDTH_MM)
        margin_mm = (board.LENGTH_MM - board.PITCH_MM * (len(board.COLUMNS) - 1)) / 2
        for column, place in (("C", "button_z"), ("G", "light_z")):
            along_mm = margin_mm + board.PITCH_MM * board.COLUMNS.index(column)
            assert abs(measures["ui_front_z"] - measures[place] - along_mm) < 0.5, place

    def test_the_drawing_shows_every_part_and_wire(self, reference):
        text = (netlist.HARDWARE / "harness" / "strip_board.svg").read_text(encoding="utf-8")
        for item in board.read(reference):
            shown = item.name.split(".")[0] if item.kind == "leg" else item.name
            assert f">{shown}<" in text or item.kind == "bridge", item
