"""Runs on the chip: what the private channel costs beside the server, in heap and in time; prints JSON.

A Pico has no radio and loads none of this by itself; it stands for the boards that do.
"""

import gc
import hashlib
import json
import struct
import time

gc.threshold(-1)
from core import channel  # noqa: E402
from smp import key_proof, private_channel  # noqa: E402
from smp.private_channel import PrivateChannel  # noqa: E402
from smp.seal import Seal  # noqa: E402
from smp.server import Server  # noqa: E402

DERIVED = bytes(range(channel.DERIVED_BYTES))


class Tool:
    """Says so many bytes for its state."""

    key_changes = 0
    contact = True
    size = 0

    def in_contact(self):
        return self.contact

    def testing(self):
        return False

    def spend(self, _size):
        return True

    def spend_refusing(self, _size):
        return True

    def tell_state(self, out):
        out.map(1)
        out.pair("force", b"x" * self.size)


def state(body=b"\xa0"):
    return struct.pack(">BBHHBB", 8, 0, len(body), 65, 1, 3) + body


def sealed(desk, message):
    """A request as the desktop seals it."""
    buf = bytearray(len(message) + channel.OVERHEAD)
    buf[: len(message)] = message
    body = buf[: desk.seal(buf, 0, len(message), message) - channel.TAG_BYTES]
    body[0] = body[0] & 0xF8 | 2
    return memoryview(body + desk._tool.mac.of(bytes(body))[: channel.TAG_BYTES])


def spent(call):
    """Bytes of heap that a call leaves behind, and microseconds."""
    gc.collect()
    before, start_us = gc.mem_alloc(), time.ticks_us()
    call()
    took_us = time.ticks_diff(time.ticks_us(), start_us)
    return gc.mem_alloc() - before, took_us


def beside(tool, server, front, desk, body):
    """What a sealed request costs more than the same one over the cable."""
    asked = memoryview(state(body))
    server.answer(asked)
    front.answer(sealed(desk, state(body)))
    outer_message = sealed(desk, state(body))
    outer = spent(lambda: front.answer(outer_message))
    inner = spent(lambda: server.answer(asked))
    return outer[0] - inner[0]


def main():
    tool = Tool()
    server = Server(tool, 1536)
    front = PrivateChannel(server)
    front.opened()
    seal = front._seal = Seal(DERIVED)
    desk = Seal(DERIVED[:32] + DERIVED[80:] + DERIVED[32:80])
    found = {"beside": []}
    for size, body in (
        (10, b"\xa0"),
        (350, b"\xa0"),
        (600, b"\xa0"),
        (350, b"\xa1\x61d\x58\xb0" + bytes(176)),
    ):
        tool.size = size
        found["beside"].append(beside(tool, server, front, desk, body))
    found["cipher_us"] = spent(lambda: seal._make_stream(seal._tool.aes, 1, 0, 16))[1]
    digest, piece = hashlib.sha256(b""), bytes(512)
    found["digest_us"] = spent(lambda: digest.update(piece))[1]
    front._seal = None
    request = memoryview(bytearray(state()))
    found["stranger"] = spent(lambda: front.answer(request))[0]
    tool.contact = False
    denied = memoryview(bytearray(state()))
    found["refused"] = spent(lambda: server.refuse(denied, private_channel._denied(denied)))[0]
    keys = [bytes([n]) * 16 for n in range(8)]
    found["proof"] = spent(lambda: key_proof.check(keys, bytes(16), bytes(16), bytes(31), bytes(32)))
    print(json.dumps(found))


main()
