"""What the tool notes of itself: why it started, faults by kind, blocks, its sensor's true rate, and all of it told."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids
from core.counters import Counters
from core.service import Service
from core.vitals import COUNT_MAX, Vitals
from sim_rig import PRESS, click, run, started, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 100


def report(tool):
    return Service(tool).health()


def resets(tool, cause=ids.RESET_WATCHDOG):
    """Causes counted by a tool's next start, which the chip tells as this cause."""
    counters = Counters(tool.board.root)
    before = dict(enumerate(tool.counters.lifetime("resets")))
    counters.boot(cause=cause)
    after = counters.lifetime("resets")
    return [n for n in range(len(after)) for _ in range(after[n] - before.get(n, 0))]


async def nothing(tool, plant):
    await asyncio.sleep_ms(300)


def test_a_start_from_power_and_one_of_the_watchdog_are_told_apart():
    tool = run(nothing)
    assert tool.counters.lifetime("resets") == [1]
    tool.counters.leave(None)
    assert resets(tool) == [ids.RESET_WATCHDOG]
    assert resets(tool, ids.RESET_POWER_ON) == [ids.RESET_POWER_ON, ids.RESET_WATCHDOG], "kept, and one more"


def test_a_restart_that_was_asked_for_is_not_the_watchdogs():
    assert resets(run(nothing)) == [ids.RESET_ASKED]


def test_power_that_goes_after_the_request_is_a_start_from_power():
    assert resets(run(nothing), ids.RESET_POWER_ON) == [ids.RESET_POWER_ON]


def test_a_broken_task_is_told():
    async def script(tool, plant):
        async def die():
            raise ValueError("broken")

        asyncio.create_task(die())
        assert await until(lambda: tool.reset_asked, 500)

    assert resets(run(script)) == [ids.RESET_BROKEN_TASK]


def test_safe_mode_is_told_even_after_a_power_cut():
    async def script(tool, plant):
        plant.button_down = True
        assert await until(lambda: tool.safe_asked, 9500)

    for cause in (ids.RESET_WATCHDOG, ids.RESET_POWER_ON):
        assert resets(run(script), cause) == [ids.RESET_SAFE_MODE]


def test_leaving_before_the_counters_are_loaded_loses_nothing():
    tool = run(nothing)
    early = Counters(tool.board.root)
    early.leave(ids.RESET_SAFE_MODE)
    again = Counters(tool.board.root)
    again.boot()
    assert again.boots() == 2 and sum(again.lifetime("resets")) == 2


def test_the_board_says_what_the_chip_says():
    import machine

    tool = run(nothing)
    machine.HARD_RESET = 2
    whole = machine.reset_cause
    try:
        for chip, cause in (
            (machine.PWRON_RESET, ids.RESET_POWER_ON),
            (machine.WDT_RESET, ids.RESET_WATCHDOG),
            (machine.HARD_RESET, ids.RESET_OTHER),
        ):
            machine.reset_cause = lambda chip=chip: chip
            assert tool.board.reset_cause() == cause
    finally:
        machine.reset_cause = whole


def test_a_bite_of_the_watchdog_and_a_restart_are_counted_in_the_simulator():
    for cause, wanted in (("watchdog", ids.RESET_WATCHDOG), ("", ids.RESET_POWER_ON)):
        tool = run(nothing, {"cause": cause})
        assert tool.counters.lifetime("resets")[wanted] == 1, cause


def test_faults_are_counted_by_kind():
    async def script(tool, plant):
        for _ in range(2):
            plant.nau.saturate = 1
            assert await until(lambda: tool.watch.fault == ids.FAULT_SATURATED, 300)
            await asyncio.sleep_ms(100)
            plant.nau.saturate = 0
            await started(tool, plant)
            await click(plant, 1500)
            assert await until(lambda: tool.session is None and tool._busy is None, 9000)
        plant.drv.motor_present = False
        await asyncio.sleep_ms(4000)
        await click(plant)
        assert await until(lambda: "motor" in tool.starter.refused, 9000), tool.starter.refused
        await asyncio.sleep_ms(300)
        assert report(tool)["faults"] == {"saturated": 2, "motor_diagnostic": 1}

    run(script)


