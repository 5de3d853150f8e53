"""Reads CBOR; see cbor.py. Plain module."""

import struct

from .cbor_writer import ARRAY, BYTES, DEPTH_MAX, MAP, NEGATIVE, SIMPLE, TEXT, UINT, CborError

ITEMS_MAX = 512

_OPEN = -1  # length of a string or container that ends with a break
_BREAK = object()


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

    def _byte(self) -> int:
        at = self.at
        if at >= self._end:
            raise CborError("cut short at byte %d" % at)
        self.at = at + 1
        return self._view[at]

    def _length(self, low: int, major: int) -> int:
        if low < 24:
            return low
        if low == 31 and BYTES <= major <= MAP:
            return _OPEN
        if low > 27:
            raise CborError("no such length at byte %d" % (self.at - 1))
        value = 0
        for _ in range(1 << low - 24):
            value = value << 8 | self._byte()
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
        first = self._byte()
        major, low = first >> 5, first & 31
        if major == SIMPLE:
            return self._simple(low)
        length = self._length(low, major)
        if major == UINT:
            return length
        if major == NEGATIVE:
            return -1 - length
        if major in (BYTES, TEXT):
            return self._string(major, length)
        if depth == 0:
            raise CborError("deeper than %d levels" % DEPTH_MAX)
        if major == ARRAY:
            return self._array(length, depth - 1)
        return self._map(length, depth - 1) if major == MAP else self.item(depth - 1)

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
        if major == BYTES:
            return taken if self._views else bytes(taken)
        try:
            return str(taken, "utf-8")
        except UnicodeError:
            raise CborError("a text is not UTF-8 before byte %d" % self.at)

    def _pieces(self, major: int):
        pieces = []
        while True:
            first = self._byte()
            if first == 0xFF:
                break
            length = self._length(first & 31, major)
            if first >> 5 != major or length == _OPEN or len(pieces) > ITEMS_MAX:
                raise CborError("a wrong piece of a string before byte %d" % self.at)
            pieces.append(self._string(major, length))
        return "".join(pieces) if major == TEXT else b"".join(pieces)

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
