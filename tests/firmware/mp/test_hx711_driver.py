"""The HX711 driver on the simulated chip: pulses, times, and what it refuses to believe."""

import drivers.hx711 as module
from chip_bench import raises, run
from drivers.errors import SensorConfig, SensorMissing, SensorTimeout
from hx711_bench import COUNTS_PER_MV, Hx711Bench


def next_raw(bench, sensor):
    assert bench.wait_ready()
    assert sensor.ready()
    return sensor.read_raw()


def lost(sensor):
    return raises(OSError, sensor.read_raw)


def test_reads_what_the_bridge_gives():
    for mv in (0.5, 4, -4, -12):
        bench = Hx711Bench(int(mv * 1_000_000))
        raw = next_raw(bench, bench.started(module))
        assert abs(raw - mv * COUNTS_PER_MV) <= 12, (mv, raw)


def test_25_pulses_a_read_and_none_without_a_result():
    bench = Hx711Bench()
    bench.nv = 100_000
    sensor = bench.started(module)
    next_raw(bench, sensor)
    assert bench.pulses == 25
    assert not sensor.ready()
    lost(sensor)
    assert bench.pulses == 25 and sensor.discarded == 0
    for _ in range(100):
        next_raw(bench, sensor)
    assert bench.twin.errors == 0 and bench.twin.gain == 128


def test_gain_64_settles_and_stays():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module, gain=64)
    for _ in range(3):
        assert abs(next_raw(bench, sensor) - COUNTS_PER_MV // 2) <= 12
    assert bench.twin.gain == 64 and bench.twin.errors == 0


def test_other_gains_are_refused():
    for gain in (32, 1, 0):
        bench = Hx711Bench()
        sensor = bench.sensor(module)
        error = raises(SensorConfig, run, sensor.start(gain=gain))
        assert str(gain) in str(error)


def test_rate_is_measured():
    for low, permille, rate in ((False, 0, 80), (True, 0, 10), (False, -100, 80), (True, 200, 10)):
        bench = Hx711Bench()
        bench.twin.rate_low = low
        bench.twin.rate_error_permille = permille
        assert bench.started(module).rate_sps == rate


def test_results_that_are_lost_make_no_slow_board():
    for when in range(6, 10):  # the results by which the rate is measured
        bench = Hx711Bench()
        sensor = bench.sensor(module)
        following = sensor._next
        calls = []

        async def next_after_a_loss(what):
            calls.append(what)
            if len(calls) == when:
                bench.twin.missed_next(30)
            return await following(what)

        sensor._next = next_after_a_loss
        run(sensor.start())
        assert sensor.rate_sps == 80 and len(calls) == 9, when


def test_a_start_that_loses_each_read_says_so():
    bench = Hx711Bench()
    bench.stall_us = 200
    error = raises(SensorTimeout, run, bench.sensor(module).start())
    assert "loses each result" in str(error), error
    bench.stall_us = 0
    assert bench.started(module).rate_sps == 80, "and comes back"


def test_saturation_is_delivered_as_such():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module)
    for sign, rail in ((1, module.RAW_MAX), (-1, module.RAW_MIN)):
        bench.twin.saturate = sign
        next_raw(bench, sensor)
        assert next_raw(bench, sensor) == rail


def test_an_interrupt_can_not_stretch_a_pulse():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module)
    bench.interrupt_us = 130
    for _ in range(20):
        assert abs(next_raw(bench, sensor) - COUNTS_PER_MV) <= 12
    assert bench.twin.power_downs == 1, "that of the start alone"
    assert sensor.discarded == 0 and sensor.longest_us <= module.HIGH_MOST_US and bench.irqs_off == 0


def test_a_read_with_a_long_pulse_is_thrown_away_and_the_chip_comes_back():
    for at in (1, 12, 24, 25):
        for stall_us in (55, 70, 400):
            bench = Hx711Bench(1_000_000)
            sensor = bench.started(module)
            bench.stall_us, bench.stall_at = stall_us, at
            assert bench.wait_ready()
            lost(sensor)
            assert sensor.discarded == 1 and sensor.registers_ok() and bench.irqs_off == 0
            bench.stall_us = 0
            start_us = bench.clock.now_us
            assert abs(next_raw(bench, sensor) - COUNTS_PER_MV) <= 12, (at, stall_us)
            assert bench.clock.now_us - start_us < 65_000, "back within the time that silence is forgiven"
            assert sensor.registers_ok()


