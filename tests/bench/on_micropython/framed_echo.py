"""Sends every message back as it came, with the tool's own frames and port: what a link carries at best."""

import asyncio
import select
import sys

from links.usb_serial import UsbSerial
from smp import frames
from smp.server import Server
from wire_fake import FakeTool


class Echo(Server):
    """A message that begins with a number other than 0 is answered with so many bytes instead."""

    def answer(self, message):
        """The reply's length."""
        start = frames.PREFIX
        self.reply_buf[start : start + len(message)] = message
        return message[0] << 8 | message[1] or len(message)


asyncio.run(UsbSerial(sys.stdin.buffer, sys.stdout.buffer, select.poll).run(Echo(FakeTool())))
