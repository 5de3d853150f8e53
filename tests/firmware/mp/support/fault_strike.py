"""Makes the faults of the table: turns their knobs, and turns them back."""

import asyncio
import time

from fault_table import pick
from sim.world import WORLD


def broken(*_arguments):
    """Stands for any mistake in the firmware."""
    raise ValueError("broken")


async def _breaks():
    broken()


async def _hangs():
    while not WORLD.bitten_us:
        time.sleep_ms(5)


async def _holds_up(ms):
    WORLD.deaf = True  # a long call of C: no callback comes between, and none that was due is kept
    time.sleep_ms(ms)
    WORLD.deaf = False


async def _hoards():
    hoard = []
    while True:
        hoard.append(bytearray(65536))
        if len(hoard) % 16 == 0:
            await asyncio.sleep_ms(1)


TASKS = {
    "breaks": lambda tool, _: asyncio.create_task(_breaks()),
    "hangs": lambda tool, _: asyncio.create_task(_hangs()),
    "holds_up": lambda tool, ms: asyncio.create_task(_holds_up(ms)),
    "hoards": lambda tool, _: asyncio.create_task(_hoards()),
    "watch_breaks": lambda tool, _: setattr(tool.player, "show", broken),
    "loop_breaks": lambda tool, _: setattr(tool.button, "tick", broken),
}


class Strike:
    """A fault with its values picked."""

    def __init__(self, fault, random):
        self.fault = fault
        self.values = [pick(value, random) for _knob, value in fault.knobs]
        self._undo = []

    def __str__(self):
        knobs = ["%s = %s" % (knob, value) for (knob, _), value in zip(self.fault.knobs, self.values)]
        return "%s (%s)" % (self.fault.name, ", ".join(knobs))

    def strike(self, tool, plant, device):
        """Turn the knobs."""
        for (knob, _), value in zip(self.fault.knobs, self.values):
            self._turn(knob, value, tool, plant, device)

    def _turn(self, knob, value, tool, plant, device):
        first, *path = knob.split(".")
        if first == "task":
            TASKS[path[0]](tool, value)
            return
        owner = {
            "nau": plant.nau,
            "hx": plant.hx,
            "drv": plant.drv,
            "erm": plant.erm,
            "plant": plant,
            "world": WORLD,
            "tool": tool,
            "flash": device,
        }[first]
        for name in path[:-1]:
            owner = getattr(owner, name)
        if knob.endswith("()"):
            method = getattr(owner, path[-1][:-2])
            method() if value is None else method(value)
            return
        self._undo.append((owner, path[-1], getattr(owner, path[-1])))
        setattr(owner, path[-1], value)

    def undo(self):
        """Turn them back."""
        while self._undo:
            setattr(*self._undo.pop())
