"""SMP group 0, the system: echo, clock, parameters, description, restart."""

import sys

from core import wire

from . import clock_text
from .errors import SmpError, check, refuse_in_contact, shared, text

_INVALID_FORMAT = 2
_CLOCK_NOT_SET = 4
_ORDER = "snrvmpio"
_FORMAT_MAX = 16
_DATETIME_MAX = 40
_BUFFERS = 4  # for other clients, whose requests may be of full length


class _OsGroup:
    def __init__(self, server):
        self._server = server
        self._tool = server.tool

    def echo(self, body: dict, out) -> None:
        out.map(1)
        out.pair("r", text(body, "d", self._server.buf_size))

    def read_clock(self, _body: dict, out) -> None:
        unix_s = self._tool.clock.read()
        if not unix_s:
            raise SmpError(wire.GROUP_OS, _CLOCK_NOT_SET, wire.MGMT_NO_ENTRY, "the clock is not set")
        out.map(1)
        out.pair("datetime", clock_text.write(unix_s))

    def set_clock(self, body: dict, out) -> None:
        try:
            unix_s = clock_text.read(text(body, "datetime", _DATETIME_MAX))
        except ValueError as error:
            raise shared(wire.MGMT_INVALID, str(error))
        check(self._tool.clock.set(unix_s), wire.GROUP_OS)
        out.map(0)

    def parameters(self, _body: dict, out) -> None:
        out.map(2)
        out.pair("buf_size", self._server.buf_size)
        out.pair("buf_count", _BUFFERS)

    def info(self, body: dict, out) -> None:
        letters = text(body, "format", _FORMAT_MAX, "s") or "s"
        if "a" in letters:
            letters = _ORDER + letters.replace("a", "")
        for letter in letters:
            if letter not in _ORDER:
                raise SmpError(
                    wire.GROUP_OS, _INVALID_FORMAT, wire.MGMT_INVALID, "the letters are a and " + _ORDER
                )
        fields = _describe(self._tool.hello())
        out.map(1)
        out.pair("output", " ".join([fields[letter] for letter in _ORDER if letter in letters]))

    def reset(self, _body: dict, out) -> None:
        refuse_in_contact(self._tool, wire.GROUP_OS)
        self._server.after_reply = self._tool.reset
        out.map(0)


def _describe(hello: dict) -> dict:
    version = ".".join([str(part) for part in sys.implementation.version[:3]])
    return {
        "s": "Gentlepress",
        "n": hello["name"] or hello["device_id"],
        "r": hello["fw"],
        "v": "log format %d" % hello["log_format"],
        "m": hello["board"],
        "p": sys.platform,
        "i": hello["board"],
        "o": "%s %s" % (sys.implementation.name, version),
    }


def handlers(server) -> dict:
    """{command: (handler of reads, handler of writes)}."""
    group = _OsGroup(server)
    return {
        wire.OS_ECHO: (group.echo, group.echo),
        wire.OS_DATETIME: (group.read_clock, group.set_clock),
        wire.OS_RESET: (None, group.reset),
        wire.OS_PARAMETERS: (group.parameters, None),
        wire.OS_INFO: (group.info, None),
    }
