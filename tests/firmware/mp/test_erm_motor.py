"""The ERM: its twin's speed and current, its driver's kick and test, its patterns."""

import drivers.erm_motor as module
from chip_bench import Clock, FakeAsyncio, FakePwm, run
from core import ids, patterns, patterns_erm
from core.player import Player
from core_rig import Light
from drivers.battery import BatteryAdc
from drivers.erm_motor import ErmMotor
from sim import parameters
from sim.erm_twin import ErmTwin

FELT = 0.15
TEN_S_US = 10_000_000


class Bench:
    """Motor, transistor and a cell with some resistance on a clock; the driver's waiting moves it."""

    def __init__(self, mohm=250, scale=None, battery_mv=3900):
        self.clock = Clock()
        module.asyncio = FakeAsyncio(self.clock)
        self.twin = ErmTwin(parameters.values(scale))
        self.mohm = mohm
        self.battery_mv = battery_mv
        self.charging = False
        self.pwm = FakePwm(self)
        self.motor = ErmMotor(self.pwm, BatteryAdc(self, 2, 1), self)
        self._reads = 0

    def active(self):
        """USB power, which charges."""
        return self.charging

    def set_pwm(self, duty_u16, hz):
        self.twin.advance(self.clock.now_us)
        self.twin.set_pwm(duty_u16, hz)

    def read_u16(self):
        """The cell through two equal resistors, 12 bits, with a step of noise."""
        self.twin.advance(self.clock.now_us)
        self._reads += 1
        cell_uv = self.battery_mv * 1000 - (0 if self.charging else self.twin.current_ma() * self.mohm)
        counts = cell_uv // 2 * 4095 // 3_300_000 + self._reads * 7 % 3 - 1
        return counts << 4 | counts >> 8

    def wait_us(self, us):
        self.clock.advance_us(us)
        self.twin.advance(self.clock.now_us)

    def felt_after_us(self, level, most_us=300_000):
        """Driven as the player drives, with its tick every 12.5 ms: microseconds until it is felt."""
        start_us = self.clock.now_us
        self.motor.drive(level)
        while self.twin.strength() < FELT:
            assert self.clock.now_us - start_us < most_us, "never felt"
            self.wait_us(500)
            if (self.clock.now_us - start_us) % 12_500 == 0:
                self.motor.tick(12_500)
        return self.clock.now_us - start_us


# The twin


def test_it_rises_and_runs_down_slowly():
    bench = Bench()
    bench.set_pwm(0xFFFF, 20_000)
    bench.wait_us(127_000)
    assert 0.89 < bench.twin.speed < 0.91
    bench.set_pwm(0, 20_000)
    bench.wait_us(60_000)
    assert 0.3 < bench.twin.speed < 0.36
    bench.wait_us(400_000)
    assert bench.twin.speed == 0


def test_it_starts_above_its_start_voltage_and_goes_on_below():
    bench = Bench()
    for duty, turns in ((0.6, False), (0.75, True), (0.5, True), (0.3, False)):
        bench.set_pwm(int(duty * 0xFFFF), 20_000)
        bench.wait_us(1_000_000)
        assert (bench.twin.speed > 0) == turns, duty


def test_current_falls_as_it_turns():
    bench = Bench()
    bench.set_pwm(0xFFFF, 20_000)
    assert bench.twin.current_ma() == 120
    bench.wait_us(1_000_000)
    assert bench.twin.current_ma() == 75
    bench.twin.stalled = True
    bench.wait_us(1000)
    assert bench.twin.current_ma() == 120
    bench.twin.motor_present = False
    assert bench.twin.current_ma() == 0


def test_a_transistor_that_fails_closed_drives_it_for_ever():
    bench = Bench()
    bench.twin.stuck_on = True
    bench.wait_us(500_000)
    assert bench.twin.speed > 0.9 and bench.twin.demand_permille() == 0


# The driver


def test_the_pin_is_low_from_the_first_moment():
    bench = Bench()
    assert set(bench.pwm.history) == {0} and bench.pwm.hz == module.PWM_HZ
    run(bench.motor.start())
    bench.motor.standby()
    bench.motor.wake()
    assert set(bench.pwm.history) == {0} and bench.motor.level == 0


def test_a_start_is_a_kick_that_ends():
    bench = Bench()
    motor = bench.motor
    motor.drive(89)
    assert bench.pwm.duty == 0xFFFF and motor.level == 89
    motor.tick(59_999)
    assert bench.pwm.duty == 0xFFFF
    motor.tick(1)
    assert bench.pwm.duty == module.DUTY_LEAST + (0xFFFF - module.DUTY_LEAST) * 89 // 255
    motor.drive(255)
    assert bench.pwm.duty == 0xFFFF
    motor.drive(1)
    assert module.DUTY_LEAST <= bench.pwm.duty < 0x9000, "no kick while it turns"
    motor.drive(0)
    assert bench.pwm.duty == 0 and motor.level == 0
    motor.tick(100_000)
    assert bench.pwm.duty == 0


