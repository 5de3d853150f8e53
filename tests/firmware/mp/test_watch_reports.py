"""What the watch makes of its judge: alerts, events, times, sums, limits of a step."""

from core import ids, limits
from watch_bench import DT_US, Bench

LONG_US = 900000000


def test_alerts_reach_the_player():
    bench = Bench()
    bench.sample(700)
    assert bench.player.told == (DT_US, ids.CUE_NONE, 0)
    bench.sample(2300, count=2)
    assert bench.player.told == (DT_US, ids.CUE_WARN, 50)
    bench.sample(2600)
    assert bench.player.told == (DT_US, ids.CUE_OVER, 0)


def test_events_and_counts():
    bench = Bench()
    bench.sample(0, count=320)
    bench.watch.session_start_ms = 100
    bench.watch.begin_step()
    bench.force.slope_mn_s = 25000
    bench.sample(700)
    bench.force.slope_mn_s = 0
    bench.sample(2300)
    bench.sample(2600)
    bench.sample(2600)
    bench.sample(1500)
    bench.sample(100)
    kinds = [(kind, value) for _t, kind, value in bench.events()]
    assert kinds == [
        (ids.EVENT_CONTACT, 0),
        (ids.EVENT_JAB, 25000),
        (ids.EVENT_WARN, 2300),
        (ids.EVENT_OVER, 2600),
        (ids.EVENT_RELEASED, 9),
        (ids.EVENT_LIFT, 0),
    ], kinds
    tally = bench.watch.tally
    assert (tally.warn_count, tally.over_count, tally.jab_count) == (1, 1, 1)
    assert (tally.reaction_count, tally.reaction_max_ms) == (1, 9)
    assert bench.watch.limit_events == 1 and not bench.watch.overload


def test_each_event_has_its_time_in_the_session():
    bench = Bench()
    bench.sample(0, 20000, 5)
    bench.watch.session_start_ms = 40
    bench.sample(700, 20000)
    bench.sample(2600, 20000)
    bench.sample(2600, 20000, 101)
    bench.sample(100, 20000)
    assert [(t, kind) for t, kind, _v in bench.events()] == [
        (60, ids.EVENT_CONTACT), (80, ids.EVENT_OVER), (2080, ids.EVENT_OVER_REPEAT),
        (2120, ids.EVENT_LIFT), (2120, ids.EVENT_RELEASED),
    ]  # fmt: skip
    assert bench.watch.limit_events == 2 and bench.watch.tally.over_count == 2


def test_overload_is_kept():
    bench = Bench()
    bench.sample(700)
    bench.sample(8001)
    assert not bench.watch.overload
    bench.sample(8001)
    bench.sample(100)
    assert bench.watch.overload


def test_times_of_contact_gap_press_and_light():
    bench = Bench()
    w = bench.watch
    bench.sample(0, count=4)
    assert (w.contact_us, w.gap_us) == (0, 4 * DT_US)
    bench.sample(300)
    assert (w.contact_us, w.gap_us, w.gap_before_us, w.light_us) == (DT_US, 0, 4 * DT_US, DT_US)
    bench.sample(300)
    assert (w.contact_us, w.light_us, w.press_us) == (2 * DT_US, 2 * DT_US, 0)
    bench.sample(700)
    assert (w.contact_us, w.light_us, w.press_us) == (3 * DT_US, 0, 0)
    w.press_open = True
    bench.sample(700)
    assert w.press_us == 0, "a hold counts in a step only"
    w.counting = True
    bench.sample(700, count=2)
    assert w.press_us == 2 * DT_US
    bench.sample(1900)
    bench.sample(300)
    assert (w.press_us, w.light_us) == (2 * DT_US, DT_US), "only time in band counts"
    bench.sample(0)
    assert (w.contact_us, w.gap_us, w.light_us) == (8 * DT_US, DT_US, 0)
    bench.sample(700)
    assert (w.contact_us, w.gap_us, w.gap_before_us, w.press_us) == (DT_US, 0, DT_US, 3 * DT_US)


def test_times_stop_before_they_grow_too_large():
    for before_us, after_us in ((LONG_US - 1, LONG_US - 1 + DT_US), (LONG_US, LONG_US)):
        bench = Bench()
        w = bench.watch
        w.gap_us = before_us
        bench.sample(0)
        assert w.gap_us == after_us
        bench.sample(300)
        w.contact_us = w.light_us = before_us
        bench.sample(300)
        assert (w.contact_us, w.light_us) == (after_us, after_us)
        w.press_open = w.counting = True
        w.press_us = before_us
        bench.sample(700)
        assert w.press_us == after_us


