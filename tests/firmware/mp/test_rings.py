"""Rings between watch and tasks: what they hold, what they lose, and that they say so."""

from core.rings import EVENTS, INTERVALS, SAMPLES, EventRing, IntervalRing, SampleRing

WRAP = 0x3FFFFFFF


def filled(count):
    ring = SampleRing()
    for n in range(count):
        ring.put(n * 3, 1000 + n)
    return ring


def test_samples_are_numbered_from_nothing():
    ring = SampleRing()
    assert ring.next == 0 and ring.since(0, 200) == (0, 0, 0, 0, 0)
    assert list(ring.force_mn) == [0] * SAMPLES == list(ring.t_ms)
    ring.put(700, 12)
    assert ring.next == 1 and ring.at(0) == 700 and ring.since(0, 200) == (0, 1, 0, 12, 12)


def test_forces_are_cut_to_16_bits_for_display():
    ring = SampleRing()
    for n, (force_mn, shown) in enumerate(
        (
            (32766, 32766),
            (32767, 32767),
            (32768, 32767),
            (60000, 32767),
            (-32767, -32767),
            (-32768, -32768),
            (-32769, -32768),
            (-1, -1),
        )
    ):
        ring.put(force_mn, n)
        assert ring.at(n) == shown, force_mn


def test_samples_since_a_number():
    ring = filled(220)
    assert ring.since(0, 200) == (0, 200, 0, 1000, 1199)
    assert ring.since(200, 200) == (200, 220, 0, 1200, 1219)
    assert ring.since(219, 1) == (219, 220, 0, 1219, 1219)
    assert ring.since(220, 200) == (220, 220, 0, 0, 0)
    assert ring.since(500, 200) == (220, 220, 0, 0, 0), "a number of before a restart"


def test_the_oldest_16_places_are_being_written():
    ring = filled(SAMPLES - 16)
    assert ring.since(0, 1) == (0, 1, 0, 1000, 1000)
    ring.put(0, 0)
    assert ring.since(0, 1) == (1, 2, 1, 1001, 1001)
    ring = filled(SAMPLES + 100)
    first, following, lost, first_ms, last_ms = ring.since(50, 200)
    assert (first, following, lost) == (116, 316, 66) and (first_ms, last_ms) == (1116, 1315)
    assert [ring.at(n) for n in range(first, following)] == [3 * n for n in range(116, 316)]
    newest = SAMPLES + 100
    assert ring.since(newest - 12, 200) == (newest - 12, newest, 0, 988 + newest, 999 + newest)


def test_sample_numbers_stay_small_integers():
    ring = SampleRing()
    ring.next = WRAP
    ring.put(5, 6)
    assert ring.next == 0 and ring.at(WRAP) == 5


def test_events_come_out_in_their_order():
    ring = EventRing()
    assert ring.take() is None and ring.lost == 0 and EVENTS == 64
    for n in range(60):
        ring.put(1000 + n, n % 90, -n)
        ring.put(2000 + n, 7, n)
        assert ring.take() == ((1000, 2000)[n % 2] + n // 2, (n // 2, 7)[n % 2], (-1, 1)[n % 2] * (n // 2))
    assert ring.lost == 0


def test_a_full_ring_of_events_keeps_the_first_and_counts_the_others():
    for start in range(EVENTS):
        ring = EventRing()
        for n in range(start):
            ring.put(n, 1, n)
            assert ring.take() == (n, 1, n)
        for n in range(EVENTS + 4):
            ring.put(n, 2, 7 * n)
        assert ring.lost == 5, start
        for n in range(EVENTS - 1):
            assert ring.take() == (n, 2, 7 * n), (start, n)
        assert ring.take() is None
        ring.put(1, 3, 9)
        assert ring.take() == (1, 3, 9) and ring.lost == 5


def test_cleared_events_are_gone():
    ring = EventRing()
    for n in range(70):
        ring.put(n, 1, n)
    ring.clear()
    assert ring.take() is None and ring.lost == 0
    ring.put(5, 4, 6)
    assert ring.take() == (5, 4, 6) and ring.take() is None


def test_an_interval_is_peak_mean_and_whether_the_motor_ran():
    ring = IntervalRing()
    assert ring.take() is None and ring.lost == 0 and INTERVALS == 256
    for force_mn, t_ms, motor in ((700, 1000, False), (900, 1100, True), (650, 1249, False)):
        ring.add(force_mn, t_ms, motor)
    assert ring.take() is None, "it goes on"
    ring.end()
    assert ring.take() == (1000, 900, 750, True) and ring.take() is None
    ring.add(100, 1300, False)
    ring.add(101, 1400, False)
    ring.end()
    assert ring.take() == (1300, 101, 100, False), "nothing is left of the one before"
    ring.end()
    assert ring.take() is None, "none was open"


def test_an_interval_is_full_after_a_quarter_second():
    ring = IntervalRing()
    ring.add(500, 3000, True)
    ring.add(600, 3249, False)
    assert ring.take() is None
    ring.add(800, 3250, False)
    assert ring.take() == (3000, 600, 550, True)
    ring.end()
    assert ring.take() == (3250, 800, 800, False)
    ring.add(0, 0, False)
    ring.add(10, 250, False)
    assert ring.take() == (0, 0, 0, False), "also from the start of the session"


def test_a_full_ring_of_intervals_keeps_the_first_and_counts_the_others():
    for start in (0, 1, 100, INTERVALS - 1):
        ring = IntervalRing()
        for n in range(start):
            ring.add(n, 250 * n, False)
            ring.end()
            assert ring.take() == (250 * n, n, n, False)
        for n in range(INTERVALS + 2):
            ring.add(n, 250 * n, n % 2 == 1)
        assert ring.lost == 2 and start >= 0
        ring.end()
        assert ring.lost == 3, start
        for n in range(INTERVALS - 1):
            assert ring.take() == (250 * n, n, n, n % 2 == 1), (start, n)
        assert ring.take() is None
        ring.add(7, 99000, False)
        ring.end()
        assert ring.take() == (99000, 7, 7, False), "what was lost has left nothing"


def test_cleared_intervals_are_gone():
    ring = IntervalRing()
    for n in range(260):
        ring.add(n, 250 * n, False)
        ring.end()
    assert ring.lost == 5
    ring.clear()
    assert ring.take() is None and ring.lost == 0
    ring.add(5, 6, True)
    ring.end()
    assert ring.take() == (6, 5, 5, True) and ring.take() is None
