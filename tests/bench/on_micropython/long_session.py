"""A session as long as any, pressed by a simulated hand: prints JSON of its file and of what it cost the flash.

long_session.py HAND SEED FILE: the session's file is copied to FILE.
"""

import json
import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import records, wire
from sim import flash
from sim_rig import click, fresh, until

PLACES = (
    ("forehead", "Yintang", ("midline",)),
    ("forehead", "Yangbai", ("left", "right")),
    ("crows_feet", "Taiyang", ("left", "right")),
    ("smile_lines", "Yingxiang", ("left", "right")),
    ("cheeks", "Quanliao", ("left", "right")),
    ("jawline", "Jiache", ("left", "right")),
)
SESSION_MS = 600000


def routine():
    """Each zone as long as it may be pressed."""
    steps = []
    for zone, point, sides in PLACES:
        hold_ms, presses = (10000, 3) if zone == "crows_feet" else (12000, 5)
        for side in sides:
            steps.append({"zone": zone, "side": side, "point": point, "hold_ms": hold_ms, "presses": presses})
    return json.dumps(
        {"format": 1, "name": "Long", "about": "", "session_ms": SESSION_MS, "steps": steps}
    ).encode()


class Counted(flash.BlockDevice):
    """The simulated flash, where it can be found."""

    def __init__(self, path=None):
        super().__init__(path)
        Counted.last = self


flash.BlockDevice = Counted


async def press(tool, plant):
    """One session, from the click to its summary; erases and programs of it."""
    await tool.start()
    tool.counters._user(0)["total"] = 10  # the first sessions are shorter
    text = routine()
    assert tool.clock.set(1790000000) == 0 and tool.routines.write(0, text, len(text)) == 0
    loop = asyncio.create_task(tool.run())
    before = Counted.last.erases, Counted.last.programs
    await click(plant)
    assert await until(lambda: tool.session is not None, 9000), tool.starter.refused
    assert await until(lambda: tool.session is None, SESSION_MS + 60000)
    await asyncio.sleep_ms(1000)
    spent = Counted.last.erases - before[0], Counted.last.programs - before[1]
    tool.reset_asked = True
    await loop
    return spent


def main(hand, seed, path):
    tool, plant = fresh({"hand": hand, "seed": int(seed)})
    erases, programs = asyncio.run(press(tool, plant))
    with open("/tool" + wire.session_path(1), "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(data)
    found, used = records.parse(data)
    assert used == len(data)
    summary = records.unpack(records.SUMMARY, found[-1][2])
    trace = [payload for kind, _number, payload in found if kind == records.TRACE]
    print(
        json.dumps(
            {
                "bytes": len(data),
                "trace_bytes": sum([len(payload) + records.OVERHEAD for payload in trace]),
                "intervals": sum([payload[6] for payload in trace]),
                "lost": summary["lost_intervals"],
                "duration_ms": summary["duration_ms"],
                "contact_ms": summary["contact_ms"],
                "erases": erases,
                "programs": programs,
            }
        )
    )


main(*sys.argv[1:])
