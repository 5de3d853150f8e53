"""The FSR: its twin against the data sheet's figures, and its driver on the twin and on bare numbers."""

from chip_bench import raises, run
from drivers import fsr
from drivers.errors import SensorMissing
from drivers.fsr import Fsr
from sim.fsr_twin import FsrTwin


class Bench:
    """A twin under a force in mN, an ADC of 12 bits on it, time by hand."""

    def __init__(self, force_mn=0):
        self.force_mn = force_mn
        self.now_us = 0
        self.twin = FsrTwin(lambda _t_us: self.force_mn)
        self.twin.noise_nv = 0
        self.driver = Fsr(self)

    def read_u16(self):
        counts = self.twin.read_uv(self.now_us) * 4095 // 3_300_000
        return counts << 4 | counts >> 8

    def at(self, force_mn, us=10_000):
        self.force_mn = force_mn
        self.now_us += us
        return self.driver.read_raw()


class Adc:
    def __init__(self, u16):
        self.u16 = u16

    def read_u16(self):
        return self.u16


# The twin


def test_unpressed_it_shows_470_k():
    bench = Bench()
    assert abs(bench.twin.read_uv(0) - 3_300_000 * 10 // 480) < 1500


def test_conductance_is_in_proportion_to_force_above_a_threshold():
    bench = Bench()
    bench.force_mn = 150
    assert bench.twin.conductance_us(1) == 0
    for n, us in ((1, 30), (2, 60), (10, 300)):
        bench = Bench(n * 1000)
        assert abs(bench.twin.conductance_us(10_000) - us) < us * 0.01


def test_a_held_force_drifts_by_5_percent_a_decade():
    bench = Bench(1000)
    first = bench.twin.conductance_us(100_000)
    for i in range(100):
        last = bench.twin.conductance_us(100_000 + (i + 1) * 100_000)
    assert 1.09 < last / first < 1.11, last / first


def test_unloading_lags_by_10_percent_of_the_fall():
    bench = Bench(2000)
    bench.twin.conductance_us(10_000)
    bench.force_mn = 1000
    assert abs(bench.twin.conductance_us(20_000) / 30 - 1.1) < 0.01


def test_knobs_of_the_twin():
    for knob, value, uv in (
        ("wire_open", True, 0),
        ("shorted", True, 3_300_000),
        ("stuck_mv", 1234, 1_234_000),
    ):
        bench = Bench(1000)
        setattr(bench.twin, knob, value)
        assert bench.twin.read_uv(10_000) == uv
    bench = Bench(1000)
    bench.twin.part_permille = 1060
    assert abs(bench.twin.conductance_us(10_000) - 31.8) < 0.1
    bench.twin.noise_nv = 2_000_000
    assert len({bench.twin.read_uv(10_000) for _ in range(20)}) > 10


# The driver


def test_counts_are_linear_in_force():
    bench = Bench()
    assert abs(bench.at(0) - fsr.ZERO_COUNTS) < 10
    for force_mn in (300, 1000, 5000, 20000):
        bench = Bench()
        counts = bench.at(force_mn, 1) - fsr.ZERO_COUNTS
        assert abs(counts * 1000 // fsr.COUNTS_PER_N - force_mn) <= 10 + force_mn // 50, force_mn


def test_rails():
    for u16, raw in (
        (0, fsr.RAW_MIN),
        (0xFFFF, fsr.RAW_MAX),
        (40 << 4, fsr.RAW_MIN),
        (4020 << 4, fsr.RAW_MAX),
    ):
        driver = Fsr(Adc(u16))
        assert driver.read_raw() == raw and not driver.registers_ok(), u16
    for u16 in (41 << 4, 4010 << 4):
        driver = Fsr(Adc(u16))
        assert fsr.RAW_MIN < driver.read_raw() < fsr.RAW_MAX and driver.registers_ok(), u16


def test_no_product_leaves_the_small_integers():
    assert fsr._SCALE * fsr._FULL < 2**30


def test_start_needs_whole_wires():
    run(Bench().driver.start())
    for knob in ("wire_open", "shorted"):
        bench = Bench()
        setattr(bench.twin, knob, True)
        error = raises(SensorMissing, run, bench.driver.start())
        assert "470 k" in str(error)


def test_asleep_it_is_never_ready():
    driver = Bench().driver
    assert driver.ready()
    driver.standby()
    assert not driver.ready()
    run(driver.wake())
    assert driver.ready()
    driver.standby()
    run(driver.start())
    assert driver.ready()
