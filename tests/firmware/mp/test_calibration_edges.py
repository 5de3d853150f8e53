"""A calibration to the count and the millisecond, on a tip whose zero is not zero."""

from core import calibration as cal
from core import calibration_reasons as why
from core import wire
from core.calibration import DONE, EMPTY, FIRST, MEASURING, SECOND, VERIFY, WAITING, ZERO

NOMINAL = 42950
RATE = 320
GRAM = 421.2
OFFSET = 20000


class Tip:
    """Readings that swing a little round a load, so that they are calm and never stuck."""

    def __init__(self, offset=OFFSET):
        self.offset = offset
        self.t_ms = 1000
        self.n = 0
        self.run = cal.Calibration(NOMINAL, RATE, self.t_ms)

    def feed(self, samples, counts=0, step_ms=3, swing=2):
        for _ in range(samples):
            self.n += 1
            self.t_ms += step_ms
            self.run.take(self.offset + counts + (swing if self.n & 1 else -swing), self.t_ms)
            self.run.tick(self.t_ms)

    def shaken(self):
        """Counts of a hand that never lies still."""
        return 2000 * (self.n // 40 % 2)

    def step(self, step, grams=0, counts=None):
        """Measure a step; the reason it ends with."""
        assert self.run.ask(step, int(grams * 1000), self.t_ms) == wire.ERR_OK
        for _ in range(60):
            if self.run.phase != MEASURING:
                break
            self.feed(32, int(grams * GRAM) if counts is None else counts)
        return self.run.reason

    def loaded(self):
        """After both masses."""
        for step, grams in ((ZERO, 0), (FIRST, 100), (SECOND, 200)):
            assert self.step(step, grams) == why.NONE
        return self


def test_figures():
    assert (cal.CALM_MN, cal.CREEP_MN, cal.ZERO_FAR_MN, cal.ZERO_MOVED_MN) == (20, 5, 5000, 30)
    assert (cal.MEASURE_MS, cal.WAIT_MS, cal.SILENT_MS, cal.LEAST_RATE_PCT) == (10000, 120000, 100, 60)
    assert (cal.RAW_MAX, cal.RAW_MIN) == ((1 << 23) - 1, -(1 << 23))


def test_a_new_one_knows_nothing():
    run = Tip().run
    assert (run.step, run.phase, run.reason) == (ZERO, WAITING, why.NONE)
    assert (run.zero, run.counts_per_n, run.residual, run.verify_error, run.zero_moved_mn) == (0, 0, 0, 0, 0)
    assert run.masses_mg == [0, 0, 0] and (run.force_mn(), run.spread_mn()) == (0, -1)


def test_what_is_measured_is_measured_from_the_zero():
    tip = Tip().loaded()
    assert abs(tip.run.zero - OFFSET) <= 2 and abs(tip.run.counts_per_n - 42950) <= 20
    assert 978 <= tip.run.force_mn() // 2 <= 983, "200 g lie on it"
    assert tip.step(EMPTY, counts=430) == why.NONE
    assert tip.run.zero_moved_mn == 10 and abs(tip.run.zero - OFFSET - 430) <= 2
    assert tip.step(VERIFY, 100, counts=430 + int(101 * GRAM)) == why.NONE
    assert tip.run.phase == DONE and 95 <= tip.run.verify_error <= 105
    assert tip.run.masses_mg == [100000, 200000, 100000]


def test_the_zero_may_be_5_n_away_and_no_more():
    for counts, reason in ((214770, why.NONE), (214820, why.ZERO_FAR)):
        assert Tip(0).step(ZERO, counts=counts) == reason


def test_the_zero_may_move_by_30_mn_and_no_more():
    for counts, reason in (
        (1310, why.NONE),
        (1350, why.ZERO_MOVED),
        (-1250, why.NONE),
        (-1350, why.ZERO_MOVED),
    ):
        assert Tip().loaded().step(EMPTY, counts=counts) == reason, counts


def test_a_third_of_the_first_mass_is_still_a_load():
    for counts, reason in ((14000, why.ZERO_MOVED), (14100, why.STILL_LOADED)):
        assert Tip().loaded().step(EMPTY, counts=counts) == reason


def test_asking_again_begins_nothing_anew():
    tip = Tip()
    tip.run.ask(ZERO, 0, tip.t_ms)
    tip.feed(200)
    done = tip.run.progress_pct()
    assert done > 0
    assert tip.run.ask(ZERO, 0, tip.t_ms) == wire.ERR_OK and tip.run.progress_pct() == done


def test_a_measurement_has_ten_seconds_from_its_asking():
    tip = Tip()
    for _ in range(2380):
        tip.feed(1, step_ms=50, counts=tip.shaken())
    assert tip.run.phase == WAITING
    start = tip.t_ms
    tip.run.ask(ZERO, 0, start)
    while tip.t_ms + 5 < start + 10000:
        tip.feed(1, step_ms=5, counts=tip.shaken())
    tip.feed(1, step_ms=start + 10000 - tip.t_ms)
    assert tip.run.phase == MEASURING
    tip.feed(1, step_ms=1)
    assert (tip.run.phase, tip.run.reason) == (WAITING, why.ZERO_UNSTABLE)
    for _ in range(2400):
        tip.feed(1, step_ms=50, counts=tip.shaken())
    assert tip.run.phase == WAITING, "two minutes from then on"
    tip.feed(1, step_ms=50)
    assert tip.run.reason == why.TIMED_OUT


def test_sixty_percent_of_the_samples_are_enough():
    for samples, reason in ((1919, why.TOO_FEW_SAMPLES), (1920, why.ZERO_UNSTABLE)):
        tip = Tip()
        tip.feed(50)
        start = tip.t_ms
        tip.run.ask(ZERO, 0, start)
        for _ in range(samples - 1):
            tip.feed(1, step_ms=5, counts=tip.shaken())
        tip.t_ms = start + 9950
        tip.run.take(7, tip.t_ms)
        tip.run.tick(start + 10001)
        assert tip.run.reason == reason, samples


def test_a_mass_that_was_not_put_on_is_told_at_each_step():
    tip = Tip()
    tip.step(ZERO)
    assert tip.step(FIRST, 100, counts=0) == why.NO_LOAD and tip.run.masses_mg == [0, 0, 0]
    assert tip.step(FIRST, 100) == why.NONE
    assert tip.step(SECOND, 200, counts=0) == why.NO_LOAD and tip.run.masses_mg == [100000, 0, 0]
    assert tip.step(SECOND, 200) == why.NONE
    tip.step(EMPTY)
    assert tip.step(VERIFY, 100, counts=0) == why.NO_LOAD and tip.run.masses_mg[2] == 0
    assert tip.step(VERIFY, 100) == why.NONE and tip.run.phase == DONE


def test_twelve_readings_in_a_row_at_a_rail_are_a_fault():
    for before, rails, reason in ((11, 11, why.NONE), (11, 12, why.SENSOR_FAULT), (0, 12, why.SENSOR_FAULT)):
        tip = Tip(0)
        for n in range(before):
            tip.run.take(cal.RAW_MAX + n, tip.t_ms)
        tip.run.take(5, tip.t_ms)
        for n in range(rails):
            tip.run.take(cal.RAW_MIN - n, tip.t_ms)
        assert tip.run.reason == reason, (before, rails)
