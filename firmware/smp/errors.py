"""Refusals of the wire: which code a client of which SMP version sees."""

from core import guest, wire

# For groups whose own tables have no such code: the nearest code that all groups share.
_SHARED = {
    wire.ERR_BUSY_CONTACT: wire.MGMT_BUSY,
    wire.ERR_BUSY_SESSION: wire.MGMT_BUSY,
    wire.ERR_NOT_STILL: wire.MGMT_BAD_STATE,
    wire.ERR_ZERO_OFF: wire.MGMT_BAD_STATE,
    wire.ERR_INVALID: wire.MGMT_INVALID,
    wire.ERR_REFUSED: wire.MGMT_INVALID,
    wire.ERR_NO_SESSION: wire.MGMT_NO_ENTRY,
    wire.ERR_DIGEST: wire.MGMT_CORRUPT,
    wire.ERR_FULL: wire.MGMT_NO_MEMORY,
    wire.ERR_NEWER_FORMAT: wire.MGMT_NOT_SUPPORTED,
    wire.ERR_SENSOR: wire.MGMT_BAD_STATE,
    wire.ERR_HOSTS_FULL: wire.MGMT_NO_MEMORY,
    wire.ERR_CALIBRATING: wire.MGMT_BUSY,
    wire.ERR_ORDER: wire.MGMT_BAD_STATE,
    wire.ERR_NO_CELL: wire.MGMT_NOT_SUPPORTED,
    wire.ERR_NO_HOST: wire.MGMT_NO_ENTRY,
    wire.ERR_CABLE_ONLY: wire.MGMT_ACCESS_DENIED,
    wire.ERR_KEY_NEEDED: wire.MGMT_ACCESS_DENIED,
    wire.ERR_KEY_WRONG: wire.MGMT_ACCESS_DENIED,
    wire.ERR_KEY_WAIT: wire.MGMT_BUSY,
    wire.ERR_CHALLENGE: wire.MGMT_BAD_STATE,
    wire.ERR_KEYS_FULL: wire.MGMT_NO_MEMORY,
    wire.ERR_NOT_PAIRED: wire.MGMT_NO_ENTRY,
    wire.ERR_NO_RADIO: wire.MGMT_NOT_SUPPORTED,
}


class SmpError(Exception):
    """A request is refused.

    Args:
        group: the group whose table `rc` is from; SHARED for a code that all groups share (wire.MGMT_*).
        rc: the code.
        shared: the nearest shared code, for clients of the first SMP version.
        reason: a text for people, sent with shared codes; may be empty.
    """

    def __init__(self, group: int, rc: int, shared: int, reason: str = ""):
        super().__init__("group %d, code %d %s" % (group, rc, reason))
        self.group = group
        self.rc = rc
        self.shared = shared
        self.reason = reason


SHARED = -1


def shared(rc: int, reason: str = "") -> SmpError:
    """A refusal with a code that all groups share."""
    return SmpError(SHARED, rc, rc, reason)


def of_tool(code: int, group: int) -> SmpError:
    """The refusal for one of the tool's own codes (wire.ERR_*).

    The tool's group says it as it is. Clients of a standard group take no code of another group, so there the nearest
    shared code goes with the code's text.
    """
    rc = _SHARED.get(code, wire.MGMT_UNKNOWN)
    if group == wire.GROUP_TOOL:
        return SmpError(group, code, rc)
    return SmpError(SHARED, rc, rc, text_of(code))


def text_of(code: int) -> str:
    """What one of the tool's own codes means."""
    if code in wire.BUSY_TEXTS:
        return wire.BUSY_TEXTS[code]
    texts = guest.load("wire_texts").ERR_TEXTS
    guest.forget("wire_texts")
    return texts.get(code, "code %d" % code)


def check(code: int, group: int) -> None:
    """Raise the refusal for a code of the tool unless it is ERR_OK."""
    if code != wire.ERR_OK:
        raise of_tool(code, group)


def refuse_in_contact(tool, group: int) -> None:
    """Raise the refusal of what may not run while the tip is in contact."""
    if tool.in_contact():
        raise of_tool(wire.ERR_BUSY_CONTACT, group)


def refuse_in_session(tool, group: int) -> None:
    """Raise the refusal of what may run neither in contact, nor in a session, nor in a calibration."""
    refuse_in_contact(tool, group)
    if tool.session_running():
        raise of_tool(wire.ERR_BUSY_SESSION, group)
    if tool.calibrating():
        raise of_tool(wire.ERR_CALIBRATING, group)


def whole(body: dict, name: str, low: int, high: int, default: int = -1) -> int:
    """A whole number of a request; `default` (when not negative) stands for a missing one. Raises SmpError."""
    value = body.get(name)
    if value is None and default >= 0:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise shared(wire.MGMT_INVALID, "the field %s must be a number from %d to %d" % (name, low, high))
    return value


def text(body: dict, name: str, most: int, default=None) -> str:
    """A text of a request of at most `most` characters. Raises SmpError."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most:
        raise shared(wire.MGMT_INVALID, "the field %s must be a text of at most %d letters" % (name, most))
    return value


def data(body: dict, name: str):
    """A byte string of a request. Raises SmpError."""
    value = body.get(name)
    if not isinstance(value, (bytes, memoryview)):
        raise shared(wire.MGMT_INVALID, "the field %s must be bytes" % name)
    return value
