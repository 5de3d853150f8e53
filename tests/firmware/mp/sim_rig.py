"""The whole tool on the simulator board, in virtual time, for tests on MicroPython."""

import asyncio
import os
import sys

import vfs

PRESS = [[0, 1000], [3000000, 1000]]  # 1 N for three seconds


def fresh(options=None):
    """(tool, plant) of a new simulated world; the flash is empty."""
    from sim import task_queue

    if "_asyncio" not in sys.modules:
        sys.modules["_asyncio"] = task_queue
    from boards import simulator
    from core.tool import Tool
    from sim.clock import CLOCK
    from sim.world import WORLD

    CLOCK.sources.clear()
    CLOCK.set_fast(True)
    if "tool" in os.listdir("/"):
        vfs.umount("/tool")
    return Tool(simulator.build(options or {})), WORLD.plant


def run(script, options=None):
    """Start a tool and run `script(tool, plant)`, a coroutine, beside its main loop."""
    tool, plant = fresh(options)

    async def main():
        await tool.start()
        loop = asyncio.create_task(tool.run())
        await script(tool, plant)
        tool.reset_asked = True
        await loop

    asyncio.run(main())
    return tool


async def click(plant, ms=160):
    """Press the button for so long."""
    plant.button_down = True
    await asyncio.sleep_ms(ms)
    plant.button_down = False
    await asyncio.sleep_ms(60)


async def until(condition, ms):
    """Wait for a condition; whether it came in time."""
    for _ in range(ms // 20):
        if condition():
            return True
        await asyncio.sleep_ms(20)
    return False


async def started(tool, plant):
    """Begin a session with a click."""
    await click(plant)
    assert await until(lambda: tool.session is not None, 8000), tool.starter.refused
