"""CRC16-XMODEM (polynomial 0x1021, start 0, no reflection), which closes a console frame."""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

from array import array

import micropython


def _table() -> array:
    table = array("H", bytes(512))
    power = 0x1021
    for bit in range(8):
        step = 1 << bit
        for low in range(step):
            table[step + low] = power ^ table[low]
        power = (power << 1) ^ (0x11021 if power & 0x8000 else 0)
    return table


_TABLE = _table()


@micropython.viper
def update(crc: int, data: ptr8, start: int, end: int) -> int:
    """Carry a CRC on over data[start:end].

    Args:
        crc: what the piece before gave; 0 for the first.
        data: bytes, bytearray or memoryview.
        start: first byte of the piece.
        end: byte after its last; keep it short (about 100 bytes): the watch waits for its end.

    Returns:
        The CRC so far, 16 bits. Over a message followed by its own CRC it is 0.
    """
    table = ptr16(_TABLE)
    while start < end:
        crc = (crc << 8 & 0xFF00) ^ int(table[crc >> 8 ^ int(data[start])])
        start += 1
    return crc
