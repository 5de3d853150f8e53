"""Properties of limits, judging and counting, for all inputs that hypothesis can think of."""

from __future__ import annotations

import pytest
from core import ids, limits, points, routine
from core_rig import Rig
from hypothesis import given, settings
from hypothesis import strategies as st

ZONES = sorted(limits.ZONES)
PACES = [limits.PACE_FIRST, limits.PACE_LATER, limits.PACE_STRICT]
SENSORS = sorted(ids.SENSOR_NAMES)
ASKED = st.dictionaries(st.sampled_from(limits.FIELDS), st.integers(-(10**9), 10**9), max_size=6)
QUIET_MN = 25  # quantising and dither of the rig's sensor, seen through the look-ahead


def effective(zone, point, profile, sensor, pace, asked):
    return limits.step_limits(zone, point, profile, sensor, pace, limits.BY_PACE, asked)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(sorted(points.POINTS)),
    st.integers(0, 5),
    st.sampled_from(SENSORS),
    st.sampled_from(PACES),
    ASKED,
)
def test_effective_limits_never_pass_the_compiled_ones(zone, point, profile, sensor, pace, asked):
    found = effective(zone, point, profile, sensor, pace, asked)
    lo, hi, warn, limit, zone_ms, hold_ms = limits.ZONES[zone]
    assert found.lo_mn <= lo and found.hi_mn <= hi and found.warn_mn <= warn
    assert found.limit_mn <= min(limit, limits.GLOBAL_CEILING_MN)
    assert found.zone_ms <= zone_ms and found.hold_ms <= hold_ms
    assert found.lo_mn <= found.hi_mn <= found.warn_mn <= found.limit_mn


@given(st.sampled_from(ZONES), ASKED, ASKED)
def test_asking_for_more_gentleness_never_widens(zone, first, second):
    both = {key: min(first.get(key, 10**9), second.get(key, 10**9)) for key in {*first, *second}}
    one = effective(zone, 0, 0, 1, limits.PACE_LATER, first)
    two = effective(zone, 0, 0, 1, limits.PACE_LATER, both)
    for field in limits.FIELDS:
        assert getattr(two, field) <= getattr(one, field)


@given(st.sampled_from(ZONES), st.integers(0, 1), st.sampled_from(SENSORS), ASKED)
def test_each_narrowing_has_its_reason(zone, profile, sensor, asked):
    found = effective(zone, 0, profile, sensor, limits.PACE_LATER, asked)
    values = dict(zip(limits.FIELDS, limits.ZONES[zone], strict=True))
    for reason, field, before, after in found.reasons:
        assert before == values[field] and after < before and reason in limits.REASON_TEXTS
        values[field] = after
    for field in ("zone_ms", "hold_ms"):
        assert values[field] == getattr(found, field)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
        max_leaves=12,
    )
)
def test_routine_check_survives_anything(data):
    found, problems = routine.check(data)
    assert (found is None) == bool(problems)


STEPS = st.fixed_dictionaries(
    {
        "zone": st.sampled_from([*ids.ZONE_NAMES.values(), "eye", ""]),
        "side": st.sampled_from(["left", "right", "midline"]),
    },
    optional={
        "point": st.sampled_from([code for code, *_ in points.POINTS.values()] + list(points.FORBIDDEN)),
        "hold_ms": st.integers(-5, 30000),
        "presses": st.integers(-1, 9),
        "target_lo_mn": st.integers(0, 6000),
        "target_hi_mn": st.integers(0, 6000),
        "warn_mn": st.integers(0, 6000),
        "limit_mn": st.integers(0, 6000),
        "zone_ms": st.integers(0, 100000),
    },
)


@given(st.lists(STEPS, min_size=1, max_size=3))
def test_an_accepted_routine_keeps_every_ceiling(steps):
    found, problems = routine.check({"format": 1, "name": "any", "steps": steps})
    assert (found is None) == bool(problems)
    for step in found.steps if found else []:
        lo, hi, warn, limit, zone_ms, hold_ms = limits.ZONES[step.zone]
        ceilings = {"lo_mn": lo, "hi_mn": hi, "warn_mn": warn, "limit_mn": limit, "zone_ms": zone_ms}
        assert all(value <= ceilings[field] for field, value in step.asked.items())
        assert step.hold_ms <= hold_ms and step.presses <= limits.PRESSES_CEILING
        assert points.POINTS[step.point][0] not in points.FORBIDDEN


def corners(draw, judged):
    """Corners (ms, mN) of a trace that keeps under every alarm of the limits it is judged by."""
    count = draw(st.integers(2, 8))
    t_ms, force = 0, draw(st.integers(0, judged.warn_mn - QUIET_MN))
    found = [(0, 0), (force + 50, force)]
    t_ms = force + 50
    for _ in range(count):
        span = draw(st.integers(20, 900))
        room = judged.limit_mn - QUIET_MN - max(force, 0)
        steepest = min(limits.JAB_MN_S - 2000, room * 1000 // 300)
        highest = min(judged.warn_mn - QUIET_MN, force + steepest * span // 1000)
        target = draw(st.integers(0, max(0, highest)))
        slope = (target - force) * 1000 // span
        if slope > 0 and target + slope * 3 // 10 > judged.limit_mn - QUIET_MN:
            target = force
        t_ms += span
        force = target
        found.append((t_ms, force))
    return found


def at(points_, t_ms):
    for (t0, f0), (t1, f1) in zip(points_, points_[1:], strict=False):
        if t0 <= t_ms <= t1:
            return f0 + (f1 - f0) * (t_ms - t0) // max(1, t1 - t0)
    return points_[-1][1]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(ZONES))
def test_a_trace_under_every_threshold_raises_no_alert_ever(data, zone):
    judged = limits.zone_limits(zone)
    trace = corners(data.draw, judged)
    rig = Rig(0, judged)
    rig.run(100, 0)
    rig.run(trace[-1][0] + 300, lambda t: at(trace, t))
    assert rig.events(ids.EVENT_WARN) == [] and rig.watch.tally.over_count == 0
    assert rig.watch.tally.jab_count == 0 and rig.motor_us == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 18), st.sampled_from(ZONES), st.integers(200, 2500))
def test_every_excess_alarms_within_one_filter_window(slope_n_s, zone, more_mn):
    judged = limits.zone_limits(zone)
    rig = Rig(0, judged)
    rig.run(100, 0)
    top = min(judged.limit_mn + more_mn, 7500)
    crossed = judged.limit_mn // slope_n_s
    rig.run(crossed + 40, lambda t: min(top, slope_n_s * t))
    assert rig.player.cue in (ids.CUE_WARN, ids.CUE_OVER), "the look-ahead leads the crossing"
    rig.run(60, lambda t: min(top, slope_n_s * (t + crossed + 40)))
    if top > judged.limit_mn + 250:
        assert rig.player.cue == ids.CUE_OVER


@pytest.mark.parametrize("force_mn", [400, 1000, 1900, 2300, 2700, 4000])
def test_sums_never_lose_time(force_mn):
    rig = Rig(0, limits.zone_limits(ids.CHEEKS))
    rig.run(100, 0)
    rig.watch.begin_step()
    rig.run(5000, lambda t: min(force_mn, 2 * t))
    assert abs(sum(rig.watch.tally.band_us) + rig.watch.tally.blind_us - 5_000_000) <= 2 * 3125
