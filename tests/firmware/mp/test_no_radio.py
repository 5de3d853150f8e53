"""A board without a radio: a double press means nothing, and nothing of the radio is loaded."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from sim_rig import click, run

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"

OF_THE_RADIO = ("core.air", "core.air_window", "links.ble", "smp.packets", "smp.private_channel", "bluetooth")


def test_a_double_press_does_nothing_and_costs_no_memory():
    async def script(tool, plant):
        await click(plant)
        await asyncio.sleep_ms(60)
        await click(plant)
        await asyncio.sleep_ms(2000)
        assert tool.air is None
        assert tool.player._blinks == 0

    run(script)
    assert not [name for name in OF_THE_RADIO if name in sys.modules]


def test_what_a_radio_needs_is_loaded_in_pieces_that_are_listed():
    import loading

    for names in loading.WIRE:
        for name in names:
            __import__(name)
    before = set(sys.modules)
    for name in ("links.ble", "smp.private_channel"):
        __import__(name)
    listed = [name for names in loading.AIR for name in names]
    assert set(sys.modules) - before == set(listed)
