"""Reaction times: buckets with exact edges, and the time of an edge that nobody stamped."""

from core.latency import BUCKETS, EdgeClock, Latency

MASK = 0x3FFFFFFF
EDGES_US = (200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000)  # docs/health.md
PERIOD_US = 3125


def test_each_bucket_holds_what_took_up_to_its_bound():
    latency = Latency()
    assert BUCKETS == len(EDGES_US) + 1 == len(latency.buckets)
    for n, edge_us in enumerate(EDGES_US):
        for took_us, at in ((edge_us, n), (edge_us + 1, n + 1)):
            latency.clear()
            latency.add(took_us)
            assert list(latency.buckets) == [1 if i == at else 0 for i in range(BUCKETS)], took_us
            assert latency.worst_us == took_us and latency.count == 1
    latency.clear()
    latency.add(0)
    latency.add(900000)
    assert latency.buckets[0] == latency.buckets[BUCKETS - 1] == 1


def test_all_are_counted_and_the_worst_is_kept():
    latency = Latency()
    assert latency.worst_us == latency.count == 0 and sum(latency.buckets) == 0
    for took_us in (250, 4000, 260, 250):
        latency.add(took_us)
    assert latency.worst_us == 4000 and latency.count == 4
    assert latency.buckets[1] == 3 and latency.buckets[9] == 1
    latency.clear()
    assert latency.worst_us == latency.count == 0 and list(latency.buckets) == [0] * BUCKETS


def test_a_full_count_stays_a_small_integer():
    latency = Latency()
    latency.count = MASK - 1
    latency.add(100)
    latency.add(6000)
    assert latency.count == MASK and sum(latency.buckets) == 1 and latency.worst_us == 6000


def test_a_stamp_is_the_edge_once():
    clock = EdgeClock()
    assert list(clock.stamp) == [0, 0]
    assert clock.of(50000) == 50000
    clock.stamp[0] = 49000
    clock.stamp[1] = 1
    assert clock.of(50000) == 49000 and clock.stamp[1] == 0
    assert clock.of(53125) == 53125, "the next has none"
    clock.stamp[0] = 56000
    clock.stamp[1] = 1
    clock.forget()
    assert clock.stamp[1] == 0 and clock.of(56250) == 56250


def answers(seen):
    clock = EdgeClock()
    return [clock.of(now_us & MASK) for now_us in seen]


def test_who_is_always_on_time_is_never_late():
    seen = [10000 + n * PERIOD_US for n in range(300)]
    assert answers(seen) == seen


def test_after_a_silence_of_6_ms_the_edge_is_now():
    assert answers((10000, 16001, 22002)) == [10000, 16001, 22002]
    assert answers((10000, 13125, 19125, 19200)) == [10000, 13125, 16295, 19200], "6 ms are a late handler"


def test_one_late_handler_answers_an_edge_of_before():
    """By hand: 3125 us after the edge before, and a 64th of the lateness and 1 us more."""
    assert answers((10000, 13125, 16250, 20375, 22600)) == [10000, 13125, 16250, 19391, 22518]
    assert answers((10000, 13125 + 63)) == [10000, 13127], "63 us: no 64th, and 1 us of the period"


def test_the_period_is_learned_from_who_is_6_percent_off_at_most():
    """By hand: a 64th of what a period differs, in 1024ths of a microsecond."""
    assert answers((10000, 13320)) == [10000, 13128 + 4]
    assert answers((10000, 13321)) == [10000, 13125 + 4]
    assert answers((10000, 13157)) == [10000, 13126 + 1], "3125 + 32 / 64 is rounded up"
    assert answers((10000, 13127, 16282)) == [10000, 13126, 13126 + 3126 + 1], "so is what is learned"
    assert answers((10000, 12930, 16055)) == [10000, 12930, 16053]
    assert answers((10000, 12929, 16054)) == [10000, 12929, 16054]
    assert answers((10000, 13225, 16349, 19474)) == [10000, 13129, 16258, 19386]


def test_a_lateness_of_six_milliseconds_is_the_most():
    seen = (10000, 10010, 16010, 22010)
    assert answers(seen + (25520,)) == [10000, 10010, 13180, 16395, 19614]
    assert answers(seen + (25521,)) == [10000, 10010, 13180, 16395, 25521]


def test_other_rates():
    clock = EdgeClock()
    for rate_sps, period_us in ((320, 3125), (200, 5000), (1000, 1000)):
        clock.expect(rate_sps)
        clock.of(100000)
        assert clock.of(100000 + period_us + 640) == 100000 + period_us + 11, rate_sps


def test_a_long_time_of_jitter_finds_the_true_edges():
    late_us = (0, 40, 0, 900, 10, 0, 300, 2500, 0, 60)
    clock = EdgeClock()
    worst_us = 0
    for n in range(3000):
        edge_us = 20000 + n * PERIOD_US
        found = clock.of(edge_us + late_us[n % 10] & MASK)
        if n > 1000:
            away = (found - edge_us + 0x20000000 & MASK) - 0x20000000
            worst_us = max(worst_us, away if away > 0 else -away)
    assert worst_us <= 50, worst_us


def test_the_rate_may_differ():
    for period_us in (3030, 3220):
        clock = EdgeClock()
        now_us = 10000
        for _ in range(500):
            now_us += period_us
            clock.of(now_us)
        seen_us = now_us + period_us + 1500
        late_us = seen_us - clock.of(seen_us)
        assert 1450 <= late_us <= 1500, (period_us, late_us)


def test_ticks_wrap_between_and_within():
    for start in range(MASK - 20000, MASK + 2, 1563):
        seen = [start + n * PERIOD_US for n in range(12)]
        assert answers(seen) == [now_us & MASK for now_us in seen], start
        late = seen + [seen[-1] + PERIOD_US + 1000]
        assert answers(late)[-1] == (seen[-1] + PERIOD_US + 16) & MASK, start


def test_a_stamp_that_came_after_the_handler_began_is_left_for_the_next():
    clock = EdgeClock()
    clock.stamp[0], clock.stamp[1] = 50001, 1
    assert clock.of(50000) == 50000, "worked out, not in the future"
    assert clock.of(50001) == 50001 and clock.stamp[1] == 0, "now it is its own"
    clock.stamp[0], clock.stamp[1] = 0x3FFFFFFF, 1
    assert clock.of(1) == 0x3FFFFFFF, "ticks wrap"
