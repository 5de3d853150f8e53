"""A session: steps, holds, ceilings, and what ends it."""

from core import button, ids, limits
from core_rig import Rig, cheek


def ready(steps, **options):
    rig = Rig()
    rig.run(200, 0)
    rig.begin(steps, **options)
    rig.run(2500, 0)
    return rig


def press(rig, ms, force_mn=1000):
    rig.run(ms, lambda t: min(force_mn, 3 * t))
    rig.run(2600, 0)


def test_two_presses_make_a_step_and_the_session_done():
    rig = ready([cheek()])
    press(rig, 6000)
    assert rig.session.run.presses == 1 and not rig.session.over()
    press(rig, 6000)
    assert rig.session.mode == ids.DONE and rig.session.end_reason == ids.END_DONE
    assert [row["end_reason"] for row in rig.log.steps] == [ids.END_DONE]
    assert rig.log.steps[0]["presses"] == 2 and rig.log.steps[0]["in_band_ms"] > 10000


def test_only_time_in_band_counts_towards_the_goal():
    rig = ready([cheek()])
    press(rig, 8000, 450)
    assert rig.session.run.presses == 0
    assert rig.watch.tally.values()["light_ms"] > 7000


def test_a_new_press_needs_a_lift_of_two_seconds():
    rig = ready([cheek(hold_ms=3000)])
    rig.run(3600, 1000)
    assert rig.session.run.presses == 1
    rig.run(1000, 0)
    rig.run(5000, 1000)
    assert rig.session.run.presses == 1, "the lift was 1 s"
    rig.run(2200, 0)
    rig.run(4000, 1000)
    rig.run(500, 0)
    assert rig.session.over()


def test_a_slip_does_not_lose_the_press():
    rig = ready([cheek()])
    rig.run(3000, 1000)
    rig.run(300, 0)
    rig.run(2800, 1000)
    assert rig.session.run.presses == 1


def test_lift_cue_when_the_hold_is_done():
    rig = ready([cheek(hold_ms=3000)])
    rig.run(5000, 1000, lambda: rig.player.cue == ids.CUE_LIFT)
    assert rig.player.cue == ids.CUE_LIFT
    assert 2900 <= rig.watch.press_us // 1000 <= 3100


def test_lift_cue_at_the_hold_ceiling_out_of_band():
    rig = ready([cheek()])
    rig.run(12000, 450, lambda: rig.player.cue == ids.CUE_LIFT)
    assert 9900 <= rig.watch.contact_us // 1000 <= 10200


def test_too_light_for_two_seconds_is_told_softly():
    rig = ready([cheek()])
    rig.run(5000, 450, lambda: rig.player.cue == ids.CUE_LIGHT_TOUCH)
    assert 2000 <= rig.watch.contact_us // 1000 <= 2200


def test_thirty_seconds_of_unbroken_contact_end_the_zone():
    rig = ready([cheek(), cheek(side="right"), {"zone": "forehead", "side": "midline", "point": "EX-HN3"}])
    rig.watch.tally.begin(0)
    rig.session.run.zone_left_ms = 60000
    rig.run(31000, 450)
    assert not rig.session.over()
    rig.run(3000, 0)
    assert [row["end_reason"] for row in rig.log.steps[:2]] == [ids.END_LONG_CONTACT, ids.END_ZONE_LIMITS]
    assert rig.session.run.step.zone == ids.FOREHEAD


def test_zone_time_ceiling_counts_all_steps_of_the_side():
    steps = [cheek(presses=5, hold_ms=8000), cheek(point="ST7"), cheek(side="right")]
    rig = ready(steps)
    for _ in range(4):
        press(rig, 8600)
    reasons = [row["end_reason"] for row in rig.log.steps]
    assert reasons[:2] == [ids.END_ZONE_TIME, ids.END_ZONE_TIME], reasons
    assert rig.session.run.step.side == ids.RIGHT
    assert rig.log.steps[0]["contact_ms"] < limits.PACE_FIRST[1] + 5000


def test_three_limit_events_end_the_zone():
    rig = ready([cheek(), cheek(side="right"), {"zone": "jawline", "side": "left", "point": "ST6"}])
    for _ in range(3):
        press(rig, 1500, 2800)
    reasons = [row["end_reason"] for row in rig.log.steps]
    assert reasons == [ids.END_ZONE_LIMITS, ids.END_ZONE_LIMITS], reasons
    assert rig.session.run.step.zone == ids.JAWLINE


def test_six_limit_events_end_the_session():
    rig = ready([cheek(), {"zone": "jawline", "side": "left"}, {"zone": "forehead", "side": "midline"}])
    for _ in range(6):
        press(rig, 1500, 4800)
    assert rig.session.mode == ids.ABORTED and rig.session.end_reason == ids.END_SESSION_LIMITS


def test_overload_ends_the_session():
    rig = ready([cheek()])
    rig.run(1200, lambda t: 8 * t)
    assert rig.session.end_reason == ids.END_OVERLOAD
    assert rig.player.asked == ids.CUE_FAULT or rig.player.cue in (ids.CUE_OVER, ids.CUE_FAULT)


def test_session_time_is_a_ceiling():
    rig = ready([cheek(presses=5), cheek(side="right", presses=5)], session_ms=60000)
    rig.run(70000, lambda t: 1000 if t % 9000 < 1000 else 0)
    assert rig.session.end_reason == ids.END_SESSION_TIME and rig.session.mode == ids.DONE
    assert rig.session.active_ms <= 60040


