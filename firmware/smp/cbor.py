"""A small CBOR (RFC 8949): what SMP messages hold, written into a buffer that is there already.

Written: whole numbers up to 64 bits, byte and text strings, arrays, maps, booleans, null. Read besides: strings and
containers of unknown length, floats of 16 to 64 bits, tags (skipped). Plain module.
"""

from .cbor_reader import ITEMS_MAX, Reader, decode
from .cbor_writer import DEPTH_MAX, CborError, Writer, encode

__all__ = ("DEPTH_MAX", "ITEMS_MAX", "CborError", "Reader", "Writer", "decode", "encode")
