"""Console frames: SMP messages as lines of text, so that a prompt and a log can share the port.

A frame is base64 of `length u16 | message | CRC16-XMODEM u16` (big endian; the length counts message and CRC), cut
into lines of at most 127 characters. The first line begins with 0x06 0x09, the others with 0x04 0x14.
"""

from __future__ import annotations

import base64
import binascii
import struct

FIRST = b"\x06\x09"
NEXT = b"\x04\x14"
LINE_MAX = 127
ONE_LINE_MESSAGE = 89
MESSAGE_MAX = 16384
_TEXT_IN_LINE = 124
_BUFFER_MAX = 65536


def encode(message: bytes) -> bytes:
    """Lines that carry a message.

    Args:
        message: at most MESSAGE_MAX bytes.
    """
    checked = message + struct.pack(">H", binascii.crc_hqx(message, 0))
    text = base64.b64encode(struct.pack(">H", len(checked)) + checked)
    lines = [text[at : at + _TEXT_IN_LINE] for at in range(0, len(text), _TEXT_IN_LINE)]
    return b"".join((NEXT if number else FIRST) + line + b"\n" for number, line in enumerate(lines))


class FrameReader:
    """Finds messages in whatever comes from a port; text between frames is skipped.

    Attributes:
        damaged: frames dropped so far because of a wrong CRC, wrong base64 or a missing line.
        skipped: bytes so far that belonged to no frame.
        last_text: the last line that was no frame, for telling the user what speaks on the port.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self.skipped = 0
        self.last_text = b""
        self._line = bytearray()
        self._frame = bytearray()
        self._open = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes from the port.

        Returns:
            The messages completed by them, checked.
        """
        messages = []
        self._line += data
        *lines, rest = self._line.split(b"\n")
        self._line = rest if len(rest) <= _BUFFER_MAX else bytearray()
        self.skipped += len(rest) - len(self._line)
        for line in lines:
            message = self._take_line(bytes(line))
            if message is not None:
                messages.append(message)
        return messages

    def drop(self) -> None:
        """Nothing: the first line of the next frame ends a broken one."""

    def _take_line(self, line: bytes) -> bytes | None:
        first, following = line.rfind(FIRST), line.rfind(NEXT)
        at = max(first, following)
        if at < 0:
            self._skip(line)
            return None
        if at > 0:
            self._skip(line[:at])
        if at == first:
            self._drop_open()
            self._open = True
        elif not self._open:
            self.damaged += 1
            return None
        return self._extend(line[at + 2 :].rstrip(b"\r"))

    def _skip(self, line: bytes) -> None:
        self.skipped += len(line)
        if line.strip():
            self.last_text = line.strip()

    def _drop_open(self) -> None:
        if self._open:
            self.damaged += 1
        self._frame.clear()
        self._open = False

    def _extend(self, text: bytes) -> bytes | None:
        try:
            self._frame += base64.b64decode(text, validate=True)
        except binascii.Error:
            self._drop_open()
            return None
        if len(self._frame) < 2:
            self._drop_open()
            return None
        (length,) = struct.unpack_from(">H", self._frame)
        if length < 2 or length > MESSAGE_MAX + 2 or len(self._frame) > length + 2:
            self._drop_open()
            return None
        return self._finish() if len(self._frame) == length + 2 else None

    def _finish(self) -> bytes | None:
        message = bytes(self._frame[2:-2])
        (crc,) = struct.unpack(">H", self._frame[-2:])
        if crc != binascii.crc_hqx(message, 0):
            self._drop_open()
            return None
        self._frame.clear()
        self._open = False
        return message
