"""Builds the force sensor and the motor that `parts.json` names. Needed once, at start, then forgotten.

Only the drivers of the parts that are fitted are loaded.
"""

import time

import machine
from core import guest, ids

from .board import adc

CONTACT_ONLY = "an FSR only shows contact: practice only; a load cell is needed for sessions"


def fit(board, pins: dict, motor_pin) -> None:
    """Give a board (boards.board.Board) its parts; with parts that are not known, none."""
    parts = guest.load("parts")
    sensor, motor, board.practice_only = parts.read(board.root)
    guest.forget("parts")
    board.blind = bool(board.practice_only)
    if board.blind:
        _fit_nothing(board)
    else:
        _fit_sensor(board, sensor, pins)
        _fit_motor(board, motor, motor_pin)
        board.fitted = (sensor, motor)


def _fit_nothing(board) -> None:
    from drivers.absent import AbsentMotor, AbsentSensor

    board.sensor = AbsentSensor()
    board.motor = AbsentMotor()


def _fit_sensor(board, kind: str, pins: dict) -> None:
    if kind == "hx711":
        _fit_hx711(board, pins)
    elif kind == "fsr":
        _fit_fsr(board, pins)
    else:
        from drivers.nau7802 import Nau7802

        board.sensor = Nau7802(board.open_bus(), machine.Pin(pins["drdy"], machine.Pin.IN))


def _fit_hx711(board, pins: dict) -> None:
    from drivers.hx711 import Hx711

    pin = machine.Pin
    sck = pin(pins["sck"], pin.OUT, value=0)
    dout = pin(pins["drdy"], pin.IN)
    board.sensor = Hx711(dout, sck, machine.disable_irq, machine.enable_irq, time.ticks_us)
    board.sensor_kind = ids.SENSOR_HX711
    board.rate_sps = 80


def _fit_fsr(board, pins: dict) -> None:
    from drivers import fsr

    board.sensor = fsr.Fsr(adc(pins["fsr"]))
    board.sensor_kind = ids.SENSOR_FSR
    board.rate_sps = board.sensor.rate_sps
    board.gain = 1
    board.counts_per_n = fsr.COUNTS_PER_N
    board.zero_counts = fsr.ZERO_COUNTS
    board.practice_only = CONTACT_ONLY


def _fit_motor(board, kind: str, motor_pin) -> None:
    if kind == "erm":
        from drivers import erm_motor

        board.motor = erm_motor.ErmMotor(
            machine.PWM(motor_pin, freq=erm_motor.PWM_HZ, duty_u16=0), board.battery
        )
        return
    from drivers.drv2605l import PWM_HZ, Drv2605l

    board.motor = Drv2605l(board.i2c or board.open_bus(), machine.PWM(motor_pin, freq=PWM_HZ, duty_u16=0))
