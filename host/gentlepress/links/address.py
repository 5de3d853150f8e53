"""Addresses of tools: `auto`, `serial:PATH` or a bare path, `sim:ARGUMENTS`, `ble:`, `ble:NAME`, `ble:ID`."""

from __future__ import annotations

import re
from collections.abc import Callable

from serial.tools import list_ports

from gentlepress.errors import GentlepressError, PortBusy, PortMissing, PortPermission, UsageError
from gentlepress.links import ble
from gentlepress.links.base import Link
from gentlepress.links.serial import SerialLink
from gentlepress.links.sim import SimLink

SCHEMES: dict[str, Callable[[str], Link]] = {"serial": SerialLink, "sim": SimLink}
IN_AIR = {"ble": "adafruit", **{f"ble+{name}": name for name in ble.DRIVERS}}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):(.*)", re.DOTALL)


def make_link(address: str) -> Link:
    """An unopened link to an address other than `auto`.

    Raises:
        UsageError: the scheme is unknown, or a path is missing.
    """
    found = _SCHEME.fullmatch(address)
    if found is None:
        scheme, rest = "serial", address
    else:
        scheme, rest = found.groups()
    if scheme not in SCHEMES:
        known = ", ".join(f"{name}:" for name in (*SCHEMES, "ble"))
        raise UsageError(
            f"--port {address!r}: the scheme {scheme!r} is unknown; known are {known} a bare path, and auto.",
            "For a serial port write serial:/dev/ttyACM0, for a simulated tool sim:, or auto.",
        )
    if scheme == "serial" and not rest:
        raise UsageError(f"--port {address!r} names no port.", "Write serial:/dev/ttyACM0 or auto.")
    return SCHEMES[scheme](rest)


def open_link(address: str, probe: Callable[[Link], object] | None = None) -> Link:
    """An opened link.

    Args:
        address: `auto`, `serial:PATH`, a bare path, `sim:ARGUMENTS`, or `ble:` with a name, a tool's number or none;
            `ble+bleak:` and `ble+adafruit:` name the driver.
        probe: asks an opened link who is there (what it gives has `name` and `device_id`), and raises a
            GentlepressError when it is no tool; used for `auto` and over the air.
    """
    if address == "auto":
        return _find(probe)
    scheme, colon, rest = address.partition(":")
    if colon and scheme in IN_AIR:
        return ble.open_in_air(rest, ble.make_driver(IN_AIR[scheme]), probe)
    link = make_link(address)
    try:
        link.open()
    except BaseException:
        link.close()
        raise
    return link


def candidate_ports() -> list[str]:
    """Paths of the serial ports that may be a tool: those on USB, in the system's order."""
    return sorted(port.device for port in list_ports.comports() if port.vid is not None)


def _find(probe: Callable[[Link], object] | None) -> Link:
    paths = candidate_ports()
    failures = []
    for path in paths:
        link: Link = SerialLink(path)
        try:
            link.open()
            if probe is not None:
                probe(link)
        except GentlepressError as error:
            link.close()
            failures.append((path, error))
        else:
            return link
    raise _nothing_found(failures)


def _nothing_found(failures: list[tuple[str, GentlepressError]]) -> GentlepressError:
    if not failures:
        return PortMissing(
            "No USB serial port was found.",
            "Plug the tool in and wake it with its button; to try without a tool use --port sim:",
        )
    told = "; ".join(f"{path}: {error.message}" for path, error in failures)
    for _path, error in failures:
        if isinstance(error, (PortBusy, PortPermission)):
            return type(error)(f"No tool was found. {told}", error.next_step)
    return PortMissing(
        f"No tool answered. {told}", "Wake the tool with its button, or name its port with --port."
    )
