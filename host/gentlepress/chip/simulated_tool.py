"""The simulated tool on the emulated chip: firmware, chip and the world around it, until it is stopped."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gentlepress.errors import UsageError
from gentlepress.firmware.core import calibration_record, ids, slots
from gentlepress.firmware.sim import factory, parameters

from .board import MotorTwin
from .chip import UNIQUE_ID, Chip
from .image import build_filesystem, compile_firmware, firmware_root
from .pty_link import PtyLink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BOARD = "pico"
FLASH_NAME = "chip.littlefs"
CALIBRATION_FILE = "calibration.a"
NOMINAL_COUNTS_PER_N = 42_950  # firmware/boards/board.py, which needs a board to be imported
_POLL_S = 0.05


class Plant(Protocol):
    """What is around the tool; `firmware/sim/plant.py` is one."""

    motor: MotorTwin
    sensor: Any
    fsr: Any
    light: tuple[int, int, int]
    usb_power: bool

    def cell_mv(self, t_us: int) -> int:
        """Voltage of the battery at a time, millivolts."""
        ...

    def button_at(self, t_us: int) -> bool:
        """Whether the button is down at a time, microseconds since power-on."""
        ...


@dataclass(frozen=True)
class FlashFile:
    """Where the flash's contents stay between runs: a file, or a folder in which one is made."""

    path: Path

    @property
    def file(self) -> Path:
        """The file itself."""
        return self.path / FLASH_NAME if self.path.is_dir() else self.path

    def load(self) -> bytes | None:
        """What was saved; None before the first time."""
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"flash {self.file}: {error.strerror}", "Choose a file you can read.") from error

    def save(self, contents: bytes) -> None:
        """Replace what was saved, at once."""
        target = self.file
        fresh = target.with_name(target.name + ".new")
        try:
            fresh.write_bytes(contents)
            fresh.replace(target)
        except OSError as error:
            raise UsageError(f"flash {target}: {error.strerror}", "Choose a place you can write.") from error


def make_chip(
    image: Path,
    plant: Plant,
    *,
    link: PtyLink | None = None,
    existing: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
    board: str = BOARD,
) -> Chip:
    """A chip with the firmware installed and the world attached, switched on.

    Args:
        image: a MicroPython image, .uf2.
        plant: the world; its times are the chip's.
        link: carries the USB serial port.
        existing: the flash's contents so far; sessions and settings in it stay.
        files: more files for the flash, by path; they win over the firmware's own.
        board: the firmware's board module.
    """
    firmware = compile_firmware(firmware_root(), board)
    delivered = {} if existing is not None else {CALIBRATION_FILE: factory_calibration(UNIQUE_ID)}
    chip = Chip(
        image,
        build_filesystem({**firmware, **delivered, **(files or {})}, existing),
        sensor=None if plant.fsr else plant.sensor,
        motor=plant.motor,
        link=link,
    )
    chip.before_slice = lambda: _exchange(chip, plant)
    return chip


def factory_calibration(device_id: bytes) -> bytes:
    """A slot file with the calibration that a new tool with the reference cell comes with.

    Args:
        device_id: the chip's serial number.
    """
    values = factory.calibration(parameters.values(), NOMINAL_COUNTS_PER_N) | {
        "number": 1,
        "device_id": device_id,
        "sensor": ids.SENSOR_NAU7802,
        "rate_sps": 320,
        "gain": 128,
        "ldo_mv": 3000,
        "nominal_counts_per_n": NOMINAL_COUNTS_PER_N,
    }
    return slots.encode(1, 1, calibration_record.join([calibration_record.pack(values)]))


def _exchange(chip: Chip, plant: Plant) -> None:
    chip.set_button(pressed=plant.button_at(chip.now_us))
    chip.set_usb_power(present=plant.usb_power)
    chip.set_battery_mv(plant.cell_mv(chip.now_us))
    if plant.fsr:
        chip.set_fsr_uv(plant.fsr.read_uv(chip.now_us))
    plant.light = chip.light


def run(
    image: Path,
    make_plant: Callable[[], Plant],
    *,
    link: Path | None = None,
    flash: Path | None = None,
    files: Mapping[str, bytes] | None = None,
    pace: float | None = 1.0,
    ready: Callable[[str], None] = lambda _path: None,
    stop: threading.Event | None = None,
) -> None:
    """Run the simulated tool on an emulated RP2040 until `stop` is set or Ctrl-C is pressed.

    Args:
        image: a MicroPython image for the Raspberry Pi Pico, .uf2.
        make_plant: makes the world around the tool: `lambda: Plant(options)`.
        link: where a symbolic link to its serial port shall appear.
        flash: file, or folder, that keeps its memory between runs; None: it forgets.
        files: more files for its flash, by path.
        pace: seconds of its time a second at most; None: as fast as it goes.
        ready: told the path of the serial port once it can be opened.
        stop: ends the run.

    Raises:
        ChipUnavailable: the image or the flash file is not usable.
        UsageError: link or flash can't be written.
    """
    stop = stop or threading.Event()
    memory = FlashFile(flash) if flash is not None else None
    port = PtyLink(link)
    try:
        existing = memory.load() if memory else None
        chip = make_chip(image, make_plant(), link=port, existing=existing, files=files)
        _serve(chip, pace, stop, lambda: ready(port.path))
        if memory:
            memory.save(chip.filesystem)
    finally:
        port.close()


def _serve(chip: Chip, pace: float | None, stop: threading.Event, ready: Callable[[], None]) -> None:
    chip.start(pace)
    try:
        ready()
        while chip.running and not stop.wait(_POLL_S):
            pass
    except KeyboardInterrupt:
        stop.set()
    finally:
        chip.stop()
