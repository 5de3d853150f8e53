"""The table of limits, figure by figure as in docs/limits.md, and the one way to change them."""

from core import ids, limits, points

FIGURES = {
    "GLOBAL_CEILING_MN": 5000,
    "OVERLOAD_MN": 8000,
    "JAB_MN_S": 20000,
    "LOOK_AHEAD_MS": 300,
    "NOISE_MN": 10,
    "NOISE_MN_S": 500,
    "CONTACT_BEGIN_MN": 250,
    "CONTACT_END_MN": 150,
    "RELEASE_BELOW_TOP_MN": 200,
    "LEAST_TOP_MN": 600,
    "LEAST_BOTTOM_MN": 350,
    "WARN_SAMPLES": 2,
    "WARN_LEAVE_MS": 150,
    "EXCESS_REPEAT_MS": 2000,
    "ZONE_LIMIT_EVENTS": 3,
    "SESSION_LIMIT_EVENTS": 6,
    "LIFT_MIN_MS": 2000,
    "LONG_CONTACT_MS": 30000,
    "PRESSES_CEILING": 5,
    "STEPS_CEILING": 48,
    "PACE_FIRST": (10000, 30000, 300000, 48, 3),
    "PACE_LATER": (15000, 60000, 600000, 20, 5),
    "PACE_STRICT": (10000, 30000, 300000, 48, 1),
    "FIRST_SESSIONS": 6,
    "SESSION_CEILING_MS": 600000,
    "REST_FLOOR_H": 12,
    "WEEKLY_CEILING": 7,
    "HOLD_FLOOR_MS": 1000,
    "OPT_IN_ZONES": (ids.NECK,),
}
ZONES = {
    "forehead": (1000, 3000, 3800, 4500, 90000, 20000),
    "crows_feet": (400, 1200, 1600, 2000, 30000, 10000),
    "smile_lines": (600, 1800, 2100, 2500, 90000, 20000),
    "cheeks": (600, 1800, 2100, 2500, 90000, 20000),
    "jawline": (800, 2200, 2600, 3000, 90000, 20000),
    "neck": (500, 1300, 1600, 2000, 30000, 10000),
}
# Written into session files and sent to the desktop: these numbers never change.
REASONS = {
    "BY_GLOBAL": 1,
    "BY_POINT": 2,
    "BY_PROFILE": 3,
    "BY_SENSOR": 4,
    "BY_FIRST_WEEK": 5,
    "BY_ROUTINE": 6,
    "BY_STEP_CHANGE": 7,
    "BY_OUTSIDE_STEP": 8,
    "BY_PACE": 9,
    "BY_STRICT": 10,
    "BY_SETTINGS": 11,
}


def step(zone=ids.FOREHEAD, point=0, profile=0, sensor=ids.SENSOR_NAU7802, pace=None, asked=None):
    pace = pace or limits.PACE_LATER
    return limits.step_limits(zone, point, profile, sensor, pace, limits.BY_PACE, asked)


def values(found):
    return tuple([getattr(found, field) for field in limits.FIELDS])


def test_figures():
    for name, value in FIGURES.items():
        assert getattr(limits, name) == value, name
    for name, value in REASONS.items():
        assert getattr(limits, name) == value, name
    assert sorted(limits.REASON_TEXTS) == sorted(REASONS.values())


def test_each_zone():
    assert len(limits.ZONES) == len(ZONES)
    for zone, row in limits.ZONES.items():
        assert row == ZONES[ids.ZONE_NAMES[zone]]
        found = limits.zone_limits(zone)
        assert values(found) == row and found.reasons == []


def test_nothing_passes_the_ceiling_of_the_tool():
    table = limits.ZONES
    limits.ZONES = {ids.FOREHEAD: (1000, 5200, 5400, 5600, 90000, 20000)}
    try:
        found = limits.zone_limits(ids.FOREHEAD)
    finally:
        limits.ZONES = table
    assert values(found)[:4] == (1000, 5000, 5000, 5000)
    assert found.reasons == [(limits.BY_GLOBAL, "limit_mn", 5600, 5000)]


def test_narrow_lowers_and_remembers_and_never_raises():
    found = limits.zone_limits(ids.CHEEKS)
    found.narrow("limit_mn", 2500, limits.BY_ROUTINE)
    found.narrow("limit_mn", 9000, limits.BY_ROUTINE)
    assert found.limit_mn == 2500 and found.reasons == []
    found.narrow("limit_mn", 2499, limits.BY_ROUTINE)
    assert found.limit_mn == 2499
    assert found.reasons == [(limits.BY_ROUTINE, "limit_mn", 2500, 2499)]


