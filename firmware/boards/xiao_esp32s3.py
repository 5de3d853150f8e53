"""Seeed XIAO ESP32S3, the reference board. Pins: hardware/pins.csv.

The motor's pin is GPIO3: floating in reset, so that its pull-down keeps the motor off (GPIO44 is high at boot). GPIO44
senses USB power: its boot level does no harm there, and its boot pull-up is switched off. An HX711's SCK is GPIO43,
which chatters at boot: the driver resets the chip anyway. An FSR has the data-ready pin, which is an analog input, too.
"""

from .board import Board
from .radio_board import RadioBoard

PINS = {
    "sda": 5,
    "scl": 6,
    "drdy": 4,
    "button": 2,
    "red": 7,
    "green": 8,
    "blue": 9,
    "motor": 3,
    "usb_power": 44,
    "battery": 1,
    "sck": 43,
    "fsr": 4,
}


def build() -> Board:
    """The tool's devices on this board."""
    return RadioBoard("xiao_esp32s3", PINS, "", 0)
