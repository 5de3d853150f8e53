"""Runs on the chip: the whole tool started, its free heap, and what it allocates at rest. Prints JSON."""

import asyncio
import gc
import json
import select
import time

gc.threshold(16384)
import program
from core.service import Service
from core.tool import Tool
from links.usb_serial import UsbSerial
from smp.server import Server

SPAN_MS = 2000


class NoWatchdog:
    def feed(self):
        pass


async def measure():
    start_ms = time.ticks_ms()
    board = program.pick_board()
    board.watchdog = NoWatchdog
    tool = Tool(board)
    await tool.start()
    started_ms = time.ticks_diff(time.ticks_ms(), start_ms)
    gc.threshold(-1)
    gc.collect()
    free = gc.mem_free()
    link = UsbSerial(*board.streams(), select.poll)
    asyncio.create_task(tool.run())
    asyncio.create_task(link.run(Server(Service(tool))))
    await asyncio.sleep_ms(200)
    gc.collect()
    before = gc.mem_alloc()
    await asyncio.sleep_ms(SPAN_MS)
    grown = gc.mem_alloc() - before
    tool.reset_asked = True
    board._timer.deinit()
    print(json.dumps([free, grown * 1000 // SPAN_MS, started_ms]))


asyncio.run(measure())
