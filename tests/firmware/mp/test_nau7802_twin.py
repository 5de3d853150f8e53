"""The simulated NAU7802 against byte sequences taken from its data sheet, without our driver."""

import math

from chip_bench import Wire
from sim import parameters
from sim.nau7802_twin import Nau7802Twin

COUNTS_PER_MV = 715_828  # 2**24 * 128 / 3000 mV: gain 128, AVDD 3.0 V


class Bridge:
    def __init__(self, nv=0):
        self.nv = nv
        self.times = []

    def __call__(self, t_us):
        self.times.append(t_us)
        return self.nv


def _quiet(nv=0, seed=1, scale=None):
    bridge = Bridge(nv)
    twin = Nau7802Twin(bridge, seed, parameters.values(scale))
    twin.noise_nv = 0
    return twin, bridge, Wire(twin)


def _running(nv=0, ctrl1=0x2F, ctrl2=0x70, calibrate=True):
    """The start of section 9.1 and an internal offset calibration."""
    twin, bridge, wire = _quiet(nv)
    for value, wait_ms in ((0x01, 1), (0x02, 1), (0x86, 0)):
        assert wire.write(0x00, value)
        wire.wait_ms(wait_ms)
    wire.write(0x01, ctrl1)
    wire.write(0x02, ctrl2)
    wire.write(0x15, 0x30)
    wire.write(0x1C, 0x80)
    wire.wait_ms(800)
    wire.write(0x00, 0x96)
    if calibrate:
        wire.write(0x02, ctrl2 | 0x04)
        wire.wait_ms(400)
    return twin, bridge, wire


def test_registers_after_power_up():
    _, _, wire = _quiet()
    expected = [0] * 0x20
    expected[0x07] = expected[0x0E] = 0x80
    expected[0x1F] = 0x0F
    assert wire.read(0x00, 0x20) == expected


def test_reads_increment_and_wrap():
    _, _, wire = _quiet()
    assert wire.read(0x7F, 2) == [0, 0]
    wire.write(0x7F, 0xAA, 0x02)
    assert wire.read(0x00) == 0x02


def test_writes_increment():
    _, _, wire = _quiet()
    wire.write(0x03, 1, 2, 3, 4, 5, 6, 7)
    assert wire.read(0x03, 7) == [1, 2, 3, 4, 5, 6, 7]


def test_register_reset_holds_all_but_itself():
    _, _, wire = _quiet()
    wire.write(0x01, 0x2F)
    wire.write(0x00, 0x01)
    assert wire.read(0x01) == 0
    wire.write(0x01, 0x2F)
    assert wire.read(0x01) == 0
    wire.write(0x00, 0x00)
    wire.write(0x01, 0x2F)
    assert wire.read(0x01) == 0x2F


def test_power_up_ready_takes_200_us():
    _, _, wire = _quiet()
    wire.write(0x00, 0x02)
    wire.wait_us(199)
    assert wire.read(0x00) == 0x02
    wire.wait_us(1)
    assert wire.read(0x00) == 0x0A
    wire.write(0x00, 0x00)
    assert wire.read(0x00) == 0x00


def test_read_only_bits_ignore_writes():
    _, _, wire = _quiet()
    wire.write(0x00, 0x28)
    assert wire.read(0x00) == 0
    wire.write(0x02, 0x08)
    assert wire.read(0x02) == 0
    wire.write(0x12, 1, 2, 3)
    wire.write(0x1F, 0)
    assert wire.read(0x12, 3) == [0, 0, 0]
    assert wire.read(0x1F) == 0x0F


def test_no_conversion_before_cycle_start():
    twin, _, wire = _quiet()
    wire.write(0x00, 0x86)
    wire.wait_ms(5000)
    assert wire.read(0x00) & 0x20 == 0
    assert twin.next_event_us() is None


