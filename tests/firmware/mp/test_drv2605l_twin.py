"""The simulated DRV2605L against byte sequences taken from its data sheet, without our driver."""

from chip_bench import Wire
from sim.drv2605l_twin import Drv2605lTwin

DEFAULTS = (
    "e0 40 00 01 01 00 00 00 00 00 00 00 00 00 00 00 00 05 19 ff 19 ff 3e 8c 0c 6c 36 93 f5 a0 20 80 33 00 00"
)

LRA_CLOSED_UNIDIRECTIONAL = ((0x1A, 0xB6), (0x1C, 0x75), (0x1D, 0x80))


def _awake():
    twin = Drv2605lTwin()
    wire = Wire(twin)
    wire.wait_us(250)
    return twin, wire


def _pwm(*settings):
    twin, wire = _awake()
    for register, value in settings:
        wire.write(register, value)
    wire.write(0x01, 0x03)
    return twin, wire


def _drives(twin, duties, hz=25_000):
    got = []
    for duty in duties:
        twin.set_pwm(duty, hz)
        got.append(twin.drive_permille())
    return got


def test_deaf_for_250_us_after_power_up():
    twin = Drv2605lTwin()
    wire = Wire(twin)
    wire.wait_us(249)
    assert not wire.write(0x00)
    wire.wait_us(1)
    assert wire.write(0x00)


def test_registers_after_power_up():
    _, wire = _awake()
    assert wire.read(0x00, 0x23) == list(bytes.fromhex(DEFAULTS.replace(" ", "")))


def test_identity():
    twin, wire = _awake()
    assert wire.read(0x00) >> 5 == 7
    twin.device_id = 3
    assert wire.read(0x00) >> 5 == 3


def test_reset_by_register():
    _, wire = _awake()
    wire.write(0x16, 0x53, 0x8D)
    wire.write(0x01, 0x80)
    assert wire.read(0x01) & 0x80
    wire.wait_ms(1)
    assert wire.read(0x01) == 0x40
    assert wire.read(0x16, 2) == [0x3E, 0x8C]


def test_read_only_registers():
    _, wire = _awake()
    wire.write(0x00, 0x00)
    wire.write(0x21, 0xFF, 0xFF)
    assert wire.read(0x00) == 0xE0
    assert wire.read(0x21, 2) == [0, 0]


def test_unidirectional_closed_loop_makes_low_off_and_high_full():
    twin, _ = _pwm(*LRA_CLOSED_UNIDIRECTIONAL)
    assert _drives(twin, (0, 0x4000, 0x8000, 0xFFFF)) == [0, 250, 500, 1000]


def test_at_reset_half_is_off_and_low_is_full_reverse():
    twin, _ = _pwm((0x1A, 0xB6))
    assert _drives(twin, (0, 0x8000, 0xFFFF)) == [-1000, 0, 1000]


def test_open_loop_is_bidirectional_whatever_the_input_bit():
    twin, _ = _pwm((0x1A, 0xB6), (0x1C, 0x75), (0x1D, 0x81))
    assert _drives(twin, (0, 0x8000, 0xFFFF)) == [-1000, 0, 1000]


def test_standby_stops_the_motor_and_keeps_registers():
    twin, wire = _pwm(*LRA_CLOSED_UNIDIRECTIONAL)
    twin.set_pwm(0xFFFF, 25_000)
    wire.write(0x01, 0x43)
    assert twin.drive_permille() == 0
    assert wire.read(0x1C) == 0x75
    wire.write(0x01, 0x03)
    assert twin.drive_permille() == 1000


def test_brown_out_stops_the_motor():
    twin, wire = _pwm(*LRA_CLOSED_UNIDIRECTIONAL)
    twin.set_pwm(0xFFFF, 25_000)
    twin.brownout()
    assert twin.drive_permille() == 0
    assert not wire.write(0x00)
    wire.wait_us(250)
    assert wire.read(0x01) == 0x40


def test_input_frequency_limits():
    twin, _ = _pwm(*LRA_CLOSED_UNIDIRECTIONAL)
    for hz, works in ((1000, 0), (9_999, 0), (10_000, 1), (250_000, 1), (250_001, 0)):
        assert _drives(twin, (0x8000,), hz) == [500 * works]
    assert _drives(twin, (0xFFFF, 0), 50) == [1000, 0]


def test_analog_input_and_other_modes_ignore_the_pwm():
    twin, wire = _pwm((0x1A, 0xB6), (0x1C, 0x75), (0x1D, 0x82))
    assert _drives(twin, (0xFFFF,)) == [0]
    wire.write(0x1D, 0x80)
    assert _drives(twin, (0xFFFF,)) == [1000]
    for mode in (0, 1, 2, 4):
        wire.write(0x01, mode)
        assert _drives(twin, (0xFFFF,)) == [0]


