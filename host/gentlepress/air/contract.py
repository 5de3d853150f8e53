"""What a driver of the desktop's radio must do; tests/radio holds both of them to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Found:
    """A tool that is advertising.

    Attributes:
        name: as advertised: the first letters of its name.
        address: as this system tells it, for people; on macOS it is this desktop's own number for the tool.
        handle: the driver's own.
    """

    name: str
    address: str
    handle: Any


class Connection(Protocol):
    """A connection to a tool's characteristic. Deadlines are times of `time.monotonic()`."""

    def send(self, packet: bytes, deadline: float) -> None:
        """Write a packet. Raises PortClosed when the link is gone, PortSilent at the deadline."""
        ...

    def receive(self, deadline: float) -> bytes:
        """Packets that came in, at least one byte. Raises PortClosed: the link is gone; PortSilent: none came."""
        ...

    def close(self) -> None:
        """Hang up; raises nothing, may be called twice, and takes no longer than CLOSE_S."""
        ...


class Driver(Protocol):
    """A way to the system's Bluetooth.

    Every call may raise BluetoothOff, PortPermission, PortMissing, PortBusy, PortClosed or PortSilent, never an error
    of the library below, and ends at its deadline though that library does not.
    """

    name: str

    def scan(self, deadline: float, enough: Callable[[Found], bool]) -> list[Found]:
        """Tools that advertise, each once; ends early with one that is enough."""
        ...

    def connect(self, found: Found, deadline: float) -> Connection:
        """Connect to a tool and listen to what it sends."""
        ...


CLOSE_S = 3.0
