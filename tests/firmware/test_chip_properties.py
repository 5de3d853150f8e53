"""What must hold for any input: chips never break, the driver gives back what the chip measured."""

from __future__ import annotations

from itertools import pairwise

from gentlepress.firmware.drivers.battery import CURVE, BatteryAdc
from gentlepress.firmware.drivers.nau7802 import RAW_MAX, RAW_MIN, Nau7802, saturated
from gentlepress.firmware.sim import parameters
from gentlepress.firmware.sim.bus import SimI2C
from gentlepress.firmware.sim.drv2605l_twin import Drv2605lTwin
from gentlepress.firmware.sim.nau7802_twin import Nau7802Twin
from hypothesis import given
from hypothesis import strategies as st

raws = st.integers(RAW_MIN, RAW_MAX)
registers = st.integers(0, 255)
# A wait and one transfer: microseconds, register, bytes to write (none: read four).
transfers = st.lists(
    st.tuples(st.integers(0, 2_000_000), registers, st.binary(max_size=4)), min_size=1, max_size=40
)


class Clock:
    now_us = 0


def running_nau(bridge_nv, values=None) -> tuple[Clock, Nau7802Twin, SimI2C]:
    clock = Clock()
    twin = Nau7802Twin(bridge_nv, 1, values)
    twin.noise_nv = 0
    twin.offset_nv = 0
    i2c = SimI2C(clock, [twin])
    for register, value in ((0x00, 0x86), (0x01, 0x2F), (0x02, 0x70), (0x00, 0x96)):
        i2c.writeto_mem(0x2A, register, bytes((value,)))
    clock.now_us = 2_000_000
    return clock, twin, i2c


@given(raws)
def test_every_raw_value_reaches_the_driver(raw: int) -> None:
    clock, twin, i2c = running_nau(lambda _t: 0)
    twin.stuck_value = raw
    clock.now_us += 4000
    sensor = Nau7802(i2c)
    assert sensor.ready()
    assert sensor.read_raw() == raw
    assert saturated(raw) == (raw in {RAW_MIN, RAW_MAX})


@given(st.integers(-30_000_000, 30_000_000))
def test_counts_are_the_input_in_units_of_the_sheet_s_full_scale(nv: int) -> None:
    clock, _, i2c = running_nau(lambda _t: nv)
    clock.now_us += 100_000
    expected = nv * 128 * 2**24 // 3_000_000_000
    assert abs(Nau7802(i2c).read_raw() - max(RAW_MIN, min(RAW_MAX, expected))) <= 1


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=200), st.integers(-30, 30))
def test_conversion_times_do_not_depend_on_who_looks_when(steps: list[int], error_permille: int) -> None:
    values = parameters.values()
    values["nau7802.rate_error_permille"] = error_permille
    asked: list[int] = []

    def bridge(t_us: int) -> int:
        asked.append(t_us)
        return 0

    clock, twin, i2c = running_nau(bridge, values)
    i2c.readfrom_mem(0x2A, 0x12, 3)
    del asked[:]
    first = twin.conversions
    for step in steps:
        clock.now_us += step
        twin.advance(clock.now_us)
    rate = 320 * (1000 + error_permille) / 1000
    assert len(asked) == twin.conversions - first
    assert abs(len(asked) - sum(steps) * rate / 1_000_000) <= 1
    assert all(abs((b - a) - 1_000_000 / rate) <= 1 for a, b in pairwise(asked))
    assert all(t <= clock.now_us for t in asked)


@given(transfers)
def test_no_bytes_break_the_converter(sequence: list[tuple[int, int, bytes]]) -> None:
    clock = Clock()
    twin = Nau7802Twin(lambda t_us: t_us % 20_000_000 - 10_000_000)
    i2c = SimI2C(clock, [twin])
    for wait_us, register, data in sequence:
        clock.now_us += wait_us
        twin.stuck_sda = False
        if data:
            i2c.writeto_mem(0x2A, register, data)
        twin.stuck_sda = False
        assert len(i2c.readfrom_mem(0x2A, register, 4)) == 4
        assert i2c.readfrom_mem(0x2A, 0x1F, 1) == b"\x0f"
        due = twin.next_event_us()
        assert due is None or due > clock.now_us
        assert twin.drdy in {0, 1}


@given(transfers, st.integers(0, 0xFFFF), st.integers(0, 400_000))
def test_no_bytes_break_the_motor_driver(
    sequence: list[tuple[int, int, bytes]], duty_u16: int, pwm_hz: int
) -> None:
    clock = Clock()
    clock.now_us = 1000
    twin = Drv2605lTwin()
    i2c = SimI2C(clock, [twin])
    twin.set_pwm(duty_u16, pwm_hz)
    for wait_us, register, data in sequence:
        clock.now_us += wait_us
        if data:
            i2c.writeto_mem(0x5A, register, data)
        assert i2c.readfrom_mem(0x5A, 0x00, 1)[0] >> 5 == 7
        assert -1000 <= twin.drive_permille() <= 1000
        if i2c.readfrom_mem(0x5A, 0x01, 1)[0] & 0x40:
            assert twin.drive_permille() == 0


@given(st.integers(0, 0xFFFF), st.integers(10_000, 250_000))
def test_motor_strength_follows_the_duty(duty_u16: int, pwm_hz: int) -> None:
    twin = Drv2605lTwin()
    for register, value in ((0x1A, 0xAA), (0x1C, 0x75), (0x1D, 0x00), (0x01, 0x03)):
        twin.advance(1000)
        assert twin.i2c_start(False)
        assert twin.i2c_write(register)
        assert twin.i2c_write(value)
        twin.i2c_stop()
    twin.set_pwm(duty_u16, pwm_hz)
    assert twin.drive_permille() == duty_u16 * 1000 // 0xFFFF


@given(st.integers(0, 6000), st.integers(0, 6000))
def test_more_voltage_is_never_less_charge(mv_a: int, mv_b: int) -> None:
    battery = BatteryAdc(None, 2, 1)
    low, high = sorted((mv_a, mv_b))
    assert 0 <= battery.percent(low) <= battery.percent(high) <= CURVE[0][1]
