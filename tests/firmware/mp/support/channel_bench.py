"""The golden handshake of the private channel, and the desktop's side of it, for plain scripts."""

import json
from binascii import unhexlify

from core import channel
from smp import key_proof
from smp.seal import Seal

VECTORS = "tests/golden/channel/vectors.json"


def vectors(root):
    """{name: bytes} of the golden handshake and messages."""
    with open(root + VECTORS) as file:
        return {name: unhexlify(text) for name, text in json.load(file).items()}


def mirrored(derived):
    """The same keys with desktop and tool exchanged."""
    proof, host, tool = derived[:32], derived[32:80], derived[80:]
    return proof + tool + host


class Desk:
    """The desktop's side of a channel, by the tool's own code with the directions exchanged."""

    def __init__(self, derived):
        self._seal = Seal(mirrored(derived))

    def wrap(self, message):
        buf = bytearray(len(message) + channel.OVERHEAD)
        buf[: len(message)] = message
        length = self._seal.seal(buf, 0, len(message), message)
        return self.tagged(buf[:length], 2)

    def unwrap(self, message):
        found = self._seal.unseal(memoryview(self.tagged(message, 2, self._seal._host)))
        return None if found is None else bytes(found)

    def tagged(self, message, op, direction=None):
        """A message with another operation in its header, tagged anew."""
        body = bytearray(message[: -channel.TAG_BYTES])
        if direction is not None and direction.mac.of(bytes(body))[:16] != bytes(message[-16:]):
            return bytearray(message)
        body[0] = body[0] & 0xF8 | op
        return body + (direction or self._seal._tool).mac.of(bytes(body))[: channel.TAG_BYTES]


def derived_of(values):
    """The keys of the golden handshake."""
    return key_proof.derive(values["key"], values["host_nonce"], values["tool_nonce"], values["info"])