def test_mask_and_last_reason():
    found = limits.zone_limits(ids.CHEEKS)
    assert found.mask() == 0 and found.last_reason("hi_mn") == 0
    found.narrow("hi_mn", 1700, limits.BY_PROFILE)
    found.narrow("hi_mn", 1600, limits.BY_ROUTINE)
    found.narrow("hold_ms", 9000, limits.BY_PROFILE)
    assert found.mask() == 1 << limits.BY_PROFILE | 1 << limits.BY_ROUTINE
    assert found.last_reason("hi_mn") == limits.BY_ROUTINE
    assert found.last_reason("hold_ms") == limits.BY_PROFILE
    assert found.last_reason("lo_mn") == 0


def test_order_is_kept():
    found = limits.Limits(900, 800, 700, 600, 1, 1)
    found.order()
    assert values(found)[:4] == (600, 600, 600, 600)
    found = limits.Limits(100, 200, 300, 400, 1, 1)
    found.order()
    assert values(found)[:4] == (100, 200, 300, 400)


def test_room_for_a_hand():
    for lo, hi, field in ((350, 600, ""), (349, 600, "lo_mn"), (350, 599, "hi_mn"), (349, 599, "hi_mn")):
        assert limits.Limits(lo, hi, 2000, 2000, 1, 1).too_narrow() == field, (lo, hi)


def test_points_near_a_nerve_or_artery_take_seven_tenths():
    assert points.REDUCED == (15, 16)
    for point, zone in ((15, ids.CHEEKS), (16, ids.JAWLINE)):
        full = limits.ZONES[zone]
        found = step(zone, point)
        assert values(found)[:4] == tuple([force * 70 // 100 for force in full[:4]])
        assert found.last_reason("limit_mn") == limits.BY_POINT
        assert found.hold_ms == 15000
    assert values(step(ids.CHEEKS, 14))[:4] == limits.ZONES[ids.CHEEKS][:4]


def test_profile_sensor_and_pace():
    assert values(step()) == (1000, 3000, 3800, 4500, 60000, 15000)
    assert values(step(profile=ids.PROFILE_SENSITIVE))[:4] == (700, 2100, 2660, 3150)
    assert step(profile=99).limit_mn == 3150, "an unknown profile counts as sensitive"
    assert values(step(sensor=ids.SENSOR_FSR))[:4] == (750, 2250, 2850, 3375)
    assert values(step(sensor=ids.SENSOR_HX711))[:4] == (1000, 3000, 3800, 4500)
    assert values(step(pace=limits.PACE_FIRST))[4:] == (30000, 10000)
    found = step(profile=ids.PROFILE_SENSITIVE, sensor=ids.SENSOR_FSR)
    assert [row[0] for row in found.reasons] == [limits.BY_PROFILE] * 4 + [limits.BY_SENSOR] * 4 + [
        limits.BY_PACE
    ] * 2


def test_a_routine_narrows_every_field_and_widens_none():
    lower = {
        "lo_mn": 500,
        "hi_mn": 1500,
        "warn_mn": 1700,
        "limit_mn": 1900,
        "zone_ms": 20000,
        "hold_ms": 4000,
    }
    assert values(step(asked=lower)) == (500, 1500, 1700, 1900, 20000, 4000)
    higher = dict.fromkeys(limits.FIELDS, 10**6)
    assert values(step(asked=higher)) == values(step())
    assert values(step(asked={"limit_mn": 900}))[:4] == (900, 900, 900, 900)


def test_outside_a_step_the_lowest_of_all_zones_holds():
    assert values(limits.outside_limits(0, ids.SENSOR_NAU7802)) == (400, 1200, 1600, 2000, 30000, 10000)
    found = limits.outside_limits(ids.PROFILE_SENSITIVE, ids.SENSOR_NAU7802)
    assert values(found)[:4] == (280, 840, 1120, 1400)
    assert limits.outside_limits(0, ids.SENSOR_FSR).limit_mn == 1500
    assert found.mask() == 1 << limits.BY_OUTSIDE_STEP | 1 << limits.BY_PROFILE


def test_an_unknown_zone_is_an_error():
    try:
        limits.zone_limits(99)
    except KeyError:
        return
    raise AssertionError("a zone without limits")
