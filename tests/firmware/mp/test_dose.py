"""Rest, weekly ceiling, first sessions, unknown time: what may be pressed when."""

from core import dose, ids, limits, wire
from core.errors import StorageError
from core.slots import encode
from dose_rig import DAY_S, HOUR_S, NOON_S, Rig
from memory_files import MemoryFiles, PowerCut


def rested(rig, zone=ids.CHEEKS, slot=0):
    return dose.zone_rested(rig.counters, rig.clock, rig.settings, zone, slot)


def allowed(rig, zones=(), slot=0):
    return dose.session_allowed(rig.counters, rig.clock, rig.settings, zones, slot)


def pace(rig, slot=0):
    return dose.pace(rig.counters, rig.clock, rig.settings, slot)


def known():
    rig = Rig()
    assert rig.clock.set(NOON_S) == wire.ERR_OK
    return rig


def practised():
    """A tool with a set clock whose first six sessions lie more than a week back."""
    rig = known()
    for _ in range(6):
        rig.press([ids.CHEEKS])
        rig.pass_s(4 * DAY_S)
    rig.pass_s(8 * DAY_S)
    return rig


def test_a_new_tool_may_press():
    rig = Rig()
    assert rested(rig) == (True, 0, "")
    assert allowed(rig, (ids.CHEEKS,)) == (True, "")
    assert rig.counters.boots() == 1


def test_the_first_six_sessions_have_the_first_pace():
    rig = known()
    for number in range(7):
        expected = limits.PACE_FIRST if number < 6 else limits.PACE_LATER
        assert pace(rig) == (expected, limits.BY_FIRST_WEEK if number < 6 else limits.BY_PACE)
        rig.press([ids.CHEEKS])


def test_an_unset_clock_has_the_first_pace():
    rig = practised()
    assert pace(rig)[0] == limits.PACE_LATER
    rig.power_up()
    assert pace(rig) == (limits.PACE_FIRST, limits.BY_FIRST_WEEK)


def test_the_strict_preset():
    rig = practised()
    assert rig.settings.write("strict", b"1") == wire.ERR_OK
    assert pace(rig) == (limits.PACE_STRICT, limits.BY_STRICT)
    rig.press([ids.CHEEKS])
    rig.pass_s(6 * DAY_S)
    assert not allowed(rig)[0]
    rig.pass_s(DAY_S)
    assert allowed(rig)[0]


def test_rest_at_first_and_later():
    for rig, hours in ((known(), 48), (practised(), 20)):
        rig.press([ids.CHEEKS])
        ok, wait_ms, text = rested(rig)
        assert not ok and wait_ms == hours * HOUR_S * 1000
        assert "cheeks" in text and "%d h" % hours in text and "other zones" in text
        assert rested(rig, ids.FOREHEAD)[0]
        rig.pass_s(hours * HOUR_S - 1)
        assert rested(rig)[:2] == (False, 1000)
        rig.pass_s(1)
        assert rested(rig)[0]


def test_settings_only_lengthen_the_rest():
    for text, hours in ((b"12", 20), (b"72", 72)):
        rig = practised()
        assert rig.settings.write("rest_h", text) == wire.ERR_OK
        rig.press([ids.CHEEKS])
        assert rested(rig)[1] == hours * HOUR_S * 1000


def test_settings_only_lower_the_weekly_number():
    for text, most in ((b"7", 3), (b"2", 2)):
        rig = known()
        assert rig.settings.write("weekly_max", text) == wire.ERR_OK
        assert dose.weekly(rig.counters, rig.clock, rig.settings) == most


def test_three_sessions_a_week_at_first():
    rig = known()
    for _ in range(3):
        assert allowed(rig)[0]
        rig.press([ids.CHEEKS])
        rig.pass_s(DAY_S)
    ok, text = allowed(rig)
    assert not ok and "3 of 3" in text and "in 3 days 23 h" in text
    rig.pass_s(4 * DAY_S - 700)
    assert not allowed(rig)[0]
    rig.pass_s(700)
    assert allowed(rig)[0]


