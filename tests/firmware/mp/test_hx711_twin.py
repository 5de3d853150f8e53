"""The simulated HX711 against edges and times taken from its data sheet, without our driver."""

from sim import parameters
from sim.hx711_twin import Hx711Twin

COUNTS_PER_MV = 650_753  # 2**24 * 128 / 3300 mV


class Wires:
    """SCK and DOUT by hand: high 1 us, low 1 us, a bit looked at while SCK is high."""

    def __init__(self, nv=0, **knobs):
        self.nv = nv
        self.now_us = 0
        self.twin = Hx711Twin(lambda _t_us: self.nv, 1, parameters.values())
        self.twin.noise_nv = 0
        for name, value in knobs.items():
            setattr(self.twin, name, value)

    def wait_us(self, us):
        self.now_us += us
        self.twin.advance(self.now_us)

    def wait_ms(self, ms):
        for _ in range(ms * 4):
            self.wait_us(250)

    def until_low(self, ms=1000):
        """Milliseconds until DOUT falls, -1 when it does not."""
        start_us = self.now_us
        while self.twin.dout:
            if self.now_us - start_us > ms * 1000:
                return -1
            self.wait_us(50)
        return (self.now_us - start_us) / 1000

    def pulse(self, high_us=1):
        self.now_us += 1
        self.twin.set_sck(1, self.now_us)
        bit = self.twin.dout
        self.now_us += high_us
        self.twin.set_sck(0, self.now_us)
        return bit

    def read(self, pulses=25):
        """24 bits, most significant first, and pulses up to so many."""
        assert self.twin.dout == 0
        raw = 0
        for n in range(pulses):
            bit = self.pulse()
            if n < 24:
                raw = raw << 1 | bit
            else:
                assert bit == 1, "the 25th pulse returns DOUT high"
        return raw - (1 << 24) if raw & 0x800000 else raw

    def settled(self, pulses=25, reads=6):
        for _ in range(reads):
            assert self.until_low() >= 0
            raw = self.read(pulses)
        return raw


def test_dout_is_high_for_the_settling_time():
    for low, ms in ((False, 50), (True, 400)):
        wires = Wires(rate_low=low)
        if low:
            wires.twin.brownout()
        assert wires.twin.dout == 1
        assert ms - 1 <= wires.until_low() <= ms + 1, ms


def test_results_come_at_the_rate():
    for low, ms in ((False, 12.5), (True, 100)):
        wires = Wires(rate_low=low)
        wires.settled()
        assert ms - 0.3 <= wires.until_low() <= ms + 0.3, ms


def test_oscillator_error():
    wires = Wires(rate_error_permille=30)
    wires.settled()
    start_us = wires.now_us
    for _ in range(80):
        wires.until_low()
        wires.read()
    assert 965_000 < wires.now_us - start_us < 976_000


def test_twos_complement_of_half_the_supply_over_the_gain():
    for mv, raw in ((0, 0), (1, COUNTS_PER_MV), (-1, -COUNTS_PER_MV), (12, 12 * COUNTS_PER_MV)):
        got = Wires(int(mv * 1_000_000)).settled()
        assert abs(got - raw) <= 12, (mv, got)


def test_saturates_silently():
    assert Wires(13_000_000).settled() == 0x7FFFFF
    assert Wires(-13_000_000).settled() == -0x800000