def test_two_idle_minutes_end_it():
    rig = ready([cheek()])
    rig.run(126000, 0)
    assert rig.session.end_reason == ids.END_IDLE and rig.session.mode == ids.STOPPED


def test_a_fault_that_stands_is_the_reason():
    rig = Rig()
    rig.begin([cheek()])
    rig.watch.latch(ids.FAULT_STUCK)
    rig.session.end(ids.END_BATTERY)
    assert rig.session.end_reason == ids.END_SENSOR
    assert rig.log.steps[0]["end_reason"] == ids.END_SENSOR


def test_sensor_fault_ends_it_with_the_step_logged():
    rig = ready([cheek()])
    rig.run(2000, 1000)
    rig.sensor.silent = True
    rig.run(300)
    assert rig.session.end_reason == ids.END_SENSOR
    assert rig.log.steps[0]["end_reason"] == ids.END_SENSOR and rig.log.steps[0]["in_band_ms"] > 1500


def test_button_pauses_goes_on_skips_and_stops():
    rig = ready([cheek(), cheek(side="right")])
    rig.run(2000, 1000)
    before = rig.watch.tally.values()["in_band_ms"]
    rig.session.gesture(button.SHORT)
    assert rig.session.mode == ids.PAUSED
    rig.run(2000, 1000)
    assert rig.watch.tally.values()["in_band_ms"] == before
    assert rig.watch.judge.limit_mn == 2000, "paused: the narrowest zone's limits"
    rig.session.gesture(button.SHORT)
    rig.run(3000, 0)
    rig.session.gesture(button.DOUBLE)
    rig.run(100, 0)
    assert rig.log.steps[0]["end_reason"] == ids.END_SKIPPED
    rig.session.gesture(button.MEDIUM)
    assert rig.session.end_reason == ids.END_BUTTON and rig.session.mode == ids.STOPPED


def test_neck_waits_for_three_clicks_and_is_skipped_without():
    neck = {"zone": "neck", "side": "left", "point": "GB20"}
    rig = ready([neck])
    rig.run(2000, 900)
    assert rig.session.run.prompting and rig.watch.judge.limit_mn == 2000
    rig.run(2500, 0)
    rig.session.gesture(button.TRIPLE)
    assert not rig.session.run.prompting
    rig = ready([neck, cheek()])
    rig.run(31000, 0)
    assert rig.log.steps[0]["end_reason"] == ids.END_SKIPPED
    assert rig.session.run.step.zone == ids.CHEEKS


def test_unrested_zone_is_refused_and_the_rest_goes_on():
    rig = ready([cheek(), {"zone": "forehead", "side": "midline"}], rested=lambda zone: zone != ids.CHEEKS)
    assert rig.log.steps[0]["end_reason"] == ids.END_REFUSED
    assert rig.session.run.step.zone == ids.FOREHEAD


def test_a_step_with_no_room_for_a_hand_is_refused():
    rig = Rig()
    rig.run(200, 0)
    narrow = limits.zone_limits(ids.CROWS_FEET)
    narrow.scale(70, limits.BY_PROFILE)
    assert narrow.too_narrow() == "lo_mn"


def test_contact_after_a_step_is_judged_by_the_lower_limits():
    rig = ready(
        [
            {"zone": "crows_feet", "side": "left", "hold_ms": 2000, "presses": 1},
            {"zone": "forehead", "side": "midline"},
        ]
    )
    rig.run(2600, 800)
    rig.run(500, 0)
    assert rig.session.run.step.zone == ids.FOREHEAD
    assert rig.watch.judge.limit_mn == 2000
    rig.run(2500, 0)
    rig.run(300, 800)
    assert rig.watch.judge.limit_mn == 4500


def test_the_log_waits_for_a_lift_and_the_last_pattern():
    rig = ready([cheek()])
    s = rig.session
    s.end(ids.END_BUTTON)
    assert not s.may_close(), "the pattern still plays"
    rig.player.silence()
    assert s.may_close()
    rig.watch.judge.contact = True
    assert not s.may_close(), "nothing that blocks starts in contact"
    rig.watch.judge.contact = False
    assert s.may_close()


def test_with_a_fault_the_log_waits_for_the_pattern_only():
    rig = ready([cheek()])
    rig.watch.judge.contact = True
    rig.watch.fault = ids.FAULT_STALE
    rig.player.ask(ids.CUE_FAULT)
    assert not rig.session.may_close()
    rig.player.silence()
    assert rig.session.may_close()


def test_only_three_clicks_confirm_the_neck():
    for gesture in (button.NOTHING, button.SHORT, button.DOUBLE):
        s = ready([{"zone": "neck", "side": "left"}]).session
        s.gesture(gesture)
        assert s.run.prompting, gesture
    s.gesture(button.TRIPLE)
    assert not s.run.prompting


def test_a_pause_under_load_does_not_last_for_ever():
    rig = ready([cheek()])
    rig.run(1000, 900)
    rig.session.gesture(button.SHORT)
    rig.run(110000, 900)
    assert rig.session.mode == ids.PAUSED
    rig.run(16000, 900)
    assert rig.session.end_reason == ids.END_IDLE
