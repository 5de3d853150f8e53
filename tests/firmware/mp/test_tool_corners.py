"""The whole tool in corners: a task that dies, restarts, faults over a sleep, garbage at rest, recovery, memory."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio
import os

from core import ids, patterns, wire
from core.journal import Journal
from core.service import Service
from sim_rig import click, run, started, until
from smp import cbor

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 100


def ends(tool):
    again = Journal(tool.board.root)
    return again.recover(), [row["end"] for row in again.list(0, 9)[0]]


class Held:
    """A force that stays."""

    def __init__(self, force_mn):
        self.mn = force_mn

    def force_mn(self, t_us, vibration, light):
        return self.mn + t_us // 3125 % 7


def broken(*_args):
    raise ValueError("broken")


def test_a_task_that_dies_restarts_the_tool():
    async def script(tool, plant):
        tool.starter.why_not = broken
        await click(plant)
        assert await until(lambda: tool.reset_asked, 2000)

    run(script)


def test_a_dying_wire_restarts_the_tool_and_closes_the_session():
    async def script(tool, plant):
        await started(tool, plant)

        async def die():
            raise ValueError("broken")

        asyncio.create_task(die())
        assert await until(lambda: tool.reset_asked, 500)

    tool = run(script)
    assert ends(tool) == ([], [ids.END_BROKEN])


def test_a_restart_asked_for_closes_the_session():
    async def script(tool, plant):
        await started(tool, plant)
        Service(tool).reset()
        await asyncio.sleep_ms(100)

    tool = run(script)
    assert ends(tool) == ([], [ids.END_INTERRUPTED])
    assert tool.counters.total() == 0, "nothing was pressed"


def test_a_fault_outlasts_sleep_until_a_self_test():
    def rests():
        return "the zone rests"

    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        tool.fault = ids.FAULT_MOTOR_DIAGNOSTIC
        await click(plant, 1500)
        assert await until(lambda: tool.mode == ids.ASLEEP, 1000)
        tool.starter.why_not = rests
        await click(plant)
        assert await until(lambda: tool.mode == ids.IDLE, 3000)
        await asyncio.sleep_ms(4000)
        assert tool.fault == ids.FAULT_MOTOR_DIAGNOSTIC and plant.light == patterns.OFF

    run(script)


def test_a_deaf_tool_in_contact_sleeps_too():
    async def script(tool, plant):
        plant.hand = Held(1000)
        assert await until(lambda: tool.watch.judge.contact, 2000)
        plant.nau.brownout()
        assert await until(lambda: tool.watch.fault, 1000)
        assert await until(lambda: tool.mode == ids.ASLEEP, 125000)

    run(script)


def test_garbage_is_collected_at_rest_after_a_contact():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        plant.hand = Held(1000)
        assert await until(lambda: tool.watch.judge.contact, 2000)
        while tool.gaps.spend(2048):
            pass
        await asyncio.sleep_ms(2000)
        assert not tool.gaps.spend(2048), "none in contact"
        plant.hand = Held(0)
        await asyncio.sleep_ms(1500)
        assert tool.gaps.spend(2048)

    run(script)


def test_garbage_is_collected_at_rest_before_a_contact():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        collected = []
        collect = tool.gaps.collect

        def spy():
            collected.append(tool.watch.judge.contact)
            collect()

        tool.gaps.collect = spy
        await asyncio.sleep_ms(30000)
        assert not collected, "little garbage"
        for _ in range(90):
            bytearray(100000)
        await asyncio.sleep_ms(30000)
        assert collected == [False], collected
        assert tool.mode == ids.IDLE and not tool.watch.fault

    run(script)


def test_recovery_stays_asked_for_and_waits_for_a_lift():
    async def script(tool, plant):
        from sim.clock import CLOCK
        from sim.world import WORLD

        plant.hand = Held(1000)
        assert await until(lambda: tool.watch.judge.contact, 2000)
        plant.button_down = True
        await asyncio.sleep_ms(9000)
        assert not tool.safe_asked, "nothing is written in contact"
        plant.hand = Held(0)
        assert await until(lambda: tool.safe_asked, 500)
        plant.button_down = False
        fed_us = WORLD.fed_us
        await asyncio.sleep_ms(2500)
        assert WORLD.fed_us == fed_us and CLOCK.now_us - fed_us > 2000000, (
            "it restarts, however soon it is let go"
        )
        assert tool.board.take_safe_mode()

    run(script)


def test_samples_keep_the_tools_time_over_a_sleep():
    async def script(tool, plant):
        await click(plant, 1500)
        assert await until(lambda: tool.mode == ids.ASLEEP, 1000)
        await asyncio.sleep_ms(60000)
        await click(plant)
        assert await until(lambda: tool.watch.running, 3000)
        await asyncio.sleep_ms(500)
        service = Service(tool)
        out = cbor.Writer(bytearray(256))
        service.tell_samples(out, tool.watch.samples.next - 1)
        sample_ms = cbor.decode(out.buf, 0, out.at)["t_ms"]
        assert abs(service.state()["t_ms"] - sample_ms) < 100, (service.state()["t_ms"], sample_ms)

    run(script)


def test_a_log_that_could_not_be_closed_tells_what_helps():
    from core.errors import StorageFull

    def full(*_args):
        raise StorageFull("/sessions: no room to write it; sync the tool, then try again")

    async def script(tool, plant):
        await started(tool, plant)
        tool.journal.close = full
        await click(plant, 1500)
        assert await until(lambda: tool.session is None, 6000)
        assert "switch it off and on" in tool.starter.why_not(), tool.starter.why_not()

    run(script)


async def full_memory(tool, plant):
    with open("/tool/ballast", "wb") as file:
        try:
            while tool.journal.space()[0] > 20 * 1024:
                file.write(b"b" * 4096)
                file.flush()
        except OSError:
            pass
    before = sorted(os.listdir("/tool" + wire.PATH_SESSIONS))
    await click(plant)
    assert await until(lambda: tool.starter.refused, 9000)
    assert tool.starter.refused == "the tool's memory is full; sync it with the desktop first"
    assert Service(tool).state()["locked_by"] == tool.starter.refused
    assert tool.session is None and sorted(os.listdir("/tool" + wire.PATH_SESSIONS)) == before
    os.remove("/tool/ballast")
    await started(tool, plant)


def test_a_full_memory_begins_no_session_and_says_so():
    run(full_memory)
