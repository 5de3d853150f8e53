"""Routines as TOML: what ships, what is refused and with which words."""

from __future__ import annotations

import json
import tomllib

import pytest
from gentlepress import routine_file
from gentlepress.errors import UsageError
from gentlepress.firmware.core import ids, limits, points, routine
from gentlepress.routine_file import RoutineRefused, check_data, check_text
from hypothesis import given
from hypothesis import strategies as st

STEP = {"zone": "forehead", "side": "left", "point": "GB14", "hold_ms": 5000, "presses": 2}
GOOD = {"format": 1, "name": "Mine", "steps": [STEP]}
TEXT = """format = 1
name = "Mine"

[[steps]]
zone = "forehead"
side = "left"

[[steps]]
zone = "cheeks"
side = "left"
hold_ms = 5000
"""


@pytest.mark.parametrize("name", routine_file.shipped_names())
def test_shipped_routines_pass_and_fit(name):
    checked = routine_file.load_shipped(name)
    assert checked.about
    assert checked.estimated_ms <= checked.routine.session_ms
    assert zone_times_fit(checked.routine, limits.PACE_FIRST if name == "first-week" else limits.PACE_LATER)
    assert all(step.zone not in limits.OPT_IN_ZONES for step in checked.routine.steps)
    assert len(checked.to_json()) < 4096
    assert not any(
        word in checked.about.lower() for word in ("treat", "cure", "heal", "pain", "migraine", "acne")
    )


def zone_times_fit(checked, pace) -> bool:
    """Contact time a zone and side, ramps included, stays under its ceiling at this pace."""
    used: dict = {}
    for step in checked.steps:
        ceiling = limits.step_limits(
            step.zone, step.point, ids.PROFILE_NORMAL, ids.SENSOR_NAU7802, pace, limits.BY_PACE, step.asked
        )
        key = (step.zone, step.side)
        used[key] = used.get(key, 0) + step.presses * (
            min(step.hold_ms, ceiling.hold_ms) + routine_file.RAMP_MS
        )
        if used[key] > ceiling.zone_ms:
            return False
    return True


def test_the_four_promised_routines_ship():
    assert routine_file.shipped_names() == ["first-week", "forehead-and-brow", "full-face", "jaw-release"]


def test_first_week_stays_under_the_first_weeks_times():
    assert routine_file.load_shipped("first-week").routine.session_ms <= limits.PACE_FIRST[2]


def with_step(**changes) -> dict:
    return GOOD | {"steps": [STEP | changes]}


BAD = {
    "unknown zone": (with_step(zone="nose"), "steps[1].zone", "no such zone"),
    "forbidden point by code": (with_step(point="ST1"), "steps[1].point", "eye socket"),
    "forbidden point by name": (with_step(point="Renying"), "steps[1].point", "carotid"),
    "unknown point": (with_step(point="XX9"), "steps[1].point", "no such point"),
    "point of another zone": (with_step(point="SI18"), "steps[1].point", "zone cheeks"),
    "midline point on a side": (with_step(point="EX-HN3"), "steps[1].side", "midline"),
    "unknown side": (with_step(side="top"), "steps[1].side", "no such side"),
    "force over the ceiling": (with_step(limit_mn=4501), "steps[1].limit_mn", "4500"),
    "target over the ceiling": (with_step(target_hi_mn=3001), "steps[1].target_hi_mn", "3000"),
    "negative time": (with_step(hold_ms=-5), "steps[1].hold_ms", "1000 to 20000"),
    "absurd time": (with_step(hold_ms=10**12), "steps[1].hold_ms", "20000"),
    "absurd number": (with_step(hold_ms=10**30), "steps[1].hold_ms", "64 bits"),
    "time as text": (with_step(hold_ms="long"), "steps[1].hold_ms", "whole number"),
    "time as fraction": (with_step(hold_ms=5000.5), "steps[1].hold_ms", "whole number"),
    "time that is none": (with_step(hold_ms=float("nan")), "steps[1].hold_ms", "whole number"),
    "too many presses": (with_step(presses=6), "steps[1].presses", "1 to 5"),
    "unknown field": (with_step(speed=3), "steps[1].speed", "no such field"),
    "session too long": (GOOD | {"session_ms": 600_001}, "session_ms", "600000"),
    "no steps": (GOOD | {"steps": []}, "steps", "1 to 48"),
    "too many steps": (GOOD | {"steps": [STEP] * 49}, "steps", "1 to 48"),
    "a step that is a number": (GOOD | {"steps": [3]}, "steps[1]", "a step is a table"),
    "no format": ({k: v for k, v in GOOD.items() if k != "format"}, "format", "1 to 1"),
    "newer format": (GOOD | {"format": 2}, "format", "1 to 1"),
    "no name": (GOOD | {"name": " "}, "name", "1 to 24 bytes"),
    "long name": (GOOD | {"name": "x" * 25}, "name", "1 to 24 bytes"),
    "long text": (GOOD | {"about": "x" * 201}, "about", "200"),
    "too big for the tool": (
        GOOD | {"steps": [STEP | {"target_lo_mn": 1000, "target_hi_mn": 3000, "limit_mn": 4500}] * 48},
        "routine",
        "4096",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_refusals_name_field_value_rule_and_next_step(name):
    data, field, rule = BAD[name]
    with pytest.raises(RoutineRefused) as caught:
        check_data(data, "mine.toml")
    found = [refusal for refusal in caught.value.refusals if refusal.field.rstrip(".") == field]
    assert found, caught.value.message
    assert rule in found[0].rule
    assert found[0].next_step
    assert found[0].value
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("code", points.FORBIDDEN)
def test_every_forbidden_point_is_refused_by_name_with_why(code):
    with pytest.raises(RoutineRefused, match=r"never pressed: .{10,}") as caught:
        check_data(with_step(point=code.lower()), "mine.toml")
    assert points.FORBIDDEN[code] in caught.value.message


def test_all_refusals_are_listed_at_once():
    data = with_step(zone="nose", hold_ms=-1, presses=9) | {"name": ""}
    with pytest.raises(RoutineRefused) as caught:
        check_data(data, "mine.toml")
    assert len(caught.value.refusals) >= 4


def test_refusals_name_the_line():
    with pytest.raises(RoutineRefused) as caught:
        check_text(TEXT.replace("hold_ms = 5000", "hold_ms = 50").encode(), "mine.toml")
    assert [refusal.line for refusal in caught.value.refusals] == [11]


def test_a_missing_field_names_its_steps_line():
    with pytest.raises(RoutineRefused) as caught:
        check_text(TEXT.replace('side = "left"\nhold', "hold").encode(), "mine.toml")
    assert [(refusal.field, refusal.line) for refusal in caught.value.refusals] == [("steps[2].side", 8)]


def test_bad_toml_names_its_line():
    with pytest.raises(RoutineRefused, match=r"line 5: .*not TOML"):
        check_text(TEXT.replace('"forehead"', "forehead").encode(), "mine.toml")


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"name = '\xff'", "UTF-8"),
        (b"# " + b"x" * 10_000_000, "65536 bytes"),
        (b"a = " + b"[" * 30_000, "nested"),
        (b"a = " + b"9" * 20_000, "64 bits"),
        (b"hold = 0x" + b"f" * 20_000, "64 bits"),
        (b"", "whole number|at least|needed|lie from"),
    ],
)
def test_files_that_are_no_routine(raw, rule):
    with pytest.raises(RoutineRefused, match=rule):
        check_text(raw, "mine.toml")


