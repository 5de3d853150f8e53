"""Answers SMP requests: dispatch, prices in contact, and the memory of the last change.

One request at a time: a link hands a message to `answer`, sends the reply that lies in `reply_buf`, then calls
`reply_sent`. Handlers are plain functions or coroutines `handler(body, out)`; they write one CBOR map to `out` or
raise. What is asked in contact is answered with little garbage, which is counted: none can be collected until the lift.
"""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

import binascii
import time

from core import guest, wire

from . import base64, cbor, files_group, frames, tool_group
from .errors import of_tool, shared
from .replies import HEADER, VERSION_MAX, Replies

BUF_SIZE = 2048
SMALL_BUF_SIZE = 1536  # where memory is small
# Requests of a download have 71 bytes in their frames; so many lie in 512 bytes of a ring and the USB controller's 256.
WINDOW = 8
TOO_NEW = 13  # MGMT_ERR_UNSUPPORTED_TOO_NEW of the SMP specification

# In contact a longer request is refused.
CONTACT_REQUEST_MAX = 256
# Heap that a request costs at most on a 32-bit chip, in bytes (tests/system/test_chip_garbage.py), taken from the
# tool's budget. In contact: one of the live view, any other, and a refusal. Without: a piece of a file, any other of
# those that are answered in contact, too, and what loads a module or reads whole files (beside BLOCK_COST of
# core/gap_work.py).
LIVE_COST = 384
CONTACT_COST = 1024
REFUSAL_COST = 96
FILE_COST = 3072
REST_COST = 1280
HEAVY_COST = 8192

_LIVE = 1 << wire.TOOL_STATE | 1 << wire.TOOL_SAMPLES
# What waits for the lift, beside all files: refused before anything of it is looked at.
_WAITS = (
    1 << wire.TOOL_SESSIONS | 1 << wire.TOOL_ACKNOWLEDGE | 1 << wire.TOOL_TARE | 1 << wire.TOOL_CALIBRATE
    | 1 << wire.TOOL_CALIBRATION
)  # fmt: skip

# Groups, and commands of the tool's group, whose modules are loaded for one request (core/guest.py).
_PACKAGE = __name__.rsplit(".", 1)[0]
GROUP_GUESTS = {wire.GROUP_OS: "os_group", wire.GROUP_SETTINGS: "settings_group"}
TOOL_GUESTS = {
    wire.TOOL_HEALTH: "care_group",
    wire.TOOL_USERS: "owner_group",
    wire.TOOL_FACTORY_RESET: "owner_group",
    wire.TOOL_HOSTS: "owner_group",
    wire.TOOL_PAIR: "owner_group",
}

REMEMBERED_MAX = 128
REMEMBERED_MS = 10000


