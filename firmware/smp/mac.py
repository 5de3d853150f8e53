"""HMAC-SHA256 (RFC 2104, FIPS 198-1): MicroPython has the digest, but not this."""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

import hashlib

import micropython
from micropython import const

PIECE = 512
"""Bytes that are digested in one go: a long call would hold up the watch."""

_BLOCK = const(64)
_INNER = const(0x36)
_OUTER = const(0x5C)


class Mac:
    """Tags under one key, whose padded forms are made once."""

    def __init__(self, key: bytes):
        if len(key) > _BLOCK:
            key = hashlib.sha256(key).digest()
        self._inner = bytearray(_BLOCK)
        self._outer = bytearray(_BLOCK)
        _pad(key, len(key), self._inner, self._outer)

    def of(self, data) -> bytes:
        """The 32 bytes of the tag of bytes or of a memoryview."""
        inner = hashlib.sha256(self._inner)
        if len(data) <= PIECE:
            inner.update(data)
        else:
            for at in range(0, len(data), PIECE):
                inner.update(data[at : at + PIECE])
        outer = hashlib.sha256(self._outer)
        outer.update(inner.digest())
        return outer.digest()


@micropython.viper
def _pad(key: ptr8, count: int, inner: ptr8, outer: ptr8):
    for at in range(_BLOCK):
        byte = int(key[at]) if at < count else 0
        inner[at] = byte ^ _INNER
        outer[at] = byte ^ _OUTER


@micropython.viper
def same(found: ptr8, wanted: ptr8, count: int) -> bool:
    """Whether so many bytes are the same; it takes the same time wherever they differ."""
    differ = 0
    for at in range(count):
        differ |= int(found[at]) ^ int(wanted[at])
    return differ == 0
