"""A contact that never ends, and samples that come too seldom."""

from core import ids
from core.doubts import CONTACT_MOST_US, Doubts, too_slow

TURN_MS = 20


class Watch:
    def __init__(self):
        self.sample_count = 0
        self.contact_us = 0
        self.fault = ids.FAULT_NONE
        self.touched = True
        self.looks = 0

    def check_alive(self):
        self.looks += 1

    def in_contact(self):
        return self.touched and not self.fault

    def latch(self, fault):
        self.fault = self.fault or fault


class Board:
    rate_sps = 320


def pressed(rate_sps, ms, watch=None):
    watch = watch or Watch()
    doubts = Doubts(watch, Board())
    for turn in range(ms // TURN_MS):
        watch.sample_count = rate_sps * turn * TURN_MS // 1000
        doubts.tick(TURN_MS)
    return watch


def test_half_of_the_rate_is_the_least():
    assert not too_slow(160, 1000, 320) and too_slow(159, 1000, 320)
    assert not too_slow(40, 500, 160) and too_slow(39, 500, 160)
    assert too_slow(1600, 10003, 320) and not too_slow(1600, 10000, 320)


def test_too_few_samples_over_a_second_of_contact():
    assert pressed(100, 2200).fault == ids.FAULT_RATE
    assert pressed(100, 900).fault == ids.FAULT_NONE
    assert pressed(310, 30000).fault == ids.FAULT_NONE


def test_each_turn_looks_whether_the_watch_is_alive():
    watch = Watch()
    watch.touched = False
    assert pressed(320, 1000, watch).looks == 1000 // TURN_MS


def test_without_contact_nothing_is_counted():
    watch = Watch()
    watch.touched = False
    assert pressed(100, 5000, watch).fault == ids.FAULT_NONE


def test_counting_begins_anew_with_a_session():
    watch = Watch()
    doubts = Doubts(watch, Board())
    watch.sample_count = 5000
    doubts.tick(TURN_MS)
    for turn in range(200):
        watch.sample_count = 6 * turn
        doubts.tick(TURN_MS)
    assert watch.fault == ids.FAULT_NONE


def test_a_contact_that_lasts_a_minute_is_none():
    watch = Watch()
    doubts = Doubts(watch, Board())
    assert CONTACT_MOST_US == 60000000, "docs/faults.md"
    watch.contact_us = CONTACT_MOST_US - 1
    assert not doubts.is_endless()
    watch.contact_us = CONTACT_MOST_US
    assert doubts.is_endless()
    watch.touched = False
    assert not doubts.is_endless()


def looked(*looks):
    """Whether a fault is latched after looks, each (ms since the one before, samples so far), in contact."""
    watch = Watch()
    doubts = Doubts(watch, Board())
    for ms, samples in looks:
        watch.sample_count = samples
        doubts.tick(ms)
    return watch.fault == ids.FAULT_RATE


def test_a_look_is_taken_after_a_second_to_the_millisecond():
    assert not looked((999, 0)) and looked((1000, 0)) and looked((999, 0), (1, 0))
    assert not looked((1000, 160)) and looked((1000, 159))


def test_each_second_counts_for_itself():
    assert looked((1000, 320), (1000, 479)) and not looked((1000, 320), (1000, 480))
    assert not looked((1000, 320), (999, 320)) and looked((1000, 320), (999, 320), (1, 320))


def test_a_count_that_fell_by_one_began_anew():
    assert not looked((1000, 320), (600, 319), (999, 319))
    assert looked((1000, 320), (600, 319), (1000, 319)) and not looked((1000, 320), (600, 319), (1000, 479))