def test_50_us_are_still_believed():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module)
    bench.stall_us = 44  # and three calls of 2 us
    assert abs(next_raw(bench, sensor) - COUNTS_PER_MV) <= 12
    assert sensor.longest_us == module.HIGH_MOST_US
    bench.stall_us = 45
    assert bench.wait_ready()
    lost(sensor)


def test_times_may_wrap_within_a_pulse():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module)
    bench.wait_ready()
    start_us = bench.clock.now_us
    base = (1 << 30) - 4
    sensor._ticks_us = lambda: (bench.clock.now_us - start_us + base) & 0x3FFFFFFF
    assert abs(sensor.read_raw() - COUNTS_PER_MV) <= 12


def test_a_chip_that_is_down_before_the_first_bit_gives_ones_and_is_not_believed():
    bench = Hx711Bench()
    sensor = bench.started(module)
    bench.wait_ready()
    bench.twin.stuck_value = -1
    bench.clock.advance_us(20_000)
    bench.twin.advance(bench.clock.now_us)
    lost(sensor)
    assert sensor.discarded == 1


def test_dout_stuck():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module)
    bench.twin.dout_stuck = 0
    assert sensor.ready()
    lost(sensor)
    assert sensor.discarded == 1 and sensor.registers_ok(), "once may be chance"
    for _ in range(3):
        lost(sensor)
        assert not sensor.registers_ok()
    bench.twin.dout_stuck = None
    bench.wait_ready()
    sensor.read_raw()
    assert sensor.registers_ok()
    bench.twin.dout_stuck = 1
    assert not sensor.ready()
    lost(sensor)


def test_a_bridge_at_minus_one_count_is_no_lost_chip():
    bench = Hx711Bench()
    sensor = bench.started(module)
    good = next_raw(bench, sensor)
    bench.twin.stuck_value = -1
    assert bench.wait_ready()
    lost(sensor)
    assert sensor.registers_ok()
    bench.twin.stuck_value = good
    assert next_raw(bench, sensor) == good and sensor.registers_ok()


def test_missing_at_start():
    for knob, value in (("gone", True), ("dout_stuck", 0), ("dout_stuck", 1)):
        bench = Hx711Bench()
        setattr(bench.twin, knob, value)
        error = raises(SensorMissing, run, bench.sensor(module).start())
        assert "DOUT" in str(error)


def test_silent_after_a_start_that_went_well():
    bench = Hx711Bench()
    sensor = bench.started(module)
    bench.twin.gone = True
    raises(SensorTimeout, run, sensor.wake())


def test_standby_and_wake():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module, gain=64)
    sensor.standby()
    bench.clock.advance_us(1_000_000)
    bench.twin.advance(bench.clock.now_us)
    assert bench.twin.power_downs == 2 and not sensor.ready()
    run(sensor.wake())
    assert abs(next_raw(bench, sensor) - COUNTS_PER_MV // 2) <= 12


def test_a_brown_out_is_over_by_itself():
    bench = Hx711Bench(1_000_000)
    sensor = bench.started(module)
    bench.twin.brownout()
    assert abs(next_raw(bench, sensor) - COUNTS_PER_MV) <= 12


def test_edges_are_for_results_only():
    bench = Hx711Bench(1_000_000)
    sensor = bench.sensor(module)
    heard = []
    sensor.attach(heard.append)
    run(sensor.start())
    handler = sensor._dout.handler
    bench.wait_ready()
    handler(sensor._dout)
    assert heard == [sensor._dout]
    del bench.triggers[:]
    sensor.read_raw()
    assert bench.triggers == [0, 4], "no interrupts for the bits"
    handler(sensor._dout)
    sensor._reading = True
    bench.wait_ready()
    handler(sensor._dout)
    assert len(heard) == 1
