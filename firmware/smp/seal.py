"""Seals and unseals messages of the private channel: AES in counter mode, then HMAC-SHA256 cut to 16 bytes.

A sealed message is an SMP message whose map has one pair, "d": counter u32, big endian | the message in it, encrypted |
tag. The tag is of all bytes before it, the header among them. Every direction has keys of its own. See docs/keys.md.
"""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

import cryptolib
import micropython
from core import channel, wire

from . import base64, mac
from .replies import HEADER

_HEAD_END = HEADER + len(channel.SEALED_HEAD)
_LEAST = channel.COUNTER_BYTES + HEADER + channel.TAG_BYTES
_ECB = 1
_AES_BLOCK = 16
PIECE = 256
"""Bytes that are encrypted in one go: a long call would hold up the watch."""


class _Direction:
    """Keys of one direction, and the last counter that was used in it."""

    def __init__(self, cipher_key: bytes, tag_key: bytes):
        self.aes = cryptolib.aes(cipher_key, _ECB)
        self.mac = mac.Mac(tag_key)
        self.count = 0


class Seal:
    """One channel, from its proof to its end.

    Args:
        derived: its keys (channel.DERIVED), one after the other.
    """

    def __init__(self, derived: bytes):
        parts = []
        at = 0
        for _name, size in channel.DERIVED:
            parts.append(derived[at : at + size])
            at += size
        self._host = _Direction(parts[1], parts[2])
        self._tool = _Direction(parts[3], parts[4])
        self._stream = bytearray(PIECE)
        self._views = [memoryview(self._stream)[: end + _AES_BLOCK] for end in range(0, PIECE, _AES_BLOCK)]

    def unseal(self, message):
        """The message in a sealed one of the desktop, decrypted where it lies; None when it is not to be believed.

        Args:
            message: a writable memoryview.
        """
        start = self._start(message)
        if not start:
            return None
        number = _number(message, start)
        if not self._host.count < number <= channel.COUNTER_MAX:
            return None
        end = len(message) - channel.TAG_BYTES
        if not mac.same(message[end:], self._host.mac.of(message[:end]), channel.TAG_BYTES):
            return None
        self._host.count = number
        start += channel.COUNTER_BYTES
        self._mix(self._host.aes, number, message, start, end)
        return message[start:end]

    def is_warning(self, message) -> bool:
        """Whether a sealed message that was not checked says that a warning sign is in it; nothing is changed."""
        start = self._start(message)
        if not start:
            return False
        self._make_stream(self._host.aes, _number(message, start), 0, 1)
        stream, at = self._stream, start + channel.COUNTER_BYTES
        return (
            (message[at] ^ stream[0]) & 7 == wire.OP_WRITE
            and message[at + 4] ^ stream[4] == wire.GROUP_TOOL >> 8
            and message[at + 5] ^ stream[5] == wire.GROUP_TOOL & 0xFF
            and message[at + 7] ^ stream[7] == wire.TOOL_SYMPTOM
        )

    def seal(self, buf, at: int, length: int, request) -> int:
        """Seal a reply where it lies; how long it then is, 0 when all counters are used.

        Args:
            buf: a bytearray with channel.OVERHEAD bytes to spare behind the reply.
            at: where the reply begins.
            length: of the reply.
            request: the sealed request, for its header.
        """
        tool = self._tool
        if tool.count >= channel.COUNTER_MAX:
            return 0
        tool.count += 1
        size = channel.COUNTER_BYTES + length + channel.TAG_BYTES
        start = at + _HEAD_END + (2 if size < 256 else 3)
        _move_up(buf, at, length, start + channel.COUNTER_BYTES - at)
        self._write_head(buf, at, size, start, request)
        _put_number(buf, start, tool.count)
        start += channel.COUNTER_BYTES
        self._mix(tool.aes, tool.count, buf, start, start + length)
        tag = tool.mac.of(memoryview(buf)[at : start + length])
        base64.copy(tag, 0, channel.TAG_BYTES, buf, start + length)
        return start + length + channel.TAG_BYTES - at

    @staticmethod
    def _start(message) -> int:
        """Where the counter of a well-formed sealed request begins, else 0."""
        if len(message) < _HEAD_END + 2 + _LEAST or message[0] & 7 != wire.OP_WRITE:
            return 0
        if message[2] << 8 | message[3] != len(message) - HEADER:
            return 0
        if message[8] != channel.SEALED_HEAD[0] or message[9] != channel.SEALED_HEAD[1]:
            return 0
        if message[10] != channel.SEALED_HEAD[2]:
            return 0
        if message[11] == 0x58:
            start, size = _HEAD_END + 2, message[12]
        elif message[11] == 0x59:
            start, size = _HEAD_END + 3, message[12] << 8 | message[13]
        else:
            return 0
        return start if size >= _LEAST and start + size == len(message) else 0

    @staticmethod
    def _write_head(buf, at: int, size: int, start: int, request) -> None:
        """Header, map, and length of its bytes."""
        body = start - at - HEADER + size
        buf[at] = (request[0] & 0x18) | wire.OP_WRITE_REPLY
        buf[at + 1] = 0
        buf[at + 2] = body >> 8
        buf[at + 3] = body & 0xFF
        buf[at + 4] = wire.GROUP_TOOL >> 8
        buf[at + 5] = wire.GROUP_TOOL & 0xFF
        buf[at + 6] = request[6]
        buf[at + 7] = wire.TOOL_SEALED
        base64.copy(channel.SEALED_HEAD, 0, len(channel.SEALED_HEAD), buf, at + HEADER)
        if size >= 256:
            buf[start - 3] = 0x59
            buf[start - 2] = size >> 8
        else:
            buf[start - 2] = 0x58
        buf[start - 1] = size & 0xFF

    def _mix(self, aes, number: int, buf, start: int, end: int) -> None:
        """Encrypt or decrypt buf[start:end] where it lies."""
        first = 0
        while start < end:
            count = min(PIECE, end - start)
            self._make_stream(aes, number, first, (count + _AES_BLOCK - 1) // _AES_BLOCK)
            _xor(buf, start, self._stream, count)
            start += count
            first += PIECE // _AES_BLOCK

    def _make_stream(self, aes, number: int, first: int, blocks: int) -> None:
        _count(self._stream, number, first, blocks)
        view = self._views[blocks - 1]
        aes.encrypt(view, view)


def _number(message, at: int) -> int:
    """The counter; one beyond what a chip holds without an object counts as 0."""
    high = message[at]
    return 0 if high > 0x3F else high << 24 | message[at + 1] << 16 | message[at + 2] << 8 | message[at + 3]


def _put_number(buf, at: int, number: int) -> None:
    buf[at] = number >> 24
    buf[at + 1] = number >> 16 & 0xFF
    buf[at + 2] = number >> 8 & 0xFF
    buf[at + 3] = number & 0xFF


@micropython.viper
def _count(out: ptr8, number: int, first: int, blocks: int):
    """Blocks that are encrypted to the stream: counter u32, eight zeros, number of the block u32, big endian."""
    at = 0
    for block in range(first, first + blocks):
        place = 0
        while place < 4:
            shift = 24 - 8 * place
            out[at + place] = number >> shift & 255
            out[at + 4 + place] = 0
            out[at + 8 + place] = 0
            out[at + 12 + place] = block >> shift & 255
            place += 1
        at += 16


@micropython.viper
def _xor(buf: ptr8, start: int, stream: ptr8, count: int):
    for at in range(count):
        buf[start + at] = int(buf[start + at]) ^ int(stream[at])


@micropython.viper
def _move_up(buf: ptr8, at: int, count: int, by: int):
    """Move buf[at:at + count] up by so many bytes."""
    place = at + count - 1
    while place >= at:
        buf[place + by] = buf[place]
        place -= 1
