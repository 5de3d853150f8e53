"""The simulator: the same devices on simulated pins, with a real LittleFS on simulated flash. Never on a real tool."""

import json
import sys

from sim import flash, restart
from sim.clock import CLOCK
from sim.director import Director
from sim.world import (
    PIN_BATTERY,
    PIN_BUTTON,
    PIN_DRDY,
    PIN_LIGHT,
    PIN_MOTOR,
    PIN_SCL,
    PIN_SDA,
    PIN_USB_POWER,
    WORLD,
)

PINS = {
    "sda": PIN_SDA,
    "scl": PIN_SCL,
    "drdy": PIN_DRDY,
    "button": PIN_BUTTON,
    "red": PIN_LIGHT[0],
    "green": PIN_LIGHT[1],
    "blue": PIN_LIGHT[2],
    "motor": PIN_MOTOR,
    "usb_power": PIN_USB_POWER,
    "battery": PIN_BATTERY,
}


def build(options=None):
    """The tool's devices in a simulated world.

    Args:
        options: see sim.plant.Plant and sim.director.Director; None reads them from the JSON file that the command line
            names first.
    """
    if options is None:
        options = _read_options()
    WORLD.configure(options)
    root = flash.mount(options.get("flash"))
    from .board import Board

    board = Board("simulator", PINS, root, -1)
    board.director = Director(options, CLOCK, WORLD)
    return board


def _read_options() -> dict:
    if len(sys.argv) < 2:
        return {}
    with open(sys.argv[1]) as file:
        options = json.loads(file.read())
    options["cause"] = sys.argv[2] if len(sys.argv) > 2 else ""
    if options.get("argv"):
        WORLD.restart = lambda cause: restart.again(options["argv"] + [cause])
    return options
