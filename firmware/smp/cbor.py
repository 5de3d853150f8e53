"""A small CBOR (RFC 8949): what SMP messages hold, written into a buffer that is there already.

Written: whole numbers up to 64 bits, byte and text strings, arrays, maps, booleans, null. Read besides: strings and
containers of unknown length, floats of 16 to 64 bits, tags (skipped). Plain module.
"""

import struct

DEPTH_MAX = 8
ITEMS_MAX = 512
KEYS_MAX = 96

# Texts used as keys, as bytes: a reply's keys are always the same few, and encoding them again makes garbage.
_KEYS = {}

_UINT = 0
_NEGATIVE = 1
_BYTES = 2
_TEXT = 3
_ARRAY = 4
_MAP = 5
_TAG = 6
_SIMPLE = 7

_COPY_MAX = 16  # up to here a loop, which makes no slice object
_OPEN = -1  # length of a string or container that ends with a break
_BREAK = object()


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
        self._head(_MAP, count)

    def array(self, count: int) -> None:
        """Begin an array of `count` items."""
        self._head(_ARRAY, count)

    def integer(self, value: int) -> None:
        """A whole number of at most 64 bits."""
        if not -0x10000000000000000 <= value < 0x10000000000000000:
            raise CborError("a number does not fit 64 bits")
        if value < 0:
            self._head(_NEGATIVE, -1 - value)
        else:
            self._head(_UINT, value)

    def text(self, value: str) -> None:
        """A text."""
        self._string(_TEXT, value.encode())

    def data(self, value) -> None:
        """A byte string: bytes, bytearray or memoryview."""
        self._string(_BYTES, value)

    def data_space(self, count: int) -> memoryview:
        """Begin a byte string of `count` bytes and return the place where the caller puts them."""
        self._head(_BYTES, count)
        if self.room() < count:
            raise CborError("%d bytes of data do not fit the %d that are left" % (count, self.room()))
        start = self.at
        self.at = start + count
        return memoryview(self.buf)[start : start + count]

    def _string(self, major: int, value) -> None:
        self._head(major, len(value))
        if self.room() < len(value):
            raise CborError("%d bytes do not fit the %d that are left" % (len(value), self.room()))
        buf, at = self.buf, self.at
        if len(value) <= _COPY_MAX:
            for byte in value:
                buf[at] = byte
                at += 1
        else:
            buf[at : at + len(value)] = value
        self.at += len(value)

    def boolean(self, value: bool) -> None:
        """True or false."""
        self._head(_SIMPLE, 21 if value else 20)

    def null(self) -> None:
        """Null."""
        self._head(_SIMPLE, 22)

    def pair(self, key: str, value) -> None:
        """Key and value of a map."""
        self._key(key)
        self.value(value)

    def _key(self, key) -> None:
        raw = _KEYS.get(key)
        if raw is not None:
            self._string(_TEXT, raw)
        elif isinstance(key, str) and len(_KEYS) < KEYS_MAX:
            _KEYS[key] = raw = key.encode()
            self._string(_TEXT, raw)
        else:
            self.value(key)

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
                self._key(key)
                self.value(value[key], depth - 1)
        elif isinstance(value, (list, tuple)):
            self.array(len(value))
            for item in value:
                self.value(item, depth - 1)
        else:
            raise CborError("a %s can't be written" % type(value).__name__)