def test_counting_charges_the_step_and_its_intervals():
    bench = Bench()
    w = bench.watch
    bench.sample(700)
    assert w.tally.contact_us() == 0
    w.begin_step()
    bench.player.motor.level = 1
    bench.sample(700)
    bench.player.motor.level = 0
    bench.sample(900, count=2)
    assert (w.tally.contact_us(), w.tally.motor_us) == (3 * DT_US, DT_US)
    bench.sample(0)
    assert w.tally.band_us[ids.NO_CONTACT] == DT_US
    assert w.intervals.take() == (3, 900, 2500 // 3, True)
    w.end_step()
    bench.sample(700)
    assert w.tally.contact_us() == 3 * DT_US and w.intervals.take() is None


def test_intervals_have_the_sessions_time():
    bench = Bench()
    bench.sample(0, 20000, 5)
    bench.watch.session_start_ms = 30
    bench.watch.begin_step()
    assert bench.watch.tally.start_ms == 70
    bench.sample(700)
    bench.watch.end_step()
    assert bench.watch.intervals.take()[0] == 70


def test_begin_and_end_of_a_step():
    bench = Bench()
    w = bench.watch
    bench.sample(700, count=3)
    w.press_us, w.press_open = 5, True
    w.begin_step()
    assert (w.counting, w.press_us, w.press_open) == (True, 0, False)
    w.press_open = True
    bench.sample(700)
    w.end_step()
    assert (w.counting, w.press_open) == (False, False)
    assert w.tally.contact_us() == DT_US, "the sums stay"
    w.begin_step()
    assert w.tally.contact_us() == 0


def test_live_samples_go_to_their_ring_with_and_without_contact():
    bench = Bench()
    bench.sample(100)
    bench.sample(700)
    ring = bench.watch.samples
    assert (ring.next, ring.at(0), ring.at(1)) == (2, 100, 700)
    assert list(ring.t_ms[:2]) == [0, 3]


def test_zero_is_followed_without_contact_only():
    bench = Bench()
    bench.sample(100, count=3)
    assert (bench.force.stills, bench.force.tracks) == (3, 3)
    bench.sample(700, count=3)
    assert (bench.force.stills, bench.force.tracks) == (3, 3)


def low_and_high():
    return limits.zone_limits(ids.CROWS_FEET), limits.zone_limits(ids.FOREHEAD)


def held(bench):
    judge = bench.watch.judge
    return judge.lo_mn, judge.hi_mn, judge.warn_mn, judge.limit_mn


def test_new_limits_wait_for_a_lift_of_two_seconds_and_a_contact():
    low, high = low_and_high()
    for lift_us, after in ((1999999, low), (2000000, high)):
        bench = Bench()
        bench.watch.first_limits(low)
        bench.sample(800)
        bench.watch.use_limits(high)
        wanted = (low.lo_mn, low.hi_mn, low.warn_mn, low.limit_mn)
        assert held(bench) == wanted
        bench.sample(0, lift_us - 1990000)
        for _ in range(199):
            bench.sample(0, 10000)
        assert held(bench) == wanted
        bench.sample(800)
        assert held(bench) == (after.lo_mn, after.hi_mn, after.warn_mn, after.limit_mn), lift_us


def test_each_force_is_the_lower_of_both_meanwhile():
    bench = Bench()
    bench.watch.first_limits(limits.Limits(400, 1500, 1600, 3000, 1, 1))
    bench.watch.use_limits(limits.Limits(500, 1400, 1700, 2900, 1, 1))
    assert held(bench) == (400, 1400, 1600, 2900)
    bench.watch.first_limits(limits.Limits(500, 1400, 1700, 2900, 1, 1))
    bench.watch.use_limits(limits.Limits(400, 1500, 1600, 3000, 1, 1))
    assert held(bench) == (400, 1400, 1600, 2900)


def test_pending_limits_are_taken_once():
    low, high = low_and_high()
    bench = Bench()
    bench.watch.first_limits(low)
    bench.watch.use_limits(high)
    bench.sample(0, 30000, 70)
    bench.sample(800)
    assert held(bench)[3] == 4500
    bench.watch.first_limits(low)
    bench.sample(0, 30000, 70)
    bench.sample(800)
    assert held(bench)[3] == 2000


def test_a_session_counts_from_its_start():
    bench = Bench()
    bench.sample(700, 10000, 7)
    w = bench.watch
    w.fault_count, w.events.lost, w.intervals.lost = 4, 5, 6
    w.begin_session()
    assert w.session_start_ms == 70
    assert (w.fault_count, w.sample_count, w.events.lost, w.intervals.lost) == (0, 0, 0, 0)


def test_in_contact_is_what_is_believed_and_watched():
    bench = Bench()
    bench.sample(100)
    assert not bench.watch.in_contact()
    bench.sample(700)
    assert bench.watch.in_contact()
    bench.watch.latch(ids.FAULT_STALE)
    assert not bench.watch.in_contact()
    bench.watch.fault = 0
    bench.watch.stop()
    assert not bench.watch.in_contact()