def test_first_result_five_periods_and_100_ms_after_wake():
    for ctrl2, period_us in ((0x00, 100_000), (0x30, 12_500), (0x70, 3125)):
        twin, _, wire = _quiet()
        wire.write(0x00, 0x86)
        wire.write(0x02, ctrl2)
        wire.wait_ms(250)
        wire.write(0x00, 0x96)
        assert twin.next_event_us() == wire.now_us + 100_000 + 5 * period_us
        wire.wait_us(100_000 + 5 * period_us - 1)
        assert twin.drdy == 0
        wire.wait_us(1)
        assert twin.drdy == 1
        assert wire.read(0x00) & 0x20


def test_a_change_restarts_with_six_periods():
    twin, _, wire = _running()
    wire.wait_ms(100)
    wire.result()
    wire.write(0x01, 0x2C)
    assert twin.next_event_us() == wire.now_us + 6 * 3125


def test_period_follows_rate_and_oscillator():
    for ctrl2, error, expected in (
        (0x70, 0, 320),
        (0x70, 30, 330),
        (0x70, -30, 310),
        (0x30, 0, 80),
        (0x00, 0, 10),
    ):
        twin, _, wire = _running(ctrl2=ctrl2)
        twin.rate_error_permille = error
        wire.wait_ms(2000)
        before = twin.conversions
        wire.wait_ms(10_000)
        assert abs((twin.conversions - before) - 10 * expected) <= 4


