"""Battery and USB power: read when the motor is still, believed when seen twice."""

from core import ids
from core.supply import LATE_MS, LOOK_MS, MOTOR_STILL_MS, Supply

TURN_MS = 20


class Battery:
    pct = 50
    reads = 0

    def read_mv(self):
        self.reads += 1
        return self.pct

    def percent(self, mv):
        return mv


class Pin:
    level = False

    def active(self):
        return self.level


class Motor:
    level = 0


class Board:
    def __init__(self):
        self.battery = Battery()
        self.usb_power = Pin()
        self.motor = Motor()


def fresh():
    board = Board()
    supply = Supply(board)
    supply.look()
    return board, supply


def go_on(supply, ms):
    reason = ids.END_OPEN
    for _ in range(ms // TURN_MS):
        reason = supply.tick(TURN_MS)
    return reason


def test_at_start_it_looks_at_once():
    board, supply = fresh()
    assert supply.battery_pct == 50 and board.battery.reads == 1
    board.usb_power.level = True
    supply.look()
    assert supply.usb_power


def test_the_battery_is_read_once_a_second():
    board, supply = fresh()
    board.battery.pct = 7
    assert go_on(supply, LOOK_MS - TURN_MS) == ids.END_OPEN
    assert go_on(supply, TURN_MS) == ids.END_BATTERY
    assert go_on(supply, 10 * LOOK_MS) == ids.END_BATTERY and board.battery.reads == 12


def test_eight_percent_goes_on():
    board, supply = fresh()
    board.battery.pct = 8
    assert go_on(supply, 2 * LOOK_MS) == ids.END_OPEN


def test_a_sag_under_the_motor_is_not_read():
    board, supply = fresh()
    board.battery.pct = 0
    for _ in range(8):
        board.motor.level = 255
        assert go_on(supply, 600) == ids.END_OPEN
        board.battery.pct = 50
        board.motor.level = 0
        assert go_on(supply, MOTOR_STILL_MS - TURN_MS) == ids.END_OPEN
        reads = board.battery.reads
        board.battery.pct = 0
    board.motor.level = 0
    board.battery.pct = 50
    go_on(supply, MOTOR_STILL_MS)
    assert board.battery.reads == reads + 1 and supply.battery_pct == 50


def test_a_motor_that_never_rests_cannot_hide_an_empty_cell():
    board, supply = fresh()
    board.battery.pct = 3
    board.motor.level = 255
    assert go_on(supply, LATE_MS - TURN_MS) == ids.END_OPEN
    assert go_on(supply, TURN_MS) == ids.END_BATTERY


def test_usb_power_counts_when_seen_twice():
    board, supply = fresh()
    board.usb_power.level = True
    assert supply.tick(TURN_MS) == ids.END_OPEN
    board.usb_power.level = False
    assert supply.tick(TURN_MS) == ids.END_OPEN and not supply.usb_power
    board.usb_power.level = True
    supply.tick(TURN_MS)
    assert supply.tick(TURN_MS) == ids.END_USB_POWER and supply.usb_power
    board.usb_power.level = False
    assert supply.tick(TURN_MS) == ids.END_USB_POWER, "one look is a glitch"
    assert supply.tick(TURN_MS) == ids.END_OPEN and not supply.usb_power


def test_before_the_first_look_nothing_is_known():
    supply = Supply(Board())
    assert (supply.usb_power, supply.battery_mv, supply.battery_pct) == (False, 0, 100)
    assert supply.tick(999) == ids.END_OPEN and supply.battery_mv == 0
    supply.tick(1)
    assert supply.battery_mv == 50


def test_times_to_the_millisecond():
    board, supply = fresh()
    for _ in range(3):
        reads = board.battery.reads
        supply.tick(999)
        assert board.battery.reads == reads
        supply.tick(1)
        assert board.battery.reads == reads + 1
    board.motor.level = 9
    supply.tick(1000)
    board.motor.level = 0
    supply.tick(39)
    assert board.battery.reads == reads + 1, "the motor has been still for 39 ms"
    supply.tick(1)
    assert board.battery.reads == reads + 2
    board.motor.level = 9
    supply.tick(9999)
    assert board.battery.reads == reads + 2
    supply.tick(1)
    assert board.battery.reads == reads + 3, "after 10 s it is read under load"


def test_power_at_the_first_turn_is_a_first_sight_of_it():
    board = Board()
    board.usb_power.level = True
    supply = Supply(board)
    assert supply.tick(TURN_MS) == ids.END_OPEN and supply.tick(TURN_MS) == ids.END_USB_POWER
