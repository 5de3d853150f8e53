"""Sends every message back as it came, with the tool's own frames and port: what a link carries at best."""

import asyncio
import select
import sys

from links.usb_serial import UsbSerial
from smp import frames
from smp.server import BUF_SIZE


class Echo:
    """A message that begins with a number other than 0 is answered with so many bytes instead."""

    LATER = -1
    buf_size = BUF_SIZE

    def __init__(self):
        self.reply_buf = bytearray(BUF_SIZE + frames.OVERHEAD)
        self._body = memoryview(self.reply_buf)[frames.PREFIX :]

    def answer(self, message):
        """The reply's length."""
        self._body[: len(message)] = message
        return message[0] << 8 | message[1] or len(message)

    def reply_sent(self):
        """Nothing waits."""


asyncio.run(UsbSerial(sys.stdin.buffer, sys.stdout.buffer, select.poll).run(Echo()))
