"""The watch at other rates than 320 a second: latency of alerts, no false ones, silence, stillness, zero."""

import math

from core import ids, limits, rates
from core.force_filter import ForceFilter
from core.judge import ALERT_OVER, NO_ALERT, Judge
from watch_bench import Bench

COUNTS_PER_N = 42950
LIMITS = (600, 1800, 2100, 2500)
PHASES = 8  # where in a period of the converter a press begins
NOISE_MN = {320: 5, 80: 1.4}  # a sample: 300 nV and 90 nV rms on 60 and 66 nV/mN


class Chain:
    """A converter that gives the mean of its last four periods, a filter and a judge; force is a function of us."""

    def __init__(self, rate_sps, force, phase=0.0):
        self.period_us = 1000000 // rate_sps
        self.noise_mn = NOISE_MN[rate_sps]
        self.force = force
        self.now_us = int(phase * self.period_us)
        self.filter = ForceFilter(COUNTS_PER_N, 0, rate_sps)
        self.judge = Judge()
        self.judge.set_limits(*LIMITS)
        self._n = 0

    def _converted_mn(self):
        step_us = self.period_us // 4
        total = 0.0
        for i in range(16):
            total += self.force(self.now_us - i * step_us - step_us // 2)
        self._n += 1
        # Four sines of unrelated periods: near enough a noise, and the same on every machine.
        noise = sum([math.sin(self._n * k) for k in (1.7, 2.9, 5.3, 11.1)]) / 1.41
        return total / 16 + noise * self.noise_mn

    def step(self):
        self.now_us += self.period_us
        raw = int(self._converted_mn() * COUNTS_PER_N / 1000)
        assert self.filter.take(raw, self.now_us, self.period_us) == 0
        f = self.filter
        if f.ready:
            self.judge.take(f.force_mn, f.slope_mn_s, f.ahead_mn, self.period_us)

    def run(self, ms, until=None):
        for _ in range(ms * 1000 // self.period_us):
            self.step()
            if until is not None and until():
                return True
        return False


def _late_ms(rate_sps, n_s, over):
    """Worst milliseconds from when the truth asks for an alert to the alert, on a ramp, over all phases."""
    worst = 0
    start_us = 500000
    ahead_n = 0 if over else n_s * limits.LOOK_AHEAD_MS / 1000
    truth_us = start_us + max(0.25, 2.5 - ahead_n) * 1000000 / n_s
    for i in range(PHASES):
        chain = Chain(rate_sps, lambda t_us: max(0, t_us - start_us) * n_s / 1000, i / PHASES)
        judge = chain.judge
        assert chain.run(4000, lambda: judge.alert == ALERT_OVER if over else judge.alert != NO_ALERT)
        worst = max(worst, (chain.now_us - truth_us) / 1000)
    return worst


def test_rows():
    for rate, row in rates.RATES.items():
        assert rates.of(rate) is row
        assert 1 <= row[rates.WINDOW] <= rates.MOST_WINDOW
        assert row[rates.STILL] * 1000 // rate == 500 and row[rates.FORGIVE] == rate
    assert rates.of(90) is rates.RATES[80] and rates.of(3) is rates.RATES[10]


def test_a_session_has_data_within_30_ms_and_a_fault_within_100():
    for rate, row in rates.RATES.items():
        if rate >= rates.SESSION_LEAST_SPS:
            assert (row[rates.NO_DATA_US], row[rates.STALE_US]) == (30000, 90000), rate
            assert 25 <= row[rates.WINDOW] * 1000 // rate <= 30, rate


def test_alarm_over_the_limit_within_50_ms():
    for n_s in (2, 5, 10, 20):
        assert _late_ms(320, n_s, True) <= 25, n_s
        assert 25 <= _late_ms(80, n_s, True) <= 50, n_s


def test_look_ahead_at_80_a_second_is_35_ms_later_at_most():
    for n_s in (5, 10, 20):
        fast, slow = _late_ms(320, n_s, False), _late_ms(80, n_s, False)
        assert fast <= slow <= fast + 40, (n_s, fast, slow)


def test_a_steady_press_at_80_a_second_is_never_warned_for_tremor():
    for aim_mn in (1200, 1800):

        def force(t_us):
            rise = min(1, t_us / 2000000)
            return aim_mn * rise * (1 + 0.03 * math.sin(t_us * 2 * math.pi * 9.5e-6))

        chain = Chain(80, force)
        judge = chain.judge
        assert not chain.run(60000, lambda: judge.alert != NO_ALERT), chain.now_us
        assert judge.contact


def test_buffers_are_those_of_the_rate_and_hold_no_rest_of_another():
    force = ForceFilter(COUNTS_PER_N, 0)
    for i in range(40):
        force.take(COUNTS_PER_N * 3 + i, i * 3125, 3125)
    force.use_rate(80)
    assert not force.ready
    for i in range(4):
        force.take(COUNTS_PER_N + i * 16, i * 12500, 12500)
        assert force.force_mn == 1000, i
    force.take(COUNTS_PER_N * 11 // 10, 50000, 12500)
    assert force.force_mn == 1050 and force.slope_mn_s == 50 * 1000 // 25 - limits.NOISE_MN_S


def _watch_at(rate_sps, feed):
    """A bench whose sensor delivers at a rate as `feed(n)` allows, with the timer every 10 ms; time to a fault, ms."""
    bench = Bench()
    bench.force.use_rate = lambda _rate: None
    bench.watch.use_rate(rate_sps)
    period_us = 1000000 // rate_sps
    next_us, timer_us = period_us, 10000
    n = 0
    while bench.now_us < 3000000 and not bench.watch.fault:
        bench.now_us = min(next_us, timer_us)
        if bench.now_us == timer_us:
            timer_us += 10000
            bench.watch.on_timer(None)
        if bench.now_us == next_us:
            next_us += period_us
            n += 1
            if feed(n):
                bench.watch.on_ready(None)
    return bench, bench.now_us // 1000


def test_silence_at_each_rate():
    for rate, latest_ms in ((320, 110), (80, 110), (10, 310)):
        bench, took_ms = _watch_at(rate, lambda n: n < rate)
        assert bench.watch.fault == ids.FAULT_STALE, rate
        assert 1000 <= took_ms <= 1000 + latest_ms, (rate, took_ms)


def test_no_silence_at_each_rate():
    for rate in rates.RATES:
        bench, took_ms = _watch_at(rate, lambda n: True)
        assert bench.watch.fault == 0 and took_ms == 3000
        assert bench.force.restarts == 1, "a sample in time was taken for a gap"


def test_one_lost_sample_at_80_a_second_is_no_gap():
    bench, _ = _watch_at(80, lambda n: n % 40)
    assert bench.watch.fault == 0 and bench.force.restarts == 1


def test_still_and_zero_take_the_same_time_at_each_rate():
    for rate in (320, 80):
        force = ForceFilter(COUNTS_PER_N, 0, rate)
        for i in range(rate // 2 - 1):
            force.take(1000 + i % 3 * 16, 0, 1000000 // rate)
            force.watch_still()
            force.track_zero()
        assert force.still_pp_mn == 60000
        moved = force.zero
        assert moved > 0
        force.take(1000, 0, 1000000 // rate)
        force.watch_still()
        assert force.still_pp_mn < 5
        assert abs(moved - 2 * 1016 // 16) <= 40, (rate, moved)


def test_edges_are_expected_at_the_sensor_s_rate():
    bench = Bench()
    bench.force.use_rate = lambda _rate: None
    for rate_sps, period_us in ((200, 5000), (320, 3125)):
        bench.watch.use_rate(rate_sps)
        bench.watch.edges.of(100000)
        assert bench.watch.edges.of(100000 + period_us + 640) == 100000 + period_us + 11
