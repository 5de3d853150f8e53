"""The filter alone: edges of what is believed, sums, slope, look-ahead."""

from core import force_filter, ids, limits
from core.force_filter import ForceFilter
from feed import COUNTS, Feed, filled

FIGURES = {
    "RAW_MAX": 0x7FFFFF,
    "RAW_MIN": -0x800000,
    "FORCE_MAX_MN": 60000,
    "FORCE_MIN_MN": -5000,
    "STUCK_US": 300000,
    "SPIKE_MN": 2000,
    "SPIKES_FOR_FAULT": 8,
    "SLOPE_CAP_MN_S": 200000,
    "ZERO_TRACK_MAX_MN": 150,
    "ZERO_TRACK_BAND_MN": 100,
}


def test_figures():
    for name, value in FIGURES.items():
        assert getattr(force_filter, name) == value, name


def test_a_new_filter():
    force = ForceFilter(COUNTS, 320)
    assert (force.factory_zero, force.zero, force.slope16) == (320, 320, 1000)
    assert (force.force_mn, force.instant_mn, force.slope_mn_s, force.ahead_mn) == (0, 0, 0, 0)
    assert (force.spikes, force.ready, force.still_pp_mn) == (0, False, 60000)
    assert ForceFilter(31, 0).slope16 == 1 and ForceFilter(0, 0).slope16 == 1


def test_counts_become_millinewtons():
    feed = Feed(zero=3200)
    feed.many(1234, 8)
    assert feed.filter.instant_mn == 1234 and feed.filter.force_mn == 1234
    real = ForceFilter(42950, 0)
    real.take(42950, 0, 0)
    assert real.instant_mn == 1000


def test_saturation_has_its_edges():
    for raw, fault in ((0x7FFFFF, 2), (0x7FFFFE, 0), (-0x800000, 2), (-0x7FFFFF, 0)):
        force = ForceFilter(200000, 0)
        wide = ForceFilter(2000000, 0)
        assert (force.take(raw, 0, 0) == ids.FAULT_SATURATED) == bool(fault), raw
        assert wide.take(raw, 0, 0) == (ids.FAULT_SATURATED if fault else 0), raw


def test_range_has_its_edges():
    for force_mn, fault in ((60000, 0), (60001, ids.FAULT_RANGE), (-5000, 0), (-5001, ids.FAULT_RANGE)):
        assert Feed().take(force_mn) == fault, force_mn


def test_stuck_at_exactly_300_ms():
    force = ForceFilter(COUNTS, 0)
    force.take(500, 0, 1000000)
    assert force.take(500, 1, 299999) == 0
    assert force.take(500, 2, 1) == ids.FAULT_STUCK
    assert force.take(500, 3, 1) == ids.FAULT_STUCK
    assert force.take(501, 4, 1) == 0
    assert force.take(501, 5, 299999) == 0
    force.restart()
    assert force.take(501, 6, 1) == 0, "the first sample after a restart repeats nothing"
    assert force.take(501, 7, 299999) == 0


def test_a_first_raw_value_of_any_kind_repeats_nothing():
    for raw in (0, 1, -1, force_filter.RAW_MIN + 1):
        force = ForceFilter(2000000, 0)
        assert force.take(raw, 0, 400000) == 0, raw


def test_mean_while_the_first_window_fills():
    feed = Feed()
    for count, force_mn in enumerate((800, 1600, 2400, 800, 900, 1000, 1100), 1):
        assert not feed.filter.ready
        feed.take(force_mn)
        assert feed.filter.ahead_mn == feed.filter.force_mn and feed.filter.slope_mn_s == 0
        if count == 3:
            assert feed.filter.force_mn == 1600
    assert feed.filter.force_mn == (800 + 1600 + 2400 + 800 + 900 + 1000 + 1100) // 7
    feed.take(1200)
    assert feed.filter.ready and feed.filter.force_mn == 9800 // 8


