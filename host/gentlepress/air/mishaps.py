"""Errors of Bluetooth libraries and systems, in our own few, each with what to do about it."""

from __future__ import annotations

import sys
from concurrent.futures import CancelledError as FutureCancelled

from gentlepress.air.worker import Stuck
from gentlepress.errors import (
    BluetoothOff,
    BluetoothUnavailable,
    GentlepressError,
    PortBusy,
    PortClosed,
    PortError,
    PortMissing,
    PortPermission,
    PortSilent,
)

OPEN_WINDOW = "Press the tool's button twice to open its window (60 s), keep it near, and try again."
_WHERE = {
    "darwin": "System Settings > Privacy & Security > Bluetooth: allow it for your terminal; then try again.",
    "win32": "Settings > Privacy & security > Radios: let desktop apps use them; then try again.",
    "linux": "Ask your administrator, or run it in your own login session, not over ssh or as a service; try again.",
}
_TURN_ON = {
    "darwin": "System Settings > Bluetooth: turn it on; then try again.",
    "win32": "Settings > Bluetooth & devices: turn it on; then try again.",
    "linux": "Turn it on (`bluetoothctl power on`; a blocked radio: `rfkill unblock bluetooth`); then try again.",
}
_AGAIN = (
    "The connection was lost: go nearer, press the tool's button twice, and run it again; nothing is lost."
)
_FROZEN = (
    "The system's Bluetooth hangs: turn it off and on (Linux: `sudo systemctl restart bluetooth`); try again."
)

# Words in the texts of errors below, in the order in which they are looked for.
_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        (
            "powered off",
            "not powered",
            "turned off",
            "no powered bluetooth adapters",
            "powered_off",
            "no_bluetooth",
        ),
        "off",
    ),
    (("no bluetooth adapter", "adapter not found", "serviceunknown", "no such file or directory"), "off"),
    (
        ("denied", "not authorized", "notpermitted", "accessdenied", "unauthorized", "permission"),
        "permission",
    ),
    (("inprogress", "in progress", "already connected", "le-connection-abort", "busy"), "busy"),
    (("not found", "unreachable", "failed to connect: timeout"), "missing"),
    (("not connected", "disconnected", "not_connected", "peer removed"), "lost"),
)


def advice(table: dict[str, str]) -> str:
    """What a table of systems says of this one."""
    return table.get(sys.platform, table["linux"])


def off() -> BluetoothOff:
    """Bluetooth is not on."""
    return BluetoothOff("Bluetooth is off, or this computer has none.", advice(_TURN_ON))


def no_permission() -> PortPermission:
    """The system does not let this program use it."""
    return PortPermission("This program may not use Bluetooth.", advice(_WHERE))


def missing(wanted: str) -> PortMissing:
    """Nothing advertises that is wanted."""
    return PortMissing(f"No {wanted} is in the air.", OPEN_WINDOW)


def busy() -> PortBusy:
    """It is in range and does not take us."""
    return PortBusy(
        "The tool is in range but busy with another desktop, or this computer still holds a connection to it.",
        "End the other program, or wait 30 s: the tool hangs up on who says nothing. Then press its button twice.",
    )


def lost() -> PortClosed:
    """The link is gone."""
    return PortClosed("The tool went out of range, or hung up.", _AGAIN)


def frozen(what: str) -> PortSilent:
    """The system's Bluetooth did not answer."""
    return PortSilent(f"This computer's Bluetooth did not answer in time while {what}.", _FROZEN)


def not_installed(package: str) -> BluetoothUnavailable:
    """A driver's library is not there."""
    return BluetoothUnavailable(
        f"The package {package} is not installed; --port ble: needs it.",
        "Install it with: pip install 'gentlepress[ble]'",
    )


def in_ours(error: BaseException, what: str) -> GentlepressError:
    """One of our errors for whatever a library has raised.

    Args:
        error: what was raised.
        what: was being done, for people.
    """
    if isinstance(error, GentlepressError):
        return error
    if isinstance(error, (Stuck, TimeoutError, FutureCancelled)):
        return frozen(what)
    kind = _kind_of(error)
    if kind == "off":
        return off()
    if kind == "permission":
        return no_permission()
    if kind == "busy":
        return busy()
    if kind == "missing":
        return PortMissing("The tool is no longer in the air.", OPEN_WINDOW)
    if kind == "lost" or isinstance(error, EOFError):
        return lost()
    text = f"{type(error).__name__}: {error}".strip(": ")
    return PortError(f"Bluetooth failed while {what} ({text[:120]}).", OPEN_WINDOW)


def _kind_of(error: BaseException) -> str:
    reason = getattr(getattr(error, "reason", None), "name", "")
    text = f"{type(error).__name__} {reason} {error}".lower()
    return next((kind for words, kind in _WORDS if any(word in text for word in words)), "")