def test_five_a_week_later():
    rig = practised()
    for _ in range(5):
        assert allowed(rig)[0]
        rig.press([ids.CHEEKS])
        rig.pass_s(21 * HOUR_S)
    assert not allowed(rig)[0]


def test_a_session_is_refused_when_all_its_zones_rest():
    rig = known()
    rig.press([ids.CHEEKS])
    rig.pass_s(HOUR_S)
    rig.press([ids.FOREHEAD])
    assert allowed(rig, (ids.CHEEKS, ids.JAWLINE))[0]
    ok, text = allowed(rig, (ids.CHEEKS, ids.FOREHEAD))
    assert not ok and "cheeks" in text


def test_a_clock_set_forward_ends_no_rest_and_no_week():
    for before_s, after_s in (
        (NOON_S, NOON_S + 30 * DAY_S),
        (0, NOON_S + 30 * DAY_S),
        (NOON_S, NOON_S + 50 * DAY_S),
    ):
        rig = Rig()
        if before_s:
            rig.clock.set(before_s)
        for _ in range(3):
            rig.press([ids.CHEEKS])
        rig.clock.set(after_s)
        rig.counters.keep_time(rig.clock)
        assert rested(rig)[1] == 48 * HOUR_S * 1000
        assert not allowed(rig)[0]
        rig.pass_s(48 * HOUR_S)
        assert rested(rig)[0]


def test_a_clock_set_forward_after_a_power_cut_ends_no_rest():
    rig = known()
    rig.press([ids.CHEEKS])
    rig.power_up()
    rig.clock.keep(NOON_S + 600)
    assert not rested(rig)[0]
    rig.clock.set(NOON_S + 9 * DAY_S)
    ok, wait_ms, _text = rested(rig)
    assert not ok and wait_ms > 47 * HOUR_S * 1000


def test_a_clock_set_back_shortens_no_rest_and_locks_nobody_for_years():
    rig = known()
    rig.press([ids.CHEEKS])
    rig.power_up()
    rig.clock.set(NOON_S - 400 * DAY_S)
    assert rested(rig)[1] == 48 * HOUR_S * 1000
    rig.pass_s(48 * HOUR_S)
    assert rested(rig)[0]


def test_rest_over_a_power_cut_with_the_clock_set_again():
    rig = known()
    rig.press([ids.CHEEKS])
    rig.power_up()
    rig.clock.set(NOON_S + 300 + 47 * HOUR_S)
    assert rested(rig)[1] == HOUR_S * 1000
    rig.power_up()
    rig.clock.set(NOON_S + 300 + 48 * HOUR_S)
    assert rested(rig)[0]


def test_a_session_before_the_clock_was_set_is_dated_by_it():
    rig = Rig()
    rig.press([ids.CHEEKS])
    rig.pass_s(HOUR_S)
    rig.clock.set(NOON_S)
    assert rig.counters.keep_time(rig.clock)
    assert not rig.counters.keep_time(rig.clock)
    rig.power_up()
    rig.clock.set(NOON_S + 10 * HOUR_S)
    assert rested(rig)[1] == 37 * HOUR_S * 1000


def test_an_undated_session_counts_as_just_before_the_power_up():
    rig = Rig()
    rig.press([ids.CHEEKS])
    rig.power_up()
    rig.pass_s(HOUR_S)
    rig.clock.set(NOON_S)
    assert rested(rig)[1] == 47 * HOUR_S * 1000
    rig.counters.keep_time(rig.clock)
    rig.power_up()
    rig.clock.set(NOON_S + 2 * HOUR_S)
    assert rested(rig)[1] == 45 * HOUR_S * 1000


def test_one_session_a_power_up_and_seven_in_all_while_time_is_unknown():
    rig = Rig()
    rig.press([ids.CHEEKS])
    for _ in range(7):
        rig.power_up()
        assert allowed(rig, (ids.CHEEKS,))[0]
        rig.press([ids.CHEEKS])
        rig.pass_s(80 * HOUR_S)
        ok, text = allowed(rig)
        assert not ok and ("one session a power-up" in text or "seven" in text) and "sync" in text
    rig.power_up()
    ok, text = allowed(rig)
    assert not ok and "practice only" in text
    rig.clock.set(NOON_S)
    rig.pass_s(8 * DAY_S)
    assert allowed(rig)[0]
    rig.counters.keep_time(rig.clock)
    rig.power_up()
    assert allowed(rig)[0]


