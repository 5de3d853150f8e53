"""The NAU7802 driver on the simulated chip."""

import errno

import drivers.nau7802 as module
from chip_bench import Clock, FakeAsyncio, raises, run
from drivers.errors import SensorCalibration, SensorConfig, SensorMissing, SensorTimeout
from drivers.nau7802 import RAW_MAX, RAW_MIN, Nau7802, saturated
from sim.bus import SimI2C
from sim.nau7802_twin import Nau7802Twin

COUNTS_PER_MV = 715_828


class Tool:
    """Clock, chip, bus, driver."""

    def __init__(self, nv=0):
        self.nv = nv
        self.clock = Clock()
        module.asyncio = FakeAsyncio(self.clock)
        self.twin = Nau7802Twin(lambda _t_us: self.nv)
        self.twin.noise_nv = 0
        self.i2c = SimI2C(self.clock, [self.twin])
        self.sensor = Nau7802(self.i2c)

    def start(self, *args, **kwargs):
        run(self.sensor.start(*args, **kwargs))
        return self

    def settled_raw(self):
        """A reading a second on, when the regulator's ramp is over to the last count."""
        self.clock.advance_us(1_000_000)
        return self.next_raw()

    def next_raw(self):
        while not self.sensor.ready():
            self.clock.advance_us(100)
        return self.sensor.read_raw()


class Recorder:
    """A bus that notes every register write."""

    def __init__(self, i2c):
        self._i2c = i2c
        self.writes = []
        self.results = 0

    def writeto_mem(self, addr, memaddr, buf):
        assert addr == 0x2A
        self.writes.append((memaddr, bytes(buf)))
        self._i2c.writeto_mem(addr, memaddr, buf)

    def readfrom_mem_into(self, addr, memaddr, buf):
        self.results += memaddr == 0x12
        self._i2c.readfrom_mem_into(addr, memaddr, buf)

    def readfrom_mem(self, addr, memaddr, nbytes):
        return self._i2c.readfrom_mem(addr, memaddr, nbytes)


def test_start_writes_the_sequence_of_the_data_sheet():
    tool = Tool()
    recorder = Recorder(tool.i2c)
    run(Nau7802(recorder).start())
    assert [(register, data[0]) for register, data in recorder.writes] == [
        (0x00, 0x01),
        (0x00, 0x02),
        (0x00, 0x86),
        (0x01, 0x2F),
        (0x02, 0x70),
        (0x15, 0x30),
        (0x1C, 0x80),
        (0x1B, 0x00),
        (0x00, 0x96),
        (0x02, 0x74),
    ]


def test_six_results_are_thrown_away_after_each_change():
    tool = Tool().start()
    kept = tool.sensor.calibration()
    for cal in (None, kept):
        recorder = Recorder(tool.i2c)
        run(Nau7802(recorder).start(calibration=cal))
        assert recorder.results == 12
    recorder = Recorder(tool.i2c)
    sensor = Nau7802(recorder)
    sensor.standby()
    run(sensor.wake())
    assert recorder.results == 6


def test_a_missed_first_call_repeats_the_reset():
    tool = Tool()
    tool.twin.regs[0x01] = 0x07
    tool.twin.regs[0x11] = 0x04
    tool.twin.nack_next(1)
    tool.start()
    assert tool.twin.regs[0x11] == 0


def test_start_gives_the_regulator_its_time():
    tool = Tool()
    seen = []

    class Watching(Recorder):
        def writeto_mem(self, addr, memaddr, buf):
            seen.append((memaddr, buf[0], tool.clock.now_us))
            Recorder.writeto_mem(self, addr, memaddr, buf)

    run(Nau7802(Watching(tool.i2c)).start())
    powered = [t for register, value, t in seen if (register, value) == (0x00, 0x86)][0]
    converting = [t for register, value, t in seen if (register, value) == (0x00, 0x96)][0]
    assert converting - powered >= 250_000


def test_other_rates_and_gains():
    for rate, gain, ctrl1, ctrl2 in ((80, 16, 0x2C, 0x30), (10, 1, 0x28, 0x00), (20, 64, 0x2E, 0x10)):
        tool = Tool().start(rate, gain)
        assert tool.twin.regs[1] == ctrl1
        assert tool.twin.regs[2] == ctrl2
        assert tool.sensor.rate_sps == rate


def test_low_regulator_only_with_low_gain():
    assert Tool().start(320, 32, 2700).twin.regs[1] == 0x35
    for gain in (64, 128):
        error = raises(SensorConfig, Tool().start, 320, gain, 2700)
        assert "gain" in str(error)


