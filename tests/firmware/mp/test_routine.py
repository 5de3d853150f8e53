"""The check of a routine, field by field, at its edges; every refusal has its field, value, rule and next step."""

from core import ids, limits, points, routine


def check_step(**fields):
    step = {"zone": "cheeks", "side": "left"}
    step.update(fields)
    return routine.check({"format": 1, "name": "x", "steps": [step]})


def accepted(**fields):
    found, problems = check_step(**fields)
    assert problems == [], [p.rule for p in problems]
    return found.steps[0]


def refused(**fields):
    """Names of the refused fields of a step."""
    found, problems = check_step(**fields)
    assert found is None
    for problem in problems:
        assert problem.rule and problem.next_step, problem.field
    return [p.field.replace("steps[1].", "") for p in problems]


def top(**fields):
    data = {"format": 1, "name": "x", "steps": [{"zone": "cheeks", "side": "left"}]}
    data.update(fields)
    return [p.field for p in routine.check(data)[1]]


def test_figures():
    assert (routine.FORMAT_VERSION, routine.NAME_MAX, routine.ABOUT_MAX) == (1, 24, 200)
    assert routine.HOLD_MS == (1000, 20000) and routine.SESSION_MS == (60000, 600000)
    assert routine.ZONE_MS == (5000, 90000)


def test_what_is_left_out_has_its_default():
    step = accepted()
    assert (step.zone, step.side, step.point) == (ids.CHEEKS, ids.LEFT, 0)
    assert (step.hold_ms, step.presses, step.asked) == (5000, 2, {})
    found, problems = routine.check({"format": 1, "name": "x", "steps": [{"zone": "cheeks", "side": "left"}]})
    assert problems == [] and (found.name, found.session_ms, len(found.steps)) == ("x", 300000, 1)


def test_what_is_said_is_taken():
    step = accepted(
        zone="jawline", side="right", point="ST6", hold_ms=7000, presses=3, target_lo_mn=500, target_hi_mn=1500,
        warn_mn=1800, limit_mn=2000, zone_ms=20000,
    )  # fmt: skip
    assert (step.zone, step.side, step.point) == (ids.JAWLINE, ids.RIGHT, points.find("ST6"))
    assert (step.hold_ms, step.presses) == (7000, 3)
    assert step.asked == {"lo_mn": 500, "hi_mn": 1500, "warn_mn": 1800, "limit_mn": 2000, "zone_ms": 20000}


def test_each_force_has_its_ceiling():
    for zone, (lo, hi, warn, limit, _zone_ms, _hold_ms) in limits.ZONES.items():
        for field, ceiling in (
            ("target_lo_mn", lo),
            ("target_hi_mn", hi),
            ("warn_mn", warn),
            ("limit_mn", limit),
        ):
            name = ids.ZONE_NAMES[zone]
            accepted(zone=name, **{field: ceiling})
            assert refused(zone=name, **{field: ceiling + 1}) == [field], (name, field)


def test_a_reduced_point_has_the_lower_ceiling():
    ceiling = limits.ZONES[ids.CHEEKS][3] * 70 // 100
    lower = {"target_hi_mn": 1200, "warn_mn": 1400}
    accepted(point="ST2", limit_mn=ceiling, **lower)
    assert refused(point="ST2", limit_mn=ceiling + 1, **lower) == ["limit_mn"]
    accepted(limit_mn=ceiling + 1, **lower)


def test_forces_have_a_floor_and_are_whole():
    accepted(target_lo_mn=350)
    for value in (349, 0, -5, True, "900", 900.0, None):
        assert refused(target_lo_mn=value) == ["target_lo_mn"], value


def test_the_order_of_forces_is_kept():
    accepted(target_lo_mn=600, target_hi_mn=600)
    assert refused(target_hi_mn=1800, warn_mn=1799) == ["target_lo_mn"]
    assert refused(limit_mn=2099) == ["target_lo_mn"]
    accepted(limit_mn=2100)


def test_the_target_leaves_room_for_a_hand():
    accepted(target_lo_mn=350, target_hi_mn=600)
    assert refused(target_lo_mn=350, target_hi_mn=599) == ["target_hi_mn"]


def test_times_and_presses_have_their_edges():
    for field, low, high in (("hold_ms", 1000, 20000), ("presses", 1, 5), ("zone_ms", 5000, 90000)):
        accepted(**{field: low})
        accepted(**{field: high})
        assert refused(**{field: low - 1}) == [field] and refused(**{field: high + 1}) == [field]
        for value in (True, "5", 1.5, None):
            assert refused(**{field: value}) == [field], (field, value)
    accepted(zone="crows_feet", hold_ms=10000, zone_ms=30000)
    assert refused(zone="crows_feet", hold_ms=10001) == ["hold_ms"]
    assert refused(zone="crows_feet", zone_ms=30001) == ["zone_ms"]


