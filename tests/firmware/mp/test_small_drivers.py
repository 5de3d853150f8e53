"""Light, battery, inputs, and freeing a stuck bus."""

import drivers.bus as bus_module
from chip_bench import Clock, FakePwm, Wire
from drivers.battery import CURVE, BatteryAdc
from drivers.bus import recover
from drivers.digital_input import DigitalInput
from drivers.errors import BusStuck, DriverError, MotorMissing, SensorMissing
from drivers.rgb_light import RgbLight
from sim.bus import SimI2C
from sim.drv2605l_twin import Drv2605lTwin
from sim.nau7802_twin import Nau7802Twin


class FakePin:
    def __init__(self, level=1):
        self.level = level

    def value(self):
        return self.level


class FakeTime:
    """Stands in for `time`: a sleep is noted."""

    def __init__(self):
        self.slept_us = 0

    def sleep_us(self, us):
        self.slept_us += us


class CalibratedAdc:
    def __init__(self, uv):
        self.uv = uv

    def read_uv(self):
        return self.uv

    def read_u16(self):
        raise AssertionError("the calibrated reading is there")


class PlainAdc:
    def __init__(self, *values):
        self.values = list(values)
        self.reads = 0

    def read_u16(self):
        self.reads += 1
        return self.values[self.reads % len(self.values)]


# Light


def _light(common_anode):
    pwms = [FakePwm() for _ in range(3)]
    return RgbLight(pwms[0], pwms[1], pwms[2], common_anode), pwms


def test_light_is_dark_at_first_for_either_wiring():
    for common_anode, dark in ((True, 0xFFFF), (False, 0)):
        _, pwms = _light(common_anode)
        assert [pwm.duty for pwm in pwms] == [dark] * 3
        assert all(pwm.hz >= 200 for pwm in pwms)


def test_light_shows_each_colour_on_its_own_pin():
    light, pwms = _light(False)
    light.show(255, 128, 1)
    assert [pwm.duty for pwm in pwms] == [0xFFFF, 128 * 257, 257]
    light, pwms = _light(True)
    light.show(255, 128, 1)
    assert [pwm.duty for pwm in pwms] == [0, 0xFFFF - 128 * 257, 0xFFFF - 257]


# Battery


def test_battery_with_a_calibrated_converter():
    assert BatteryAdc(CalibratedAdc(1_900_000), 2, 1).read_mv() == 3800
    assert BatteryAdc(CalibratedAdc(1_000_000), 220 + 100, 100).read_mv() == 3200


def test_battery_averages_a_plain_converter():
    adc = PlainAdc(0x7FFF - 300, 0x7FFF + 300)
    assert abs(BatteryAdc(adc, 2, 1).read_mv() - 3300) <= 3
    assert adc.reads >= 8


def test_battery_sums_stay_small_integers():
    assert 0xFFFF * 3300 < 1 << 30
    assert 8 * 3300 * 320 < 1 << 30


def test_percent_hits_the_curve_and_never_leaves_it():
    battery = BatteryAdc(PlainAdc(0), 2, 1)
    for mv, percent in CURVE:
        assert battery.percent(mv) == percent
    assert battery.percent(4200) == 100
    assert battery.percent(3000) == 0
    assert battery.percent(0) == 0
    last = 0
    for mv in range(3000, 4300):
        percent = battery.percent(mv)
        assert last <= percent <= 100
        last = percent
    assert battery.percent(3750) == 53


# Inputs


def test_inputs():
    pin = FakePin(0)
    button = DigitalInput(pin, True)
    power = DigitalInput(pin, False)
    assert button.active()
    assert not power.active()
    pin.level = 1
    assert not button.active()
    assert power.active()


# A stuck bus


class Lines:
    """SCL and SDA as open-drain pins on a bus of twins."""

    def __init__(self, i2c, scl_held=False):
        self.i2c = i2c
        self.clocks = 0
        self.stops = 0
        self.scl = Line(self.scl_changed, lambda: not scl_held)
        self.sda = Line(self.sda_changed, lambda: not i2c.sda_stuck())

    def scl_changed(self, before, after):
        if after > before:
            self.clocks += 1
            self.i2c.clock_pulse()

    def sda_changed(self, before, after):
        if after > before and self.scl.value():
            self.stops += 1


class Line:
    def __init__(self, changed, released):
        self._driven = 1
        self._changed = changed
        self._released = released

    def value(self, level=None):
        if level is None:
            return 1 if self._driven and self._released() else 0
        before, self._driven = self._driven, level
        self._changed(before, level)
        return None


def _stuck_bus(clocks, scl_held=False):
    bus_module.time = FakeTime()
    twin = Nau7802Twin(lambda _t: 0)
    twin.stuck_sda = True
    twin.stuck_clocks = clocks
    return twin, Lines(SimI2C(Clock(), [twin, Drv2605lTwin()]), scl_held)


def test_recovery_clocks_until_the_chip_lets_go():
    for clocks in range(1, 10):
        twin, lines = _stuck_bus(clocks)
        assert recover(lines.scl, lines.sda)
        assert not twin.stuck_sda
        assert lines.stops == 1
        assert lines.clocks == clocks + 1
        assert bus_module.time.slept_us >= 2 * 5 * clocks


def test_recovery_of_a_free_bus_only_sends_a_stop():
    twin, lines = _stuck_bus(9)
    twin.stuck_sda = False
    assert recover(lines.scl, lines.sda)
    assert lines.clocks == 1


def test_recovery_that_fails_says_so():
    _, lines = _stuck_bus(0)
    assert not recover(lines.scl, lines.sda)
    assert lines.clocks <= 10


def test_recovery_gives_up_on_a_held_clock():
    _, lines = _stuck_bus(9, scl_held=True)
    assert not recover(lines.scl, lines.sda)
    assert bus_module.time.slept_us < 2000


# Errors


def test_errors_have_codes_of_their_own():
    from drivers import errors

    kinds = [getattr(errors, name) for name in dir(errors) if name[0] != "_"]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes) >= 10
    assert all(0 < code < 256 and issubclass(kind, DriverError) for kind, code in zip(kinds, codes))


def test_errors_tell_their_text():
    assert str(SensorMissing("no answer")) == "no answer"
    assert str(MotorMissing()) == "MotorMissing"
    assert BusStuck("x").code == 2


def test_wire_and_bus_speak_alike():
    """The bus's transfers are the byte sequences that the twins' own tests use."""
    twin = Nau7802Twin(lambda _t: 0)
    i2c = SimI2C(Clock(), [twin])
    i2c.writeto_mem(0x2A, 0x03, b"\x01\x02\x03")
    assert Wire(twin).read(0x03, 3) == [1, 2, 3]
    assert i2c.readfrom_mem(0x2A, 0x04, 2) == b"\x02\x03"
