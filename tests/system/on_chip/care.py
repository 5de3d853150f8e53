"""Runs on the chip: health, self-test and a warning sign over the service; prints JSON of what they told and cost."""

import asyncio
import gc
import json

import machine

gc.threshold(16384)
import program  # noqa: E402
from core.service import Service  # noqa: E402
from core.tool import Tool  # noqa: E402


class NoWatchdog:
    def feed(self):
        pass


def free():
    gc.collect()
    return gc.mem_free()


async def tested(service):
    before = free()
    service.begin_self_test()
    while service.self_test()["running"]:
        await asyncio.sleep_ms(50)
    return before - free()


async def measure():
    board = program.pick_board()
    board.watchdog = NoWatchdog
    tool = Tool(board)
    await tool.start()
    gc.threshold(-1)
    loop = asyncio.create_task(tool.run())
    await asyncio.sleep_ms(4500)
    service = Service(tool)
    start = free()
    tool.gaps.block_worst_us = 0
    told = service.health()
    health_us = tool.gaps.block_worst_us
    kept = [start - free()]
    tool.gaps.block_worst_us = 0
    kept.append(await tested(service))
    test_us = tool.gaps.block_worst_us
    kept.append(await tested(service))
    service.report_symptom(2)
    await asyncio.sleep_ms(1500)
    found = {
        "free": start, "kept": kept, "health_us": health_us, "test_us": test_us, "told": told,
        "test": service.self_test(), "symptom": service.symptom(), "cause": machine.reset_cause(),
    }  # fmt: skip
    tool.reset_asked = True
    await loop
    board._timer.deinit()
    print(json.dumps(found))


asyncio.run(measure())