def test_slope_and_look_ahead_need_two_windows():
    feed = Feed()
    for n in range(16):
        feed.take(100 * n)
        assert feed.filter.slope_mn_s == 0 and feed.filter.ahead_mn == feed.filter.force_mn, n
    feed.take(1600)
    assert feed.filter.slope_mn_s == 32000 - 500
    mean_now = sum(range(900, 1700, 100)) // 8
    assert feed.filter.force_mn == mean_now
    means = [sum([100 * k for k in range(n - 7, n + 1)]) // 8 for n in range(9, 17)]
    slope = 31500 - mean_now * limits.TREMOR_PERMILLE_S // 1000
    assert feed.filter.ahead_mn == sum(means) // 8 + slope * limits.LOOK_AHEAD_MS // 1000


def test_windows_forget_what_is_older():
    feed = filled(1000)
    feed.many(1100, 7)
    assert feed.filter.force_mn == (1000 + 7 * 1100) // 8
    feed.take(1100)
    assert feed.filter.force_mn == 1100 and feed.filter.slope_mn_s > 0
    feed.many(1100, 8)
    assert feed.filter.slope_mn_s == 0 and feed.filter.ahead_mn == 1100
    feed.many(900, 16)
    assert feed.filter.force_mn == 900 and feed.filter.ahead_mn == 900


def test_slope_uses_the_time_that_passed():
    for dt_us, slope in ((3125, 31500), (6250, 15500), (2000, 49500)):
        feed = Feed(start_us=(1 << 30) - 20 * dt_us)
        for n in range(40):
            feed.take(100 * n, dt_us)
        assert feed.filter.slope_mn_s == slope, (dt_us, feed.filter.slope_mn_s)


def test_a_slope_that_noise_can_make_is_none():
    for step, slope in ((0, 0), (1, 0), (2, 140), (-1, 0), (-2, -140)):
        feed = filled(10000)
        for n in range(40):
            feed.take(10000 + step * n)
        assert feed.filter.slope_mn_s == slope, (step, feed.filter.slope_mn_s)


def test_slope_is_capped_both_ways():
    for sign in (1, -1):
        feed = Feed()
        feed.many(30000, 16)
        for n in range(16):
            feed.take(30000 + sign * 1900 * n)
        assert feed.filter.slope_mn_s == sign * 200000
        assert feed.filter.ahead_mn != 0
    feed = Feed()
    feed.many(0, 16)
    for n in range(17):
        feed.take(624 * n)
    assert feed.filter.slope_mn_s == 199680 - 500


def test_times_that_stand_still_do_not_divide_by_nothing():
    feed = filled(0)
    for n in range(20):
        feed.take(10 * n, 0)
    assert feed.filter.slope_mn_s == 200000


def test_a_jump_waits_for_the_next_sample_and_is_believed_then():
    for jump, waits in ((2000, False), (2001, True), (-2000, False), (-2001, True)):
        feed = filled(3000)
        assert feed.take(3000 + jump) == 0
        assert (feed.filter.instant_mn == 3000) == waits, jump
        feed.take(3000 + jump)
        assert feed.filter.instant_mn == 3000 + jump and feed.filter.spikes == 0


def test_a_held_jump_is_confirmed_within_two_newtons():
    for away, believed in ((2000, True), (-2000, True), (2001, False), (-2001, False)):
        feed = filled(3000)
        feed.take(9000)
        feed.take(9000 + away)
        assert (feed.filter.instant_mn == 9000 + away) == believed, away
        assert feed.filter.spikes == (0 if believed else 1)


def test_after_a_confirmed_jump_the_next_one_waits_again():
    feed = filled(3000)
    feed.many(9000, 2)
    feed.take(3000)
    assert feed.filter.instant_mn == 9000, "held"
    feed.take(9000)
    assert feed.filter.instant_mn == 9000 and feed.filter.spikes == 1


def test_one_spike_is_dropped_and_the_sample_after_it_counts():
    feed = filled(1000)
    feed.take(9000)
    assert feed.filter.force_mn == 1000
    feed.take(1100)
    assert feed.filter.instant_mn == 1100 and feed.filter.spikes == 1
    feed.take(1200)
    assert feed.filter.instant_mn == 1200 and feed.filter.spikes == 1


def test_wild_values_stay_held():
    feed = filled(1000)
    for force_mn in (9000, 15000, 21000):
        feed.take(force_mn)
        assert feed.filter.instant_mn == 1000
    assert feed.filter.spikes == 2
    feed.take(21500)
    assert feed.filter.instant_mn == 21500


def test_the_first_sample_is_believed_whatever_it_is():
    feed = Feed()
    feed.take(5000)
    assert feed.filter.instant_mn == 5000


def test_eight_spikes_are_a_fault():
    feed = filled(1000)
    for n in range(1, 9):
        feed.take(9000)
        assert feed.take(1000) == 0, n
        assert feed.filter.spikes == n
    assert feed.take(9000) == ids.FAULT_SPIKES
    assert feed.filter.instant_mn == 1000


def test_spikes_are_forgiven_after_a_second_of_quiet():
    feed = filled(1000)
    feed.take(9000)
    feed.take(1000)
    feed.many(1000, 319)
    assert feed.filter.spikes == 1
    feed.take(1000)
    assert feed.filter.spikes == 0
    feed.take(9000)
    feed.take(1000)
    assert feed.filter.spikes == 1
    feed.many(1000, 300)
    feed.take(9000)
    feed.take(1000)
    feed.many(1000, 319)
    assert feed.filter.spikes == 2, "each spike begins the second anew"
    feed.take(1000)
    assert feed.filter.spikes == 0


def test_restart_forgets_all_but_zero_and_spikes():
    feed = filled(3000)
    feed.take(9000)
    force = feed.filter
    force.restart()
    assert not force.ready and force.still_pp_mn == 60000
    feed.take(1000)
    assert force.instant_mn == 1000 and force.force_mn == 1000, "no hold and no mean of before"
    feed.many(1000, 6)
    assert not force.ready and force.force_mn == 1000
    feed.take(1000)
    assert force.ready and force.force_mn == 1000


def test_restart_needs_two_clean_windows():
    """The rings keep old values: the sums must not."""
    feed = filled(3000)
    feed.filter.restart()
    feed.many(1000, 40)
    assert feed.filter.slope_mn_s == 0


def test_the_second_of_quiet_begins_with_each_restart_and_ends_each_time():
    feed = filled(1000)
    feed.filter.spikes = 3
    feed.many(1000, 300)
    feed.filter.restart()
    feed.many(1000, 320)
    assert feed.filter.spikes == 3
    feed.take(1000)
    assert feed.filter.spikes == 0
    feed.filter.spikes = 3
    feed.many(1000, 320)
    assert feed.filter.spikes == 3
    feed.take(1000)
    assert feed.filter.spikes == 0


def test_span_over_the_wrap_of_the_ticks():
    force = ForceFilter(COUNTS, 0)
    for n in range(40):
        force.take(16 * 100 * n, (n * 3125 - 1) % (1 << 30), 3125)
    assert force.slope_mn_s == 32000 - 500


def test_slope_counts_tenths_of_a_millisecond():
    for window_us, slope in ((0, 100000), (100, 100000), (199, 100000), (200, 50000), (1600, 6250)):
        force = ForceFilter(COUNTS, 0)
        for n in range(16):
            force.take(n % 2, n * window_us // 8, 0)
        force.take(16 * 80, 16 * window_us // 8, 0)
        assert force.force_mn == 10
        assert force.slope_mn_s == slope - 500, (window_us, force.slope_mn_s)
