"""The DRV2605L driver on the simulated chip."""

import drivers.drv2605l as module
from chip_bench import Clock, FakeAsyncio, FakePwm, raises, run
from drivers.drv2605l import (
    FAULT_BUS,
    FAULT_CONFIG,
    FAULT_IDENTITY,
    FAULT_MODE,
    FAULT_OVER_CURRENT,
    FAULT_OVER_TEMP,
    FAULT_STANDBY,
    Drv2605l,
)
from drivers.errors import MotorCalibration, MotorConfig, MotorMissing, MotorTimeout
from sim.bus import SimI2C
from sim.drv2605l_twin import Drv2605lTwin


class Tool:
    """Clock, chip, bus, pin, driver."""

    def __init__(self):
        self.clock = Clock()
        module.asyncio = FakeAsyncio(self.clock)
        self.twin = Drv2605lTwin()
        self.i2c = SimI2C(self.clock, [self.twin])
        self.pwm = FakePwm(self.twin)
        self.motor = Drv2605l(self.i2c, self.pwm)

    def start(self, cal=None):
        run(self.motor.start(cal))
        return self


def test_pin_is_low_before_anything_else():
    tool = Tool()
    assert tool.pwm.history == [0, 0]
    assert tool.pwm.hz == 25_000
    assert tool.i2c.transfers == 0


def test_start_leaves_a_calibrated_chip_that_listens_to_its_pin():
    tool = Tool().start()
    regs = tool.twin.regs
    assert regs[0x01] == 0x03
    assert regs[0x03] == 0x06
    assert bytes(regs[0x16:0x1E]) == bytes((0x53, 0x8D, 13, 109, 0xAA, 0x98, 0x75, 0x80))
    assert tool.motor.check() == 0
    assert tool.twin.drive_permille() == 0
    assert tool.motor.calibration() == (13, 109, 2)


def _writes_of(tool, work):
    """The register writes that `work` makes, as (register, bytes in hex)."""
    written = []
    writeto_mem = tool.i2c.writeto_mem

    def noting(addr, memaddr, buf):
        assert addr == 0x5A
        written.append((memaddr, bytes(buf).hex()))
        writeto_mem(addr, memaddr, buf)

    tool.i2c.writeto_mem = noting
    work()
    return written


def test_start_writes_this_sequence():
    tool = Tool()
    begin = [(0x01, "80"), (0x01, "00"), (0x03, "06"), (0x16, "538d0c6caa987580")]
    assert _writes_of(tool, tool.start) == begin + [(0x01, "07"), (0x0C, "01"), (0x01, "03")]
    tool = Tool()
    assert _writes_of(tool, lambda: tool.start((1, 2, 3))) == begin + [(0x18, "0102ab"), (0x01, "03")]


def test_diagnosis_and_sleep_write_these_sequences():
    tool = Tool().start()
    diagnose = _writes_of(tool, lambda: run(tool.motor.diagnose()))
    assert diagnose == [(0x01, "06"), (0x0C, "01"), (0x01, "03")]
    tool = Tool().start()
    assert _writes_of(tool, tool.motor.standby) == [(0x01, "43")]
    tool = Tool().start()
    assert _writes_of(tool, tool.motor.wake) == [(0x01, "03")]


def test_fault_bits_are_these():
    faults = (
        FAULT_BUS,
        FAULT_IDENTITY,
        FAULT_STANDBY,
        FAULT_MODE,
        FAULT_CONFIG,
        FAULT_OVER_TEMP,
        FAULT_OVER_CURRENT,
    )
    assert faults == (1, 2, 4, 8, 16, 32, 64)


def test_start_again_stops_the_motor_and_forgets_old_settings():
    tool = Tool().start()
    assert tool.motor.level == 0
    tool.motor.drive(255)
    tool.twin.regs[0x0D] = 5
    tool.start()
    assert tool.motor.level == 0
    assert tool.pwm.duty == 0
    assert tool.twin.regs[0x0D] == 0


def test_start_waits_for_power_up_and_reset():
    tool = Tool()
    tool.twin._values["drv2605l.reset_us"] = 15_000
    tool.start()
    assert tool.motor.check() == 0
    tool.twin._values["drv2605l.reset_us"] = 30_000
    raises(MotorTimeout, tool.start)


def test_fuses_and_their_register_are_never_touched():
    tool = Tool()
    written = []
    store = tool.twin._store

    def watching(register, byte):
        written.append(register)
        store(register, byte)

    tool.twin._store = watching
    tool.start()
    run(tool.motor.diagnose())
    tool.motor.standby()
    tool.motor.wake()
    assert written
    assert 0x1E not in written
    assert not tool.twin.otp_programmed


def test_motor_is_still_while_started_except_for_calibration():
    tool = Tool()
    tool.start((13, 109, 2))
    assert set(tool.pwm.history) == {0}
    assert tool.clock.now_us < 100_000


def test_drive_follows_the_level_without_the_bus():
    tool = Tool().start()
    before = tool.i2c.transfers
    for level, expected in ((255, 1000), (128, 501), (64, 250), (0, 0), (11, 43)):
        tool.motor.drive(level)
        assert tool.motor.level == level
        assert abs(tool.twin.drive_permille() - expected) <= 1
    tool.motor.drive(255)
    tool.motor.off()
    assert tool.motor.level == 0
    assert tool.twin.drive_permille() == 0
    assert tool.i2c.transfers == before


def test_drive_works_on_a_dead_bus():
    tool = Tool().start()
    tool.twin.stuck_sda = True
    tool.motor.drive(255)
    assert tool.twin.drive_permille() == 1000


