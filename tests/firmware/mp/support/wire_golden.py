"""Runs the table of golden bytes: one request after another against one fixed fake tool."""

import asyncio
import json
import struct

from smp import cbor, frames
from smp.server import Server
from wire_fake import FakeTool

FOLDER = "tests/golden/wire/"
FILES = ("os", "settings", "files", "tool", "calibration", "refusals", "care", "owner")


def request(op, group, command, body=None, sequence=0, version=1):
    """A whole message."""
    data = cbor.encode(body if body is not None else {})
    return struct.pack(">BBHHBB", version << 3 | op, 0, len(data), group, sequence, command) + data


def ask(server, message):
    """The reply's bytes; empty when there is none."""
    length = asyncio.run(server.handle(message))
    reply = bytes(memoryview(server.reply_buf)[frames.PREFIX : frames.PREFIX + length])
    server.reply_sent()
    return reply


def body_of(reply):
    return cbor.decode(reply, 8)


def fresh():
    tool = FakeTool()
    return tool, Server(tool)


def load(root, name):
    with open(root + FOLDER + name + ".json") as file:
        return json.load(file)
