"""A tool over the air: `ble:` for any that this desktop is paired with, `ble:NAME`, `ble:ID`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from gentlepress.air import mishaps
from gentlepress.air.contract import Connection, Driver, Found
from gentlepress.errors import GentlepressError, PortClosed, UsageError
from gentlepress.firmware.core import air
from gentlepress.links.base import Limits, Link

SCAN_S = 8.0
ANOTHER_S = 1.0  # to look for another tool, when one that was found is not the one
CONNECT_S = 20.0
DRIVERS = ("adafruit", "bleak")
VARIABLE = "GENTLEPRESS_BLE_DRIVER"
_ID = re.compile(r"[0-9a-fA-F]{12,16}")
LEAST = Limits(console=False, line=air.MTU_LEAST - air.MTU_HEAD, burst=0, pause_s=0, private=True)


def make_driver(name: str) -> Driver:
    """A driver by its name.

    Raises:
        UsageError: there is no such driver.
        BluetoothUnavailable: its library is not installed.
    """
    if name == "adafruit":
        from gentlepress.air.adafruit_driver import AdafruitDriver  # noqa: PLC0415  (loads only what is used)

        return AdafruitDriver()
    if name == "bleak":
        from gentlepress.air.bleak_driver import BleakDriver  # noqa: PLC0415

        return BleakDriver()
    raise UsageError(
        f"--ble-driver {name[:20]!r}: there is no such driver.", f"Use one of: {', '.join(DRIVERS)}."
    )


class BleLink:
    """A link over a driver; bare messages in packets.

    Args:
        found: the tool.
        driver: the radio.

    Attributes:
        limits: `line` grows once the tool has told its MTU (`use_mtu`).
    """

    def __init__(self, found: Found, driver: Driver) -> None:
        self.name = f"ble:{found.name or found.address}"
        self.limits = LEAST
        self._found = found
        self._driver = driver
        self._connection: Connection | None = None

    def open(self) -> None:
        """Connect, and listen."""
        self._connection = self._driver.connect(self._found, time.monotonic() + CONNECT_S)

    def use_mtu(self, mtu: int) -> None:
        """Send longer packets from now on.

        Args:
            mtu: of the connection, as the tool tells it; what no tool can have is not believed.
        """
        if air.MTU_LEAST <= mtu <= air.MTU:
            self.limits = replace(self.limits, line=mtu - air.MTU_HEAD)

    def close(self) -> None:
        """Hang up; raises nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def send(self, data: bytes, deadline: float) -> None:
        """Send a message in packets."""
        connection = self._opened()
        for at in range(0, len(data), self.limits.line):
            connection.send(data[at : at + self.limits.line], deadline)

    def receive(self, deadline: float) -> bytes:
        """Packets that came in; see `Link.receive`."""
        return self._opened().receive(deadline)

    def _opened(self) -> Connection:
        if self._connection is None:
            raise PortClosed(f"{self.name} is not open.", "Connect again.")
        return self._connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class Wanted:
    """Which tool is meant.

    Args:
        text: after `ble:`; empty for any.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.is_id = bool(_ID.fullmatch(self.text))

    def may_be(self, found: Found) -> bool:
        """Whether an advertisement may be of the tool: it has only the first letters of a name."""
        if not self.text or self.is_id:
            return True
        shown = self.text.encode()[: air.NAME_MOST].decode("utf-8", "ignore")
        return found.name.casefold().startswith(shown.casefold())

    def is_it(self, name: str, device_id: str) -> bool:
        """Whether the tool that has told this is the one."""
        if self.is_id:
            return device_id.casefold().lstrip("0") == self.text.casefold().lstrip("0")
        return not self.text or name.casefold() == self.text.casefold()

    def __str__(self) -> str:
        if not self.text:
            return "tool"
        return f"tool with the number {self.text}" if self.is_id else f"tool named {self.text!r}"


def open_in_air(text: str, driver: Driver, probe: Callable[[Link], object] | None = None) -> Link:
    """An opened link to a tool in the air.

    Args:
        text: what follows `ble:`.
        driver: the radio.
        probe: asks an opened link who is there and gives what has `name` and `device_id`, or raises a GentlepressError
            when it is no tool of ours; without it the first that may be the one is taken.
    """
    wanted = Wanted(text)
    tried: set[str] = set()
    failures: list[GentlepressError] = []
    deadline = time.monotonic() + SCAN_S
    while time.monotonic() < deadline:
        seen = driver.scan(deadline, lambda found: wanted.may_be(found) and found.address not in tried)
        for found in [one for one in seen if wanted.may_be(one) and one.address not in tried]:
            tried.add(found.address)
            try:
                link = _tried(BleLink(found, driver), wanted, probe)
            except GentlepressError as error:
                failures.append(error)
            else:
                if link is not None:
                    return link
            deadline = min(deadline, time.monotonic() + ANOTHER_S)
    raise failures[-1] if failures else mishaps.missing(str(wanted))


def _tried(link: BleLink, wanted: Wanted, probe: Callable[[Link], object] | None) -> Link | None:
    """The link, opened, when the tool is the one; None when it is another."""
    try:
        link.open()
        told = probe(link) if probe is not None else None
        if told is None or wanted.is_it(getattr(told, "name", ""), getattr(told, "device_id", "")):
            return link
    except BaseException:
        link.close()
        raise
    link.close()
    return None