class Reader:
    """Reads items from buf[at:end].

    Args:
        buf: bytes, bytearray or memoryview.
        at, end: the part to read.
        views: give byte strings as memoryviews of `buf`, without a copy; they are worth as long as the buffer is.
    """

    def __init__(self, buf, at: int, end: int, views: bool = False):
        self._view = memoryview(buf)
        self.at = at
        self._end = end
        self._views = views
        self._items = 0

    def _take(self, count: int) -> memoryview:
        start = self.at
        if count > self._end - start:
            raise CborError("cut short at byte %d" % start)
        self.at = start + count
        return self._view[start : self.at]

    def _length(self, low: int, major: int) -> int:
        if low < 24:
            return low
        if low == 31 and _BYTES <= major <= _MAP:
            return _OPEN
        if low > 27:
            raise CborError("no such length at byte %d" % (self.at - 1))
        value = 0
        for byte in self._take(1 << low - 24):
            value = value << 8 | byte
        return value

    def item(self, depth: int = DEPTH_MAX):
        """The next item. Raises CborError."""
        found = self._item(depth)
        if found is _BREAK:
            raise CborError("a break without a beginning at byte %d" % (self.at - 1))
        return found

    def _item(self, depth: int):
        self._items += 1
        if self._items > ITEMS_MAX:
            raise CborError("more than %d items" % ITEMS_MAX)
        first = self._take(1)[0]
        major, low = first >> 5, first & 31
        if major == _SIMPLE:
            return self._simple(low)
        length = self._length(low, major)
        if major == _UINT:
            return length
        if major == _NEGATIVE:
            return -1 - length
        if major in (_BYTES, _TEXT):
            return self._string(major, length)
        if depth == 0:
            raise CborError("deeper than %d levels" % DEPTH_MAX)
        if major == _ARRAY:
            return self._array(length, depth - 1)
        return self._map(length, depth - 1) if major == _MAP else self.item(depth - 1)

    def _simple(self, low: int):
        if low == 31:
            return _BREAK
        if low in (20, 21):
            return low == 21
        if low in (22, 23):
            return None
        if low == 25:
            return _half(self._take(2))
        if low == 26:
            return struct.unpack(">f", bytes(self._take(4)))[0]
        if low == 27:
            return struct.unpack(">d", bytes(self._take(8)))[0]
        raise CborError("no such simple value at byte %d" % (self.at - 1))

    def _string(self, major: int, length: int):
        if length == _OPEN:
            return self._pieces(major)
        taken = self._take(length)
        if major == _BYTES:
            return taken if self._views else bytes(taken)
        try:
            return str(bytes(taken), "utf-8")
        except UnicodeError:
            raise CborError("a text is not UTF-8 before byte %d" % self.at)

    def _pieces(self, major: int):
        pieces = []
        while True:
            first = self._take(1)[0]
            if first == 0xFF:
                break
            length = self._length(first & 31, major)
            if first >> 5 != major or length == _OPEN or len(pieces) > ITEMS_MAX:
                raise CborError("a wrong piece of a string before byte %d" % self.at)
            pieces.append(self._string(major, length))
        return "".join(pieces) if major == _TEXT else b"".join(pieces)

    def _array(self, length: int, depth: int) -> list:
        items = []
        while length == _OPEN or len(items) < length:
            item = self._item(depth)
            if item is _BREAK:
                if length != _OPEN:
                    raise CborError("a break inside an array before byte %d" % self.at)
                break
            items.append(item)
        return items

    def _map(self, length: int, depth: int) -> dict:
        pairs = {}
        count = 0
        while length == _OPEN or count < length:
            key = self._item(depth)
            if key is _BREAK and length == _OPEN:
                break
            if isinstance(key, bool) or not isinstance(key, (str, int)) or key in pairs:
                raise CborError("a key is no text or number, or comes twice, before byte %d" % self.at)
            pairs[key] = self.item(depth)
            count += 1
        return pairs


def _half(raw) -> float:
    bits = raw[0] << 8 | raw[1]
    exponent, fraction = bits >> 10 & 31, bits & 1023
    if exponent == 31:
        value = float("nan") if fraction else float("inf")
    elif exponent == 0:
        value = fraction / 16777216
    else:
        value = (1024 + fraction) * 2.0 ** (exponent - 25)
    return -value if bits & 0x8000 else value


def decode(buf, start: int = 0, end: int = -1, views: bool = False):
    """The one item that buf[start:end] holds (end -1: to the end of buf); see Reader. Raises CborError."""
    if end < 0:
        end = len(buf)
    reader = Reader(buf, start, end, views)
    value = reader.item()
    if reader.at != end:
        raise CborError("%d bytes follow the item" % (end - reader.at))
    return value


def encode(value, size: int = 4096) -> bytes:
    """A value as CBOR of at most `size` bytes. Raises CborError."""
    writer = Writer(bytearray(size))
    writer.value(value)
    return bytes(writer.buf[: writer.at])