def test_settings_that_cannot_be():
    for args in ((100, 128), (320, 100), (320, 128, 3300), (0, 1), (320, 0)):
        tool = Tool()
        raises(SensorConfig, tool.start, *args)
        assert tool.i2c.transfers == 0


def test_readings_are_signed():
    tool = Tool().start()
    for nv in (1_000_000, -1_000_000, 0, 11_000_000, -11_000_000):
        tool.nv = nv
        for _ in range(8):
            raw = tool.next_raw()
        assert abs(raw - nv * COUNTS_PER_MV // 1_000_000) <= 3


def test_every_24_bit_value_comes_through():
    tool = Tool().start()
    for value in (0, 1, -1, 0x7FFF, 0x8000, -0x8000, 0x7FFFFF, -0x800000, -0x7FFFFF, 0x123456, -0x123456):
        tool.twin.stuck_value = value
        tool.clock.advance_us(4000)
        assert tool.sensor.read_raw() == value


def test_rails():
    tool = Tool().start()
    for nv, rail in ((50_000_000, RAW_MAX), (-50_000_000, RAW_MIN)):
        tool.nv = nv
        for _ in range(8):
            raw = tool.next_raw()
        assert raw == rail
        assert saturated(raw)
    assert not saturated(RAW_MAX - 1)
    assert not saturated(RAW_MIN + 1)


def test_ready_once_for_each_conversion():
    tool = Tool().start()
    tool.next_raw()
    assert not tool.sensor.ready()
    tool.clock.advance_us(3200)
    assert tool.sensor.ready()
    assert tool.sensor.ready()


def test_one_missed_call_at_start_is_forgiven():
    tool = Tool()
    tool.twin.nack_next(1)
    tool.start()
    assert tool.sensor.registers_ok()


def test_absent_chip():
    tool = Tool()
    tool.twin.nack_next(2)
    assert "0x2A" in str(raises(SensorMissing, tool.start))
    tool.twin.nack_forever = True
    error = raises(SensorMissing, tool.start)
    assert error.code == 10


def test_another_chip():
    tool = Tool()
    tool.twin.regs[0x1F] = 0x08
    tool.twin._reset_registers = lambda: None
    raises((SensorMissing, SensorTimeout), tool.start)


def test_no_power_up():
    tool = Tool()
    tool.twin._values["nau7802.power_up_us"] = 1 << 40
    assert "power-up" in str(raises(SensorTimeout, tool.start))
    assert tool.clock.now_us < 150_000


def test_no_results():
    tool = Tool()
    tool.twin._values["nau7802.wake_us"] = 1 << 40
    assert "result" in str(raises(SensorTimeout, tool.start))


def test_calibration_that_fails_or_hangs():
    tool = Tool()
    tool.twin.calibration_fails = True
    raises(SensorCalibration, tool.start)
    tool = Tool()
    tool.twin.calibration_hangs = True
    raises(SensorCalibration, tool.start)
    assert tool.clock.now_us < 2_000_000


def test_calibration_takes_the_offset_away():
    tool = Tool()
    tool.twin.offset_nv = -30_000
    tool.start()
    assert abs(tool.next_raw()) <= 1


def test_stored_calibration_keeps_the_zero_over_power_ups():
    tool = Tool()
    tool.twin.offset_step_per_powerup = 20_000
    tool.start()
    kept = tool.sensor.calibration()
    assert len(kept) == 7
    zero = tool.settled_raw()
    jumps = 0
    for _ in range(5):
        tool.twin.brownout()
        tool.start()
        jumps += abs(tool.settled_raw() - zero) > 1000
        tool.twin.brownout()
        tool.start(320, 128, 3000, kept)
        assert abs(tool.settled_raw() - zero) <= 1
        assert tool.sensor.calibration() == kept
    assert jumps


def test_stored_calibration_of_wrong_length():
    tool = Tool()
    raises(SensorConfig, tool.start, 320, 128, 3000, b"\x00" * 6)


def test_registers_ok_tells_a_brown_out():
    tool = Tool().start()
    assert tool.sensor.registers_ok()
    tool.clock.advance_us(5000)
    assert tool.sensor.ready()
    assert tool.sensor.registers_ok()
    tool.twin.brownout()
    assert not tool.sensor.registers_ok()


def test_registers_ok_tells_each_changed_register():
    for register, bit in ((0x00, 0x10), (0x00, 0x80), (0x01, 0x01), (0x02, 0x40), (0x02, 0x08)):
        tool = Tool().start()
        tool.twin.regs[register] ^= bit
        assert not tool.sensor.registers_ok()
    for register, bit in ((0x15, 0x10), (0x1B, 0x40), (0x1C, 0x80)):
        tool = Tool().start()
        tool.twin.regs[register] ^= bit
        assert not tool.sensor.registers_ok()


def test_bus_errors_pass_on_the_hot_path():
    tool = Tool().start()
    tool.twin.nack_next(1)
    assert raises(OSError, tool.sensor.read_raw).args[0] == errno.EIO
    tool.twin.stuck_sda = True
    assert raises(OSError, tool.sensor.ready).args[0] == errno.ETIMEDOUT
    assert raises(OSError, tool.sensor.registers_ok).args[0] == errno.ETIMEDOUT
    tool.twin.stuck_sda = False
    tool.sensor.read_raw()


def test_the_watch_may_come_between_a_task_and_its_transfer():
    tool = Tool().start()

    class Interrupted(Recorder):
        def writeto_mem(self, addr, memaddr, buf):
            self.interrupt()
            Recorder.writeto_mem(self, addr, memaddr, buf)

        def readfrom_mem_into(self, addr, memaddr, buf):
            Recorder.readfrom_mem_into(self, addr, memaddr, buf)
            self.interrupt()

        def interrupt(self):
            bus, sensor._i2c = sensor._i2c, tool.i2c
            sensor.ready()
            sensor.read_raw()
            sensor._i2c = bus

    recorder = Interrupted(tool.i2c)
    sensor = tool.sensor
    sensor._i2c = recorder
    assert sensor.registers_ok()
    sensor.standby()
    assert recorder.writes == [(0x00, b"\x80")]


def test_standby_and_wake():
    tool = Tool().start()
    tool.sensor.standby()
    assert tool.twin.next_event_us() is None
    assert not tool.sensor.registers_ok()
    tool.clock.advance_us(10_000_000)
    tool.nv = 1_000_000
    run(tool.sensor.wake())
    assert tool.sensor.registers_ok()
    assert abs(tool.next_raw() - COUNTS_PER_MV) < 3000


def test_wake_without_chip():
    tool = Tool().start()
    tool.sensor.standby()
    tool.twin.nack_forever = True
    raises(SensorMissing, run, tool.sensor.wake())


def test_start_again_after_brown_out():
    tool = Tool(1_000_000).start()
    tool.twin.brownout()
    tool.start()
    assert abs(tool.next_raw() - COUNTS_PER_MV) <= 3


def test_a_whole_bridge_is_heard_whatever_presses_and_the_current_is_off_again():
    for ohm in (350, 1000):
        for nv in (0, 3_000_000, -2_000_000):
            tool = Tool(nv).start()
            tool.twin._burn_out_nv = 2500 * (ohm // 2)
            tool.settled_raw()
            assert run(tool.sensor.hears()), (ohm, nv)
            assert tool.twin.regs[0x11] == 0 and tool.sensor.registers_ok()
            assert abs(tool.next_raw() * 1000 - nv * COUNTS_PER_MV // 1000) < 20000, "settled again"


def test_what_hears_nothing_is_told():
    for knob, value in (
        ("input_shorted", True),
        ("wire_open", True),
        ("bridge_unpowered", True),
        ("saturate", 1),
    ):
        tool = Tool(1_000_000).start()
        setattr(tool.twin, knob, value)
        assert not run(tool.sensor.hears()), knob
        assert tool.twin.regs[0x11] == 0
        setattr(tool.twin, knob, False)
        tool.settled_raw()
        assert run(tool.sensor.hears()), knob


def test_the_edges_of_what_is_heard():
    """Half of the smallest bridge's resistance at least, twice that of the largest at most."""
    for uv, heard in ((140, False), (160, True), (2480, True), (2520, False), (-1000, False)):
        tool = Tool().start()
        tool.twin._burn_out_nv = uv * 1000
        tool.settled_raw()
        assert run(tool.sensor.hears()) == heard, uv


def test_microvolts_of_any_gain_and_supply():
    tool = Tool().start(80, 32, 2700)
    assert tool.sensor._uv(1 << 23) == 2700 * 500 // 32
    assert tool.sensor._uv(-(1 << 23)) == -2700 * 500 // 32


def test_a_bus_that_fails_under_the_burn_out_current_is_told_and_found_by_the_registers():
    tool = Tool().start()
    write = tool.sensor._write

    def fail(register, value):
        write(register, value)
        if value == 0x04:
            tool.twin.nack_forever = True

    tool.sensor._write = fail
    raises(OSError, run, tool.sensor.hears())
    tool.twin.nack_forever = False
    assert tool.twin.regs[0x11] == 0x04 and not tool.sensor.registers_ok(), "found at the next lift"
