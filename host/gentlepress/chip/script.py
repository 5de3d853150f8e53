"""A script on the emulated chip: run, and what it printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gentlepress.errors import GentlepressError, RuntimeUnavailable

from .board import MotorTwin, PinTwin, SensorTwin
from .chip import Chip
from .image import build_filesystem

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROMPT = b"\r\n>>> "
_RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
_INTERRUPT = b"\r\x03\x03"
_ENTER_RAW = b"\r\x01"
_EXECUTE = b"\x04"
_BOOT_S = 30.0
_ANSWER_S = 2.0


class ScriptFailed(GentlepressError):
    """The script raised.

    Attributes:
        output: what it had printed.
        trace: the device's traceback.
    """

    def __init__(self, output: str, trace: str) -> None:
        super().__init__(f"the script on the chip failed:\n{trace}\nafter printing:\n{output}")
        self.output = output
        self.trace = trace


class ScriptTimeout(RuntimeUnavailable):
    """The chip did not get there in its time."""


def run_script_on_chip(
    script: str | Path,
    *,
    image: Path,
    files: Mapping[str, bytes] | None = None,
    timeout_s: float = 60.0,
    sensor: SensorTwin | PinTwin | None = None,
    motor: MotorTwin | None = None,
) -> str:
    """Run a MicroPython script on a newly switched-on chip.

    Args:
        script: the source itself, or the file that holds it.
        image: a MicroPython image, .uf2.
        files: what else is in the chip's file system, by path; `compile_firmware` gives the firmware. A
            `main.py` among them is left out, so that nothing else runs.
        timeout_s: seconds of the chip's time for the script.
        sensor: as in `Chip`.
        motor: as in `Chip`.

    Returns:
        what it printed, with line ends of one newline.

    Raises:
        ScriptFailed: it raised.
        ScriptTimeout: it did not end in time.
        ChipUnavailable: see `Chip`.
    """
    source = script.read_text(encoding="utf-8") if isinstance(script, Path) else script
    others = {path: contents for path, contents in (files or {}).items() if path != "main.py"}
    chip = Chip(image, build_filesystem(others), sensor=sensor, motor=motor)
    return RawRepl(chip).run(source, timeout_s)


class RawRepl:
    """The raw REPL of a chip that stands at its prompt, or runs a program that Ctrl-C ends."""

    def __init__(self, chip: Chip) -> None:
        """Get there.

        Raises:
            ScriptTimeout: the chip did not answer.
        """
        self._chip = chip
        self._received = b""
        if not chip.run_until(lambda: chip.usb.connected, _BOOT_S):
            raise ScriptTimeout(f"the chip's USB did not come up within {_BOOT_S:g} s of its time")
        chip.usb.write(_INTERRUPT)
        self._read_until(_PROMPT, _BOOT_S)
        chip.usb.write(_ENTER_RAW)
        self._read_until(_RAW_PROMPT, _ANSWER_S)

    def run(self, source: str, timeout_s: float) -> str:
        """Run a script; what it printed, with line ends of one newline.

        Args:
            source: MicroPython.
            timeout_s: seconds of the chip's time.

        Raises:
            ScriptFailed: it raised.
            ScriptTimeout: it did not end in time.
        """
        self._chip.usb.write(source.encode() + _EXECUTE)
        self._read_until(b"OK", _ANSWER_S + len(source) / 1000)
        output = self._read_until(b"\x04", timeout_s)
        trace = self._read_until(b"\x04", _ANSWER_S)
        self._read_until(b">", _ANSWER_S)
        if trace:
            raise ScriptFailed(output, trace)
        return output

    def _read_until(self, end: bytes, timeout_s: float) -> str:
        def arrived() -> bool:
            self._received += self._chip.usb.take()
            return end in self._received

        if not self._chip.run_until(arrived, timeout_s):
            sent = self._received[-400:].decode(errors="replace")
            raise ScriptTimeout(
                f"{end!r} did not come within {timeout_s:g} s of the chip's time; it sent: {sent!r}"
            )
        before, _, self._received = self._received.partition(end)
        return before.decode(errors="replace").replace("\r\n", "\n")
