"""Raspberry Pi Pico: no radio; the board that can be emulated. Pins: hardware/pins.csv."""

from .board import Board

PINS = {
    "sda": 4,
    "scl": 5,
    "drdy": 6,
    "button": 15,
    "red": 10,
    "green": 11,
    "blue": 12,
    "motor": 22,
    "usb_power": 24,
    "battery": 26,
    "sck": 7,
    "fsr": 27,
}


def build() -> Board:
    """The tool's devices on this board."""
    board = Board("pico", PINS, "", -1)
    board.hard_interrupts = True
    board.is_small = True
    return board
