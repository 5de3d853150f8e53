"""Properties of a calibration, for all masses, readings, noise and requests that hypothesis can think of.

Whatever a desktop asks and names: a slope that is taken lies within 15 % of the nominal one, comes from the tool's own
readings, and a last mass read within 3 % by it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from core import calibration, calibration_fit, wire
from core import calibration_reasons as why
from core import calibration_record as record
from hypothesis import given, settings
from hypothesis import strategies as st

NOMINAL = 42_950
RATE_SPS = 320
SAMPLE_MS = 1000 / RATE_SPS
MOST_SAMPLES = 4000
GRAVITY = 9.80665


@dataclass
class Cell:
    """A cell with something on it, and a converter that trembles."""

    slope: float = NOMINAL
    zero: int = 0
    noise: float = 200.0
    creep: float = 0.0
    grams: float = 0.0
    random: random.Random = field(default_factory=lambda: random.Random(1))

    def raw(self, t_ms: float) -> int:
        force_n = self.grams * GRAVITY / 1000
        counts = (
            self.zero + self.slope * force_n + self.creep * t_ms / 1000 + self.random.gauss(0, self.noise)
        )
        return max(-0x800000, min(0x7FFFFF, round(counts)))


@dataclass
class Bench:
    """A calibration fed by a cell, in its own time."""

    cell: Cell
    nominal: int = NOMINAL
    t_ms: float = 0.0
    seen: list[int] = field(default_factory=list)
    verified: int = 0

    def __post_init__(self) -> None:
        self.run = run = calibration.Calibration(self.nominal, RATE_SPS, 0)
        verify = run._verify

        def spy(mean: int) -> int:
            self.verified = mean - run.zero
            return verify(mean)

        run._verify = spy

    def feed(self, samples: int) -> None:
        for _ in range(samples):
            self.t_ms += SAMPLE_MS
            self.run.take(self.cell.raw(self.t_ms), int(self.t_ms))
            self.run.tick(int(self.t_ms))

    def measure(self, step: int, named_mg: int, grams: float) -> int:
        self.cell.grams = grams
        code = self.run.ask(step, named_mg, int(self.t_ms))
        for _ in range(MOST_SAMPLES):
            if self.run.phase != calibration.MEASURING:
                break
            self.feed(1)
        self.seen.append(self.run.reason)
        return code


MASSES = st.integers(40_000, 520_000)
PUT = st.floats(0, 600)


def is_sound(run: calibration.Calibration, nominal: int, verify_counts: float) -> bool:
    """What must hold of every slope that was taken, worked out here once more, in floating point."""
    near = abs(run.counts_per_n / nominal - 1) <= 0.15 + 1e-9
    wanted = run.masses_mg[2] * GRAVITY / 1e6 * run.counts_per_n
    return near and abs(verify_counts / wanted - 1) <= 0.03 + 1e-6


@settings(max_examples=120)
@given(
    st.lists(MASSES, min_size=3, max_size=3),
    st.lists(PUT, min_size=5, max_size=5),
    st.floats(-60_000, 60_000),
    st.floats(0, 4000),
    st.floats(-3000, 3000),
    st.integers(-300_000, 300_000),
)
def test_whatever_lies_on_the_tip_and_is_named(named, put, slope, noise, creep, zero):
    bench = Bench(Cell(slope, zero, noise, creep))
    masses = (0, named[0], named[1], 0, named[2])
    for step in range(5):
        bench.measure(step, masses[step], put[step])
    if bench.run.phase == calibration.DONE:
        assert is_sound(bench.run, NOMINAL, bench.verified), bench.seen


@settings(max_examples=150)
@given(
    st.integers(50_000, 300_000),
    st.floats(1.5, 3.0),
    st.floats(0.86, 1.14),
    st.integers(-200_000, 200_000),
    st.floats(1, 300),
)
def test_a_right_one_is_taken_and_gives_the_cells_slope(first_mg, ratio, off, zero, noise):
    second_mg = min(500_000, int(first_mg * ratio) + 1)
    bench = Bench(Cell(NOMINAL * off, zero, noise))
    for step, mass_mg in enumerate((0, first_mg, second_mg, 0, first_mg)):
        assert bench.measure(step, mass_mg, mass_mg / 1000) == wire.ERR_OK
    assert bench.run.phase == calibration.DONE, why.name_of(bench.run.reason)
    assert abs(bench.run.counts_per_n / (NOMINAL * off) - 1) < 0.004
    assert abs(bench.run.zero - zero) < 60


@settings(max_examples=150)
@given(st.floats(0.3, 3.0), st.floats(0.3, 3.0), st.floats(0.3, 3.0))
def test_wrong_masses_never_move_a_slope_far(first, second, verify):
    """Real masses are so many times what was named; with a right cell a slope that is taken is 15 % off at most."""
    bench = Bench(Cell(noise=20))
    for step, (named, times) in enumerate(((0, 1), (100, first), (200, second), (0, 1), (100, verify))):
        bench.measure(step, named * 1000, named * times)
    if bench.run.phase == calibration.DONE:
        assert abs(bench.run.counts_per_n / NOMINAL - 1) <= 0.15
        assert abs(verify * NOMINAL / bench.run.counts_per_n - 1) <= 0.031
    elif abs(first - 1) < 0.005 and abs(second - 1) < 0.005 and abs(verify - 1) < 0.02:
        raise AssertionError(why.name_of(bench.run.reason))


REQUESTS = st.lists(
    st.tuples(
        st.integers(-1, 7),
        st.integers(-10, 2**32),
        st.sampled_from([0.0, 100.0, 200.0, 500.0]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=150)
@given(REQUESTS)
def test_no_sequence_of_requests_gets_another_slope_in(requests):
    """A hostile desktop names what it likes, in any order; hands put right masses on now and then."""
    bench = Bench(Cell(noise=20))
    order = []
    for step, mass_mg, grams, patient in requests:
        bench.cell.grams = grams
        due = bench.run.step
        code = bench.run.ask(step, mass_mg, int(bench.t_ms))
        assert code == wire.ERR_OK or step != due or bench.run.over()
        bench.feed(700 if patient else 40)
        order.append(bench.run.step)
    assert order == sorted(order), "no step is taken twice or backwards"
    if bench.run.phase == calibration.DONE:
        assert abs(bench.run.counts_per_n / NOMINAL - 1) <= 0.15


@given(st.integers(1, 400_000), st.integers(1, 2**23), st.integers(1, 2**23), MASSES, MASSES)
def test_the_fit_takes_nothing_that_is_off(nominal, first, second, first_mg, second_mg):
    points = [(first, calibration_fit.weight_un(first_mg)), (second, calibration_fit.weight_un(second_mg))]
    reason, slope, residual = calibration_fit.judge(points, nominal)
    if reason == why.NONE:
        assert abs(slope / nominal - 1) <= 0.15 + 1e-9
        for counts, un in points:
            assert abs(counts * 1e6 / un / slope - 1) <= 0.0201
        assert residual <= calibration_fit.RESIDUAL_MAX


@given(st.binary(max_size=700))
def test_any_payload_is_read_or_left(payload):
    kept = record.split(payload)
    assert all(len(one) == record.SIZE for one in kept)
    assert not kept or record.join(kept) == payload
