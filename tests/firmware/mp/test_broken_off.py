"""Whatever breaks off inside the firmware: motor off, session closed with the true reason, a restart."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio
import gc

import main as firmware
from core import ids
from core.counters import Counters
from core.journal import Journal
from sim import flash
from sim.clock import CLOCK
from sim.world import WORLD
from sim_rig import PRESS, click, fresh, run, started, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "8m"
TIMEOUT_S = 100

flash.BLOCKS = 64


def broken(*_arguments):
    raise ValueError("broken")


def ends(tool):
    again = Journal(tool.board.root)
    return again.recover(ids.END_POWER_LOSS), [row["end"] for row in again.list(0, 9)[0]]


def counted(tool):
    """Sessions that count after the restart."""
    counters = Counters(tool.board.root)
    counters.boot()
    return counters.session_ends()


async def in_contact(tool, plant):
    await started(tool, plant)
    assert await until(lambda: tool.watch.judge.contact, 8000)
    await asyncio.sleep_ms(600)


def breaks(strike, ms=100, reason=ids.END_BROKEN):
    """Strike in contact: within a time the main loop has ended, with the motor off and the log closed."""

    async def script(tool, plant):
        await in_contact(tool, plant)
        strike(tool)
        assert await until(lambda: tool.reset_asked, ms), "it goes on"
        await asyncio.sleep_ms(20)
        assert plant.drv.duty_u16 == 0 and not tool.watch.running

    tool = run(script, {"press": PRESS})
    assert ends(tool) == ([], [reason])
    assert len(counted(tool)) == 1


def test_a_session_that_breaks():
    breaks(lambda tool: setattr(tool.session, "_run", broken))


def test_a_step_that_breaks_again_while_it_is_closed():
    def strike(tool):
        tool.session.run.tick = broken
        tool.session._close_step = broken

    breaks(strike)


def test_a_button_that_breaks():
    breaks(lambda tool: setattr(tool.button, "tick", broken))


def test_gap_work_that_breaks():
    breaks(lambda tool: setattr(tool.gaps, "tick", broken))


def test_a_battery_that_breaks():
    breaks(lambda tool: setattr(tool.board.battery, "read_mv", broken), 1100)


def test_a_link_that_breaks():
    async def link():
        await asyncio.sleep_ms(30)
        broken()

    breaks(lambda tool: asyncio.create_task(link()))


def test_a_link_that_eats_all_memory_in_contact():
    async def link():
        hoard = []
        while True:
            hoard.append(bytearray(4096))
            if len(hoard) % 64 == 0:
                await asyncio.sleep_ms(1)

    breaks(lambda tool: asyncio.create_task(link()), 2000)
    gc.collect()


def test_a_session_that_breaks_while_it_begins():
    async def script(tool, plant):
        tool.starter.limits_of = broken
        await click(plant)
        assert await until(lambda: tool.reset_asked, 12000)
        await asyncio.sleep_ms(20)
        assert plant.drv.duty_u16 == 0

    tool = run(script)
    assert ends(tool) == ([], [ids.END_BROKEN])
    assert counted(tool) == [], "nothing was pressed"


def test_recovery_in_contact_closes_the_session():
    class Held:
        def force_mn(self, t_us, vibration, light):
            return 1000 + t_us // 3125 % 7

    async def script(tool, plant):
        await in_contact(tool, plant)
        plant.hand = Held()
        plant.button_down = True
        await until(lambda: tool.reset_asked or WORLD.bitten_us, 12000)
        await asyncio.sleep_ms(20)
        assert plant.drv.duty_u16 == 0 and not WORLD.bitten_us, "the watchdog was first"

    tool = run(script, {"press": PRESS})
    assert ends(tool) == ([], [ids.END_BUTTON])
    assert tool.board.take_safe_mode()


def starved_ms(strike):
    """Strike in contact: milliseconds until the watchdog bites."""
    took = []

    async def script(tool, plant):
        await in_contact(tool, plant)
        struck_us = CLOCK.now_us
        await strike(tool)
        await until(lambda: WORLD.bitten_us, 3000)
        took.append((WORLD.bitten_us - struck_us) // 1000)

    run(script, {"press": PRESS})
    return took[0]


def test_a_watch_that_breaks_starves_the_watchdog():
    async def player(tool):
        tool.player.play = broken
        tool.player.ask(ids.CUE_STEP)

    async def light(tool):
        tool.player.show = broken

    async def sums(tool):
        tool.watch._count = broken

    async def filter_(tool):
        tool.watch.force.kernel = broken

    for strike in (player, light, sums, filter_):
        assert 1900 <= starved_ms(strike) <= 2000


def test_a_watch_that_is_not_called_starves_the_watchdog():
    async def strike(tool):
        WORLD.deaf = True

    assert 1900 <= starved_ms(strike) <= 2000


def test_a_main_loop_that_hangs_starves_the_watchdog():
    async def strike(tool):
        import time

        while not WORLD.bitten_us:
            time.sleep_ms(5)
        assert tool.watch.sample_count > 600, "the watch goes on meanwhile"

    assert 1900 <= starved_ms(strike) <= 2000


# The start and the end of the whole program.


class Ended(Exception):
    """The chip restarts."""


def begin(prepare):
    """Run main() on a new board; raises Ended when it restarts the chip."""
    tool, plant = fresh()
    board = tool.board
    board.director = None

    def restart(_cause):
        raise Ended

    WORLD.restart = restart
    firmware.pick_board = lambda: board
    prepare(board, plant)
    try:
        firmware.main()
    finally:
        WORLD.restart = None


def test_a_button_held_through_the_start_leads_to_safe_mode():
    def hold(board, plant):
        plant.button_down = True
        board.streams = broken

    try:
        begin(hold)
    except Ended:
        raise AssertionError("it tried to run")
    assert WORLD.watchdog_ms == 0, "no watchdog"


def test_a_button_let_go_during_the_start_does_not():
    def hold(board, plant):
        plant.start_us = CLOCK.now_us - 100000
        board.streams = broken

    try:
        begin(hold)
    except Ended:
        return
    raise AssertionError("it did not try to run")


def test_a_start_that_breaks_restarts_the_chip():
    def break_it(board, plant):
        board.start_motor = broken

    try:
        begin(break_it)
    except Ended:
        assert WORLD.plant.drv.duty_u16 == 0
        return
    raise AssertionError("it went on")


def test_ctrl_c_twice_still_leads_to_safe_mode():
    calls = []
    boards = []

    def interrupt(board, plant):
        def kbd_intr(char):
            calls.append(char)
            if len(calls) == 1:
                raise KeyboardInterrupt

        def once():
            raise KeyboardInterrupt

        boards.append(board)
        firmware.micropython = type("m", (), {"kbd_intr": staticmethod(kbd_intr)})
        board.streams = once

    try:
        begin(interrupt)
    except Ended:
        assert calls == [-1, -1] and WORLD.plant.drv.duty_u16 == 0
        assert boards[0].take_safe_mode()
        return
    except KeyboardInterrupt:
        pass
    raise AssertionError("it did not restart")


def test_ctrl_c_closes_before_it_asks_for_safe_mode():
    done = []

    class Tool:
        def interrupted(self):
            done.append("closed")

    class Board:
        def ask_safe_mode(self):
            done.append("asked")
            raise OSError(5)

    firmware.leave(Board(), Tool())
    assert done == ["closed", "asked"], "and a flag that cannot be written breaks nothing"