def test_ten_megabytes_are_refused_without_being_read(tmp_path):
    path = tmp_path / "big.toml"
    path.write_bytes(b"# x\n" * 2_500_000)
    with pytest.raises(RoutineRefused, match="65536"):
        routine_file.load(path)


def test_missing_files_and_names(tmp_path):
    with pytest.raises(RoutineRefused, match="No such file"):
        routine_file.load_any(str(tmp_path / "none.toml"))
    with pytest.raises(RoutineRefused, match="not a file"):
        routine_file.load_any(str(tmp_path))
    with pytest.raises(UsageError, match="no shipped routine") as caught:
        routine_file.load_any("firts-week")
    assert "first-week" in caught.value.next_step


@pytest.mark.parametrize("name", routine_file.shipped_names())
def test_toml_from_json_is_the_same_routine(name):
    checked = routine_file.load_shipped(name)
    again = routine_file.from_tool(checked.to_json())
    assert tomllib.loads(routine_file.to_toml(again.data)) == checked.data


@pytest.mark.parametrize("raw", [b"\xff", b"{", b"[1]", b"{}", b"[" * 50_000])
def test_a_tools_routine_that_is_none_is_refused(raw):
    with pytest.raises(RoutineRefused):
        routine_file.from_tool(raw)


forces = st.one_of(st.integers(-10, 9000), st.integers(), st.floats(), st.none(), st.text(max_size=3))
zones = st.sampled_from([*ids.ZONE_NAMES.values(), "nose"])
codes = st.sampled_from(["", "nobody", *[value[0] for value in points.POINTS.values()], *points.FORBIDDEN])
steps = st.fixed_dictionaries(
    {"zone": zones, "side": st.sampled_from([*ids.SIDE_NAMES.values(), 1])},
    optional={
        "point": codes,
        "hold_ms": st.integers(-10, 30_000),
        "presses": st.integers(-1, 7),
        "zone_ms": st.integers(0, 100_000),
        "target_lo_mn": forces,
        "target_hi_mn": forces,
        "warn_mn": forces,
        "limit_mn": forces,
    },
)


@given(st.lists(steps, min_size=1, max_size=3))
def test_nothing_over_a_ceiling_is_ever_accepted(listed):
    accepted, refusals = outcome({"format": 1, "name": "Any", "steps": listed})
    assert all(refusal.field and refusal.rule and refusal.next_step for refusal in refusals)
    for step in accepted.routine.steps if accepted else []:
        lo, hi, warn, limit, zone_ms, hold_ms = limits.ZONES[step.zone]
        assert step.hold_ms <= hold_ms
        assert step.presses <= limits.PRESSES_CEILING
        assert points.POINTS[step.point][0] not in points.FORBIDDEN
        top = {"lo_mn": lo, "hi_mn": hi, "warn_mn": warn, "limit_mn": limit, "zone_ms": zone_ms}
        assert all(value <= top[field] for field, value in step.asked.items())


def outcome(data):
    try:
        return check_data(data, "any"), []
    except RoutineRefused as refused:
        return None, refused.refusals


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*routine.TOP_KEYS, *routine.STEP_KEYS, "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*routine.TOP_KEYS, "x"]), anything, max_size=6))
def test_any_fields_are_checked_without_a_crash(data):
    accepted, refusals = outcome(data)
    assert (accepted is None) == bool(refusals)


@given(st.text(max_size=200))
def test_any_text_is_checked_without_a_crash(text):
    with pytest.raises(RoutineRefused):
        check_text(text.encode("utf-8", "replace"), "any")


def test_json_is_compact_and_readable():
    assert json.loads(check_data(GOOD, "x").to_json()) == GOOD