def test_a_step_settles_in_four_conversions():
    wires = Wires()
    wires.settled()
    wires.nv = 4_000_000
    got = []
    for _ in range(5):
        wires.until_low()
        got.append(wires.read() * 4 // (4 * COUNTS_PER_MV))
    assert got[:4] == [0, 1, 2, 3] or got[:4] == [1, 2, 3, 4], got
    assert got[4] >= 3


def test_27_pulses_halve_the_gain_from_the_next_conversion_on_after_settling():
    wires = Wires(1_000_000)
    assert abs(wires.settled() - COUNTS_PER_MV) < 12
    wires.until_low()
    assert abs(wires.read(27) - COUNTS_PER_MV) < 12, "the gain of a read is that of the one before"
    took = wires.until_low()
    assert 49 <= took <= 63, took
    assert abs(wires.read(27) - COUNTS_PER_MV // 2) < 12
    assert wires.twin.errors == 0


def test_26_pulses_choose_channel_b():
    wires = Wires(1_000_000)
    wires.settled()
    wires.until_low()
    wires.read(26)
    wires.until_low()
    assert wires.twin.gain == 32 and wires.read() == 0


def test_wrong_pulse_counts_are_errors():
    for pulses in (1, 24, 28):
        wires = Wires()
        wires.settled()
        wires.until_low()
        for _ in range(pulses):
            wires.pulse()
        wires.wait_ms(14)
        assert wires.twin.errors == 1, pulses
        assert wires.twin.gain == 128


def test_sck_high_over_60_us_powers_down():
    wires = Wires(1_000_000)
    wires.settled()
    wires.until_low()
    wires.twin.set_sck(1, wires.now_us)
    wires.wait_us(60)
    assert wires.twin.power_downs == 0
    wires.wait_us(1)
    assert wires.twin.power_downs == 1 and wires.twin.dout == 1
    assert wires.twin.next_event_us() is None
    wires.wait_ms(500)
    assert wires.twin.dout == 1, "no result while it is down"
    wires.now_us += 1
    wires.twin.set_sck(0, wires.now_us)
    assert 49 <= wires.until_low() <= 51
    assert abs(wires.read() - COUNTS_PER_MV) < 12


def test_a_pulse_of_50_us_is_one_pulse():
    wires = Wires(1_000_000)
    wires.settled()
    wires.until_low()
    raw = 0
    for n in range(25):
        bit = wires.pulse(50)
        if n < 24:
            raw = raw << 1 | bit
    assert abs(raw - COUNTS_PER_MV) < 12 and wires.twin.power_downs == 0


def test_power_down_inside_a_read_gives_ones():
    wires = Wires()
    wires.settled()
    wires.until_low()
    bits = [wires.pulse(70 if n == 3 else 1) for n in range(25)]
    assert bits[:4] == [0, 0, 0, 0] and set(bits[4:]) == {1}


def test_power_down_keeps_the_gain_and_power_on_does_not():
    wires = Wires()
    wires.settled(27)
    assert wires.twin.gain == 64
    wires.pulse(100)
    assert wires.twin.gain == 64
    wires.twin.brownout()
    assert wires.twin.gain == 128 and wires.twin.dout == 1


def test_a_change_of_gain_is_lost_in_a_power_down_before_the_conversion_ends():
    wires = Wires()
    wires.settled()
    wires.until_low()
    wires.read(27)
    wires.pulse(100)
    wires.until_low()
    assert wires.twin.gain == 128


def test_a_result_that_nobody_reads_is_replaced():
    wires = Wires(1_000_000)
    wires.settled()
    wires.until_low()
    wires.nv = 2_000_000
    wires.wait_ms(200)
    assert wires.twin.dout == 0 and abs(wires.read() - 2 * COUNTS_PER_MV) < 12


def test_pulses_before_the_first_result_do_nothing():
    wires = Wires(1_000_000)
    for _ in range(25):
        assert wires.pulse() == 1
    wires.until_low()
    assert abs(wires.read() - COUNTS_PER_MV) < 12 and wires.twin.errors == 0


def test_falls_are_counted_for_results_and_for_bits():
    wires = Wires(1_000_000)
    wires.settled()
    before = wires.twin.falls
    wires.until_low()
    assert wires.twin.falls == before + 1
    wires.read()
    assert wires.twin.falls > before + 3


def test_noise_has_the_sheets_figure():
    wires = Wires()
    wires.twin.noise_nv = None
    wires.settled()
    got = []
    for _ in range(400):
        wires.until_low()
        got.append(wires.read() * 1_000_000 / COUNTS_PER_MV)
    mean = sum(got) / len(got)
    rms = (sum([(nv - mean) ** 2 for nv in got]) / len(got)) ** 0.5
    assert abs(mean) < 15 and 80 < rms < 100, (mean, rms)


def test_knobs():
    wires = Wires(1_000_000)
    wires.settled()
    wires.twin.stuck_value = -5
    wires.settled(reads=1)
    assert wires.settled(reads=1) == -5
    wires.twin.stuck_value = None
    wires.twin.saturate = -1
    wires.settled(reads=1)
    assert wires.settled(reads=1) == -0x800000
    wires.twin.saturate = 0
    wires.twin.missed_next(3)
    assert 49 <= wires.until_low() <= 51
    wires.read()
    for knob, value, level in (("gone", True, 1), ("dout_stuck", 0, 0), ("dout_stuck", 1, 1)):
        setattr(wires.twin, knob, value)
        wires.wait_ms(30)
        assert wires.twin.dout == level
        setattr(wires.twin, knob, None)
    wires.twin.wire_open = True
    assert wires.settled(reads=60) == 0x7FFFFF


def test_spikes_and_drift():
    wires = Wires()
    wires.settled()
    wires.twin.spike_every, wires.twin.spike_counts = 4, 90000
    got = [wires.settled(reads=1) for _ in range(12)]
    assert sorted([abs(raw) <= 12 for raw in got]) == [False] * 3 + [True] * 9, got
    assert max(got) - 90000 <= 12
    wires.twin.spike_every = 0
    wires.twin.drift_nv_per_s = 1_000_000
    wires.wait_ms(2000)
    assert 1_900_000 <= wires.twin.drifted_nv <= 2_000_000
    wires.twin.drift_nv_per_s = 0
    wires.settled()
    moved_nv = wires.settled(reads=1) * 1_000_000 // COUNTS_PER_MV
    assert abs(moved_nv - wires.twin.drifted_nv) <= 20, "the input stays where it has crept to"
