"""A calibration as the tool runs it: what rests, what is read, what is kept, and what ends it."""

from calibration_bench import BEFORE, COUNTS_PER_G, NOMINAL, OFFSET, Bench, Sensor
from core import calibration_reasons as why
from core import ids
from core.calibration import DONE, FIRST, REJECTED, SECOND

REST = ["silence", "stop", "dark", ("start", None)]


def rejected(bench, reason):
    run = bench.run()
    assert run.phase == REJECTED and run.reason == reason, why.name_of(run.reason)
    assert bench.store == [] and bench.tool.sensor_calibration == BEFORE
    return run


def test_a_right_one_is_kept_with_all_that_was_found():
    bench = Bench()
    run = bench.run()
    assert run.phase == DONE and run is bench.calibrator.run and run.over()
    root, identity, values = bench.store[0]
    assert len(bench.store) == 1 and root == "/root"
    assert identity["nominal_counts_per_n"] == NOMINAL and identity["device_id"] == b"12345678"
    assert values == {
        "unix_s": 1800000000,
        "time_quality": 2,
        "boot": 17,
        "counts_per_n": run.counts_per_n,
        "zero_counts": run.zero,
        "residual": run.residual,
        "first_mg": 100000,
        "second_mg": 200000,
        "verify_mg": 150000,
        "verify_error": run.verify_error,
        "zero_moved_mn": run.zero_moved_mn,
        "offset": OFFSET,
    }
    assert abs(run.counts_per_n - NOMINAL) < 20


def test_the_tool_rests_meanwhile_and_the_motor_is_learned_anew():
    bench = Bench()
    bench.run()
    tool = bench.tool
    assert tool.told == REST + [("felt", 0), "keep"], tool.told
    assert tool.mode == ids.CALIBRATING and tool.fault == ids.FAULT_NONE
    assert tool.sensor_calibration == BEFORE, "who takes the new one reads it from what is kept"


def test_the_sensor_is_looked_at_every_2_ms_and_read_when_it_is_ready():
    bench = Bench()
    bench.run()
    assert bench.spans == {2}
    assert bench.sensor.not_ready > 100, "else nothing was left to wait for"
    assert bench.sensor.asked == 5, "its registers, at the end of each step"


def test_a_converter_without_registers_of_its_own_gives_zeros():
    bench = Bench(Sensor)
    assert bench.run().phase == DONE
    assert bench.store[0][2]["offset"] == bytes(7)


def test_a_sensor_that_does_not_start():
    bench = Bench()
    bench.tool.start_fault = ids.FAULT_MISSING
    rejected(bench, why.SENSOR_FAULT)
    assert bench.tool.fault == ids.FAULT_MISSING and bench.looks == 0 and bench.sensor.read_out == 0
    assert bench.tool.told == REST


def test_offset_registers_that_cannot_be_read():
    bench = Bench()
    bench.sensor.unreadable = True
    rejected(bench, why.SENSOR_FAULT)
    assert bench.looks == 0


def test_lost_registers_are_found_at_the_end_of_a_step():
    for steps, at in ((1, FIRST), (2, SECOND)):
        bench = Bench()
        bench.sensor.wholes_left = steps
        assert rejected(bench, why.SENSOR_RESET).step == at
        assert bench.sensor.asked == steps


def test_lost_registers_at_the_last_step_keep_nothing():
    bench = Bench()
    bench.sensor.wholes_left = 5
    rejected(bench, why.SENSOR_RESET)
    assert bench.sensor.asked == 5


def test_lost_registers_are_the_reason_whatever_was_measured_with_them():
    def meddle(bench):
        if bench.calibrator.run.step == SECOND:
            bench.sensor.whole = False
            bench.sensor.load = 0.5 * 200 * COUNTS_PER_G

    bench = Bench(meddle=meddle)
    rejected(bench, why.SENSOR_RESET)


def test_a_call_that_goes_astray_is_forgiven():
    def meddle(bench):
        bench.sensor.fail_once = bench.looks % 50 == 0

    bench = Bench(meddle=meddle)
    assert bench.run().phase == DONE


def test_silence_ends_it_after_a_tenth_of_a_second():
    def meddle(bench):
        bench.sensor.silent = bench.t_ms >= 700

    bench = Bench(meddle=meddle)
    rejected(bench, why.SENSOR_FAULT)
    assert 795 <= bench.t_ms <= 806, bench.t_ms
    assert bench.sensor.asked == 1, "whether it was reset"


def test_silence_of_a_chip_that_was_reset():
    def meddle(bench):
        if bench.t_ms >= 700:
            bench.sensor.silent = True
            bench.sensor.whole = False

    rejected(Bench(meddle=meddle), why.SENSOR_RESET)


def test_a_chip_that_is_gone():
    def meddle(bench):
        bench.sensor.failing = bench.t_ms >= 700

    bench = Bench(meddle=meddle)
    rejected(bench, why.SENSOR_FAULT)
    assert 795 <= bench.t_ms <= 806, "its failing calls are no sign of life"


def test_nobody_asks():
    bench = Bench(asks=False)
    rejected(bench, why.TIMED_OUT)
    assert 120000 <= bench.t_ms <= 120004


def test_what_cannot_be_kept_is_none():
    for where in ("counters", "store"):
        bench = Bench()
        bench.tool.full = where
        bench.store_full = where == "store"
        rejected(bench, why.STORAGE)
