"""The enclosure: hand calculations hold and can fail, measured facts are right, STL files are closed."""

from __future__ import annotations

import re
import struct
from collections import Counter
from pathlib import Path

import pytest

from hardware.enclosure import calculations as calc
from hardware.enclosure import dimensions, stack
from tests.docs.book import table

ENCLOSURE = Path(dimensions.__file__).parent
STL = sorted((ENCLOSURE / "stl").glob("*.stl"))
CHORD_MM = 0.02
"""Walls are measured on a mesh: a round wall's chords cut off that much."""
PRINTED = {
    *(
        "tip",
        "nose",
        "carrier",
        "stop_ring",
        "plate",
        "seat",
        "gasket",
        "grip",
        "button",
        "tray",
        "cap",
        "usb_plug",
    ),
    *("stand", "bypass", "hanger"),
}
OVERLOAD_N = 8.0
CEILING_N = 5.0


@pytest.fixture(scope="module")
def facts() -> dict:
    return calc.facts()


def moving(d, facts):
    return calc.moving_mass(d, facts["volume_mm3"])


class TestTable:
    def test_every_measure_has_a_unit_and_a_source(self):
        assert all(row.unit and row.what and row.source for row in dimensions.rows())

    def test_every_measure_is_used(self):
        code = "".join(path.read_text(encoding="utf-8") for path in ENCLOSURE.glob("*.py"))
        assert [row.name for row in dimensions.rows() if not re.search(rf"\b{row.name}\b", code)] == []

    def test_a_change_of_what_is_not_there_is_refused(self):
        with pytest.raises(KeyError, match=r"dimensions\.csv has no tip_colour"):
            dimensions.load(tip_colour=1)

    def test_the_stack_of_parts_ends_where_the_tip_begins(self):
        d = dimensions.load()
        assert stack.stack(d).stem_front == pytest.approx(d.tip_bore_depth_z)
        assert stack.stack(dimensions.load(cell_h=7)).stem_front != pytest.approx(d.tip_bore_depth_z)

    def test_the_dome_is_that_of_the_limits(self):
        assert "11 mm dome" in Path(ENCLOSURE / "pictures.py").read_text(encoding="utf-8")
        assert 2 * dimensions.load().tip_dome_r == 11


def holds(d, facts) -> dict[str, bool]:
    """Every rule of the force path; each can be broken (below)."""
    low, high = calc.stop_ring_forces(d)
    spread = d.spring_rate_tolerance
    volumes = facts["volume_mm3"]
    fall = calc.drop(d, volumes)
    return {
        "moving mass": moving(d, facts) <= 5.0,
        "yield over the ceiling": calc.yield_force(d) * (1 - spread) > CEILING_N,
        "yield about 6 N": abs(calc.yield_force(d) - 6) <= 0.3,
        "overload is felt": calc.stop_force(d) * (1 - spread) > OVERLOAD_N,
        "skirt stops before the cell": calc.stop_force(d) * (1 + spread) < d.cell_rated_n,
        "ring stops before the cell": high < d.cell_rated_n,
        "ring is out of the way": low > calc.stop_force(d) * (1 + spread),
        "spring is not crushed": calc.main_length(d) - d.travel - calc.main_solid(d) > 0.5,
        "spring lasts": calc.main_stress(d) < 0.45 * calc.SPRING_WIRE_MPA,
        "stem stays on the cell": moving(d, facts) / 1000 * calc.G0 < calc.bias_force(d) < 0.15,
        "tip hardly sinks": 5 / calc.path_rate(d) < 0.2,
        "resonance over the motor": calc.resonance_hz(d, volumes) > 2 * d.motor_hz,
        "nothing passes the cell by": calc.shunt_share(d) < 0.005,
        "friction": calc.friction_share(d, 10, d.bush_mu) < 0.05,
        "motor in the reading": calc.motor_force(d, volumes) * calc.mean_gain(d.motor_hz) < 0.01,
        "drop: cell": fall["cell_n"] < d.cell_rated_n * d.cell_overload,
        "drop: plastic": max(fall["ring_mpa"], fall["skirt_mpa"]) < calc.PETG_YIELD_MPA,
        "cord": calc.lanyard_wall(d) >= 1.6,
        "stem goes far enough into the tip": d.tip_bore_depth_z - d.tip_cavity_z >= d.stem_d,
        "tip clears the snout": d.tip_cavity_z - d.snout_z >= d.stop_gap + 0.3,
        "wall under the dome": d.apex_z - d.tip_bore_depth_z >= 2,
        "nose keeps off the skin": d.apex_z - d.travel - d.nose_rim_z >= 8,
    }


