"""SMP group 3, settings: short texts under the tool's own names.

A write is kept at once, so commit, load and save have nothing to do.
"""

from core import wire

from .errors import SmpError, check, data, refuse_in_session, shared, text, whole

_NAME_TOO_LONG = 2
_NOT_FOUND = 3
NAME_MAX = 32
VALUE_MAX = 64
_ANY_NAME = 512
_ANY_SIZE = 65535


class _SettingsGroup:
    def __init__(self, tool):
        self._tool = tool

    def _name(self, body: dict) -> str:
        name = text(body, "name", _ANY_NAME)
        if len(name) > NAME_MAX:
            reason = "a name has at most %d letters" % NAME_MAX
            raise SmpError(wire.GROUP_SETTINGS, _NAME_TOO_LONG, wire.MGMT_INVALID, reason)
        if name not in self._tool.settings.names():
            reason = "the settings are: " + ", ".join(self._tool.settings.names())
            raise SmpError(wire.GROUP_SETTINGS, _NOT_FOUND, wire.MGMT_NO_ENTRY, reason)
        return name

    def read(self, body: dict, out) -> None:
        value = self._tool.settings.read(self._name(body))
        if value is None:
            raise SmpError(wire.GROUP_SETTINGS, _NOT_FOUND, wire.MGMT_NO_ENTRY, "the setting has no value")
        if len(value) > whole(body, "max_size", 0, _ANY_SIZE, _ANY_SIZE):
            raise shared(wire.MGMT_TOO_LARGE, "the value has %d bytes" % len(value))
        out.map(1)
        out.pair("val", value)

    def write(self, body: dict, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_SETTINGS)
        name, value = self._name(body), bytes(data(body, "val"))
        if len(value) > VALUE_MAX:
            raise shared(wire.MGMT_TOO_LARGE, "a value has at most %d bytes" % VALUE_MAX)
        check(self._tool.settings.write(name, value), wire.GROUP_SETTINGS)
        out.map(0)

    def delete(self, body: dict, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_SETTINGS)
        check(self._tool.settings.delete(self._name(body)), wire.GROUP_SETTINGS)
        out.map(0)

    def nothing(self, _body: dict, out) -> None:
        out.map(0)


def handlers(server) -> dict:
    """{command: (handler of reads, handler of writes)}."""
    group = _SettingsGroup(server.tool)
    return {
        wire.SETTINGS_READ_WRITE: (group.read, group.write),
        wire.SETTINGS_DELETE: (None, group.delete),
        wire.SETTINGS_COMMIT: (None, group.nothing),
        wire.SETTINGS_LOAD_SAVE: (group.nothing, group.nothing),
    }