def test_a_kick_that_is_cut_short_leaves_the_motor_off():
    bench = Bench()
    bench.motor.drive(50)
    bench.motor.off()
    bench.motor.tick(60_000)
    assert bench.pwm.duty == 0
    bench.motor.drive(-5)
    assert bench.pwm.duty == 0
    bench.motor.drive(999)
    assert bench.motor.level == 255


def test_every_strength_is_felt_within_60_ms_and_weaker_ones_stay_weaker():
    for scale in (1000, 500, 1500):
        for level in (89, 128, 255):
            bench = Bench(scale={"erm.rise_us": scale})
            took_us = bench.felt_after_us(level)
            assert took_us <= 60_000, (scale, level, took_us)
    strengths = []
    for level in (89, 128, 255):
        bench = Bench()
        bench.felt_after_us(level)
        for _ in range(40):
            bench.wait_us(12_500)
            bench.motor.tick(12_500)
        strengths.append(bench.twin.strength())
    assert FELT < strengths[0] < strengths[1] < strengths[2], strengths


def test_driving_allocates_nothing_and_needs_no_bus():
    assert not hasattr(Bench().motor, "_i2c")


# What the test proves


def test_a_turning_motor_passes_whatever_the_cell():
    for mohm in (100, 250, 500):
        for scale in (
            {},
            {"erm.rise_us": 1500, "erm.run_ma": 1050},
            {"erm.start_ma": 700, "erm.run_ma": 700},
        ):
            for battery_mv in (3500, 3900, 4200):
                bench = Bench(mohm, scale, battery_mv)
                assert run(bench.motor.diagnose()), (mohm, scale, bench.motor.dip_mv, bench.motor.run_dip_mv)
                assert bench.motor.check() == 0 and bench.pwm.duty == 0


def test_a_missing_motor_fails():
    bench = Bench()
    bench.twin.motor_present = False
    assert not run(bench.motor.diagnose())
    assert bench.motor.check() == 0 and bench.pwm.duty == 0


def test_a_blocked_motor_fails_and_is_called_over_current():
    for mohm in (100, 250, 500):
        bench = Bench(mohm)
        bench.twin.stalled = True
        assert not run(bench.motor.diagnose())
        assert bench.motor.check() == module.FAULT_OVER_CURRENT
        bench.twin.stalled = False
        assert run(bench.motor.diagnose()) and bench.motor.check() == 0


def test_a_transistor_that_is_always_on_fails():
    bench = Bench()
    bench.twin.stuck_on = True
    bench.wait_us(1_000_000)
    assert not run(bench.motor.diagnose())


def test_under_usb_power_nothing_is_known_and_nothing_is_called_a_fault():
    for knob in ("motor_present", "stalled"):
        bench = Bench()
        bench.charging = True
        setattr(bench.twin, knob, knob == "stalled")
        assert run(bench.motor.diagnose()) and bench.motor.check() == 0
        bench.charging = False
        assert not run(bench.motor.diagnose())


# The patterns


def test_each_cue_has_its_pattern_about_twice_as_long():
    assert set(patterns_erm.PATTERNS) == set(patterns.PATTERNS)
    for cue, (repeats, pulses) in patterns_erm.PATTERNS.items():
        lra_repeats, lra_pulses = patterns.PATTERNS[cue]
        assert (repeats, len(pulses)) == (lra_repeats, len(lra_pulses))
        for (on_ms, _off, level), (lra_on_ms, _lra_off, lra_level) in zip(pulses, lra_pulses):
            assert level == lra_level and 1.7 <= on_ms / lra_on_ms <= 2.3, cue


def test_no_pattern_drives_more_than_half_of_any_ten_seconds():
    for cue, (repeats, pulses) in patterns_erm.PATTERNS.items():
        on = sum([pulse[0] for pulse in pulses])
        if repeats:
            assert on * 1000 <= TEN_S_US // 2, cue
        else:
            assert on * 2 <= on + sum([pulse[1] for pulse in pulses]), cue


def test_no_alert_drives_more_than_half_of_any_ten_seconds():
    bench = Bench()
    player = Player(bench.motor, Light())
    spans = []
    for _ in range(2400):  # 30 s
        player.tick(12_500, ids.CUE_OVER, 100)
        spans.append(bench.motor.level > 0)
    for start in range(0, len(spans) - 800, 40):
        assert sum(spans[start : start + 800]) <= 400, start


def test_the_player_takes_the_motors_patterns_and_ends_the_kick():
    bench = Bench()
    player = Player(bench.motor, Light())
    for cue in (ids.CUE_STEP,):
        player.ask(cue)
        player.tick(3125, ids.CUE_NONE, 0)
        assert bench.pwm.duty == 0xFFFF
        for _ in range(20):
            player.tick(3125, ids.CUE_NONE, 0)
        assert module.DUTY_LEAST < bench.pwm.duty < 0xFFFF
        on_us = 21 * 3125
        while bench.motor.level:
            player.tick(3125, ids.CUE_NONE, 0)
            on_us += 3125
        assert 600_000 <= on_us <= 607_000
