"""The steps of a calibration fed with numbers: edges of every rule, and what each mistake is called."""

from core import calibration, stillness, wire
from core import calibration_fit as fits
from core import calibration_reasons as why
from core.calibration import DONE, EMPTY, FIRST, MEASURING, REJECTED, SECOND, VERIFY, WAITING, ZERO

NOMINAL = 42950
RATE = 320
GRAM = 421.2  # counts of a gram by the nominal slope: 42950 x 0.00980665


class Bench:
    """A calibration in its own time; `load` is what lies on the tip in counts."""

    def __init__(self):
        self.t_ms = 1000
        self.n = 0
        self.load = 0
        self.tremor = 3
        self.creep = 0
        self.run = calibration.Calibration(NOMINAL, RATE, self.t_ms)

    def feed(self, samples):
        for _ in range(samples):
            self.n += 1
            self.t_ms += 3 + self.n % 8 // 7  # 3.125 ms
            swing = self.tremor if self.n // 40 % 2 else -self.tremor
            self.run.take(self.load + swing + self.n % 3 + self.creep * self.n // 320, self.t_ms)
            self.run.tick(self.t_ms)

    def ask(self, step, grams=0):
        return self.run.ask(step, int(grams * 1000), self.t_ms)

    def step(self, step, grams=0, on=None):
        """Measure with `on` grams on the tip (those named, if not given); the reason it ends with."""
        self.load = int((grams if on is None else on) * GRAM)
        assert self.ask(step, grams) == wire.ERR_OK
        for _ in range(40):
            if self.run.phase != MEASURING:
                break
            self.feed(100)
        assert self.run.phase != MEASURING
        return self.run.reason

    def upto(self, step):
        for one, grams in ((ZERO, 0), (FIRST, 100), (SECOND, 200), (EMPTY, 0)):
            if one == step:
                return self
            assert self.step(one, grams) == why.NONE, one
        return self


def ended(bench, reason):
    return bench.run.phase == REJECTED and bench.run.reason == reason


def test_a_right_one():
    bench = Bench().upto(VERIFY)
    assert bench.step(VERIFY, 100) == why.NONE
    run = bench.run
    assert run.phase == DONE and run.over() and abs(run.counts_per_n - NOMINAL) <= 12
    assert run.masses_mg == [100000, 200000, 100000] and abs(run.zero) <= 3
    assert run.residual <= 2 and abs(run.verify_error) <= 3 and run.zero_moved_mn == 0


def test_steps_come_in_their_order_and_one_at_a_time():
    bench = Bench()
    for step in (FIRST, SECOND, EMPTY, VERIFY, -1, 9):
        assert bench.ask(step, 100) == wire.ERR_ORDER, step
    assert bench.ask(ZERO) == wire.ERR_OK and bench.run.phase == MEASURING
    assert bench.ask(ZERO) == wire.ERR_OK, "asked again while it is measured"
    assert bench.ask(FIRST, 100) == wire.ERR_ORDER
    bench.feed(800)
    assert bench.run.step == FIRST and bench.ask(ZERO) == wire.ERR_ORDER
    bench.run.stop(why.CANCELLED)
    assert bench.ask(FIRST, 100) == wire.ERR_ORDER


def test_nothing_is_measured_that_was_not_asked_for():
    bench = Bench()
    bench.feed(2000)
    assert bench.run.step == ZERO and bench.run.phase == WAITING


def test_a_measurement_takes_three_calm_half_seconds():
    bench = Bench()
    bench.feed(100)
    bench.ask(ZERO)
    bench.feed(3 * 160 - 1)
    assert bench.run.phase == MEASURING and bench.run.progress_pct() == 66
    bench.feed(1)
    assert bench.run.step == FIRST and bench.run.phase == WAITING


def test_masses_that_may_be_named():
    for grams, reason in ((49.999, why.MASS_RANGE), (500.001, why.MASS_RANGE), (0, why.MASS_RANGE)):
        bench = Bench().upto(FIRST)
        assert bench.ask(FIRST, grams) == wire.ERR_OK
        assert bench.run.reason == reason and bench.run.phase == WAITING, grams
    for grams in (50, 500):
        bench = Bench().upto(FIRST)
        bench.ask(FIRST, grams)
        assert bench.run.phase == MEASURING
    for grams, reason in ((149.999, why.MASS_ORDER), (150, why.NONE), (20, why.MASS_RANGE)):
        bench = Bench().upto(SECOND)
        bench.ask(SECOND, grams)
        assert bench.run.reason == reason, grams
    bench = Bench().upto(VERIFY)
    assert bench.step(VERIFY, 60) == why.NONE and bench.run.phase == DONE


def test_a_step_that_is_not_calm_is_asked_for_again():
    for step, grams, reason in (
        (ZERO, 0, why.ZERO_UNSTABLE),
        (FIRST, 100, why.LOAD_UNSTABLE),
        (EMPTY, 0, why.ZERO_UNSTABLE),
    ):
        bench = Bench().upto(step)
        bench.tremor = 460  # 2 x 460 counts are 21 mN
        assert bench.step(step, grams) == reason and bench.run.phase == WAITING
        bench.tremor = 400
        assert bench.step(step, grams) == why.NONE, "19 mN"


def test_a_creeping_reading_is_no_zero():
    bench = Bench()
    bench.creep = 300  # 7 mN a second: 3.5 between two means, 7 over three
    assert bench.step(ZERO) == why.DRIFTING and bench.run.phase == WAITING
    bench.creep = 180
    assert bench.step(ZERO) == why.NONE


def test_too_few_samples():
    bench = Bench()
    bench.ask(ZERO)
    while bench.run.phase == MEASURING:
        bench.t_ms += 60
        bench.n += 1
        bench.run.take(bench.n % 5, bench.t_ms)
        bench.run.tick(bench.t_ms)
    assert ended(bench, why.TOO_FEW_SAMPLES)


def test_the_zero_is_that_of_an_unloaded_cell():
    for newtons, reason in ((4.99, why.NONE), (5.01, why.ZERO_FAR), (-4.99, why.NONE), (-5.02, why.ZERO_FAR)):
        bench = Bench()
        assert bench.step(ZERO, 0, newtons * 1000 / 9.80665) == reason, newtons


def test_a_load_must_be_felt():
    for on, reason in ((0, why.NO_LOAD), (19, why.NO_LOAD), (-19, why.NO_LOAD), (-22, why.WRONG_SIGN)):
        bench = Bench().upto(FIRST)
        assert bench.step(FIRST, 100, on) == reason, on
        assert bench.run.phase == (REJECTED if reason == why.WRONG_SIGN else WAITING)


def test_the_first_mass_left_on():
    for on, reason in ((91, why.SAME_LOAD), (109, why.SAME_LOAD), (112, why.WRONG_MASS)):
        bench = Bench().upto(SECOND)
        assert bench.step(SECOND, 200, on) == reason, on


def test_the_slope_is_within_15_percent_of_the_nominal():
    for percent, reason in (
        (114.9, why.NONE),
        (115.1, why.WRONG_CELL),
        (85.1, why.NONE),
        (84.9, why.WRONG_CELL),
    ):
        bench = Bench().upto(FIRST)
        assert bench.step(FIRST, 100, percent) == why.NONE
        assert bench.step(SECOND, 200, 2 * percent) == reason, percent
        assert (bench.run.phase == REJECTED) == bool(reason)


def test_masses_in_the_other_order():
    bench = Bench().upto(FIRST)
    bench.step(FIRST, 100, 200)
    assert bench.step(SECOND, 200, 100) == why.MASSES_SWAPPED and ended(bench, why.MASSES_SWAPPED)


def test_one_mass_that_is_not_what_was_named():
    for first, second in ((100, 170), (140, 200), (80, 200), (100, 240)):
        bench = Bench().upto(FIRST)
        bench.step(FIRST, 100, first)
        assert bench.step(SECOND, 200, second) == why.WRONG_MASS, (first, second)


def test_readings_off_the_line():
    for first, reason in ((102.4, why.NONE), (102.6, why.TILTED), (97.6, why.NONE), (97.4, why.TILTED)):
        bench = Bench().upto(FIRST)
        bench.step(FIRST, 100, first)
        assert bench.step(SECOND, 200) == reason, first


def test_the_zero_must_come_back():
    for milli, reason in ((29, why.NONE), (31.5, why.ZERO_MOVED), (-29, why.NONE), (-31.5, why.ZERO_MOVED)):
        bench = Bench().upto(EMPTY)
        assert bench.step(EMPTY, 0, milli / 9.80665) == reason, milli
    bench = Bench().upto(EMPTY)
    assert bench.step(EMPTY, 0, 40) == why.STILL_LOADED and bench.run.phase == WAITING
    assert bench.step(EMPTY) == why.NONE


def test_the_new_zero_counts():
    bench = Bench().upto(EMPTY)
    bench.step(EMPTY, 0, 2)
    assert bench.step(VERIFY, 100, 102) == why.NONE
    assert abs(bench.run.zero - 842) < 5 and abs(bench.run.verify_error) < 5


def test_the_verification_is_within_3_percent():
    for on, reason in ((102.9, 0), (103.1, why.VERIFICATION_OFF), (97.1, 0), (96.9, why.VERIFICATION_OFF)):
        bench = Bench().upto(VERIFY)
        assert bench.step(VERIFY, 100, on) == reason, on
        assert bench.run.phase == (REJECTED if reason else DONE)


def test_a_sensor_that_fails():
    bench = Bench()
    for _ in range(11):
        bench.run.take(0x7FFFFF, bench.t_ms)
    assert not bench.run.over()
    bench.run.take(0x7FFFFF, bench.t_ms)
    assert ended(bench, why.SENSOR_FAULT)
    bench = Bench()
    for _ in range(12):
        bench.run.take(-0x800000, bench.t_ms)
    assert ended(bench, why.SENSOR_FAULT)
    bench = Bench()
    for _ in range(96):
        bench.run.take(77, bench.t_ms)
    assert not bench.run.over()
    bench.run.take(77, bench.t_ms)
    assert ended(bench, why.SENSOR_FAULT)
    bench = Bench()
    bench.run.tick(bench.t_ms + 100)
    assert not bench.run.over()
    bench.run.tick(bench.t_ms + 101)
    assert ended(bench, why.SENSOR_FAULT)


def test_two_minutes_without_a_step():
    bench = Bench()
    for t_ms in range(1000, 121001, 50):
        bench.run.take(t_ms, t_ms)
        bench.run.tick(t_ms)
    assert not bench.run.over()
    bench.run.tick(121001)
    assert ended(bench, why.TIMED_OUT)


def test_the_end_is_the_end():
    bench = Bench()
    bench.run.stop(why.CANCELLED)
    bench.run.stop(why.BUTTON)
    bench.feed(100)
    assert ended(bench, why.CANCELLED)
    bench.run.tick(10**7)
    assert ended(bench, why.CANCELLED)


def test_what_is_shown():
    bench = Bench()
    assert (bench.run.force_mn(), bench.run.spread_mn()) == (0, -1)
    bench.upto(FIRST)
    bench.load = int(100 * GRAM)
    bench.feed(400)
    assert abs(bench.run.force_mn() - 980) <= 1 and bench.run.spread_mn() == 0
    assert bench.run.progress_pct() == 0, "nothing is measured"


def test_figures_of_masses():
    assert fits.weight_un(100_000) == 980665
    assert fits.weight_un(1) == 9
    assert fits.fit([(42118, 980665), (84236, 1961330)]) == (42948, 0)
    assert fits.verification_error(42118 + 421, 100_000, 42948) == 100
    assert fits.verification_error(42118 - 421, 100_000, 42948) == -100


def test_blocks_of_other_rates():
    for rate, size in ((80, 40), (10, 8), (100, 48), (320, 160)):
        still = stillness.Stillness(NOMINAL, rate)
        for n in range(size):
            assert still.add(n % 2) == (n == size - 1), (rate, n)
