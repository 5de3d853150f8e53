"""What a force means: states, alerts, their hysteresis and counts."""

from core import ids, limits, routine
from core_rig import Rig, cheek, limits_of

CHEEK = limits.zone_limits(ids.CHEEKS)


def rig_at_cheek(start_us=0):
    rig = Rig(start_us, CHEEK)
    rig.run(100, 0)
    rig.watch.begin_step()
    return rig


def ramp(low_mn, high_mn, ms):
    return lambda t: low_mn + (high_mn - low_mn) * min(t, ms) // ms


def test_states_follow_the_bands():
    expected = ((300, ids.LIGHT), (1000, ids.IN_BAND), (1900, ids.HIGH), (2300, ids.WARN), (2800, ids.OVER))
    for force_mn, state in expected:
        rig = rig_at_cheek()
        rig.run(3000, ramp(0, force_mn, 2500))
        assert rig.watch.judge.state == state, (force_mn, rig.watch.judge.state)


def test_contact_begins_at_250_and_ends_at_150():
    rig = rig_at_cheek()
    rig.run(1000, 240)
    assert not rig.watch.judge.contact
    rig.run(200, 260)
    assert rig.watch.judge.contact
    rig.run(200, 160)
    assert rig.watch.judge.contact
    rig.run(200, 140)
    assert not rig.watch.judge.contact


def test_over_counts_once_and_again_each_two_seconds():
    rig = rig_at_cheek()
    rig.run(2000, ramp(0, 2700, 1800))
    assert rig.watch.tally.over_count == 1
    rig.run(1500, 2700)
    assert rig.watch.tally.over_count == 1
    rig.run(600, 2700)
    assert rig.watch.tally.over_count == 2
    rig.run(2000, 2700)
    assert rig.watch.tally.over_count == 3


def test_over_holds_until_200_mn_under_the_targets_top():
    rig = rig_at_cheek()
    rig.run(2000, ramp(0, 2700, 1800))
    rig.run(500, 1700)
    assert rig.player.cue == ids.CUE_OVER
    rig.run(100, 1550)
    assert rig.player.cue == ids.CUE_NONE
    assert rig.watch.tally.reaction_count == 1


def test_warn_needs_two_samples_and_leaves_after_150_ms():
    rig = rig_at_cheek()
    rig.run(3000, ramp(0, 2000, 2500))
    rig.run(60, 2250)
    assert rig.player.cue == ids.CUE_WARN
    rig.run(120, 1900)
    assert rig.player.cue == ids.CUE_WARN
    rig.run(150, 1900)
    assert rig.player.cue == ids.CUE_NONE


def test_look_ahead_warns_before_the_force_is_there():
    rig = rig_at_cheek()
    seen = []

    def force(t):
        if rig.player.cue == ids.CUE_WARN and not seen:
            seen.append(rig.force.force_mn)
        return 6 * t

    rig.run(450, force)
    assert seen and seen[0] < 1200, seen


def test_jab_alarms_above_20_n_a_second_only():
    for slope, jabs in ((18, 0), (24, 1)):
        rig = rig_at_cheek()
        rig.run(100, lambda t, s=slope: min(2000, s * t))
        assert rig.watch.tally.jab_count == jabs, slope


def test_overload_is_told():
    rig = rig_at_cheek()
    rig.run(1000, ramp(0, 8500, 900))
    assert rig.watch.overload


def test_light_touch_and_slow_press_in_band_raise_nothing():
    rig = rig_at_cheek()
    rig.run(9000, ramp(0, 2000, 4000))
    assert rig.events(ids.EVENT_WARN) == [] and rig.motor_us == 0


def test_ticks_wrap_during_a_press():
    rig = rig_at_cheek((1 << 30) - 1500000)
    rig.run(3000, ramp(0, 1500, 1000))
    values = rig.watch.tally.values()
    assert rig.watch.fault == 0 and values["blind_ms"] == 0
    assert values["in_band_ms"] > 2300


def test_sums_add_up_to_the_time_that_passed():
    rig = rig_at_cheek()
    rig.run(4000, ramp(0, 2700, 3000))
    band = rig.watch.tally.band_us
    assert abs(sum(band) - 4000000) <= 2 * 3125
    values = rig.watch.tally.values()
    assert abs(values["impulse_mn_s"] - (2700 * 3 // 2 + 2700)) < 90
    assert abs(values["peak_mn"] - 2700) < 8


def test_step_change_holds_the_lower_limit_until_a_lift_of_two_seconds():
    low = limits.zone_limits(ids.CROWS_FEET)
    rig = Rig(0, low)
    rig.run(1000, 800)
    rig.watch.use_limits(CHEEK)
    assert rig.watch.judge.limit_mn == low.limit_mn
    rig.run(1500, 0)
    rig.run(500, 800)
    assert rig.watch.judge.limit_mn == low.limit_mn, "a lift of 1.5 s is too short"
    rig.run(2200, 0)
    assert rig.watch.judge.limit_mn == low.limit_mn, "no new contact yet"
    rig.run(500, 800)
    assert rig.watch.judge.limit_mn == CHEEK.limit_mn


def test_going_down_is_at_once():
    rig = Rig(0, CHEEK)
    rig.run(500, 1800)
    rig.watch.use_limits(limits.zone_limits(ids.CROWS_FEET))
    rig.run(20, 1800)
    assert rig.watch.judge.limit_mn == 2000
    assert rig.player.cue == ids.CUE_WARN


def test_limits_of_a_step_are_those_of_the_judge():
    step = routine.check({"format": 1, "name": "x", "steps": [cheek()]})[0].steps[0]
    assert limits_of(step).limit_mn == 2500


def test_running_time_wraps_after_twelve_days_and_the_alert_still_comes():
    rig = rig_at_cheek()
    rig.watch.t_ms = (1 << 30) - 700
    rig.watch.session_start_ms = rig.watch.t_ms - 2000
    rig.run(2000, ramp(0, 2700, 1800))
    assert rig.watch.t_ms < 2000
    assert 3900 < rig.watch.session_ms() < 4100
    assert rig.watch.tally.over_count == 1 and rig.player.cue == ids.CUE_OVER
