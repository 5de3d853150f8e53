"""A simulated tool, started for as long as the link is open, and reached through its pseudo-terminal."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from typing import Protocol, Self, cast

from gentlepress.errors import PortClosed, PortError, PortMissing
from gentlepress.links.serial import SerialLink

_ENDING_S = 0.1  # its port goes before its process is counted as ended


class RunningTool(Protocol):
    """What starting a simulated tool gives.

    Attributes:
        path: path of its serial port.
    """

    path: str

    def check(self) -> None:
        """Raise a GentlepressError that says why, if it has ended by itself."""
        ...

    def close(self) -> None:
        """Stop it; raises nothing."""
        ...


Starter = Callable[[str], RunningTool]


def default_starter() -> Starter:
    """The simulator that ships with this package.

    Raises:
        PortMissing: the package was installed without it.
    """
    try:
        module = importlib.import_module("gentlepress.sim")
    except ImportError as error:
        raise PortMissing(
            f"The simulator can't be loaded ({error}).", "Install the whole package, or give a serial port."
        ) from error
    return cast("Starter", module.start)


class SimLink(SerialLink):
    """A serial link whose tool is started by `open` and stopped by `close`.

    Args:
        arguments: text after `sim:`, handed to the simulator.
        start: starts the tool; by default the simulator that ships with this package.
    """

    def __init__(self, arguments: str = "", start: Starter | None = None) -> None:
        super().__init__("")
        self.name = f"sim:{arguments}"
        self._arguments = arguments
        self._start = start
        self._tool: RunningTool | None = None

    def open(self) -> None:
        """Start the tool and open its port."""
        start = self._start or default_starter()
        tool = self._tool = start(self._arguments)
        self._path = tool.path
        try:
            super().open()
        except PortError:
            try:
                tool.check()
            finally:
                self.close()
            raise

    def receive(self, deadline: float) -> bytes:
        """Bytes that came in; a tool that has ended says why."""
        try:
            return super().receive(deadline)
        except PortClosed:
            if self._tool is not None:
                time.sleep(_ENDING_S)
                self._tool.check()
            raise

    def close(self) -> None:
        """Close the port and stop the tool."""
        super().close()
        tool, self._tool = self._tool, None
        if tool is not None:
            tool.close()

    def __enter__(self) -> Self:
        return self
