"""Answers SMP requests: header, dispatch, refusals, and the memory of the last change.

One request at a time: a link hands a message to `handle`, sends the reply that lies in `reply_buf`, then calls
`reply_sent`. Handlers are plain functions or coroutines `handler(body, out)`; they write one CBOR map to `out` or
raise.
"""

import binascii
import time

from core import errors as core_errors
from core import wire

from . import cbor, files_group, frames, os_group, settings_group, tool_group
from .errors import SHARED, SmpError, of_tool, shared, text_of

HEADER = 8
VERSION_MAX = 1
BUF_SIZE = 2048
WINDOW = 4
TOO_NEW = 13  # MGMT_ERR_UNSUPPORTED_TOO_NEW of the SMP specification

# In contact a longer request is refused: what may run then is small, and its garbage is not collected until the lift.
CONTACT_REQUEST_MAX = 256
# Heap that a request of the live view costs on a 32-bit chip, in bytes (half of what the unix port shows: samples
# 2.3 KB, state 3.4 KB), rounded up; counted against `spend`.
CONTACT_COST = 2048

REMEMBERED_MAX = 128
REMEMBERED_MS = 10000


class Server:
    """Answers requests to a tool.

    Args:
        tool: the tool's facade.
        buf_size: longest message in bytes, either way.
        window: requests that may be on their way at once; they wait in the link's own buffers.
        spend: `spend(bytes) -> bool`, asked before each request in contact and in a self-test, which a collection of
            garbage would disturb; False refuses it. None refuses nothing.

    `faults` counts requests that met an error of the firmware itself; `last_fault` is the last one's text.
    """

    def __init__(self, tool, buf_size: int = BUF_SIZE, window: int = WINDOW, spend=None):
        self.tool = tool
        self.buf_size = buf_size
        self.window = window
        self.faults = 0
        self.last_fault = ""
        self.after_reply = None
        self.reply_buf = bytearray(buf_size + frames.OVERHEAD)
        self._spend = spend
        self._out = cbor.Writer(self.reply_buf)
        self._out.limit(frames.PREFIX + buf_size)
        self._remembered = bytearray(REMEMBERED_MAX)
        self._remembered_length = 0
        self._remembered_key = (-1, -1)
        self._remembered_ms = 0
        self._groups = {
            wire.GROUP_OS: os_group.handlers(self),
            wire.GROUP_SETTINGS: settings_group.handlers(tool),
            wire.GROUP_FILES: files_group.handlers(tool),
            wire.GROUP_TOOL: tool_group.handlers(self),
        }

    async def handle(self, message) -> int:
        """Answer a message.

        Args:
            message: the whole request; it must not change until this returns.

        Returns:
            Length of the reply, which lies at reply_buf[frames.PREFIX:]; 0 when there is nothing to say.
        """
        if len(message) < HEADER or message[0] & 7 not in (wire.OP_READ, wire.OP_WRITE):
            return 0
        self.after_reply = None
        key = (message[6], binascii.crc32(message))
        if self._recall(key):
            return self._remembered_length
        self._remembered_length = 0
        version = message[0] >> 3 & 3
        self._out.at = frames.PREFIX + HEADER
        try:
            waiting = self._dispatch(message, version)
            if waiting is not None:
                await waiting
        except Exception as error:  # noqa: BLE001  (a fault in one answer must not end the wire; it is counted)
            self._refuse(self._refusal(error, self._group(message)), version)
        length = self._close(message, min(version, VERSION_MAX))
        if message[0] & 7 == wire.OP_WRITE:
            self._remember(key, length)
        return length

    def reply_sent(self) -> None:
        """Do what waited for the reply to be on its way (a restart)."""
        after, self.after_reply = self.after_reply, None
        if after is not None:
            after()

    def _recall(self, key) -> bool:
        length = self._remembered_length
        age_ms = time.ticks_diff(time.ticks_ms(), self._remembered_ms)
        if not length or key != self._remembered_key or not 0 <= age_ms < REMEMBERED_MS:
            return False
        self.reply_buf[frames.PREFIX : frames.PREFIX + length] = memoryview(self._remembered)[:length]
        return True

    def _remember(self, key, length: int) -> None:
        if length > REMEMBERED_MAX:
            return
        start = frames.PREFIX
        self._remembered[:length] = memoryview(self.reply_buf)[start : start + length]
        self._remembered_length = length
        self._remembered_key = key
        self._remembered_ms = time.ticks_ms()

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

    def _dispatch(self, message, version: int):
        if version > VERSION_MAX:
            raise shared(TOO_NEW)
        handler = self._handler(message)
        if self.tool.in_contact():
            self._check_contact(message)
        elif self.tool.testing() and self._is_spent():
            raise of_tool(wire.ERR_BUSY_SESSION, self._group(message))
        return handler(self._body(message), self._out)

    def _body(self, message) -> dict:
        length = message[2] << 8 | message[3]
        if length != len(message) - HEADER:
            raise shared(wire.MGMT_INVALID, "the header's length is not the message's")
        if not length:
            return {}
        try:
            body = cbor.decode(message, HEADER, len(message), True)
        except cbor.CborError as error:
            raise shared(wire.MGMT_INVALID, str(error))
        if not isinstance(body, dict):
            raise shared(wire.MGMT_INVALID, "the body must be a map")
        return body

    def _handler(self, message):
        commands = self._groups.get(self._group(message))
        pair = commands.get(message[7]) if commands else None
        handler = pair[message[0] >> 1 & 1] if pair else None
        if handler is None:
            raise shared(wire.MGMT_NOT_SUPPORTED)
        return handler

    def _check_contact(self, message) -> None:
        if self._is_spent() or len(message) > CONTACT_REQUEST_MAX:
            raise of_tool(wire.ERR_BUSY_CONTACT, self._group(message))

    def _is_spent(self) -> bool:
        return self._spend is not None and not self._spend(CONTACT_COST)

    @staticmethod
    def _group(message) -> int:
        return message[4] << 8 | message[5]

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

    def _close(self, message, version: int) -> int:
        buf, start = self.reply_buf, frames.PREFIX
        body = self._out.at - start - HEADER
        buf[start] = version << 3 | (message[0] & 7) + 1
        buf[start + 1] = 0
        buf[start + 2] = body >> 8
        buf[start + 3] = body & 0xFF
        for at in range(4, HEADER):
            buf[start + at] = message[at]
        return HEADER + body