def test_noise_gate():
    for code, least in ((0, 0), (1, 20), (2, 40), (3, 80)):
        twin, _ = _pwm((0x1A, 0xB6), (0x1C, 0x75), (0x1D, code << 6))
        below = (least - 1) * 0xFFFF // 1000
        above = (least + 2) * 0xFFFF // 1000
        low, high = _drives(twin, (max(below, 0), above))
        assert low == 0
        assert high >= least


def test_wrong_kind_of_motor_does_not_shake():
    twin, _ = _pwm((0x1C, 0x75), (0x1D, 0x80))
    assert _drives(twin, (0xFFFF,)) == [0]
    twin.motor_is_lra = False
    assert _drives(twin, (0xFFFF,)) == [1000]


def test_real_time_playback():
    twin, wire = _awake()
    for register, value in LRA_CLOSED_UNIDIRECTIONAL:
        wire.write(register, value)
    wire.write(0x01, 0x05)
    for control3, both_ways, value, expected in (
        (0x80, 0, 0x7F, 1000),
        (0x80, 0, 0x00, 0),
        (0x80, 0, 0x80, 0),
        (0x88, 0, 0xFF, 1000),
        (0x80, 1, 0x81, -1000),
        (0x88, 1, 0x7F, 0),
        (0x88, 1, 0xFF, 1000),
    ):
        wire.write(0x1D, control3)
        wire.write(0x1C, 0x75 | both_ways << 7)
        wire.write(0x02, value)
        assert twin.drive_permille() == expected


def test_library_effect_runs_and_ends():
    twin, wire = _awake()
    wire.write(0x1A, 0xB6)
    wire.write(0x01, 0x00)
    wire.write(0x04, 15, 0x85, 1, 0)
    wire.write(0x0C, 1)
    assert twin.drive_permille() == 1000
    assert wire.read(0x21) > 0
    assert wire.read(0x22) == 58
    wire.wait_ms(999)
    assert wire.read(0x0C) == 1
    wire.wait_ms(1)
    assert wire.read(0x0C) == 0
    assert twin.drive_permille() == 0
    assert wire.read(0x21, 2) == [0, 0]


def test_long_buzz_runs_until_stopped():
    twin, wire = _awake()
    wire.write(0x1A, 0xB6)
    wire.write(0x01, 0x00)
    wire.write(0x04, 118)
    wire.write(0x0C, 1)
    wire.wait_ms(3_600_000)
    assert wire.read(0x0C) == 1
    wire.write(0x0C, 0)
    assert twin.drive_permille() == 0


def test_no_go_in_standby():
    _, wire = _awake()
    wire.write(0x0C, 1)
    assert wire.read(0x0C) == 0


def test_auto_calibration():
    for time_code, limit_ms in ((0, 350), (1, 450), (2, 700), (3, 1200)):
        twin, wire = _awake()
        wire.write(0x1A, 0xAA)
        wire.write(0x1E, time_code << 4)
        wire.write(0x01, 0x07)
        wire.write(0x0C, 1)
        wire.wait_ms(limit_ms - 1)
        assert wire.read(0x0C) == 1
        assert twin.drive_permille() == 1000
        wire.wait_ms(1)
        assert wire.read(0x0C) == 0
        assert wire.read(0x00) == 0xE0
        assert wire.read(0x18, 3) == [13, 109, 0xAA]


def test_auto_calibration_that_finds_nothing():
    for knob in ("converges", "motor_present"):
        twin, wire = _awake()
        setattr(twin, knob, False)
        wire.write(0x1A, 0xAA)
        wire.write(0x01, 0x07)
        wire.write(0x0C, 1)
        wire.wait_ms(1300)
        assert wire.read(0x00) == 0xE8
        assert wire.read(0x00) == 0xE0
        assert wire.read(0x18, 2) == [0x0C, 0x6C]


def test_diagnosis():
    for present, status in ((True, 0xE0), (False, 0xE8)):
        twin, wire = _awake()
        twin.motor_present = present
        wire.write(0x1A, 0xB6)
        wire.write(0x01, 0x06)
        wire.write(0x0C, 1)
        wire.wait_ms(200)
        assert wire.read(0x0C) == 0
        assert wire.read(0x00) == status


def test_latched_faults_clear_when_read_and_come_back_while_they_last():
    twin, wire = _pwm(*LRA_CLOSED_UNIDIRECTIONAL)
    twin.over_current = True
    assert wire.read(0x00) == 0xE0
    twin.set_pwm(0xFFFF, 25_000)
    assert twin.drive_permille() == 0
    assert wire.read(0x00) == 0xE1
    assert wire.read(0x00) == 0xE1
    twin.over_current = False
    assert wire.read(0x00) == 0xE1
    assert wire.read(0x00) == 0xE0
    twin.over_temp = True
    twin.set_pwm(0x8000, 25_000)
    assert wire.read(0x00) == 0xE2


def test_burning_the_fuses_is_seen():
    twin, wire = _awake()
    wire.write(0x1E, 0x20)
    assert not twin.otp_programmed
    wire.write(0x1E, 0x21)
    assert twin.otp_programmed