class TestForcePath:
    def test_all_rules_hold(self, facts):
        assert [rule for rule, kept in holds(dimensions.load(), facts).items() if not kept] == []

    @pytest.mark.parametrize(
        ("rule", "change"),
        [
            ("moving mass", {"aluminium_density": 7.9}),
            ("yield over the ceiling", {"spring_free": 15.0}),
            ("yield about 6 N", {"spring_wire_d": 1.1}),
            ("overload is felt", {"travel": 2.0}),
            ("skirt stops before the cell", {"cell_rated_n": 10}),
            ("ring stops before the cell", {"stop_gap": 0.6}),
            ("ring is out of the way", {"stop_gap": 0.2}),
            ("spring is not crushed", {"spring_coils": 6}),
            ("spring lasts", {"travel": 30}),
            ("stem stays on the cell", {"bias_free": 5.5}),
            ("tip hardly sinks", {"pad_h": 4.0}),
            ("resonance over the motor", {"pad_d": 3.0}),
            ("nothing passes the cell by", {"bias_wire_d": 0.6}),
            ("friction", {"bush_mu": 0.2}),
            ("motor in the reading", {"motor_g": 4}),
            ("drop: cell", {"pad_e_mpa": 4.6}),
            ("drop: plastic", {"washer_d": 8.0}),
            ("cord", {"lanyard_y": -14}),
            ("stem goes far enough into the tip", {"tip_cavity_z": 47}),
            ("tip clears the snout", {"snout_z": 45.5}),
            ("wall under the dome", {"apex_z": 53}),
            ("nose keeps off the skin", {"nose_rim_z": 44}),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_each_rule_can_fail(self, facts, rule, change):
        assert rule not in [name for name, kept in holds(dimensions.load(), facts).items() if not kept]
        assert rule in [name for name, kept in holds(dimensions.load(**change), facts).items() if not kept]

    def test_a_stem_of_steel_would_weigh_too_much(self, facts):
        steel = dict(facts["volume_mm3"], stem=facts["volume_mm3"]["stem"] * 7.9 / 2.7)
        assert calc.moving_mass(dimensions.load(), steel) > 5

    def test_the_page_has_these_figures(self, facts):
        page = (ENCLOSURE / "README.md").read_text(encoding="utf-8")
        assert calc.report(dimensions.load(), facts["volume_mm3"]) in page

    def test_limits_are_those_of_the_book(self):
        assert any("forehead" in row for row in table("limits", "Forces and times of each zone"))
        text = (ENCLOSURE.parents[1] / "docs" / "limits.md").read_text(encoding="utf-8")
        assert "ceiling of 5.0 N" in text and "At 8 N the session ends" in text


class TestFacts:
    def test_all_bodies_are_valid(self, facts):
        assert facts["invalid"] == []
        pieces = {"grubs": 3, "joint_inserts": 3, "joint_screws": 3, "cap_inserts": 2, "cap_screws": 2}
        assert {name: n for name, n in facts["solids"].items() if n != pieces.get(name, 1)} == {}

    def test_no_two_parts_share_room(self, facts):
        assert facts["overlaps_mm3"] == {}

    def test_nothing_is_in_the_way_of_yielding_plugging_and_assembly(self, facts):
        assert len(facts["ways"]) >= 7
        assert {way: pairs for way, pairs in facts["ways"].items() if pairs} == {}

    def test_jigs_fit(self, facts):
        assert facts["jig_overlaps_mm3"] == {}

    def test_no_wall_is_thinner_than_1_6_mm(self, facts):
        assert set(facts["walls_mm"]) == PRINTED - {
            "gasket",
            "button",
            "usb_plug",
            "stand",
            "bypass",
            "hanger",
        }
        assert {name: wall for name, wall in facts["walls_mm"].items() if wall < 1.6 - CHORD_MM} == {}

    @pytest.mark.parametrize(
        ("pair", "low", "high"),
        [
            ("battery to grip", 0.5, 5),
            ("battery to cap", 0.5, 5),
            ("NAU7802 board to grip", 0.5, 5),
            ("XIAO to grip", 0.5, 10),
            ("XIAO to cap", 0.5, 2),
            ("DRV2605L board to strip board", 1.0, 3),
            ("slide switch to XIAO", 0.5, 10),
            ("tray to grip", 0.1, 0.3),
            ("tip to nose", 0.3, 1.0),
            ("tip to snout", 0.2, 0.5),
            ("button to switch", 0.1, 0.4),
            ("light to light pipe", 0.2, 1.0),
            ("cell's cable to nose", 0.3, 2),
            ("motor to nose", 25, 60),
        ],
    )
    def test_clearances(self, facts, pair, low, high):
        assert low <= facts["clearances_mm"][pair] <= high

    def test_the_stop_has_the_gap_of_the_table(self, facts):
        assert facts["clearances_mm"]["washer to stop ring"] == pytest.approx(
            dimensions.load().stop_gap, abs=0.01
        )

    def test_bodies_have_the_parts_real_outlines(self, facts):
        d, size = dimensions.load(), facts["size_mm"]
        assert size["battery"] == [d.battery_w, d.battery_h, d.battery_l]
        assert size["drv_board"][::2] == [d.drv_w, d.drv_l]
        assert size["nau_board"][::2] == [d.nau_w, d.nau_l]
        assert size["xiao"][::2] == [d.xiao_w, d.xiao_l + d.usb_out]
        assert size["motor"][:2] == [d.motor_d, d.motor_h]
        assert size["cell"][0] == d.cell_d


def stl_triangles(data: bytes) -> list[tuple[tuple[float, float, float], ...]]:
    """Corners of a binary STL's triangles."""
    [count] = struct.unpack_from("<I", data, 80)
    assert len(data) == 84 + 50 * count
    rows = (struct.unpack_from("<12fH", data, 84 + 50 * n) for n in range(count))
    return [(row[3:6], row[6:9], row[9:12]) for row in rows]


def open_edges(triangles) -> list:
    """Edges that are not run through once each way."""
    runs: Counter = Counter()
    for a, b, c in triangles:
        for one, other in ((a, b), (b, c), (c, a)):
            runs[one, other] += 1
    return [edge for edge, count in runs.items() if count != runs[edge[1], edge[0]]]


def signed_volume(triangles) -> float:
    """Volume inside a closed mesh."""
    return (
        sum(
            ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
            for (ax, ay, az), (bx, by, bz), (cx, cy, cz) in triangles
        )
        / 6
    )


def test_all_printed_parts_have_files():
    assert {path.stem for path in STL} == PRINTED
    assert {path.stem for path in (ENCLOSURE / "step").glob("*.step")} == PRINTED


@pytest.mark.parametrize("path", STL, ids=lambda path: path.stem)
def test_mesh_is_closed_and_stands_on_the_bed(facts, path):
    triangles = stl_triangles(path.read_bytes())
    assert open_edges(triangles) == []
    assert open_edges(triangles[1:]) != []
    assert signed_volume(triangles) == pytest.approx(facts["volume_mm3"][path.stem], rel=0.01)
    assert min(corner[2] for triangle in triangles for corner in triangle) == pytest.approx(0, abs=0.01)
    assert path.stat().st_size < 600_000
