"""Serves the fixed fake tool on standard input and output, for clients that talk over a pty."""

import asyncio
import select
import sys

from links.usb_serial import UsbSerial
from smp.server import Server
from wire_fake import FakeTool

sys.stdout.write("Gentlepress fake tool\n")
asyncio.run(UsbSerial(sys.stdin.buffer, sys.stdout.buffer, select.poll).run(Server(FakeTool())))
