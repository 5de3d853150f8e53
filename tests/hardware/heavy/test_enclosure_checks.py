"""The checks of the bodies notice what they are for: a measure is spoilt, the check sees it."""

from __future__ import annotations

import pytest

from hardware.enclosure import dimensions

pytestmark = pytest.mark.hardware


def bodies(names, **changes):
    """Some parts, built with changed measures."""
    from hardware.enclosure import assembly

    d = dimensions.load(**changes)
    return {name: assembly.PARTS[name].make(d) for name in names}


@pytest.mark.parametrize(
    ("names", "change"),
    [
        (("carrier", "nose"), {"nose_bore_r": 12.0}),
        (("carrier", "cell"), {"cell_d": 21.0}),
        (("battery", "grip"), {"battery_h": 10.0}),
        (("battery", "nau_board"), {"battery_front_z": -38.0}),
        (("drv_board", "ui_board"), {"drv_parts_h": 5.0}),
        (("stem", "tip"), {"tip_bore_d": 4.8}),
        (("washer", "stop_ring"), {"stop_gap": -0.1}),
        (("xiao", "cap"), {"usb_open_h": 3.0}),
    ],
    ids="-".join,
)
def test_an_overlap_is_noticed(names, change):
    from hardware.enclosure import checks

    assert checks.overlaps(bodies(names)) == {}
    assert list(checks.overlaps(bodies(names, **change))) == [f"{names[0]} and {names[1]}"]


@pytest.mark.parametrize(
    ("part", "change"),
    [("carrier", {"snout_r": 4.6}), ("seat", {"seat_rear_z": -10.9}), ("stop_ring", {"ring_relief_h": 3.2})],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_thin_wall_is_noticed(part, change):
    from hardware.enclosure import checks, walls

    assert walls.thinnest(*checks.triangles(bodies([part])[part])) >= 1.58
    assert walls.thinnest(*checks.triangles(bodies([part], **change)[part])) < 1.58


def test_a_plug_that_does_not_reach_is_noticed():
    from hardware.enclosure import bought, checks

    d = dimensions.load(usb_open_w=11.0)
    plug = {"plug": bought.usb_cable_plug(d)}
    assert checks.overlaps_between(plug, bodies(["cap"], usb_open_w=11.0)) != {}


def test_a_skirt_that_cannot_travel_is_noticed():
    from hardware.enclosure import checks

    names = ("tip", "nose", "stop_cushion")
    for changes, free in (({}, True), ({"nose_recess_r": 6.8}, False)):
        made = bodies(names, **changes)
        pushed = checks.moved(made, ("tip",), -3.0)
        assert (checks.overlaps_between(pushed, checks.rest(made, "tip")) == {}) == free


def test_a_plain_box_has_the_wall_it_has():
    import cadquery as cq

    from hardware.enclosure import checks, walls

    shell = cq.Workplane("XY").box(20, 20, 20).faces(">Z").shell(-1.25)
    assert walls.thinnest(*checks.triangles(shell)) == pytest.approx(1.25, abs=0.01)
