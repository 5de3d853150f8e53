"""The tool's error codes as errors that tell the user what to do."""

from __future__ import annotations

from gentlepress.errors import DeviceRefused, GentlepressError, ToolBusy
from gentlepress.firmware.core import wire, wire_texts

_SHARED = {
    wire.MGMT_UNKNOWN: ("it met an error it has no name for", "Try again; if it repeats, restart the tool."),
    wire.MGMT_NO_MEMORY: ("it is out of memory for the moment", "Try again in a few seconds."),
    wire.MGMT_INVALID: ("a field of the request is missing or out of its range", "Check the value given."),
    wire.MGMT_TIMEOUT: ("it could not do it in time", "Try again."),
    wire.MGMT_NO_ENTRY: ("it has nothing under this name", "Check the name."),
    wire.MGMT_BAD_STATE: (
        "it can't do this in its present state",
        "Look at its state with `gentlepress live`.",
    ),
    wire.MGMT_TOO_LARGE: ("what was sent or asked for is too large", "Send less at a time."),
    wire.MGMT_NOT_SUPPORTED: ("its firmware does not know this command", "Update the tool's firmware."),
    wire.MGMT_CORRUPT: ("what it holds is damaged", "Try again; if it repeats, report it."),
    wire.MGMT_BUSY: ("it is busy", "End the session, lift the tool, and try again."),
    12: ("its firmware is newer than this program", "Update this program."),
    13: ("its firmware is older than this program", "Update the tool's firmware."),
    wire.MGMT_ACCESS_DENIED: ("it does not allow this over the wire", "Use a command that does not need it."),
}
_FILES = {
    2: "the name of the file is not valid",
    3: "there is no such file",
    4: "the name is that of a folder",
    5: "the file can't be opened",
    6: "the place asked for is past the end of the file",
    7: "the file can't be read",
    8: "the file can't be cut",
    9: "the file can't be deleted",
    10: "the file can't be written",
    11: "this is not the piece it waits for",
    12: "the place asked for is past the end of the file",
    13: "it does not know this kind of digest",
    14: "there is no such file system",
    15: "this file can't be written over the wire",
    16: "the file is empty",
}
_SETTINGS = {
    2: "the name of the setting is too long",
    3: "there is no such setting",
    4: "this setting can't be read",
    5: "there is no such setting",
    6: "this setting can't be written, or the value is not allowed",
    7: "this setting can't be deleted",
}
_CLOCK = {
    2: "the format is not known",
    4: "its clock is not set",
    5: "its clock can't be set",
    6: "the time is not valid",
}
_GROUPS = {wire.GROUP_OS: _CLOCK, wire.GROUP_FILES: _FILES, wire.GROUP_SETTINGS: _SETTINGS}
_CODES_BY_TEXT = {text: code for code, text in wire_texts.ERR_TEXTS.items()}
_BUSY = {
    (wire.GROUP_TOOL, code)
    for code in (wire.ERR_BUSY_CONTACT, wire.ERR_BUSY_SESSION, wire.ERR_CALIBRATING, wire.ERR_KEY_WAIT)
}


def refusal(what: str, group: int, code: int, shared: bool = False, reason: str = "") -> GentlepressError:
    """The error for a refused request.

    Args:
        what: what was asked, completing "The tool refused ...".
        group: command group that gave the code.
        code: the code; one that no table has is told as a number.
        shared: the code is of those that all groups share.
        reason: the tool's own text, cleaned. In standard groups it stands for one of the tool's own codes.

    Returns:
        ToolBusy while in contact or in a session, else DeviceRefused with `group` and `code`.
    """
    if reason in _CODES_BY_TEXT:
        group, code, shared = wire.GROUP_TOOL, _CODES_BY_TEXT[reason], False
    why, next_step = _explain(group, code, shared)
    if shared and reason:
        why = reason
    message = f"The tool refused {what}: {why}."
    if (group, code) in _BUSY or (shared and code == wire.MGMT_BUSY):
        return ToolBusy(message, next_step)
    return DeviceRefused(message, next_step, group, code)


def _explain(group: int, code: int, shared: bool) -> tuple[str, str]:
    unknown = f"error {code} of group {group}"
    if shared:
        return _SHARED.get(code, (unknown, "Update this program; it does not know this error."))
    if group == wire.GROUP_TOOL and code in wire_texts.ERR_TEXTS:
        why, _, advice = wire_texts.ERR_TEXTS[code].partition("; ")
        advice = advice or "Try again; if it repeats, restart the tool."
        return why, advice[0].upper() + advice[1:].rstrip(".") + "."
    if code in _GROUPS.get(group, {}):
        return _GROUPS[group][code], "Check the name and the value."
    return unknown, "Update this program if it does not know what your tool can tell; else try again."