def test_faults_count_up_to_255():
    vitals = Vitals()
    for _ in range(COUNT_MAX + 9):
        vitals.count(ids.FAULT_STUCK)
    vitals.count(ids.FAULT_NONE)
    assert vitals.faults() == [(ids.FAULT_STUCK, 255)]


def test_the_rate_is_measured():
    for permille in (0, 30, -30, -50):

        async def script(tool, plant, permille=permille):
            assert report(tool)["rate_mhz"] == 0, "not known at once"
            plant.nau.rate_error_permille = permille
            await asyncio.sleep_ms(60000)
            told = report(tool)
            wanted = 320 * (1000 + permille)
            assert abs(told["rate_mhz"] - wanted) < 0.002 * wanted, (permille, told["rate_mhz"])
            assert told["rate_sps"] == 320

        run(script)


def test_the_rate_is_that_of_a_pressed_tool_too():
    async def script(tool, plant):
        await started(tool, plant)
        await asyncio.sleep_ms(60000)
        await click(plant, 1500)
        assert await until(lambda: tool.session is None, 9000)
        assert abs(report(tool)["rate_mhz"] - 320000) < 640, report(tool)["rate_mhz"]

    run(script, {"press": PRESS})


def test_failed_transfers_and_missed_edges_are_counted():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        before = report(tool)["edges_missed"]
        plant.nau.nack_next(3)
        await asyncio.sleep_ms(200)
        plant.nau.edge_missed_next(4)
        await asyncio.sleep_ms(500)
        told = report(tool)
        assert told["faults"] == {} and told["bus_errors"] == 3, told
        assert before + 1 <= told["edges_missed"] <= before + 5, told

    run(script)


def test_the_longest_block_is_told():
    async def script(tool, plant):
        from sim.clock import CLOCK

        await asyncio.sleep_ms(500)
        before = report(tool)["blocks"]
        tool.gaps.blocked(lambda: CLOCK.advance_us(47000))
        tool.gaps.blocked(lambda: CLOCK.advance_us(30000))
        told = report(tool)
        assert told["blocks"] == before + 3, "the first report is one, too"
        assert 47000 <= told["block_worst_us"] < 50000, told["block_worst_us"]

    run(script)


def test_all_of_it_is_told_and_the_module_is_gone():
    async def script(tool, plant):
        await started(tool, plant)
        assert await until(lambda: tool.watch.judge.contact, 8000)
        await asyncio.sleep_ms(3000)
        await click(plant, 1500)
        assert await until(lambda: tool.session is None and tool._busy is None, 9000)
        told = report(tool)
        assert (told["sessions"], told["unacknowledged"], told["uncleaned"], told["cleanings"]) == (
            1,
            1,
            1,
            0,
        )
        assert told["battery_pct"] == tool.battery_pct and 3800 < told["battery_mv"] < 4000
        assert 0 < told["flash_free"] < told["flash_size"] == 352 * 4096
        assert told["heap_free"] > 0 and told["events_lost"] == 0 and -150 <= told["zero_mn"] <= 150
        limits = (told["lo_mn"], told["hi_mn"], told["warn_mn"], told["limit_mn"])
        judge = tool.watch.judge
        assert limits == (judge.lo_mn, judge.hi_mn, judge.warn_mn, judge.limit_mn)
        assert told["resets"] == {"power_on": 1} and told["over"] == 0
        assert len(told["edges_us"]) + 1 == len(told["contact"]) == len(told["free"])
        assert 500 < told["contact"][0] < 3000 and told["free"][0] > 300
        assert 0 <= told["contact_worst_us"] < 5000 and 0 <= told["free_worst_us"] < 5000
        assert "core.health" not in sys.modules and not hasattr(sys.modules["core"], "health")
        assert Service(tool).cleaned() == 0
        told = report(tool)
        assert (told["cleanings"], told["uncleaned"]) == (1, 0)
        row = tool.journal.list(0, 1)[0][0]
        assert Service(tool).acknowledge(1, row["crc"], "desk") == 0
        assert report(tool)["unacknowledged"] == 0

    run(script, {"press": PRESS})
