"""Stillness, zero tracking and tare of the force filter."""

from core.force_filter import ForceFilter
from feed import COUNTS, Feed, filled


def test_stillness_over_half_a_second():
    feed = Feed()
    for n in range(159):
        feed.take(10 if n % 40 < 20 else 30)
        feed.filter.watch_still()
    assert feed.filter.still_pp_mn == 60000
    feed.take(10)
    feed.filter.watch_still()
    assert feed.filter.still_pp_mn == 20
    feed.many(-70, 10)
    for _ in range(160):
        feed.take(-70)
        feed.filter.watch_still()
    assert feed.filter.still_pp_mn == 0, "the half second before is forgotten"


def test_restart_forgets_stillness_in_progress():
    feed = Feed()
    for force_mn in (-40, 40):
        feed.filter.restart()
        for _ in range(100):
            feed.take(force_mn)
            feed.filter.watch_still()
    feed.filter.restart()
    for _ in range(160):
        assert feed.filter.still_pp_mn == 60000
        feed.take(5)
        feed.filter.watch_still()
    assert feed.filter.still_pp_mn == 0


def test_zero_follows_a_slow_drift():
    feed = Feed()
    feed.many(32, 8)
    before = feed.filter.zero
    for n in range(64):
        feed.take(32)
        assert feed.filter.zero == before, n
        feed.filter.track_zero()
    assert feed.filter.zero == 32, "1 part in 16 of 32 mN at 16 counts each"
    feed.rest(32, 64)
    assert 60 <= feed.filter.zero <= 64


def test_zero_follows_downwards_too():
    feed = Feed()
    feed.many(-32, 8)
    feed.rest(-32, 64)
    assert feed.filter.zero == -32


def test_zero_follows_only_a_small_force():
    for force_mn, follows in ((100, True), (101, False), (-100, True), (-101, False)):
        feed = Feed()
        feed.many(force_mn, 8)
        feed.rest(force_mn, 64)
        assert (feed.filter.zero != 0) == follows, force_mn


def test_a_larger_force_begins_the_mean_anew():
    feed = Feed()
    feed.many(80, 8)
    feed.rest(80, 60)
    feed.many(200, 8)
    feed.filter.track_zero()
    feed.many(32, 8)
    for _ in range(63):
        feed.filter.track_zero()
    assert feed.filter.zero == 0
    feed.filter.track_zero()
    assert feed.filter.zero == 32


def test_restart_begins_the_mean_of_the_zero_anew():
    feed = Feed()
    feed.many(80, 8)
    feed.rest(80, 60)
    feed.filter.restart()
    feed.many(32, 8)
    for _ in range(63):
        feed.filter.track_zero()
    assert feed.filter.zero == 0
    feed.filter.track_zero()
    assert feed.filter.zero == 32


def test_zero_stays_within_150_mn_of_the_factory_zero():
    for away in (150, -150):
        feed = Feed()
        feed.filter.zero = away * 16
        force = feed.filter
        feed.many(away + (90 if away > 0 else -90), 8)
        feed.rest(away + (90 if away > 0 else -90), 640)
        assert force.zero == away * 16, (away, force.zero)
        assert force.zero_distance_mn(force.zero) == 150


def test_distance_of_zeros():
    force = ForceFilter(COUNTS, 1600)
    for zero, away in ((1600, 0), (1616, 1), (1584, 1), (4000, 150), (-800, 150), (4016, 151)):
        assert force.zero_distance_mn(zero) == away, zero


def test_tare_wants_stillness():
    for pp_mn, answer in ((49, 0), (50, 1), (51, 1), (60000, 1)):
        feed = filled(0)
        feed.filter.still_pp_mn = pp_mn
        assert feed.filter.tare() == answer, pp_mn


def test_tare_wants_to_be_near_the_factory_zero():
    for force_mn, answer in ((150, 0), (151, 2), (-150, 0), (-151, 2)):
        feed = filled(force_mn)
        feed.filter.still_pp_mn = 0
        assert feed.filter.tare() == answer, force_mn
        assert feed.filter.zero == (force_mn * 16 if answer == 0 else 0)
        assert feed.filter.ready == (answer != 0)


def test_tare_makes_the_present_force_nothing():
    feed = filled(120)
    feed.filter.still_pp_mn = 0
    assert feed.filter.tare() == 0
    feed.many(120, 16)
    assert feed.filter.force_mn == 0
    assert feed.filter.factory_zero == 0


def test_stillness_looks_at_each_half_second_alone():
    feed = Feed()
    feed.many(10, 8)
    for force_mn in (10, 300, 600):
        feed.many(force_mn, 8)
        for n in range(160):
            before = feed.filter.still_pp_mn
            feed.filter.watch_still()
            assert (feed.filter.still_pp_mn == before) or n == 159, n
        assert feed.filter.still_pp_mn == 0, force_mn


def test_sums_of_the_zero_are_exact():
    """One millinewton times 63 is not yet a count: a stray unit in the sum would move the zero."""
    feed = Feed()
    feed.many(63, 8)
    for n in range(3):
        for _ in range(64):
            feed.filter.force_mn = 63
            feed.filter.track_zero()
        assert feed.filter.zero == 63 * (n + 1), n
    feed = Feed()
    for force_mn in [0] * 63 + [63]:
        feed.filter.force_mn = force_mn
        feed.filter.track_zero()
    assert feed.filter.zero == 0
    for force_mn in [101] + [0] * 63 + [63]:
        feed.filter.force_mn = force_mn
        feed.filter.track_zero()
    assert feed.filter.zero == 0
    for force_mn in [0] * 63 + [64]:
        feed.filter.force_mn = force_mn
        feed.filter.track_zero()
    assert feed.filter.zero == 1


def test_zero_may_reach_150_mn_exactly():
    feed = Feed()
    feed.filter.zero = 150 * 16 - 50
    for _ in range(64):
        feed.filter.force_mn = 50
        feed.filter.track_zero()
    assert feed.filter.zero == 150 * 16


def test_stillness_is_told_at_the_end_of_each_half_second_only():
    feed = Feed()
    feed.many(0, 8)
    for _ in range(160):
        feed.filter.watch_still()
    assert feed.filter.still_pp_mn == 0
    for n in range(160):
        feed.filter.force_mn = 40 if n % 2 else -40
        assert feed.filter.still_pp_mn == 0, n
        feed.filter.watch_still()
    assert feed.filter.still_pp_mn == 80
    for _ in range(159):
        feed.filter.watch_still()
        assert feed.filter.still_pp_mn == 80
    feed.filter.watch_still()
    assert feed.filter.still_pp_mn == 0
