"""Base64 and copies from buffer to buffer, in machine code.

MicroPython's own make new objects, which are garbage. Nothing here looks at a buffer's end: callers do.
"""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

import micropython
from micropython import const

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NONE = const(64)
_PAD = const(0x3D)
_VALUES = bytes([_ALPHABET.find(bytes([byte])) if byte in _ALPHABET else _NONE for byte in range(128)])


@micropython.viper
def write(data: ptr8, start: int, end: int, out: ptr8, at: int) -> int:
    """Write data[start:end] to out[at:], four letters for three bytes; where the letters end."""
    letters = ptr8(_ALPHABET)
    while start < end:
        left = end - start
        three = int(data[start]) << 16
        if left > 1:
            three |= int(data[start + 1]) << 8
        if left > 2:
            three |= int(data[start + 2])
        out[at] = letters[three >> 18]
        out[at + 1] = letters[three >> 12 & 63]
        out[at + 2] = letters[three >> 6 & 63] if left > 1 else _PAD
        out[at + 3] = letters[three & 63] if left > 2 else _PAD
        start += 3
        at += 4
    return at


@micropython.viper
def read(letters: ptr8, start: int, end: int, out: ptr8, at: int) -> int:
    """Read letters[start:end] to out[at:], three bytes for four letters; where the bytes end, -1 for no base64.

    Padding stands only at the end, where one or two letters are missing.
    """
    values = ptr8(_VALUES)
    if (end - start) & 3:
        return -1
    while start < end:
        three = 0
        pads = 0
        place = 0
        while place < 4:
            letter = int(letters[start + place])
            value = _NONE
            if letter < 128:
                value = int(values[letter])
            if value == _NONE:
                if letter != _PAD or place < 2 or start + 4 != end:
                    return -1
                value = 0
                pads += 1
            elif pads:
                return -1
            three = three << 6 | value
            place += 1
        out[at] = three >> 16
        if pads < 2:
            out[at + 1] = three >> 8 & 255
        if pads < 1:
            out[at + 2] = three & 255
        start += 4
        at += 3 - pads
    return at


@micropython.viper
def copy(data: ptr8, start: int, end: int, out: ptr8, at: int):
    """Copy data[start:end] to out[at:]."""
    while start < end:
        out[at] = data[start]
        start += 1
        at += 1


@micropython.viper
def copy_ascii(text, count: int, out: ptr8, at: int) -> int:
    """Copy a text of so many letters to out[at:]; where it ends, -1 if it has other letters than ASCII.

    The first other letter of a text lies no further on in its UTF-8 than in the text, so its first bytes tell.
    """
    letters = ptr8(text)
    place = 0
    while place < count:
        letter = int(letters[place])
        if letter > 127:
            return -1
        out[at + place] = letter
        place += 1
    return at + count