def test_zones_sides_and_points():
    for word in ("nose", "", None, 4, "none"):
        assert "zone" in refused(zone=word), word
    for word in ("middle", None, 1):
        assert refused(side=word) == ["side"], word
    assert refused(point="XX9") == ["point"] and refused(point=5) == ["point"]
    assert refused(point="GB14") == ["point"], "it lies in another zone"
    assert refused(zone="forehead", side="left", point="EX-HN3") == ["side"]
    assert refused(point="SI18", side="midline") == ["side"]
    accepted(zone="forehead", side="midline", point="EX-HN3")
    accepted(zone="forehead", side="midline")
    accepted(point="")


def test_a_bad_zone_hides_no_other_problem():
    assert refused(zone="nose", hold_ms=20001, point="GB14") == ["zone", "hold_ms"]
    assert refused(zone="nose", hold_ms=20000) == ["zone"]


def test_unknown_fields_are_named():
    assert refused(force=3) == ["force"]
    assert top(color=3) == ["color"]
    assert refused(**{"\x01": 1}) == ["?"]


def test_the_top_of_it():
    assert top() == [] and top(about="x" * 200) == []
    assert top(about="x" * 201) == ["about"] and top(about=3) == ["about"]
    assert top(session_ms=60000) == [] and top(session_ms=600000) == []
    assert top(session_ms=59999) == ["session_ms"] and top(session_ms=600001) == ["session_ms"]
    for value in (0, 2, "1", None, True):
        assert top(format=value) == ["format"], value
    _found, problems = routine.check({"name": "a", "steps": [{"zone": "cheeks", "side": "left"}]})
    assert [(p.field, p.value) for p in problems] == [("format", "0")], "a routine says its format"
    assert top(name="x" * 24) == []
    for value in ("", "   ", "x" * 25, "\u00e9" * 13, None, 5):
        assert top(name=value) == ["name"], value
    assert top(name="a\x02") == ["name"] and top(name="a b") == []
    one = {"zone": "cheeks", "side": "left"}
    assert top(steps=[one] * 48) == []
    for value in ([], [one] * 49, None, one):
        assert top(steps=value) == ["steps"], value
    assert top(steps=[3]) == ["steps[1]"] and top(steps=[one, []]) == ["steps[2]"]
    for data in (None, [], "x", 3):
        found, problems = routine.check(data)
        assert found is None and [p.field for p in problems] == ["routine"]


def test_values_are_shown_short_and_clean():
    for value, text in (
        ("plain", "plain"), (5, "5"), ("a\x00b\x1fc", "a?b?c"), ("x" * 39, "x" * 39), ("x" * 40, "x" * 37 + "..."),
        ("x" * 400, "x" * 37 + "..."), (" ", " "),
    ):  # fmt: skip
        assert routine.show(value) == text, value


def test_steps_are_numbered_from_one():
    steps = [{"zone": "cheeks", "side": "left"}, {"zone": "cheeks", "side": "up"}]
    problems = routine.check({"format": 1, "name": "x", "steps": steps})[1]
    assert [p.field for p in problems] == ["steps[2].side"] and problems[0].value == "up"


def test_what_is_said_names_the_way_out():
    for fields, rule, next_step in (
        ({"zone": "forehead", "point": "EX-HN3"}, "this point lies on the midline", "use midline"),
        ({"point": "SI18", "side": "midline"}, "this point is a pair", "use left or right"),
        ({"point": "GB14"}, "it lies in the zone forehead", "set zone to forehead"),
        ({"point": "XX9"}, "there is no such point in the tool's table", "see docs/points.md"),
        ({"point": 5}, "a point's code or name is needed", 'write a text, for example "GB14"'),
    ):
        problems = check_step(**fields)[1]
        assert [(p.rule, p.next_step) for p in problems] == [(rule, next_step)], fields


def test_a_zone_without_a_point_and_no_zone_with_one():
    assert accepted(point="").point == 0
    assert refused(zone="nose", point="GB14") == ["zone"]
    assert refused(point="XX9", side="midline") == ["point"]
    assert refused(zone="nose", side="left", zone_ms=90000) == ["zone"]


def test_huge_numbers_are_shown_in_words():
    words = "a number of more than 64 bits"
    big = 1 << 64
    for value, shown in ((big, words), (-big, words), (big - 1, str(big - 1)), (1 - big, str(1 - big))):
        assert routine.show(value) == shown
    assert check_step(hold_ms=big)[1][0].value == words
