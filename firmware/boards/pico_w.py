"""Raspberry Pi Pico W and Pico 2 W. USB power is sensed by the radio chip's pin. Pins: hardware/pins.csv."""

from .board import Board
from .pico import PINS as PICO_PINS
from .radio_board import RadioBoard

PINS: dict = dict(PICO_PINS)
PINS["usb_power"] = "WL_GPIO2"


def build() -> Board:
    """The tool's devices on this board."""
    board = RadioBoard("pico_w", PINS, "", -1)
    board.hard_interrupts = True
    board.is_small = True
    return board
