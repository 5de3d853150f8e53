"""The tool as a whole on simulated chips: what may begin, what ends it, light, sleep, lock, watchdog."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids, patterns
from sim_rig import PRESS, click, run, started, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 100


def refused(options, word, before=None):
    async def script(tool, plant):
        if before is not None:
            before(tool, plant)
        await asyncio.sleep_ms(1500)
        await click(plant)
        assert await until(lambda: tool.starter.refused, 9000)
        assert tool.session is None and word in tool.starter.refused, tool.starter.refused
        assert await until(lambda: tool.player.cue == ids.CUE_FAULT, 500)

    return run(script, options)


def test_a_click_begins_a_session_and_a_long_one_stops_it():
    async def script(tool, plant):
        await started(tool, plant)
        assert await until(lambda: tool.mode == ids.READY, 500)
        assert await until(lambda: plant.light == patterns.ZONE_COLOURS[ids.FOREHEAD], 2000)
        await click(plant, 1500)
        assert await until(lambda: tool.mode == ids.STOPPED, 1000)
        assert await until(lambda: tool.session is None, 5000)
        assert await until(lambda: tool.mode == ids.IDLE, 5000)
        assert tool.journal.last() == 1

    run(script)


def test_no_session_on_usb_power():
    assert refused({"usb_power": True}, "USB power").mode == ids.PRACTICE


def test_no_session_on_a_low_battery():
    refused({"battery_mv": 3500}, "battery")


def test_no_session_with_a_dead_motor():
    def unplug(tool, plant):
        plant.drv.motor_present = False

    assert refused({}, "motor", unplug).fault == ids.FAULT_MOTOR_DIAGNOSTIC


def test_no_session_with_a_deaf_sensor():
    def cut(tool, plant):
        plant.nau.wire_open = True

    assert refused({}, "self-test", cut).fault != ids.FAULT_NONE


def test_lost_registers_found_at_waking_are_written_anew_by_the_next_click():
    async def script(tool, plant):
        assert await until(lambda: tool.mode == ids.ASLEEP, 125000)
        plant.nau.brownout()
        await click(plant)
        assert await until(lambda: tool.starter.refused, 9000)
        assert tool.fault == ids.FAULT_REGISTERS and "registers" in tool.starter.refused
        await started(tool, plant)

    run(script)


def test_no_session_with_a_load_on_the_tip():
    class Resting:
        def force_mn(self, t_us, vibration, light):
            return 220

    def load(tool, plant):
        plant.hand = Resting()

    assert refused({}, "zero_off", load).fault == ids.FAULT_ZERO


def test_plugging_in_ends_the_session():
    async def script(tool, plant):
        await started(tool, plant)
        plant.usb_power = True
        assert await until(lambda: tool.mode == ids.ABORTED, 1500)
        assert tool.session.end_reason == ids.END_USB_POWER
        assert await until(lambda: tool.mode == ids.PRACTICE, 15000)

    run(script)


def test_an_empty_battery_ends_the_session():
    async def script(tool, plant):
        await started(tool, plant)
        plant.battery_mv = 3410
        assert await until(lambda: tool.session.end_reason == ids.END_BATTERY, 1500)

    run(script)


def test_a_motor_driver_in_standby_is_found_at_the_next_lift():
    async def script(tool, plant):
        await started(tool, plant)
        assert await until(lambda: tool.watch.judge.contact, 8000)
        plant.drv.brownout()
        assert await until(tool.session.over, 12000)
        assert tool.session.end_reason == ids.END_MOTOR
        assert await until(lambda: tool.session is None, 9000)
        assert tool.fault == ids.FAULT_MOTOR_STANDBY

    run(script, {"press": PRESS})


def test_lost_registers_are_found_within_100_ms():
    async def script(tool, plant):
        await started(tool, plant)
        plant.nau.brownout()
        assert await until(lambda: tool.watch.fault, 140)
        assert await until(lambda: tool.mode == ids.ABORTED, 60)

    run(script)


def test_nothing_blocks_in_contact():
    async def script(tool, plant):
        blocked = []
        block = tool.watch.block

        def spy():
            blocked.append(tool.watch.judge.contact)
            block()

        tool.watch.block = spy
        await started(tool, plant)
        await asyncio.sleep_ms(20000)
        assert len(blocked) > 6 and not any(blocked), blocked

    run(script, {"press": PRESS})


def test_light_beats_when_watching_and_is_dark_when_locked():
    async def script(tool, plant):
        seen = set()
        for _ in range(150):
            seen.add(plant.light == patterns.OFF)
            await asyncio.sleep_ms(20)
        assert seen == {True, False}, "a heartbeat"
        await click(plant, 4000)
        assert await until(lambda: tool.mode == ids.LOCKED, 1000)
        await asyncio.sleep_ms(200)
        assert plant.light == patterns.OFF
        await click(plant)
        assert await until(lambda: "travel lock" in tool.starter.refused, 1000)
        await click(plant, 4000)
        assert await until(lambda: tool.mode == ids.IDLE, 1000)

    run(script)


def test_two_idle_minutes_put_it_to_sleep_and_a_click_wakes_it():
    async def script(tool, plant):
        assert await until(lambda: tool.mode == ids.ASLEEP, 125000)
        await asyncio.sleep_ms(300)
        assert plant.light == patterns.OFF and not tool.watch.running
        await click(plant)
        assert await until(lambda: tool.session is not None, 9000), tool.starter.refused

    run(script)


def test_watchdog_starves_without_the_watch_and_while_the_button_is_held():
    async def script(tool, plant):
        from sim.clock import CLOCK
        from sim.world import WORLD

        def hungry_ms():
            return (CLOCK.now_us - WORLD.fed_us) // 1000

        await asyncio.sleep_ms(500)
        assert hungry_ms() < 100
        beats = tool.watch.on_timer
        tool.board._timer.deinit()
        await asyncio.sleep_ms(1500)
        assert hungry_ms() > 1400, "no beat of the watch, no food"
        tool.board.attach(tool.watch.on_ready, beats)
        await asyncio.sleep_ms(300)
        assert hungry_ms() < 100
        plant.button_down = True
        await asyncio.sleep_ms(10000)
        assert hungry_ms() > 1500 and tool.safe_asked
        assert tool.board.take_safe_mode()

    run(script)


def test_a_setting_holds_at_once():
    async def script(tool, plant):
        assert tool.watch.judge.limit_mn == 2000
        assert tool.settings.write("profile", b"sensitive") == 0
        tool.settings_changed()
        assert tool.watch.judge.limit_mn == 1400

    run(script)


def test_ctrl_c_closes_the_session_with_its_reason():
    from core.journal import Journal

    async def script(tool, plant):
        await started(tool, plant)
        assert await until(lambda: tool.watch.judge.contact, 8000)
        await asyncio.sleep_ms(500)
        tool.interrupted()
        assert plant.drv.drive_permille() == 0 and not tool.watch.running
        tool.session = tool.log = None

    tool = run(script, {"press": PRESS})
    again = Journal(tool.board.root)
    assert again.recover() == []
    assert [(row["id"], row["end"]) for row in again.list(0, 4)[0]] == [(1, ids.END_INTERRUPTED)]


def test_a_chip_that_holds_the_bus_is_clocked_free_at_the_next_click():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        plant.nau.stuck_sda = True
        assert await until(lambda: tool.watch.fault == ids.FAULT_BUS, 300)
        await click(plant)
        assert await until(lambda: tool.session is not None, 12000), tool.starter.refused
        assert not plant.nau.stuck_sda

    run(script)


def test_a_chip_that_never_lets_go_refuses_the_session():
    def hold(tool, plant):
        plant.nau.stuck_clocks = 0
        plant.nau.stuck_sda = True

    refused({}, "self-test", hold)


def test_a_faults_pattern_is_played_once():
    async def script(tool, plant):
        await started(tool, plant)
        pulses = []
        drive = tool.board.motor.drive

        def spy(level):
            if level and not tool.board.motor.level:
                pulses.append(level)
            drive(level)

        tool.board.motor.drive = spy
        assert await until(lambda: not tool.player.busy(), 2000)
        pulses.clear()
        plant.nau.saturate = 1
        assert await until(lambda: tool.session is None, 9000)
        assert len(pulses) == 3, pulses

    run(script)
