"""Limits are only ever narrowed, for each reason exactly as it says, and in force they follow the steps downwards."""

from __future__ import annotations

from core import button, ids, limits, points
from core_rig import Rig
from hypothesis import example, given, settings
from hypothesis import strategies as st

ZONES = sorted(limits.ZONES)
PACES = [
    (limits.PACE_LATER, limits.BY_PACE),
    (limits.PACE_FIRST, limits.BY_FIRST_WEEK),
    (limits.PACE_STRICT, limits.BY_STRICT),
]
PROFILES = [ids.PROFILE_NORMAL, ids.PROFILE_SENSITIVE, 2, 99]
SENSORS = sorted(ids.SENSOR_NAMES)
ASKED = st.dictionaries(st.sampled_from(limits.FIELDS), st.integers(0, 100_000), max_size=6)
CONFIGURATIONS = st.tuples(
    st.sampled_from(ZONES),
    st.sampled_from(sorted(points.POINTS)),
    st.sampled_from(PROFILES),
    st.sampled_from(SENSORS),
    st.sampled_from(PACES),
    ASKED,
)


def effective(zone, point, profile, sensor, pace, asked):
    return limits.step_limits(zone, point, profile, sensor, pace[0], pace[1], asked)


def compiled(zone):
    return dict(zip(limits.FIELDS, limits.ZONES[zone], strict=True))


def expected(configuration):
    """{reason: {field: what the reason alone allows, given the value before}} as docs/limits.md tells it."""
    _zone, point, profile, sensor, (pace, pace_reason), asked = configuration
    share = {
        limits.BY_POINT: 70 if point in points.REDUCED else 100,
        limits.BY_PROFILE: 100 if profile == ids.PROFILE_NORMAL else 70,
        limits.BY_SENSOR: 75 if sensor == ids.SENSOR_FSR else 100,
    }
    scaled = {
        reason: {field: lambda before, p=percent: before * p // 100 for field in limits.FORCE_FIELDS}
        for reason, percent in share.items()
    }
    fixed = {
        limits.BY_GLOBAL: {"limit_mn": limits.GLOBAL_CEILING_MN},
        pace_reason: {"hold_ms": pace[0], "zone_ms": pace[1]},
        limits.BY_ROUTINE: asked,
    }
    return scaled | {
        reason: {field: lambda _before, v=value: v for field, value in row.items()}
        for reason, row in fixed.items()
    }


@settings(max_examples=300)
@given(CONFIGURATIONS)
def test_reasons_tell_every_narrowing_exactly(configuration):
    found = effective(*configuration)
    rules = expected(configuration)
    values = compiled(configuration[0])
    told = [(reason, field) for reason, field, _before, _after in found.reasons]
    assert len(told) == len(set(told)), "each reason narrows a field once"
    for reason, field, before, after in found.reasons:
        assert before == values[field] > after == rules[reason][field](before)
        values[field] = after
    for reason, row in rules.items():
        for field, rule in row.items():
            assert (reason, field) in told or rule(values[field]) >= values[field], "a rule that did not bite"
    values["warn_mn"] = min(values["warn_mn"], values["limit_mn"])
    values["hi_mn"] = min(values["hi_mn"], values["warn_mn"])
    values["lo_mn"] = min(values["lo_mn"], values["hi_mn"])
    assert values == {field: getattr(found, field) for field in limits.FIELDS}
    assert found.mask() == sum(1 << reason for reason in {reason for reason, _field in told})


def gentler(configuration, draw):
    """A configuration that asks for no more in anything."""
    zone, point, profile, sensor, pace, asked = configuration
    return (
        zone,
        draw(st.sampled_from([point, *points.REDUCED])),
        draw(st.sampled_from([profile, ids.PROFILE_SENSITIVE])),
        draw(st.sampled_from([sensor, ids.SENSOR_FSR])),
        PACES[draw(st.integers(PACES.index(pace), len(PACES) - 1))],
        asked | {field: min(value, asked.get(field, value)) for field, value in draw(ASKED).items()},
    )


@settings(max_examples=300)
@given(CONFIGURATIONS, st.data())
def test_what_is_gentler_in_anything_is_wider_in_nothing(configuration, data):
    one, two = effective(*configuration), effective(*gentler(configuration, data.draw))
    for field in limits.FIELDS:
        assert getattr(two, field) <= getattr(one, field), field


@given(st.sampled_from(PROFILES), st.sampled_from(SENSORS), CONFIGURATIONS)
def test_outside_a_step_nothing_is_wider_than_in_any(profile, sensor, configuration):
    zone, _point, _profile, _sensor, _pace, _asked = configuration
    outside = limits.outside_limits(profile, sensor)
    whole = effective(zone, 0, profile, sensor, PACES[0], {})
    assert all(getattr(outside, field) <= getattr(whole, field) for field in limits.FORCE_FIELDS)


# A history: (what, for how long in ms). "on" presses lightly, "off" lifts; a zone's number begins its step.
HISTORIES = st.lists(
    st.tuples(st.sampled_from(["on", "off", *ZONES]), st.sampled_from([20, 200, 1900, 2200])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(HISTORIES)
def test_limits_in_force_rise_only_after_a_lift_of_two_seconds_and_a_touch(history):
    start = limits.outside_limits(ids.PROFILE_NORMAL, ids.SENSOR_NAU7802)
    rig = Rig(0, start)
    rig.run(100, 0)
    wanted, in_force, lifted_ms, force = start, start.limit_mn, 0, 0
    for what, ms in history:
        if what in ZONES:
            wanted = limits.zone_limits(what)
            rig.watch.use_limits(wanted)
        else:
            force = 600 if what == "on" else 0
        before = in_force
        rig.run(ms, force)
        in_force = rig.watch.judge.limit_mn
        assert in_force <= wanted.limit_mn, "never more than the step that runs"
        touched_late = what == "on" and lifted_ms >= 1900
        assert in_force <= before or touched_late, "a rise without a long lift and a touch"
        lifted_ms = lifted_ms + ms if force == 0 else 0
        judge = rig.watch.judge
        assert judge.lo_mn <= judge.hi_mn <= judge.warn_mn <= judge.limit_mn


GENTLE = {"target_lo_mn": 400, "target_hi_mn": 900, "warn_mn": 1200, "limit_mn": 1500}
STEPS = st.lists(
    st.builds(
        lambda zone, side, hold_ms, presses, asked: (
            {"zone": ids.ZONE_NAMES[zone], "side": side, "hold_ms": hold_ms, "presses": presses} | asked
        ),
        st.sampled_from([ids.FOREHEAD, ids.JAWLINE, ids.CROWS_FEET, ids.NECK]),
        st.sampled_from(["left", "right"]),
        st.integers(1000, 3000),
        st.integers(1, 2),
        st.sampled_from([{}, GENTLE]),
    ),
    min_size=1,
    max_size=4,
)
GESTURES = [button.SHORT, button.DOUBLE, button.TRIPLE, button.MEDIUM]
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.integers(0, 6000), st.sampled_from([100, 700, 2500])),
        st.tuples(st.just("lift"), st.just(0), st.sampled_from([100, 700, 2500])),
        st.tuples(st.just("button"), st.sampled_from(GESTURES), st.just(40)),
    ),
    min_size=1,
    max_size=14,
)