def test_levels_outside_are_the_nearer_end():
    tool = Tool().start()
    tool.motor.drive(1000)
    assert tool.pwm.duty == 0xFFFF
    tool.motor.drive(-5)
    assert tool.pwm.duty == 0


def test_stored_calibration_is_written_back():
    tool = Tool().start((20, 120, 1))
    assert tool.motor.calibration() == (20, 120, 1)
    assert tool.twin.regs[0x1A] == 0xA9


def test_stored_calibration_that_cannot_be():
    for cal in ((256, 0, 0), (0, -1, 0), (0, 0, 4)):
        raises(MotorConfig, Tool().start, cal)


def test_absent_chip():
    tool = Tool()
    tool.twin.nack_forever = True
    assert "0x5A" in str(raises(MotorMissing, tool.start))


def test_another_chip():
    for identity in (3, 4, 6):
        tool = Tool()
        tool.twin.device_id = identity
        assert str(identity) in str(raises(MotorMissing, tool.start))


def test_calibration_without_motor():
    tool = Tool()
    tool.twin.motor_present = False
    raises(MotorCalibration, tool.start)
    assert tool.twin.regs[0x01] & 0x40


def test_calibration_that_hangs():
    tool = Tool()
    tool.twin.hangs = True
    raises(MotorTimeout, tool.start)
    assert tool.clock.now_us < 2_000_000
    assert tool.twin.drive_permille() == 0


def test_a_register_that_does_not_take():
    tool = Tool()
    store = tool.twin._store

    def deaf(register, byte):
        if register != 0x1C:
            store(register, byte)

    tool.twin._store = deaf
    raises(MotorConfig, tool.start)
    assert tool.pwm.duty == 0


def test_diagnosis():
    tool = Tool().start()
    assert run(tool.motor.diagnose()) is True
    assert tool.twin.regs[0x01] == 0x03
    tool.twin.motor_present = False
    assert run(tool.motor.diagnose()) is False
    assert tool.twin.regs[0x01] == 0x03
    tool.twin.motor_present = True
    assert run(tool.motor.diagnose()) is True


def test_diagnosis_stops_the_motor_first():
    tool = Tool().start()
    tool.motor.drive(255)
    run(tool.motor.diagnose())
    assert tool.motor.level == 0
    assert tool.twin.drive_permille() == 0


def test_diagnosis_without_chip():
    tool = Tool().start()
    tool.twin.nack_forever = True
    raises(OSError, run, tool.motor.diagnose())


def test_diagnosis_that_hangs_has_failed():
    tool = Tool().start()
    tool.twin.hangs = True
    assert run(tool.motor.diagnose()) is False
    assert tool.clock.now_us < 3_000_000
    assert tool.motor.check() & FAULT_STANDBY


def test_check_tells_a_brown_out():
    tool = Tool().start()
    tool.twin.brownout()
    assert tool.motor.check() == FAULT_BUS
    tool.clock.advance_us(1000)
    assert tool.motor.check() == FAULT_STANDBY | FAULT_MODE | FAULT_CONFIG


def test_check_tells_each_fault():
    for register, value, fault in (
        (0x01, 0x43, FAULT_STANDBY),
        (0x01, 0x05, FAULT_MODE),
        (0x1C, 0xF5, FAULT_CONFIG),
        (0x1D, 0x82, FAULT_CONFIG),
        (0x1D, 0x81, FAULT_CONFIG),
    ):
        tool = Tool().start()
        tool.twin.regs[register] = value
        assert tool.motor.check() == fault
    tool = Tool().start()
    tool.twin.device_id = 6
    assert tool.motor.check() == FAULT_IDENTITY


def test_check_tells_heat_and_overload_once():
    for knob, fault in (("over_temp", FAULT_OVER_TEMP), ("over_current", FAULT_OVER_CURRENT)):
        tool = Tool().start()
        setattr(tool.twin, knob, True)
        assert tool.motor.check() == 0
        tool.motor.drive(255)
        tool.motor.off()
        setattr(tool.twin, knob, False)
        assert tool.motor.check() == fault
        assert tool.motor.check() == 0


def test_check_on_a_stuck_bus_raises_nothing():
    tool = Tool().start()
    tool.twin.stuck_sda = True
    assert tool.motor.check() == FAULT_BUS


def test_standby_and_wake():
    tool = Tool().start()
    tool.motor.drive(255)
    tool.motor.standby()
    assert tool.motor.level == 0
    assert tool.motor.check() & FAULT_STANDBY
    tool.motor.wake()
    assert tool.motor.check() == 0
    tool.motor.drive(255)
    assert tool.twin.drive_permille() == 1000


def test_a_brown_out_never_leaves_the_motor_running():
    def wake(tool):
        raises(MotorConfig, tool.motor.wake)

    def diagnose(tool):
        assert run(tool.motor.diagnose()) is False

    for act in (wake, diagnose):
        tool = Tool().start()
        tool.twin.brownout()
        tool.clock.now_us += 1000
        act(tool)
        assert tool.twin._demand_permille() == 0, act
        assert tool.motor.check() & FAULT_STANDBY
        tool.start()
        assert tool.motor.check() == 0


def test_a_brown_out_in_calibration_leaves_the_motor_off():
    tool = Tool()
    sleeps = []

    async def dips(span_ms):
        sleeps.append(span_ms)
        tool.clock.now_us += span_ms * 1000
        if len(sleeps) == 20:
            tool.twin.brownout()

    module.asyncio.sleep_ms = dips
    raises(MotorConfig, run, tool.motor.start())
    assert len(sleeps) >= 20 and tool.twin._demand_permille() == 0
