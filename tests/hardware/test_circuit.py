"""The netlists as they stand: what can't happen is asserted, and each rule is broken once to see it noticed."""

from __future__ import annotations

import csv
import html
import itertools
import re
from dataclasses import replace

import pytest

from hardware.circuit import firmware, kinds, levels, netlist, rules
from hardware.circuit.variants import MOTORS, SENSORS, VARIANTS, pins


@pytest.fixture(scope="module")
def circuits() -> dict[str, netlist.Netlist]:
    return {name: netlist.read(name) for name in VARIANTS}


def heard(circuit: netlist.Netlist) -> set[str]:
    """Names of the rules that complain."""
    return {line.split(":")[0].replace(" ", "_") for line in rules.complaints(circuit)}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_rule_holds(circuits, name):
    assert rules.complaints(circuits[name]) == []


def test_the_variants_have_each_part_once():
    assert {variant.sensor for variant in VARIANTS.values()} == set(SENSORS)
    assert {variant.motor for variant in VARIANTS.values()} == set(MOTORS)


def test_words_are_those_of_the_firmware():
    parts = {name: firmware.constant("core/parts.py", name) for name in ("SENSORS", "MOTORS")}
    assert parts == {"SENSORS": SENSORS, "MOTORS": MOTORS}


BROKEN = {
    "driver on the cell lifts the bus": ("reference", lambda c: c.moved("U3", "VIN", "VBAT"), "levels"),
    "converter on 5 V lifts the bus": ("reference", lambda c: c.moved("U2", "VIN", "USB5V"), "levels"),
    "divider of USB power too small": ("reference", lambda c: c.valued("R5", "100k"), "levels"),
    "lower resistor of USB power gone": ("reference", lambda c: c.without("R5"), "levels"),
    "battery sense without its lower resistor": ("reference", lambda c: c.without("R3"), "levels"),
    "button on the cell": ("reference", lambda c: c.moved("U1", "D1", "VBAT"), "levels"),
    "driver without supply": ("reference", lambda c: c.moved("U3", "VIN", ""), "supplies"),
    "cell amplifier on two supplies": ("hx711", lambda c: c.moved("U2", "VDD", ""), "supplies"),
    "pin not in the table": ("pico_w", lambda c: c.moved("U1", "GP9", "BUTTON"), "pins_of_the_table"),
    "two functions on a wrong pin": ("reference", lambda c: c.moved("U1", "D3", "SDA"), "pins_of_the_table"),
    "clock and data crossed": (
        "reference",
        lambda c: c.moved("U1", "D4", "SCL").moved("U1", "D5", "SDA"),
        "pins_of_the_table",
    ),
    "converter off the bus": ("reference", lambda c: c.moved("U2", "SDA", ""), "bus_speed"),
    "cell's wires crossed": (
        "reference",
        lambda c: c.moved("LC1", "A+", "CELL_A-").moved("LC1", "A-", "CELL_A+"),
        "excitation",
    ),
    "HX711 at 10 a second": ("hx711", lambda c: c.moved("U2", "RATE", "GND"), "rate_pin"),
    "no pull-down at the driver": ("reference", lambda c: c.without("R1"), "motor_off_in_reset"),
    "no pull-down at the gate": ("erm", lambda c: c.without("R1"), "motor_off_in_reset"),
    "weak pull-down": ("erm", lambda c: c.valued("R1", "100k"), "motor_off_in_reset"),
    "pull-down at the board instead": (
        "reference",
        lambda c: replace(c, parts=c.parts | {"R1": replace(c.parts["R1"], place="U1")}),
        "motor_off_in_reset",
    ),
    "motor on a pin that is high at boot": (
        "reference",
        lambda c: c.moved("U1", "D2", "").moved("U1", "D7", "MOTOR"),
        "motor_off_in_reset",
    ),
    "no diode": ("erm", lambda c: c.without("D2"), "flyback"),
    "diode the wrong way round": (
        "erm",
        lambda c: c.moved("D2", "A", "+3V3").moved("D2", "K", "MOTOR-"),
        "flyback",
    ),
    "another divider than the firmware's": ("pico_w", lambda c: c.valued("R2", "100k"), "battery_sense"),
    "no divider": ("pico_w", lambda c: c.without("R3"), "battery_sense"),
    "USB power not sensed": ("reference", lambda c: c.without("R4"), "usb_sense"),
    "USB power's divider too weak for the pull-up": (
        "reference",
        lambda c: c.valued("R4", "100k").valued("R5", "150k"),
        "usb_sense",
    ),
    "USB power's divider too low": ("reference", lambda c: c.valued("R4", "10k"), "usb_sense"),
    "cell past the switch": ("reference", lambda c: c.moved("U1", "BAT+", "CELL+"), "cell"),
    "two chargers": (
        "pico_w",
        lambda c: replace(c, parts=c.parts | {"U5": replace(c.parts["U4"], ref="U5")}),
        "cell",
    ),
    "light on the cell": ("reference", lambda c: c.moved("D1", "A", "VBAT"), "light"),
    "too much light": ("reference", lambda c: c.valued("R6", "47R"), "light"),
    "converter's results lead nowhere": ("reference", lambda c: c.moved("U2", "DRDY", ""), "homes"),
    "motor shorted": ("reference", lambda c: c.moved("M1", "-", "MOTOR+"), "homes"),
    "electrolytic the wrong way round": (
        "erm",
        lambda c: c.moved("C3", "1", "GND").moved("C3", "2", "+3V3"),
        "capacitors",
    ),
    "an FSR without the resistor that tells a broken wire": (
        "fsr",
        lambda c: c.without("R11"),
        "contact_sensor",
    ),
    "an FSR's lower resistor too large": ("fsr", lambda c: c.valued("R10", "100k"), "contact_sensor"),
    "no light": ("reference", lambda c: c.valued("R8", "10k"), "light"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_circuit_is_noticed(circuits, what):
    name, change, rule = BROKEN[what]
    assert rule in heard(change(circuits[name]))


def changed_kind(circuit: netlist.Netlist, ref: str, **changes) -> netlist.Netlist:
    """The circuit with other figures in a part's kind; `facts` are merged."""
    kind = circuit.parts[ref].kind
    if "facts" in changes:
        changes["facts"] = kind.facts | changes["facts"]
    part = replace(circuit.parts[ref], kind=replace(kind, **changes))
    return replace(circuit, parts=circuit.parts | {ref: part})


PARTS_BROKEN = {
    "unprotected cell": ("BT1", {"facts": {"protected": 0}}, "cell"),
    "small cell": ("BT1", {"facts": {"charge_most_ma": 50}}, "cell"),
    "early protection": ("BT1", {"facts": {"cut_off_mv": 3500}}, "cell"),
    "tired cell": ("BT1", {"facts": {"milliohm": 2000}}, "brown_out"),
    "weak switch": ("SW1", {"facts": {"most_ma": 100}}, "brown_out"),
    "another cell's slope": ("LC1", {"facts": {"uv_per_v": 2000}}, "converter"),
    "a sensitive cell saturates": ("LC1", {"facts": {"uv_per_v": 20_000}}, "converter"),
    "a cell of low resistance": ("LC1", {"facts": {"bridge_ohm": 120}}, "converter"),
    "one address for two chips": ("U3", {"address": 0x2A}, "addresses"),
    "an address that no driver speaks to": ("U3", {"address": 0x5B}, "addresses"),
    "weak pull-ups": ("U3", {"pull_up": (("SCL", "SDA"), 100_000, "VIN")}, "bus_speed"),
    "strong pull-ups": ("U3", {"pull_up": (("SCL", "SDA"), 500, "VIN")}, "bus_speed"),
}


@pytest.mark.parametrize("what", PARTS_BROKEN)
def test_a_wrong_part_is_noticed(circuits, what):
    ref, changes, rule = PARTS_BROKEN[what]
    assert rule in heard(changed_kind(circuits["reference"], ref, **changes))


@pytest.mark.parametrize(
    ("gain", "ldo_mv", "complaint"),
    [(128, 3300, "needs 3600 mV"), (128, 2700, "no common-mode window"), (128, 3000, "")],
)
def test_gain_and_regulator_voltage_are_legal(circuits, monkeypatch, gain, ldo_mv, complaint):
    counts = round(1_000_000 * ldo_mv / 50_000 / (ldo_mv * 1000 / 2 / gain) * 2**23 / 1000)
    monkeypatch.setattr(firmware, "converter", lambda: (gain, ldo_mv, counts))
    lines = [line for line in rules.complaints(circuits["reference"]) if line.startswith("converter")]
    assert bool(lines) == bool(complaint) and all(complaint in line for line in lines)


def test_pico_without_its_own_sense_is_noticed(circuits, monkeypatch):
    monkeypatch.setattr(rules, "pins", lambda board: pins(board) | {"usb_power": "GP28"})
    assert "usb_sense" in heard(circuits["pico_w"])


MAY_BE_OPEN = {("U2", "AV")}


@pytest.mark.parametrize("name", VARIANTS)
def test_no_pin_may_come_off(circuits, name):
    circuit = circuits[name]
    pins_in_use = [end for ends in circuit.nets.values() for end in ends]
    unnoticed = {end for end in pins_in_use if not rules.complaints(circuit.moved(*end, ""))}
    assert unnoticed <= MAY_BE_OPEN


def test_every_rule_was_broken_once():
    broken = {rule for _name, _change, rule in BROKEN.values()} | {
        rule for *_rest, rule in PARTS_BROKEN.values()
    }
    assert broken == {rule.__name__ for rule in rules.RULES}


SHEETS = {
    "reference": "reference",
    "pico_w": "pico_w",
    "hx711": "other_parts",
    "fsr": "other_parts",
    "erm": "other_parts",
}


def words_of(sheet: str) -> set[str]:
    """All texts of a sheet of the schematic, word by word."""
    text = (netlist.HARDWARE / "circuit" / f"{sheet}.svg").read_text(encoding="utf-8")
    return {
        word
        for line in re.findall(r">([^<>]+)<", text)
        for word in (*html.unescape(line).split(), html.unescape(line))
    }


@pytest.mark.parametrize("name", VARIANTS)
def test_the_schematic_shows_every_part_and_net_of_a_variant(circuits, name):
    circuit = circuits[name]
    shown = words_of(SHEETS[name]) | (words_of("reference") if name != "reference" else set())
    assert set(circuit.parts) <= shown
    assert set(circuit.nets) <= shown | {"GND"}
    values = {part.value for part in circuit.of_kind("resistor", "capacitor", "mosfet_n", "schottky")}
    assert values <= words_of(SHEETS[name]) | words_of("reference")


def test_levels_by_hand(circuits):
    reference = circuits["reference"]
    for net, level_mv in (
        ("SDA", 3400),
        ("VBAT", 4250),
        ("VBAT_SENSE", 2125),
        ("USB_SENSE", 3381),
        ("LED_R", 3400),
    ):
        assert round(levels.level_mv(reference, net)) == level_mv


def notes(board: str) -> dict[str, str]:
    with (netlist.HARDWARE / "pins.csv").open(encoding="utf-8", newline="") as file:
        return {row["function"]: row["note"] for row in csv.DictReader(file) if row["board"] == board}


def in_words(value: str) -> str:
    """A resistor's value as the pin table writes it: 4k7 is 4.7 k."""
    return value.replace("k", ".", 1).rstrip(".") + " k"


@pytest.mark.parametrize(
    ("name", "function", "refs"),
    [
        ("reference", "usb_power", ("R4", "R5")),
        ("reference", "battery", ("R2", "R3")),
        ("reference", "motor", ("R1",)),
        ("pico_w", "battery", ("R2", "R3")),
        ("pico_w", "motor", ("R1",)),
        ("fsr", "fsr", ("R10", "R11")),
    ],
)
def test_the_pin_tables_notes_name_the_circuits_values(circuits, name, function, refs):
    circuit = circuits[name]
    note = notes(circuit.variant.board)[function]
    for ref in refs:
        assert in_words(circuit.parts[ref].value) in note, ref


def test_kinds_name_pins_that_they_have():
    for kind in kinds.KINDS.values():
        named = [*kind.supply, *kind.source, *kind.logic, *(kind.pull_up[0] if kind.pull_up else ())]
        assert set(named) <= set(kind.pins), kind.name


def test_reading_a_netlist_back(circuits):
    reference = circuits["reference"]
    assert reference.parts["R4"].ohm == 4700 and reference.parts["R6"].ohm == 470
    assert reference.nets["CELL+"] == {("BT1", "+"), ("SW1", "1")}
    ends = itertools.chain.from_iterable(reference.nets.values())
    assert {ref for ref, _pin in ends} == set(reference.parts)
