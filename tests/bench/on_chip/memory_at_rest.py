"""Runs on the chip: the tool started, its free heap without and with the wire, what it allocates at rest. JSON."""

import asyncio
import gc
import json
import sys
import time

gc.threshold(16384)
import program
from core.tool import Tool

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
    gc.collect()
    silent = gc.mem_free()
    import loading

    link, server = loading.load_wire(board, tool)
    sys.modules.pop("loading")
    loading = None
    gc.threshold(-1)
    gc.collect()
    free = gc.mem_free()
    asyncio.create_task(tool.run())
    asyncio.create_task(link.run(server))
    await asyncio.sleep_ms(200)
    gc.collect()
    before = gc.mem_alloc()
    await asyncio.sleep_ms(SPAN_MS)
    grown = gc.mem_alloc() - before
    tool.reset_asked = True
    board._timer.deinit()
    print(json.dumps([silent, free, grown * 1000 // SPAN_MS, started_ms]))


asyncio.run(measure())
