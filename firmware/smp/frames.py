"""SMP over a console: a message as base64 lines among other text.

A message is sent as [length u16][message][CRC16-XMODEM u16], big endian, in base64, cut into lines: the first begins
with 06 09, the others with 04 14; each ends with a line feed and has at most 127 characters. Any other line is
ignored.
"""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

from . import base64, crc16

LINE_MAX = 127
RAW_MAX = 93  # bytes in the base64 of one line: (127 - 3) / 4 * 3
OVERHEAD = 4  # length before and CRC after the message
PREFIX = 2

_FIRST = 0x06
_NEXT = 0x04
_SECOND_OF = {_FIRST: 0x09, _NEXT: 0x14}
# Which bytes begin a line, by index: this is asked for every byte and must not build a tuple each time.
_BEGINS = bytes([byte in (_FIRST, _NEXT) for byte in range(_FIRST + 1)])
_NEWLINE = 0x0A
_RETURN = 0x0D

_TEXT = 0
_LINE = 1
_LONGEST = LINE_MAX + 33  # other clients' lines are a little longer


class Decoder:
    """Finds messages in a stream of bytes, in buffers of fixed size.

    Args:
        size: longest message, in bytes.

    Counters: `bad` lines or messages that were dropped (CRC, base64, a continuation without a beginning), `too_long`
    lines or messages that did not fit.
    """

    def __init__(self, size: int):
        self._size = size
        self._buf = bytearray(size + OVERHEAD)
        self._line = bytearray(_LONGEST)
        self._raw = bytearray(_LONGEST)
        self._buf_view = memoryview(self._buf)
        self._state = _TEXT
        self._used = 0
        self._at = 0
        self._need = 0
        self._crc = 0
        self.bad = 0
        self.too_long = 0
        self.message = self._buf_view[0:0]

    def push(self, byte: int) -> bool:
        """Take one byte; True when `message` is a whole message. It is worth until the next line comes in."""
        if byte < len(_BEGINS) and _BEGINS[byte]:
            self._state = _LINE
            self._line[0] = byte
            self._used = 1
        elif self._state == _LINE:
            if byte == _NEWLINE:
                self._state = _TEXT
                return self._take_line()
            if self._used == len(self._line):
                self._state = _TEXT
                self._drop_too_long()
            else:
                self._line[self._used] = byte
                self._used += 1
        return False

    def feed(self, data, start: int, end: int) -> int:
        """Take data[start:end] up to the end of the first whole message.

        Returns:
            The number of bytes taken, when `message` is whole; 0 when all were taken and there is none yet.
        """
        for at in range(start, end):
            if self.push(data[at]):
                return at + 1 - start
        return 0

    def _drop_too_long(self) -> None:
        self.too_long += 1
        self._need = 0

    def _drop_bad(self) -> None:
        self.bad += 1
        self._need = 0

    def _take_line(self) -> bool:
        line, used = self._line, self._used
        if used and line[used - 1] == _RETURN:
            used -= 1
        if used < 2 or line[1] != _SECOND_OF[line[0]]:
            self._drop_bad()
            return False
        count = base64.read(line, 2, used, self._raw, 0)
        if count < 0:
            self._drop_bad()
            return False
        return self._begin(count) if line[0] == _FIRST else self._go_on(0, count)

    def _begin(self, count: int) -> bool:
        if self._need:
            self.bad += 1
        self._at = 0
        self._crc = 0
        self._need = 0
        if count < PREFIX:
            self._drop_bad()
            return False
        need = self._raw[0] << 8 | self._raw[1]
        if need <= 2:
            self._drop_bad()
            return False
        if need > self._size + 2:
            self._drop_too_long()
            return False
        self._need = need
        return self._go_on(PREFIX, count)

    def _go_on(self, start: int, count: int) -> bool:
        if not self._need:
            self.bad += 1
            return False
        end = self._at + count - start
        if end > self._need:
            self._drop_bad()
            return False
        base64.copy(self._raw, start, count, self._buf, self._at)
        self._crc = crc16.update(self._crc, self._raw, start, count)
        self._at = end
        if end < self._need:
            return False
        whole = self._crc == 0
        self.message = self._buf_view[: end - 2]
        self._need = 0
        if not whole:
            self.bad += 1
        return whole


class Encoder:
    """Cuts a message into lines, one at a time, so that the CRC and the base64 go in pieces.

    Args:
        buf: holds the message from PREFIX on, with 2 bytes to spare before and behind it.

    Attributes:
        line: the present line with its line feed, worth until `next_line`.
    """

    def __init__(self, buf: bytearray):
        self._buf = buf
        self._chars = bytearray(LINE_MAX)
        self._full = memoryview(self._chars)
        self.line = self._full[0:0]
        self._at = 0
        self._end = 0
        self._crc = 0

    def begin(self, length: int) -> None:
        """Begin with the message of `length` bytes at buf[PREFIX:]."""
        self._at = 0
        self._crc = 0
        self._end = length + OVERHEAD
        self._buf[0] = length + 2 >> 8
        self._buf[1] = length + 2 & 0xFF

    def next_line(self) -> bool:
        """Make the next line; False after the last."""
        start = self._at
        end = min(start + RAW_MAX, self._end)
        if start == end:
            return False
        self._sum(max(start, PREFIX), min(end, self._end - 2))
        chars = self._chars
        chars[0] = _NEXT if start else _FIRST
        chars[1] = _SECOND_OF[chars[0]]
        last = base64.write(self._buf, start, end, chars, 2)
        chars[last] = _NEWLINE
        self.line = self._full if last + 1 == LINE_MAX else self._full[: last + 1]
        self._at = end
        return True

    def _sum(self, start: int, end: int) -> None:
        if start >= end:
            return
        self._crc = crc16.update(self._crc, self._buf, start, end)
        if end == self._end - 2:
            self._buf[end] = self._crc >> 8
            self._buf[end + 1] = self._crc & 0xFF


def encode(message) -> bytes:
    """All lines of a message."""
    buf = bytearray(len(message) + OVERHEAD)
    buf[PREFIX : PREFIX + len(message)] = message
    encoder = Encoder(buf)
    encoder.begin(len(message))
    lines = []
    while encoder.next_line():
        lines.append(bytes(encoder.line))
    return b"".join(lines)
