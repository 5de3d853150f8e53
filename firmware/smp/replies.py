"""The replies of a server: where they are written, their headers, and how an error becomes a refusal."""

from core import errors as core_errors
from core import wire

from . import cbor, frames
from .errors import SHARED, SmpError, of_tool, shared, text_of

HEADER = 8
VERSION_MAX = 1


class Replies:
    """Writes replies into one buffer.

    Args:
        buf_size: longest message in bytes, either way.

    `faults` counts requests that met an error of the firmware itself; `last_fault` is the last one's text.
    """

    def __init__(self, buf_size: int):
        self.buf_size = buf_size
        self.faults = 0
        self.last_fault = ""
        self.reply_buf = bytearray(buf_size + frames.OVERHEAD)
        self._out = cbor.Writer(self.reply_buf)
        self._out.limit(frames.PREFIX + buf_size)

    def use(self, buf_size: int) -> None:
        """From now on messages have at most so many bytes; not more than at first."""
        self.buf_size = buf_size
        self._out.limit(frames.PREFIX + buf_size)

    def refuse(self, message, error: SmpError) -> int:
        """Refuse a message that a link does not let through; length of the reply."""
        self._refuse(error, self._version(message))
        return self._close(message)

    def _refusal(self, error: Exception, group: int) -> SmpError:
        if isinstance(error, SmpError):
            return error
        if isinstance(error, cbor.CborError):
            return shared(wire.MGMT_TOO_LARGE, str(error))
        if isinstance(error, core_errors.StorageError):
            return of_tool(error.code, group)
        if isinstance(error, OSError):
            return of_tool(wire.ERR_STORAGE, group)
        if isinstance(error, MemoryError):
            return shared(wire.MGMT_NO_MEMORY)
        self.faults += 1
        self.last_fault = "%s: %s" % (type(error).__name__, error)
        return shared(wire.MGMT_UNKNOWN, self.last_fault[:60])

    @staticmethod
    def _group(message) -> int:
        return message[4] << 8 | message[5]

    @staticmethod
    def _version(message) -> int:
        return min(message[0] >> 3 & 3, VERSION_MAX)

    def _refuse(self, error: SmpError, version: int) -> None:
        out = self._out
        out.at = frames.PREFIX + HEADER
        if error.group != SHARED and version:
            out.map(1)
            out.text("err")
            out.map(2)
            out.pair("group", error.group)
            out.pair("rc", error.rc)
            return
        reason = text_of(error.rc) if error.group == wire.GROUP_TOOL else error.reason
        out.map(2 if reason else 1)
        out.pair("rc", error.shared)
        if reason:
            out.pair("rsn", reason)

    def _close(self, message) -> int:
        buf, start = self.reply_buf, frames.PREFIX
        body = self._out.at - start - HEADER
        buf[start] = self._version(message) << 3 | (message[0] & 7) + 1
        buf[start + 1] = 0
        buf[start + 2] = body >> 8
        buf[start + 3] = body & 0xFF
        for at in range(4, HEADER):
            buf[start + at] = message[at]
        return HEADER + body
