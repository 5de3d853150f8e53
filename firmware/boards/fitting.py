"""Builds the force sensor and the motor that `parts.json` names. Needed once, at start, then forgotten.

Only the drivers of the parts that are fitted are loaded.
"""

import time

import machine
from core import guest, ids

from .board import adc

CONTACT_ONLY = "an FSR only shows contact: practice only; a load cell is needed for sessions"


def fit(board, pins: dict, motor_pin):
    """(sensor, motor) of a board (boards.board.Board), which learns what they are; stand-ins for unknown parts."""
    parts = guest.load("parts")
    sensor, motor, board.practice_only = parts.read(board.root)
    guest.forget("parts")
    if board.practice_only:
        board.blind = True
        return _nothing()
    board.fitted = (sensor, motor)
    return _sensor(board, sensor, pins), _motor(board, motor, motor_pin)


def _nothing():
    from drivers.absent import AbsentMotor, AbsentSensor

    return AbsentSensor(), AbsentMotor()


def _sensor(board, kind: str, pins: dict):
    if kind == "hx711":
        return _hx711(board, pins)
    if kind == "fsr":
        return _fsr(board, pins)
    from drivers.nau7802 import Nau7802

    return Nau7802(board.open_bus(), machine.Pin(pins["drdy"], machine.Pin.IN))


def _hx711(board, pins: dict):
    from drivers.hx711 import Hx711

    pin = machine.Pin
    board.sensor_kind = ids.SENSOR_HX711
    board.rate_sps = 80
    sck = pin(pins["sck"], pin.OUT, value=0)
    dout = pin(pins["drdy"], pin.IN)
    return Hx711(dout, sck, machine.disable_irq, machine.enable_irq, time.ticks_us)


def _fsr(board, pins: dict):
    from drivers import fsr

    board.sensor_kind = ids.SENSOR_FSR
    board.rate_sps = fsr.Fsr.rate_sps
    board.gain = 1
    board.counts_per_n = fsr.COUNTS_PER_N
    board.zero_counts = fsr.ZERO_COUNTS
    board.practice_only = CONTACT_ONLY
    return fsr.Fsr(adc(pins["fsr"]))


def _motor(board, kind: str, motor_pin):
    if kind == "erm":
        from drivers import erm_motor

        pwm = machine.PWM(motor_pin, freq=erm_motor.PWM_HZ, duty_u16=0)
        return erm_motor.ErmMotor(pwm, board.battery, board.usb_power)
    from drivers.drv2605l import PWM_HZ, Drv2605l

    return Drv2605l(board.i2c or board.open_bus(), machine.PWM(motor_pin, freq=PWM_HZ, duty_u16=0))