class Server(Replies):
    """Answers requests to a tool.

    Args:
        tool: the tool's facade; its `spend(bytes)` and `spend_refusing(bytes)` are asked before each request in contact
            and in a self-test, which a collection of garbage would disturb; `afford(bytes)` is awaited before any
            other.
        buf_size: longest message in bytes, either way.
        window: requests that may be on their way at once; they wait in the link's own buffers.

    `taken` is set by a link while it is answered: there may be two.
    """

    LATER = -1

    def __init__(self, tool, buf_size: int = BUF_SIZE, window: int = WINDOW):
        super().__init__(buf_size)
        self.tool = tool
        self.window = window
        self.taken = False
        self.after_reply = None
        self._message = None
        self._remembered = bytearray(REMEMBERED_MAX)
        self._remembered_length = 0
        self._remembered_key = self._key = (-1, -1)
        self._remembered_ms = 0
        self._groups = {
            wire.GROUP_FILES: files_group.handlers(self),
            wire.GROUP_TOOL: tool_group.handlers(self),
        }
        self._busy_replies = {
            code: (self._written(code, wire.GROUP_FILES), self._written(code, wire.GROUP_TOOL))
            for code in wire.BUSY_TEXTS
        }

    def answer(self, message) -> int:
        """Answer a message at once.

        Args:
            message: the whole request; it must not change until the reply is sent.

        Returns:
            Length of the reply, which lies at reply_buf[frames.PREFIX:]; 0 when there is nothing to say, or when in
            contact even refusals have cost too much (the client asks again); LATER when `finish` must be awaited, which
            returns the length: best in a task of its own, which has all of the stack.
        """
        if len(message) < HEADER or message[0] & 7 not in (wire.OP_READ, wire.OP_WRITE):
            return 0
        self.after_reply = None
        busy = self._busy(message)
        if busy and not self.tool.spend_refusing(REFUSAL_COST):
            return 0
        if message[0] & 7 == wire.OP_WRITE:
            self._key = (message[6], binascii.crc32(message))
            if self._recall():
                return self._remembered_length
        self._remembered_length = 0
        if busy:
            return self.refuse_busy(message, busy)
        self._message = message
        return self._answer_in_contact() if self.tool.in_contact() else self.LATER

    async def finish(self) -> int:
        """Answer the message that `answer` left for later; length of the reply."""
        message = self._message
        self._out.at = frames.PREFIX + HEADER
        name = self._guest(message)
        try:
            await self.tool.afford(self._cost_at_rest(message, name))
            commands = await self._load(name) if name else self._commands(message)
            waiting = self._dispatch(message, commands)
            if waiting is not None:
                await waiting
        except Exception as error:  # noqa: BLE001  (a fault in one answer must not end the wire; it is counted)
            self._refuse(self._refusal(error, self._group(message)), self._version(message))
        for loaded in (name, "clock_text"):  # the second by the group of the system
            guest.forget(loaded, _PACKAGE)
        return self._end()

    async def serve(self, message, commands) -> int:
        """Answer a message by a link's own {command: handlers}, and remember nothing; length of the reply."""
        self._out.at = frames.PREFIX + HEADER
        try:
            waiting = self._dispatch(message, commands)
            if waiting is not None:
                await waiting
        except Exception as error:  # noqa: BLE001  (as in `finish`)
            self._refuse(self._refusal(error, self._group(message)), self._version(message))
        return self._close(message)

    async def _load(self, name: str):
        """A guest's {command: handlers}."""
        module = await self.tool.in_gap(lambda: guest.load(name, _PACKAGE))
        return module.handlers(self)

    def _commands(self, message):
        return self._groups.get(self._group(message))

    def _guest(self, message) -> str:
        """The module that must be loaded for a request; an empty text for none."""
        group = self._group(message)
        guests = TOOL_GUESTS if group == wire.GROUP_TOOL else GROUP_GUESTS
        return guests.get(message[7] if group == wire.GROUP_TOOL else group, "")

    def _cost_at_rest(self, message, guest_name: str) -> int:
        group = self._group(message)
        if group == wire.GROUP_FILES and message[0] & 7 == wire.OP_READ:
            return FILE_COST
        if group == wire.GROUP_TOOL and not guest_name and not 1 << message[7] & _WAITS:
            return REST_COST
        return HEAVY_COST

    async def handle(self, message) -> int:
        """`answer`, and `finish` if need be."""
        length = self.answer(message)
        return await self.finish() if length == self.LATER else length

    def _answer_in_contact(self) -> int:
        """As `finish`, without a coroutine, which is garbage; what would await is refused in contact."""
        message = self._message
        self._out.at = frames.PREFIX + HEADER
        try:
            self._dispatch(message, self._commands(message))
        except Exception as error:  # noqa: BLE001  (as in `finish`)
            self._refuse(self._refusal(error, self._group(message)), self._version(message))
        return self._end()

    def _end(self) -> int:
        message = self._message
        length = self._close(message)
        if message[0] & 7 == wire.OP_WRITE:
            self._remember(length)
        return length

    def reply_sent(self) -> None:
        """Do what waited for the reply to be on its way (a restart)."""
        after, self.after_reply = self.after_reply, None
        if after is not None:
            after()

    def _busy(self, message) -> int:
        """wire.ERR_* when a request must wait for the lift or the end of the self-test, else ERR_OK."""
        if self.tool.in_contact():
            bit = 1 << message[7] if self._group(message) == wire.GROUP_TOOL else 0
            if bit == 1 << wire.TOOL_SYMPTOM:
                return wire.ERR_OK  # a warning sign ends the session, whatever it costs
            waits = (
                bit & _WAITS or self._group(message) == wire.GROUP_FILES or len(message) > CONTACT_REQUEST_MAX
            )
            if (
                waits
                or self._guest(message)
                or not self.tool.spend(LIVE_COST if bit & _LIVE else CONTACT_COST)
            ):
                return wire.ERR_BUSY_CONTACT
        elif self.tool.testing() and (self._guest(message) or not self.tool.spend(CONTACT_COST)):
            return wire.ERR_BUSY_SESSION
        return wire.ERR_OK

    def refuse_busy(self, message, code: int) -> int:
        """Refuse with a code of wire.BUSY_TEXTS, which lies ready; length of the reply."""
        own = self._group(message) == wire.GROUP_TOOL and self._version(message) > 0
        body = self._busy_replies[code][own]
        start = frames.PREFIX + HEADER
        base64.copy(body, 0, len(body), self.reply_buf, start)
        self._out.at = start + len(body)
        return self._close(message)

    def _written(self, code: int, group: int) -> bytes:
        """The body of a refusal."""
        self._refuse(of_tool(code, group), VERSION_MAX)
        return bytes(memoryview(self.reply_buf)[frames.PREFIX + HEADER : self._out.at])

    def _recall(self) -> bool:
        length = self._remembered_length
        age_ms = time.ticks_diff(time.ticks_ms(), self._remembered_ms)
        if not length or self._key != self._remembered_key or not 0 <= age_ms < REMEMBERED_MS:
            return False
        base64.copy(self._remembered, 0, length, self.reply_buf, frames.PREFIX)
        return True

    def _remember(self, length: int) -> None:
        if length > REMEMBERED_MAX:
            return
        base64.copy(self.reply_buf, frames.PREFIX, frames.PREFIX + length, self._remembered, 0)
        self._remembered_length = length
        self._remembered_key = self._key
        self._remembered_ms = time.ticks_ms()

    def _dispatch(self, message, commands):
        if message[0] >> 3 & 3 > VERSION_MAX:
            raise shared(TOO_NEW)
        pair = commands.get(message[7]) if commands else None
        handler = pair[message[0] >> 1 & 1] if pair else None
        if handler is None:
            raise shared(wire.MGMT_NOT_SUPPORTED)
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