def ceiling_of(session):
    """Highest limit that may be in force now, by the table alone."""
    narrowest = min(row[3] for row in limits.ZONES.values())
    run = session.run
    if session.over() or run is None or run.prompting or session.mode == ids.PAUSED:
        return narrowest
    return min(limits.ZONES[run.step.zone][3], run.step.asked.get("limit_mn", limits.GLOBAL_CEILING_MN))


def bare(zone):
    return {"zone": ids.ZONE_NAMES[zone], "side": "left"}


SKIP_TO_THE_NECK = [("button", button.DOUBLE, 40), ("lift", 0, 100)]


@settings(max_examples=100)
@example([bare(ids.FOREHEAD), bare(ids.NECK)], SKIP_TO_THE_NECK)
@given(STEPS, DEEDS)
def test_no_press_and_no_gesture_puts_a_session_over_its_zones_limit(steps, deeds):
    rig = Rig()
    rig.run(2200, 0)
    rig.begin(steps, session_ms=20_000)
    rig.run(100, 1000)
    for what, value, ms in deeds:
        if what == "button":
            rig.session.gesture(value)
        elif what == "press":
            rig.sensor.force_mn = value
        else:
            rig.sensor.force_mn = 0
        for _ in range(ms // 20):
            rig.run(20)
            assert rig.watch.judge.limit_mn <= ceiling_of(rig.session)
            assert rig.session.active_ms <= rig.session.session_ms + 40
