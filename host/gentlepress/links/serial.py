"""A serial port through pyserial: USB serial, or the pseudo-terminal of a simulated tool."""

from __future__ import annotations

import errno
import time
from typing import Self

import serial

from gentlepress.errors import (
    GentlepressError,
    PortBusy,
    PortClosed,
    PortError,
    PortMissing,
    PortPermission,
    PortSilent,
)
from gentlepress.links.base import Limits

BAUD = 115200  # ignored by USB and by pseudo-terminals
_SLICE_S = 0.05
_PLUG_IN = (
    "Plug the tool in, wake it with its button, and try again; `--port auto` looks for it on every port."
)


class SerialLink:
    """A port held exclusively.

    DTR and RTS stay as the system sets them on opening (both on) and are never moved by themselves: on boards with
    an automatic reset circuit a single change restarts the chip.

    Args:
        path: device path or port name.
    """

    def __init__(self, path: str) -> None:
        self.name = f"serial:{path}"
        self.limits = Limits()
        self._path = path
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Open and lock the port; input from before is dropped."""
        try:
            self._port = serial.Serial(
                self._path,
                BAUD,
                timeout=_SLICE_S,
                write_timeout=_SLICE_S * 10,
                exclusive=True,
                xonxoff=False,
                rtscts=False,
                dsrdtr=False,
            )
            self._port.reset_input_buffer()
        except (serial.SerialException, OSError, ValueError) as error:
            self._release()
            raise _opening_error(self._path, error) from error

    def close(self) -> None:
        """Give the port back; raises nothing."""
        self._release()

    def _release(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except (serial.SerialException, OSError):
                return

    def send(self, data: bytes, deadline: float) -> None:
        """Send in bursts that the chip's input ring can hold."""
        burst = self.limits.burst
        for at in range(0, len(data), burst):
            if at:
                time.sleep(self.limits.pause_s)
            self._write(data[at : at + burst], deadline)

    def receive(self, deadline: float) -> bytes:
        """Bytes that came in; see `Link.receive`."""
        while True:
            port = self._opened()
            try:
                data = port.read(1)
                if data:
                    return bytes(data) + bytes(port.read(port.in_waiting))
            except (serial.SerialException, OSError, TypeError) as error:
                raise self._gone(error) from error
            if time.monotonic() >= deadline:
                raise PortSilent(f"{self._path} sent nothing before the deadline.", _PLUG_IN)

    def _write(self, data: bytes, deadline: float) -> None:
        port = self._opened()
        try:
            port.write_timeout = max(deadline - time.monotonic(), 0.01)
            port.write(data)
        except serial.SerialTimeoutException as error:
            raise PortSilent(
                f"{self._path} took no bytes before the deadline.",
                "Unplug the tool, plug it in again and retry.",
            ) from error
        except (serial.SerialException, OSError) as error:
            raise self._gone(error) from error

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise PortClosed(f"{self._path} is not open.", "Connect again.")
        return self._port

    def _gone(self, error: Exception) -> PortClosed:
        return PortClosed(
            f"{self._path} went away ({error}).",
            "Check the cable, then run the command again; nothing is lost.",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _opening_error(path: str, error: Exception) -> GentlepressError:
    number = getattr(error, "errno", None)
    if number in {errno.EBUSY, errno.EAGAIN}:
        return PortBusy(
            f"{path} is in use by another program.",
            "Close the other program (a second gentlepress, mpremote, a serial monitor) and try again.",
        )
    if number in {errno.EACCES, errno.EPERM}:
        return PortPermission(
            f"You may not open {path}.",
            "On Linux, add yourself to the port's group (often `sudo usermod -aG dialout $USER`), log in again.",
        )
    if number in {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTDIR}:
        return PortMissing(f"There is no port {path}.", _PLUG_IN)
    if number in {errno.EISDIR, errno.ENOTTY, None}:
        return PortMissing(
            f"{path} is not a serial port ({error}).", "Give the path of a serial port, or `--port auto`."
        )
    return PortError(f"{path} can't be opened ({error}).", _PLUG_IN)