def test_without_a_power_cut_the_running_clock_is_enough():
    rig = Rig()
    for _ in range(12):
        assert allowed(rig, (ids.CHEEKS,))[0] and rested(rig)[0]
        rig.press([ids.CHEEKS])
        assert not rested(rig)[0]
        rig.pass_s(3 * DAY_S)
        assert pace(rig)[0] == limits.PACE_FIRST


def test_a_power_cut_in_a_session_counts_all_its_zones():
    rig = known()
    rig.counters.session_begins([ids.CHEEKS, ids.JAWLINE], rig.clock)
    rig.power_up()
    rig.clock.set(NOON_S + HOUR_S)
    for zone in (ids.CHEEKS, ids.JAWLINE):
        assert rested(rig, zone)[1] == (47 * HOUR_S + 600) * 1000
    assert rested(rig, ids.FOREHEAD)[0]
    assert len(rig.counters.session_ends()) == 1


def test_cut_off_sessions_use_up_the_unknown_ones():
    rig = Rig()
    rig.press([ids.CHEEKS])
    for _ in range(7):
        rig.pass_s(30 * HOUR_S)
        rig.power_up()
        assert allowed(rig)[0]
        rig.counters.session_begins([ids.CHEEKS], rig.clock)
        assert not allowed(rig)[0]
    rig.power_up()
    rig.pass_s(8 * DAY_S)
    assert "practice only" in allowed(rig)[1], "no running time makes up for the clock"


def test_no_clock_and_no_power_cut_allows_more_than_seven_in_a_week_of_running_time():
    rig = Rig()
    for number in range(7):
        rig.power_up()
        rig.clock.set(NOON_S + 30 * number * DAY_S)
        assert allowed(rig, (ids.CHEEKS,))[0], number
        rig.press([ids.CHEEKS])
    for days in (0, 300, 600):
        rig.power_up()
        rig.clock.set(NOON_S + (300 + days) * DAY_S)
        ok, text = allowed(rig, (ids.CHEEKS,))
        assert not ok and "leave the tool on" in text, text
    rig.pass_s(7 * DAY_S - 301 * 6)
    assert not allowed(rig)[0]
    rig.pass_s(302 * 6)
    assert allowed(rig)[0]


def test_running_time_adds_up_over_power_ups():
    rig = known()
    rig.press([ids.CHEEKS])
    for hours, ok in ((17, False), (17, False), (15, True)):
        rig.pass_s(hours * HOUR_S)
        rig.power_up()
        rig.clock.set(NOON_S - 400 * DAY_S)
        assert rested(rig)[0] is ok, "the clock says nothing of it, the running time does"


def test_a_session_is_dated_by_the_latest_time_told():
    for first_s, second_s in ((0, -300 * DAY_S), (-300 * DAY_S, 0)):
        rig = Rig()
        rig.clock.set(NOON_S + first_s)
        rig.clock.set(NOON_S + second_s)
        rig.press([ids.CHEEKS])
        rig.power_up()
        rig.clock.set(NOON_S + HOUR_S)
        assert not rested(rig)[0], "set back for the session, it would look 300 days old"


def test_a_session_without_contact_does_not_count():
    rig = Rig()
    rig.press([ids.CHEEKS])
    rig.power_up()
    rig.counters.session_begins([ids.CHEEKS], rig.clock)
    rig.counters.session_ended([], rig.clock, {})
    assert rig.counters.total() == 1
    assert allowed(rig)[0]
    rig.power_up()
    assert rig.counters.unknown_sessions() == 0


