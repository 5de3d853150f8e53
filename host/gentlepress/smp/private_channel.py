"""The private channel as the desktop speaks it: proof of a key, and messages sealed with keys made of it.

docs/keys.md has the formulas and test vectors; sizes and labels are in firmware/core/channel.py.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gentlepress.firmware.core import channel, wire
from gentlepress.smp.message import HEADER_BYTES, VERSION

_HEADER = struct.Struct(">BBHHBB")
_SHORT, _LONG = 0x58, 0x59  # CBOR: a byte string whose length follows in one byte, or in two


@dataclass(frozen=True)
class Nonces:
    """What a handshake is bound to, beside the key: both nonces, and `channel.info` of the tool."""

    host: bytes
    tool: bytes
    info: bytes


@dataclass(frozen=True)
class Derived:
    """Keys made for one handshake; the names are those of channel.DERIVED."""

    proof: bytes
    host_cipher: bytes
    host_tag: bytes
    tool_cipher: bytes
    tool_tag: bytes

    def prove(self, label: bytes, nonces: Nonces) -> bytes:
        """What shows that a side has the key.

        Args:
            label: channel.HOST_LABEL or channel.TOOL_LABEL.
            nonces: of the handshake.
        """
        return hmac.digest(self.proof, label + nonces.host + nonces.tool + nonces.info, hashlib.sha256)


def derive(key: bytes, nonces: Nonces) -> Derived:
    """Keys for a handshake.

    Args:
        key: the one of this desktop and tool.
        nonces: of the handshake.
    """
    made = HKDF(SHA256(), channel.DERIVED_BYTES, nonces.host + nonces.tool, nonces.info).derive(key)
    parts = []
    for _name, size in channel.DERIVED:
        parts.append(made[:size])
        made = made[size:]
    return Derived(*parts)


class Seal:
    """One channel, from its proof to its end.

    Args:
        derived: its keys.

    Attributes:
        refused: sealed messages so far that were not to be believed.
    """

    def __init__(self, derived: Derived) -> None:
        self._derived = derived
        self._sent = 0
        self._heard = 0
        self.refused = 0

    def wrap(self, message: bytes) -> bytes:
        """Seal a request; sealed twice it has two counters.

        Args:
            message: header and map.
        """
        self._sent += 1
        counter = self._sent.to_bytes(channel.COUNTER_BYTES, "big")
        size = channel.COUNTER_BYTES + len(message) + channel.TAG_BYTES
        length = bytes((_SHORT, size)) if size < 256 else bytes((_LONG,)) + size.to_bytes(2, "big")
        head = channel.SEALED_HEAD + length
        header = _HEADER.pack(
            wire.OP_WRITE | VERSION << 3, 0, len(head) + size, wire.GROUP_TOOL, message[6], wire.TOOL_SEALED
        )
        body = header + head + counter + _counted(self._derived.host_cipher, counter, message)
        return body + _tag(self._derived.host_tag, body)

    def unwrap(self, message: bytes) -> bytes | None:
        """The reply in a sealed one; None when it is not to be believed, or was heard before.

        Args:
            message: header and map.
        """
        start = _start(message)
        tag = message[-channel.TAG_BYTES :]
        body = message[: -channel.TAG_BYTES]
        if not start or not hmac.compare_digest(tag, _tag(self._derived.tool_tag, body)):
            self.refused += 1
            return None
        counter = body[start : start + channel.COUNTER_BYTES]
        number = int.from_bytes(counter, "big")
        if number <= self._heard:
            self.refused += 1
            return None
        self._heard = number
        return _counted(self._derived.tool_cipher, counter, body[start + channel.COUNTER_BYTES :])


def _counted(key: bytes, counter: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt in counter mode."""
    first = counter + bytes(16 - len(counter))
    mixer = Cipher(algorithms.AES(key), modes.CTR(first)).encryptor()
    return mixer.update(data) + mixer.finalize()


def _tag(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.sha256)[: channel.TAG_BYTES]


def _start(message: bytes) -> int:
    """Where the counter of a well-formed sealed reply begins, else 0."""
    head = HEADER_BYTES + len(channel.SEALED_HEAD)
    least = channel.COUNTER_BYTES + HEADER_BYTES + channel.TAG_BYTES
    if len(message) < head + 2 + least:
        return 0
    first, _flags, length, group, _sequence, command = _HEADER.unpack_from(message)
    is_reply = (first & 7, group, command) == (wire.OP_WRITE_REPLY, wire.GROUP_TOOL, wire.TOOL_SEALED)
    if not is_reply or length != len(message) - HEADER_BYTES:
        return 0
    if message[HEADER_BYTES:head] != channel.SEALED_HEAD or message[head] not in (_SHORT, _LONG):
        return 0
    start = head + (2 if message[head] == _SHORT else 3)
    size = int.from_bytes(message[head + 1 : start], "big")
    return start if size >= least and start + size == len(message) else 0
