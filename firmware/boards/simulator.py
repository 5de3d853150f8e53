"""The simulator: the same devices on simulated pins, with a real LittleFS on simulated flash. Never on a real tool."""

import json
import sys

from core import parts
from sim import flash, restart
from sim.clock import CLOCK
from sim.director import Director
from sim.world import (
    PIN_BATTERY,
    PIN_BUTTON,
    PIN_DRDY,
    PIN_FSR,
    PIN_LIGHT,
    PIN_MOTOR,
    PIN_SCK,
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
    "sck": PIN_SCK,
    "fsr": PIN_FSR,
}


def build(options=None):
    """The tool's devices in a simulated world.

    Args:
        options: see sim.plant.Plant and sim.director.Director; None reads them from the JSON file that the command line
            names first. "calibrated": False leaves a new tool as it comes from the bench, without a calibration.
    """
    if options is None:
        options = _read_options()
    root = flash.mount(options.get("flash"))
    WORLD.configure(_fitted(options, root))
    if options.get("radio"):
        from .radio_board import RadioBoard as Board
    else:
        from .board import Board

    board = Board("simulator", PINS, root, -1)
    board.director = Director(options, CLOCK, WORLD)
    if options.get("calibrated", True):
        _deliver(board)
    return board


def _fitted(options: dict, root: str) -> dict:
    """Options with the parts that are fitted: those named, noted on the flash as a builder does; else those noted."""
    named = {key: options[key] for key in parts.KNOWN if options.get(key)}
    if named:
        with open(root + "/" + parts.FILE, "w") as file:
            file.write(json.dumps(named))
    sensor, motor, _problem = parts.read(root)
    return dict(options, sensor=sensor, motor=motor)


def _deliver(board) -> None:
    """A new tool's first calibration, as its factory made it."""
    from core import ids

    if board.sensor_kind == ids.SENSOR_FSR:
        return
    from core.calibration_store import CalibrationStore, identity
    from core.errors import StorageError
    from sim import factory

    store = CalibrationStore(board.root, identity(board))
    try:
        if store.load()[0] == ids.FAULT_UNCALIBRATED:
            store.add(factory.calibration(WORLD.plant.values, board.counts_per_n))
    except StorageError:
        return  # the tool itself will say so


def _read_options() -> dict:
    if len(sys.argv) < 2:
        return {}
    with open(sys.argv[1]) as file:
        options = json.loads(file.read())
    options["cause"] = sys.argv[2] if len(sys.argv) > 2 else ""
    if options.get("argv"):
        WORLD.restart = lambda cause: restart.again(options["argv"] + [cause])
    return options