def test_user_slots_rest_for_themselves_but_the_shared_one_counts_for_all():
    rig = known()
    rig.press([ids.CHEEKS], 1)
    assert not rested(rig, slot=1)[0]
    assert rested(rig, slot=2)[0]
    rig.press([ids.JAWLINE], 0)
    assert not rested(rig, ids.JAWLINE, 1)[0]
    assert not rested(rig, ids.JAWLINE, 2)[0]
    assert (rig.counters.total(1), rig.counters.total(2), rig.counters.total()) == (1, 0, 1)


def test_without_slots_everybody_counts():
    rig = known()
    rig.press([ids.CHEEKS], 3)
    rig.press([ids.JAWLINE], 4)
    rig.press([ids.NECK], 0)
    for zone in (ids.CHEEKS, ids.JAWLINE, ids.NECK):
        assert not rested(rig, zone)[0], "who presses is not known: the narrowest wins"
    assert not allowed(rig)[0] and allowed(rig, slot=3)[0]
    assert len(rig.counters.session_ends()) == 3 and rig.counters.total() == 1


def test_lifetime_counters_outlive_power_ups():
    rig = known()
    rig.press([ids.CHEEKS])
    rig.press([ids.CHEEKS])
    rig.counters.cleaned(7)
    rig.power_up()
    assert [rig.counters.lifetime(name) for name in ("over", "cleanings", "cleaned")] == [2, 1, 7]
    assert rig.counters.boots() == 2


def test_lost_counters_count_as_everything_pressed_just_now():
    rig = practised()
    for path in ("/r/dose.a", "/r/dose.b"):
        rig.fs.files[path][30] ^= 1
    rig.power_up()
    rig.clock.set(NOON_S + 90 * DAY_S)
    assert rig.counters.boots() > 1000
    assert pace(rig)[0] == limits.PACE_FIRST
    for zone in limits.ZONES:
        assert rested(rig, zone)[1] == 48 * HOUR_S * 1000
    rig.pass_s(48 * HOUR_S)
    assert rested(rig)[0]


def test_counters_of_newer_firmware_refuse_sessions_and_stay():
    rig = known()
    data = bytearray(encode(9, 99, b"{}"))
    rig.fs.files["/r/dose.b"] = data
    rig.power_up()
    ok, text = allowed(rig)
    assert not ok and "update the tool" in text
    assert pace(rig)[0] == limits.PACE_FIRST
    try:
        rig.counters.session_begins([ids.CHEEKS], rig.clock)
    except StorageError as error:
        assert error.code == wire.ERR_NEWER_FORMAT
    else:
        raise AssertionError("not refused")
    assert rig.fs.files["/r/dose.b"] == data


def test_a_begin_that_cannot_be_kept_is_taken_back():
    rig = Rig()
    rig.press([ids.CHEEKS])
    rig.power_up()
    rig.fs.calls, rig.fs.fail_at, rig.fs.fail_on = 0, 1, True
    try:
        rig.counters.session_begins([ids.CHEEKS], rig.clock)
    except StorageError:
        pass
    else:
        raise AssertionError("not raised")
    rig.fs.heal()
    assert rig.counters.unknown_sessions() == 0 and allowed(rig)[0]


def test_a_power_cut_at_any_call_forgets_no_session():
    for at_close in (False, True):
        for cut_at in range(1, 40):
            rig = Rig(MemoryFiles(at_close))
            rig.clock.set(NOON_S)
            rig.press([ids.CHEEKS])
            rig.fs.calls, rig.fs.cut_at = 0, cut_at
            try:
                rig.press([ids.JAWLINE])
                done = True
            except PowerCut:
                done = False
            rig.fs.heal()
            rig.power_up()
            rig.clock.set(NOON_S + HOUR_S)
            assert not rested(rig)[0]
            assert rig.counters.total() in ((2,) if done else (1, 2))
            if cut_at > 3:  # the mark was kept: the session began
                assert not rested(rig, ids.JAWLINE)[0]


def test_the_table_fits_its_slot_at_its_largest():
    rig = known()
    for slot in range(5):
        for _ in range(9):
            rig.press(list(limits.ZONES), slot)
    assert len(rig.fs.files["/r/dose.a"]) < 2500