def test_counts_of_one_millivolt():
    for ctrl1, factor in ((0x2F, 128), (0x2E, 64), (0x2C, 16), (0x28, 1)):
        twin, _, wire = _running(1_000_000, ctrl1)
        wire.wait_ms(200)
        assert abs(wire.result() - COUNTS_PER_MV * factor // 128) <= 2


def test_saturates_at_both_rails():
    _, bridge, wire = _running(20_000_000)
    wire.wait_ms(200)
    assert wire.result() == 0x7FFFFF
    bridge.nv = -20_000_000
    wire.wait_ms(200)
    assert wire.result() == -0x800000


def test_offset_is_there_until_calibrated():
    twin, _, wire = _running(calibrate=False)
    wire.wait_ms(1000)
    offset = wire.result()
    assert abs(offset - twin.offset_nv * COUNTS_PER_MV // 1_000_000) <= 2
    wire.write(0x02, 0x74)
    wire.wait_ms(343)
    assert wire.read(0x02) == 0x74
    wire.wait_ms(2)
    assert wire.read(0x02) == 0x70
    wire.wait_ms(100)
    assert abs(wire.result()) <= 1
    assert abs((wire.read(0x03) << 16 | wire.read(0x04) << 8 | wire.read(0x05)) - offset) <= 2


def test_negative_offset_is_sign_and_magnitude():
    twin, _, wire = _running(calibrate=False)
    twin.offset_nv = -12_000
    wire.write(0x02, 0x74)
    wire.wait_ms(500)
    assert wire.read(0x03) & 0x80
    assert abs(wire.result()) <= 1


def test_system_offset_takes_the_present_input_away():
    _, bridge, wire = _running(2_000_000, calibrate=False)
    wire.wait_ms(500)
    wire.write(0x02, 0x76)
    wire.wait_ms(600)
    assert abs(wire.result()) <= 1
    bridge.nv = 3_000_000
    wire.wait_ms(100)
    assert abs(wire.result() - COUNTS_PER_MV) <= 2


def test_gain_calibration_makes_the_input_full_scale_or_fails():
    _, bridge, wire = _running(3_000_000)
    wire.wait_ms(500)
    wire.write(0x02, 0x77)
    wire.wait_ms(600)
    assert wire.read(0x02) & 0x0C == 0
    assert wire.result() > 0x7FFFF0
    bridge.nv = -1_000_000
    wire.write(0x02, 0x77)
    wire.wait_ms(600)
    assert wire.read(0x02) & 0x08


def test_calibration_knobs():
    twin, _, wire = _running()
    twin.calibration_fails = True
    wire.write(0x02, 0x74)
    wire.wait_ms(400)
    assert wire.read(0x02) == 0x78
    twin.calibration_fails = False
    twin.calibration_hangs = True
    wire.write(0x02, 0x74)
    wire.wait_ms(60_000)
    assert wire.read(0x02) & 0x04


def test_ready_flag_and_pin():
    twin, _, wire = _running()
    wire.wait_ms(100)
    assert twin.drdy == 1
    assert wire.read(0x00) == 0xBE
    wire.read(0x13)
    assert twin.drdy == 1
    wire.read(0x12)
    assert twin.drdy == 0
    assert wire.read(0x00) == 0x9E
    wire.wait_us(3125)
    assert twin.drdy == 1


def test_rises_counts_edges_between_looks():
    twin, _, wire = _running()
    wire.wait_ms(100)
    before = twin.rises
    for _ in range(10):
        wire.result()
        wire.wait_us(3125)
    assert twin.drdy == 1
    assert twin.rises == before + 10
    twin.edge_missed_next(1)
    wire.result()
    wire.wait_us(3125)
    assert twin.rises == before + 10


def test_inverted_pin():
    twin, _, wire = _running(ctrl1=0xAF)
    wire.wait_ms(100)
    assert twin.drdy == 0
    wire.result()
    assert twin.drdy == 1


def test_reading_the_top_byte_latches_the_rest():
    _, bridge, wire = _running(1_000_000)
    wire.wait_ms(200)
    high = wire.read(0x12)
    bridge.nv = -5_000_000
    wire.wait_ms(50)
    raw = high << 16 | wire.read(0x13) << 8 | wire.read(0x14)
    assert abs(raw - COUNTS_PER_MV) <= 2


def test_reading_twice_gives_the_previous_result():
    _, _, wire = _running(1_000_000)
    wire.wait_ms(200)
    assert wire.result() == wire.result()


def test_an_unread_result_is_overwritten_without_a_sign():
    _, bridge, wire = _running(1_000_000)
    wire.wait_ms(200)
    bridge.nv = 2_000_000
    wire.wait_ms(200)
    assert abs(wire.result() - 2 * COUNTS_PER_MV) <= 2
    assert wire.read(0x00) & 0x20 == 0


def test_a_step_settles_in_four_conversions():
    _, bridge, wire = _running(0)
    wire.wait_ms(200)
    wire.result()
    bridge.nv = 1_200_000
    steps = []
    for _ in range(6):
        wire.wait_us(3125)
        steps.append(round(wire.result() / COUNTS_PER_MV * 100))
    assert steps == [1, 27, 93, 119, 120, 120], "straight up to the first of them, then four"


def _gain(hz):
    """How much of a sine at the input is left, largest to largest, at 320 conversions a second."""
    twin, bridge, wire = _running(0)
    turn = 2 * math.pi * hz / 1_000_000

    def shaken(t_us):
        twin.fast_nv = [int(1_000_000 * math.sin(turn * (t_us - i * 3125 // 8))) for i in range(7, -1, -1)]
        return 0

    twin._bridge_nv = shaken
    wire.wait_ms(100)
    peak = 0
    for _ in range(640):
        wire.wait_us(3125)
        peak = max(peak, abs(wire.result()))
    return peak / COUNTS_PER_MV


def test_bandwidth_is_that_of_the_sheet():
    """0.227 of the rate at -3 dB (18.17 Hz at 80 samples/s)."""
    assert abs(_gain(0.2271 * 320) - 0.708) < 0.01
    assert _gain(320.5) < 0.001


def test_the_motor_s_frequency_comes_through_as_its_alias():
    expected = (math.sin(math.pi * 175 / 320) / (math.pi * 175 / 320)) ** 4
    assert abs(_gain(175) - expected) < 0.004, "a tenth, and no more"


def test_the_bridge_is_asked_once_a_conversion_in_order():
    twin, bridge, wire = _running()
    wire.wait_ms(100)
    del bridge.times[:]
    before = twin.conversions
    for _ in range(500):
        wire.wait_us(997)
    assert len(bridge.times) == twin.conversions - before
    assert sorted(bridge.times) == bridge.times
    assert bridge.times[-1] <= wire.now_us


def test_a_long_silence_costs_a_few_conversions():
    twin, bridge, wire = _running(1_000_000)
    wire.wait_ms(100)
    del bridge.times[:]
    before = twin.conversions
    wire.wait_ms(3_600_000)
    assert len(bridge.times) < 20
    assert bridge.times[-1] <= wire.now_us
    assert twin.conversions - before == 3600 * 320
    assert abs(wire.result() - COUNTS_PER_MV) <= 2


def test_noise_has_the_rate_s_strength_and_no_offset():
    twin, _, wire = _running()
    twin.noise_nv = None
    wire.wait_ms(200)
    values = []
    for _ in range(4000):
        wire.wait_us(3125)
        values.append(wire.result())
    mean = sum(values) / len(values)
    rms = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
    assert abs(mean) < 15
    assert abs(rms - 300 * COUNTS_PER_MV / 1_000_000) < 12


def test_noise_depends_on_seed_and_conversion_only():
    traces = []
    for seed, step_us in ((5, 3125), (5, 500), (6, 3125)):
        twin, _, wire = _quiet(seed=seed)
        twin.noise_nv = None
        wire.write(0x00, 0x86)
        wire.wait_ms(1)
        wire.write(0x02, 0x70)
        wire.write(0x00, 0x96)
        trace = []
        while len(trace) < 50:
            wire.wait_us(step_us)
            if twin.drdy:
                trace.append(wire.result())
        traces.append(trace)
    assert traces[0] == traces[1] != traces[2]


def test_gain_128_needs_three_volts():
    _, _, wire = _running(0, ctrl1=0x37)
    wire.wait_ms(300)
    assert wire.result() == 0x7FFFFF


def test_regulator_needs_time():
    _, _, wire = _quiet()
    wire.write(0x00, 0x86)
    wire.write(0x01, 0x2F)
    wire.write(0x02, 0x70)
    wire.wait_ms(1)
    wire.write(0x00, 0x96)
    wire.wait_ms(120)
    early = wire.result()
    wire.wait_ms(1000)
    assert early - wire.result() > 5000


def test_open_wire_drifts_to_the_rail_and_back():
    twin, _, wire = _running(0)
    twin.wire_open = True
    wire.wait_ms(200)
    assert 0 < wire.result() < 0x7FFFFF
    wire.wait_ms(2000)
    assert wire.result() == 0x7FFFFF
    twin.wire_open = False
    wire.wait_ms(100)
    assert abs(wire.result()) <= 1


def test_burn_out_source_moves_a_whole_bridge_by_its_resistance():
    """Section 11, I2C_CTRL: bit 2 drives 2.5 uA into the positive input, which sees half the bridge's resistance."""
    for permille, shift_uv in ((1000, 1250), (350, 437)):
        bridge = Bridge(1_000_000)
        twin = Nau7802Twin(bridge, 1, parameters.values({"cell.bridge_ohm": permille}))
        twin.noise_nv = 0
        wire = Wire(twin)
        for register, value, wait_ms in (
            (0x00, 0x02, 1), (0x00, 0x86, 0), (0x01, 0x2F, 0), (0x02, 0x70, 800), (0x00, 0x96, 200),
        ):  # fmt: skip
            wire.write(register, value)
            wire.wait_ms(wait_ms)
        plain = wire.result()
        wire.write(0x11, 0x04)
        wire.wait_ms(30)
        moved = wire.result()
        assert abs((moved - plain) * 1000 // COUNTS_PER_MV - shift_uv) <= 1, (moved, plain)
        wire.write(0x11, 0x00)
        wire.wait_ms(30)
        assert wire.result() == plain


def test_shorted_wires_give_nothing_and_the_burn_out_source_moves_nothing():
    twin, _bridge, wire = _running(2_000_000)
    wire.wait_ms(200)
    assert wire.result() > COUNTS_PER_MV
    twin.input_shorted = True
    for control in (0x00, 0x04, 0x00):
        wire.write(0x11, control)
        wire.wait_ms(30)
        assert abs(wire.result()) < 100, control


def test_a_bridge_without_supply_is_outside_the_amplifiers_window():
    """Section 4: at gain 64 and 128 both inputs must lie 1.5 V inside the rails; without supply they lie at ground."""
    twin, _bridge, wire = _running(2_000_000)
    twin.bridge_unpowered = True
    wire.wait_ms(50)
    assert wire.result() == -0x800000
    twin.bridge_unpowered = False
    wire.wait_ms(50)
    assert wire.result() > COUNTS_PER_MV


def test_burn_out_source_rails_an_open_wire_at_once():
    twin, _, wire = _running(0)
    twin.wire_open = True
    wire.write(0x11, 0x04)
    wire.wait_ms(30)
    assert wire.result() == 0x7FFFFF


def test_inside_inputs():
    _, _, wire = _running(5_000_000)
    wire.write(0x11, 0x08)
    wire.wait_ms(50)
    assert abs(wire.result()) <= 1
    wire.write(0x11, 0x02)
    wire.write(0x01, 0x28)
    wire.wait_ms(50)
    assert abs(wire.result() * 3000 / (1 << 24) - 109) < 2  # the offset of the other gain still applies


def test_brown_out_clears_everything():
    twin, _, wire = _running(1_000_000)
    wire.wait_ms(100)
    twin.brownout()
    assert wire.read(0x00, 3) == [0, 0, 0]
    assert twin.drdy == 0
    wire.wait_ms(1000)
    assert wire.read(0x00) == 0


def test_standby_keeps_registers_and_stops():
    twin, _, wire = _running()
    wire.wait_ms(100)
    wire.write(0x00, 0x80)
    assert wire.read(0x00) == 0x80
    assert wire.read(0x01, 2) == [0x2F, 0x70]
    assert twin.drdy == 0
    assert twin.next_event_us() is None


def test_power_up_steps_the_calibration():
    offsets = []
    for power_ups in range(6):
        twin, _, wire = _quiet()
        twin.offset_step_per_powerup = 5000
        for _ in range(power_ups):
            twin.brownout()
        wire.write(0x00, 0x86)
        wire.wait_ms(1)
        wire.write(0x01, 0x2F)
        wire.write(0x02, 0x74)
        wire.wait_ms(400)
        offsets.append(wire.read(0x04) << 8 | wire.read(0x05))
    spread = max(offsets) - min(offsets)
    assert len(set(offsets)) > 3
    assert spread <= 2 * 5000 * COUNTS_PER_MV // 1_000_000 + 2


def test_knobs_of_the_result():
    twin, _, wire = _running(0)
    twin.stuck_value = 1234
    wire.wait_ms(20)
    assert [wire.result() for _ in range(3)] == [1234] * 3
    twin.stuck_value = None
    for sign, rail in ((1, 0x7FFFFF), (-1, -0x800000)):
        twin.saturate = sign
        wire.wait_ms(20)
        assert wire.result() == rail


def test_knobs_of_the_pin():
    twin, _, wire = _running()
    wire.wait_ms(100)
    twin.edge_missed_next(1)
    wire.result()
    assert twin.drdy == 1
    assert wire.read(0x00) & 0x20 == 0
    wire.wait_us(3200)
    wire.result()
    assert twin.drdy == 0
    twin.drdy_stuck = 0
    wire.wait_us(3200)
    assert twin.drdy == 0
    assert wire.read(0x00) & 0x20


def test_knobs_of_the_bus():
    twin, _, wire = _running()
    twin.nack_next(2)
    assert not wire.write(0x00)
    assert not wire.write(0x00)
    assert wire.write(0x00)
    twin.nack_forever = True
    assert not wire.write(0x00)
    twin.nack_forever = False
    wire.write(0x11, 0x80)
    wire.wait_ms(50)
    assert twin.stuck_sda
