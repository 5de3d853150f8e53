"""What a simulated tool is asked to do, and the options file that tells its firmware process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gentlepress import press_file, routine_file
from gentlepress.errors import UsageError
from gentlepress.firmware.core import limits, parts
from gentlepress.firmware.sim import jig as jigs
from gentlepress.press_file import Press
from gentlepress.routine_file import CheckedRoutine

RUNTIMES = ("auto", "micropython", "cpython")
HANDS = ("gentle", "firm", "heavy", "jab")
JIGS = tuple(jigs.KINDS)
CLOCKS = ("real", "virtual")
SENSORS = parts.SENSORS
MOTORS = parts.MOTORS
SEED_MAX = 2**31 - 1

# Nothing after this can be pressed: a session has a ceiling.
PRESS_MAX_US = (limits.SESSION_CEILING_MS + 60_000) * 1000


@dataclass(frozen=True)
class SimOptions:
    """One run of the simulated tool.

    Attributes:
        press: a force trace that presses it, or None.
        hand: kind of the hand model that presses it, or None; without both it waits as a real tool would.
        jig: kind of person at the calibration jig, or None.
        calibrated: False for a new tool that has no calibration yet.
        seed: of the hand model, 0 to `SEED_MAX`.
        clock: "real", or "virtual" to run as fast as it can.
        runtime: one of `RUNTIMES`.
        link: where its serial port appears as a symbolic link, or None.
        flash: folder that keeps its memory between runs, or None for a memory that is thrown away.
        routine: to press instead of the one in its memory, or None.
        usb_power: True as if charging: practice only.
        battery_mv: battery voltage in millivolts.
        exit_when_done: True to end the process with the session.
        sensor: the force sensor that is fitted, or None for what the memory notes.
        motor: the motor that is fitted, or None for what the memory notes.
        radio: folder of the FIFOs to a virtual radio (docs/simulator.md), or None for a board without one.
    """

    press: Press | None = None
    hand: str | None = None
    jig: str | None = None
    calibrated: bool = True
    seed: int = 1
    clock: str = "real"
    runtime: str = "auto"
    link: Path | None = None
    flash: Path | None = None
    routine: CheckedRoutine | None = None
    usb_power: bool = False
    battery_mv: int = 3900
    exit_when_done: bool = False
    sensor: str | None = None
    motor: str | None = None
    radio: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense together."""
        if self.press and self.hand:
            raise UsageError(
                "A force trace and a hand model can't both press.", "Give --press or --hand, not both."
            )
        _one_of("runtime", self.runtime, RUNTIMES)
        _one_of("clock", self.clock, CLOCKS)
        if self.sensor is not None:
            _one_of("sensor", self.sensor, SENSORS)
        if self.motor is not None:
            _one_of("motor", self.motor, MOTORS)
        if self.hand is not None:
            _one_of("hand", self.hand, HANDS)
        if self.jig is not None:
            _one_of("jig", self.jig, JIGS)
            if self.press or self.hand:
                raise UsageError(
                    "Nobody presses at the calibration jig.", "Leave --press and --hand out, or --jig."
                )
        if not 0 <= self.seed <= SEED_MAX:
            raise UsageError(f"seed = {self.seed}: it must lie from 0 to {SEED_MAX}.", "Choose another seed.")

    def document(self, events: Path, routine: Path | None) -> dict[str, Any]:
        """The options file's content.

        Args:
            events: the FIFO that takes the simulator's events.
            routine: file with the routine's JSON, or None.
        """
        samples = self.press.samples if self.press else None
        return {
            "press": [pair for pair in samples if pair[0] <= PRESS_MAX_US] if samples else None,
            "hand": self.hand,
            "jig": self.jig,
            "calibrated": self.calibrated,
            "seed": self.seed,
            "clock": self.clock,
            "flash": str(self.flash.resolve()) if self.flash else None,
            "events": str(events),
            "routine": str(routine) if routine else None,
            "usb_power": self.usb_power,
            "battery_mv": self.battery_mv,
            "exit_when_done": self.exit_when_done,
            "sensor": self.sensor,
            "motor": self.motor,
            "radio": str(self.radio.resolve()) if self.radio else None,
        }


def parse_options(text: str) -> SimOptions:
    """Options from the address form, `sim:hand=gentle,seed=3,flash=DIR`.

    Keys are press, hand, seed, clock, runtime, flash, routine, link, sensor and motor, meaning what the options of
    `gentlepress simulate`.
    Keys are press, hand, jig, calibrated, seed, clock, runtime, flash, routine and link, with the meaning of the
    options of `gentlepress simulate`; `calibrated=no` is its `--uncalibrated`.

    Args:
        text: what follows `sim:`; may be empty.

    Raises:
        UsageError: an unknown key, or a value that makes no sense.
        DataError: the trace or the routine breaks a rule.
    """
    values: dict[str, Any] = {}
    for part in (piece.strip() for piece in text.split(",") if piece.strip()):
        key, equals, value = part.partition("=")
        if key not in _READERS or not equals or not value:
            raise UsageError(
                f"sim: does not know {part!r}.", "Write key=value with a key of: " + ", ".join(_READERS) + "."
            )
        values[key] = _READERS[key](value)
    return SimOptions(**values)


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise UsageError(f"seed = {text[:20]!r}: a whole number is needed.", "Write, for example, seed=3.")
    return int(text)


def _yes_or_no(text: str) -> bool:
    _one_of("calibrated", text, ("yes", "no"))
    return text == "yes"


_READERS: dict[str, Callable[[str], Any]] = {
    "press": lambda text: press_file.read(Path(text)),
    "hand": str,
    "jig": str,
    "calibrated": _yes_or_no,
    "seed": _seed,
    "clock": str,
    "runtime": str,
    "flash": Path,
    "routine": routine_file.load_any,
    "link": Path,
    "sensor": str,
    "motor": str,
}


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(
            f"{name} = {value[:40]!r}: there is no such {name}.", "Use one of: " + ", ".join(known) + "."
        )
