"""The look-ahead: it foresees what comes, never what could not come, and takes a trembling hand for what it is."""

import math

from core import ids, limits, rates
from core.judge import Judge
from feed import DT_US, Feed
from press_rig import PressRig
from sim.random_source import RandomSource
from sim.zealous_hand import ZealousHand

TIMEOUT_S = 240
DT_S = DT_US / 1e6
AHEAD_S = limits.LOOK_AHEAD_MS / 1000


def test_figures():
    assert (limits.LOOK_AHEAD_MS, rates.LONG_WINDOWS) == (300, 3)
    assert (limits.NOISE_MN, limits.NOISE_MN_S, limits.LONG_NOISE_MN_S) == (10, 500, 200)
    assert limits.TREMOR_PERMILLE_S == 1000


def boldest(force_mn, limit_mn, share):
    """The next force, so that force + slope x 0.3 s stays under a limit, by a share of the room or falling at will."""
    slope = (limit_mn - force_mn) / (AHEAD_S + DT_S) if share >= 0 else share * 40000
    return max(0.0, force_mn + slope * (share if share >= 0 else 1) * DT_S)


def test_a_press_that_never_has_it_over_the_limit_never_looks_as_if_it_had():
    """Ten thousand samples of presses as bold as may be, resting and falling at random, at random limits."""
    random = RandomSource(11)
    for _ in range(20):
        limit_mn = 1000 + int(random.unit() * 6000)
        feed = Feed()
        force_mn = 0.0
        share = 1.0
        for n in range(500):
            if random.unit() < 0.03:
                share = (1.0, 1.0, 0.0, 0.5, -random.unit())[int(random.unit() * 5)]
            force_mn = boldest(force_mn, limit_mn, share)
            feed.take(int(force_mn))
            assert feed.filter.ahead_mn <= limit_mn, (limit_mn, n, feed.filter.ahead_mn)


def test_an_exponential_to_just_over_the_limit_is_foreseen_by_both_windows():
    """What stands in for the property's other side: the same press to 0.35 N more is warned of."""
    for limit_mn in (2000, 4500):
        feed = Feed()
        force_mn, highest = 0.0, 0
        for _ in range(800):
            force_mn = boldest(force_mn, limit_mn + 350, 1.0)
            feed.take(int(force_mn))
            highest = max(highest, feed.filter.ahead_mn)
        assert highest > limit_mn


def steady(slope_n_s, ms=1500):
    """Force ahead at each sample of an endless ramp, and the true force."""
    feed = Feed()
    feed.many(0, 60)
    rows = []
    for n in range(ms * 1000 // DT_US):
        true_mn = slope_n_s * n * DT_US / 1000
        feed.take(int(true_mn))
        rows.append((true_mn, feed.filter.ahead_mn))
    return rows


def test_a_slow_ramp_is_seen_by_the_long_window():
    """Half way up: all the 0.3 s, less the mean's age of 14.5 samples and 0.2 N/s."""
    for slope in (1, 2, 4):
        true_mn, ahead_mn = steady(slope, 1200)[-1]
        expected = true_mn + slope * 300 - slope * 14.5 * 3.125 - 60
        assert abs(ahead_mn - expected) <= 12, (slope, true_mn, ahead_mn, expected)


def test_a_fast_ramp_is_seen_by_the_short_window():
    """50 ms after the touch: 0.3 s, less the mean's age of 7 samples, 0.5 N/s and 1 N/s for each newton."""
    for slope in (10, 20, 40):
        true_mn, ahead_mn = steady(slope, 60)[18]
        force_mn = true_mn - slope * 3.5 * 3.125
        expected = true_mn + slope * 300 - slope * 7 * 3.125 - 150 - force_mn * 0.3
        assert abs(ahead_mn - expected) <= 15, (slope, true_mn, ahead_mn, expected)


def test_no_long_window_before_four_windows():
    feed = Feed()
    for n in range(80):
        feed.take(6 * n)
        slope = feed.filter.slope_mn_s - feed.filter.force_mn
        short = feed.filter.force_mn - 6 * 7 // 2 + max(0, slope) * 300 // 1000
        if 16 <= n <= 31:
            assert abs(feed.filter.ahead_mn - short) <= 6, n
    assert feed.filter.ahead_mn > short + 100


def test_long_window_forgets_all_with_a_restart():
    feed = Feed()
    feed.many(0, 40)
    for n in range(40):
        feed.take(100 * n)
    feed.filter.restart()
    for n in range(60):
        feed.take(4000)
        assert feed.filter.ahead_mn == 4000, n


def trembling(zone, permille, hz):
    """Whether 20 s of the highest press within the band are warned of at this tremor, once it has got there."""
    held = limits.zone_limits(zone)
    feed, judge = Feed(), Judge()
    judge.set_limits(held.lo_mn, held.hi_mn, held.warn_mn, held.limit_mn)
    aim_mn = held.hi_mn / (1.06 + permille / 1000)
    for n in range(320 * 20):
        t_s = n * DT_S
        swing = permille / 1000 * math.sin(6.2832 * hz * t_s) + 0.06 * math.sin(6.2832 * 0.3 * t_s)
        feed.take(int(aim_mn * min(1, t_s) * (1 + swing)))
        filter_ = feed.filter
        judge.take(filter_.force_mn, filter_.slope_mn_s, filter_.ahead_mn, DT_US)
        if t_s > 1.5 and judge.news & Judge.NEWS_WARN:
            return True
    return False


def test_tremor_and_wander_in_the_band_are_not_warned_of():
    """Tremor of 3 % at 9.5 Hz, and half as much again and as fast, in each zone at the top of its band."""
    for zone in limits.ZONES:
        for permille, hz in ((30, 9.5), (45, 9.5), (45, 14.2), (45, 4.75)):
            assert not trembling(zone, permille, hz), (zone, permille, hz)


def overshoot(zone, look_ahead, rate_mn_s):
    """Median overshoot (mN) of nine presses at a rate, with reactions from 170 to 386 ms."""
    rig = PressRig(zone, look_ahead=look_ahead)
    rig.run(200)
    found = []
    for n in range(9):
        hand = ZealousHand(rate_mn_s, 20000, 170000 + 27000 * n, 31 * n + rate_mn_s, rig.plant.values)
        assert rig.press(hand)
        found.append(max(0, rig.peak_mn - rig.limits.limit_mn))
    return sorted(found)[4]


def test_look_ahead_halves_the_overshoot():
    """A sample of the study (`python -m tests.bench look_ahead`)."""
    for zone, rate in ((ids.CHEEKS, 4000), (ids.CHEEKS, 10000), (ids.FOREHEAD, 8000), (ids.CROWS_FEET, 4000)):
        with_it, without = overshoot(zone, True, rate), overshoot(zone, False, rate)
        assert without > 300, (zone, rate, without)
        assert with_it <= without / 2, (zone, rate, with_it, without)
