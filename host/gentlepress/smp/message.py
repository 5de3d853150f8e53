"""One SMP message: an eight-byte header and a CBOR map."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cbor2

from gentlepress.errors import ProtocolError

HEADER_BYTES = 8
VERSION = 1  # second version of SMP: errors of a group come as {"err": {"group", "rc"}}
_HEADER = struct.Struct(">BBHHBB")
_UPDATE = "Update the tool and this program to the same version; if it happens again, report it."


@dataclass(frozen=True)
class Message:
    """A request or a reply.

    Attributes:
        op: one of wire.OP_*.
        group: command group.
        command: command within the group.
        sequence: 0 to 255; a reply carries its request's.
        body: the CBOR map.
    """

    op: int
    group: int
    command: int
    sequence: int
    body: dict[str, Any]

    def encode(self) -> bytes:
        """Bytes of the message, without framing."""
        body = cbor2.dumps(self.body)
        return (
            _HEADER.pack(self.op | VERSION << 3, 0, len(body), self.group, self.sequence, self.command) + body
        )

    @property
    def key(self) -> tuple[int, int, int, int]:
        """What a reply to this request carries: (op, group, command, sequence)."""
        return self.op + 1, self.group, self.command, self.sequence

    @property
    def own_key(self) -> tuple[int, int, int, int]:
        """What this message itself carries: (op, group, command, sequence)."""
        return self.op, self.group, self.command, self.sequence


def peek_key(data: bytes) -> tuple[int, int, int, int]:
    """(op, group, command, sequence) of a message that may be malformed; (-1, -1, -1, -1) when it has no header."""
    if len(data) < HEADER_BYTES:
        return -1, -1, -1, -1
    first, _flags, _length, group, sequence, command = _HEADER.unpack_from(data)
    return first & 0x07, group, command, sequence


def decode(data: bytes) -> Message:
    """Read a message.

    Raises:
        ProtocolError: the header is cut short, its length is wrong, or the body is no CBOR map with text keys.
    """
    if len(data) < HEADER_BYTES:
        raise ProtocolError(
            f"The tool sent a message of {len(data)} bytes; a header has {HEADER_BYTES}.", _UPDATE
        )
    first, _flags, length, group, sequence, command = _HEADER.unpack_from(data)
    if length != len(data) - HEADER_BYTES:
        raise ProtocolError(
            f"The tool sent a body of {len(data) - HEADER_BYTES} bytes and announced {length}.", _UPDATE
        )
    return Message(first & 0x07, group, command, sequence, _body(data[HEADER_BYTES:]))


def _body(data: bytes) -> dict[str, Any]:
    stream = BytesIO(data)
    try:
        body = cbor2.load(stream)
    except (
        cbor2.CBORDecodeError,
        ValueError,
        TypeError,
        OverflowError,
        RecursionError,
        MemoryError,
    ) as error:
        raise ProtocolError(f"The tool sent a body that is no CBOR ({error}).", _UPDATE) from error
    if stream.tell() != len(data):
        raise ProtocolError(
            f"The tool sent {len(data) - stream.tell()} bytes after the end of a body.", _UPDATE
        )
    if not isinstance(body, dict) or not all(isinstance(key, str) for key in body):
        raise ProtocolError("The tool sent a body that is no map with text keys.", _UPDATE)
    return body
