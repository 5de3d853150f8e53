"""asyncio on the simulator's task queue: tasks that are waited for, that end early, that break off."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)


async def late(ms):
    await asyncio.sleep_ms(ms)
    return ms


async def broken():
    await asyncio.sleep_ms(5)
    raise ValueError("broken")


def test_it_is_the_queue_in_use():
    from asyncio import core

    assert core.TaskQueue is task_queue.TaskQueue


async def test_a_task_is_waited_for_while_it_runs_and_when_it_has_ended():
    assert await asyncio.create_task(late(50)) == 50
    done = asyncio.create_task(late(5))
    await asyncio.sleep_ms(50)
    assert await done == 5


async def test_a_broken_task_tells_who_waits_for_it():
    task = asyncio.create_task(broken())
    try:
        await task
    except ValueError as error:
        assert str(error) == "broken"
    else:
        raise AssertionError("nothing was told")


async def test_a_broken_task_that_nobody_waits_for_goes_to_the_handler():
    told = []
    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda _loop, context: told.append(str(context["exception"])))
    asyncio.create_task(broken())
    await asyncio.sleep_ms(50)
    loop.set_exception_handler(None)
    assert told == ["broken"]
