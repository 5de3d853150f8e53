"""Writes CBOR into a buffer that is there already; see cbor.py. Plain module."""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

from . import base64

DEPTH_MAX = 8

UINT = 0
NEGATIVE = 1
BYTES = 2
TEXT = 3
ARRAY = 4
MAP = 5
SIMPLE = 7


class CborError(ValueError):
    """The bytes are no CBOR that is understood here, or a value can't be written. The text says where and why."""


class Writer:
    """Writes items one after another into a buffer.

    Args:
        buf: a bytearray; it is never made longer.
        at: where the first item goes.

    `at` is where the next item goes. An item that does not fit raises CborError and leaves `at` somewhere in it.
    """

    def __init__(self, buf: bytearray, at: int = 0):
        self.buf = buf
        self.at = at
        self._end = len(buf)

    def limit(self, end: int) -> None:
        """Write no further than to buf[:end]."""
        self._end = min(end, len(self.buf))

    def room(self) -> int:
        """Bytes left in the buffer."""
        return self._end - self.at

    def _head(self, major: int, value: int) -> None:
        size = (
            0
            if value < 24
            else 1
            if value < 0x100
            else 2
            if value < 0x10000
            else 4
            if value < 0x100000000
            else 8
        )
        if self.room() < 1 + size:
            raise CborError("the message does not fit its %d bytes" % self._end)
        buf, at = self.buf, self.at
        buf[at] = major << 5 | (value if size == 0 else 23 + (1, 2, 4, 8).index(size) + 1)
        for place in range(size, 0, -1):
            buf[at + place] = value & 0xFF
            value >>= 8
        self.at = at + 1 + size

    def map(self, count: int) -> None:
        """Begin a map of `count` pairs; key and value follow in turn."""
        self._head(MAP, count)

    def array(self, count: int) -> None:
        """Begin an array of `count` items."""
        self._head(ARRAY, count)

    def integer(self, value: int) -> None:
        """A whole number of at most 64 bits."""
        if not -0x10000000000000000 <= value < 0x10000000000000000:
            raise CborError("a number does not fit 64 bits")
        if value < 0:
            self._head(NEGATIVE, -1 - value)
        else:
            self._head(UINT, value)

    def text(self, value: str) -> None:
        """A text."""
        start, count = self.at, len(value)
        self._head(TEXT, count)
        self._check_room(count)
        end = base64.copy_ascii(value, count, self.buf, self.at)
        if end < 0:
            self.at = start
            self._string(TEXT, value.encode())
        else:
            self.at = end

    def data(self, value) -> None:
        """A byte string: bytes, bytearray or memoryview."""
        self._string(BYTES, value)

    def data_space(self, count: int) -> memoryview:
        """Begin a byte string of `count` bytes and return the place where the caller puts them."""
        start = self.skip_data(count)
        return memoryview(self.buf)[start : start + count]

    def skip_data(self, count: int) -> int:
        """Begin a byte string of `count` bytes; the caller puts them at buf[...] from the index returned on."""
        self._head(BYTES, count)
        self._check_room(count)
        start = self.at
        self.at = start + count
        return start

    def _string(self, major: int, value) -> None:
        count = len(value)
        self._head(major, count)
        self._check_room(count)
        base64.copy(value, 0, count, self.buf, self.at)
        self.at += count

    def _check_room(self, count: int) -> None:
        if self.room() < count:
            raise CborError("%d bytes do not fit the %d that are left" % (count, self.room()))

    def boolean(self, value: bool) -> None:
        """True or false."""
        self._head(SIMPLE, 21 if value else 20)

    def null(self) -> None:
        """Null."""
        self._head(SIMPLE, 22)

    def pair(self, key: str, value) -> None:
        """Key and value of a map."""
        self.text(key)
        self.value(value)

    def value(self, value, depth: int = DEPTH_MAX) -> None:
        """Any of the above, a list or tuple of them, or a dict. Raises CborError for anything else."""
        if isinstance(value, bool):
            self.boolean(value)
        elif isinstance(value, int):
            self.integer(value)
        elif isinstance(value, str):
            self.text(value)
        elif isinstance(value, (bytes, bytearray, memoryview)):
            self.data(value)
        elif value is None:
            self.null()
        else:
            self._container(value, depth)

    def _container(self, value, depth: int) -> None:
        if depth == 0:
            raise CborError("deeper than %d levels" % DEPTH_MAX)
        if isinstance(value, dict):
            self.map(len(value))
            for key in value:
                self.value(key)
                self.value(value[key], depth - 1)
        elif isinstance(value, (list, tuple)):
            self.array(len(value))
            for item in value:
                self.value(item, depth - 1)
        else:
            raise CborError("a %s can't be written" % type(value).__name__)


def encode(value, size: int = 4096) -> bytes:
    """A value as CBOR of at most `size` bytes. Raises CborError."""
    writer = Writer(bytearray(size))
    writer.value(value)
    return bytes(writer.buf[: writer.at])
