"""Each fault of the table alone, in contact or at power-up: told in time, with its reason, over when it is over."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids
from fault_rig import QUIET_AFTER_MS, Flash, LogFile, comes_back, ended, power_up, session, short_routine
from fault_strike import Strike
from fault_table import (
    AT_LIFT,
    AT_ONCE,
    AT_POWER_UP,
    AT_START,
    DARK,
    FAULTS,
    IN_SESSION,
    NEVER,
    RESTART,
    TICKS,
    builds,
    named,
)
from sim.clock import CLOCK
from sim.random_source import RandomSource
from sim.world import WORLD
from sim_rig import click, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 280
HELD = [[0, 1000], [3000000, 1000]]
TURN_MS = 22  # of the main loop, and one of the waits here


def story(script, options=None, device=None, held_up_ms=0, **how):
    """A tool with a short routine and a hand that presses 1 N, run through a script; nothing forbidden happened."""
    notes = power_up(script, options or {"press": HELD}, device, **how)
    notes.hold(held_up_ms)
    return notes


async def in_contact(tool, plant):
    short_routine(tool)
    await session(tool, plant)
    assert await until(lambda: tool.watch.judge.contact, 8000)
    await asyncio.sleep_ms(800)


async def over(tool, ms):
    """The session is over within a time, in milliseconds."""
    end_us = CLOCK.now_us + (ms + TURN_MS) * 1000
    while not tool.session.over():
        assert CLOCK.now_us <= end_us, "the session goes on"
        await asyncio.sleep_ms(2)


def quiet_and_dark(plant, fault):
    """The motor is still, and the light as the table says, once the pattern has played."""
    assert plant.demand_permille() == 0, "the motor runs on"
    assert (max(plant.light) == 0) == (fault.light == DARK), plant.light


def is_told(fault, summary):
    """The log's reason and fault are the table's."""
    reason = ids.END_REASON_NAMES[summary["end_reason"]]
    assert reason in fault.ends, reason
    if reason in ("sensor_fault", "motor_fault"):
        assert ids.FAULT_NAMES[summary["fault"]] in fault.told, summary


def kept(device, reasons, cause=""):
    """After a restart: one session, closed with one of these reasons, counted once; the restart's notes."""

    async def look(tool, plant, notes):
        log = LogFile(tool, 1)
        log.hold()
        assert ids.END_REASON_NAMES[log.summary["end_reason"]] in reasons, log.summary
        assert len(tool.counters.session_ends()) == 1
        assert plant.drv.duty_u16 == 0
        assert tool.journal._take_id() == tool.journal.last() + 1

    return story(look, {"cause": cause}, device)


def pressed_on(fault):
    """Options: the plainest build that can have the fault, and a hand that presses 1 N."""
    return dict(builds((fault,))[0], press=HELD)


def each(when, strikes, tell):
    """Tell a story of every fault that is found then; all that failed are named."""
    failed = []
    told = 0
    for number, fault in enumerate(FAULTS):
        if fault.when == when and fault.strikes == strikes:
            told += 1
            try:
                tell(fault, Strike(fault, RandomSource(number)))
            except AssertionError as error:
                sys.print_exception(error)
                failed.append("%s: %r" % (fault.name, error.args))
    assert told and not failed, failed


def found(fault, strike):
    """Told at once, or at the next lift."""
    device = Flash()

    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        struck_us = CLOCK.now_us
        strike.strike(tool, plant, device)
        if fault.when == AT_LIFT:
            assert await until(lambda: not tool.watch.judge.contact, 8000)
            assert tool.session is not None and not tool.session.over(), "told before the lift"
        await over(tool, fault.within_ms)
        if fault.when == AT_ONCE and fault.ends == ("sensor_fault",):
            latched_ms, _seen = notes.latched_ms(struck_us)
            assert 0 <= latched_ms <= fault.within_ms, latched_ms
        assert tool.session.mode == ids.ABORTED
        assert await until(lambda: notes.fault_pattern_since(struck_us), 100), "no fault pattern"
        assert plant.light[0] > 200 and plant.light[2] == 0, plant.light
        number = await ended(tool, 65000)
        await asyncio.sleep_ms(QUIET_AFTER_MS)
        quiet_and_dark(plant, fault)
        is_told(fault, LogFile(tool, number).summary)
        strike.undo()
        plant.sensor.drifted_nv = 0
        await comes_back(tool, plant)

    story(script, pressed_on(fault), device, fault.holds_up_ms)


def test_found_at_once():
    each(AT_ONCE, IN_SESSION, found)


def test_found_at_the_next_lift():
    each(AT_LIFT, IN_SESSION, found)


def test_harmless():
    def unmoved(fault, strike):
        device = Flash()

        async def script(tool, plant, notes):
            await in_contact(tool, plant)
            if fault.strikes != AT_POWER_UP:
                strike.strike(tool, plant, device)
            number = await ended(tool, 60000)
            log = LogFile(tool, number)
            log.hold()
            assert log.summary["end_reason"] == ids.END_DONE, log.summary
            assert len(log.steps) == 3 and not notes.faults
            assert not notes.fault_pattern_since(0)

        prepare = (
            (lambda tool, plant: strike.strike(tool, plant, device)) if fault.strikes == AT_POWER_UP else None
        )
        story(script, pressed_on(fault), device, fault.holds_up_ms, prepare=prepare)
        kept(device, ("done",))

    each(NEVER, IN_SESSION, unmoved)
    each(NEVER, AT_POWER_UP, unmoved)


def test_there_at_power_up():
    def refused(fault, strike):
        async def script(tool, plant, notes):
            short_routine(tool)
            await asyncio.sleep_ms(500)
            await click(plant)
            assert await until(lambda: tool.starter.refused, 12000), "a session began"
            assert ids.FAULT_NAMES[tool.fault] in fault.told, tool.starter.refused
            assert await until(lambda: notes.fault_pattern_since(0), 1000)
            await asyncio.sleep_ms(QUIET_AFTER_MS)
            quiet_and_dark(plant, fault)
            assert tool.journal.last() == 0 and tool.counters.session_ends() == []
            strike.undo()
            if fault.mends:
                await comes_back(tool, plant)

        story(script, pressed_on(fault), prepare=lambda tool, plant: strike.strike(tool, plant, None))

    each(AT_START, AT_POWER_UP, refused)


def test_motor_unplugged_refuses_the_next_session():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.drv.motor_present = False
        await ended(tool, 60000)
        tool.starter.why_not = lambda: ""  # rest alone would refuse
        await asyncio.sleep_ms(3300)
        await click(plant)
        assert await until(lambda: tool.starter.refused, 12000)
        assert ids.FAULT_NAMES[tool.fault] in named("motor unplugged").told

    story(script)


def test_restarts():
    def restarted(fault, strike):
        device = Flash()
        took = []

        def is_down(tool):
            return WORLD.bitten_us or tool.reset_asked or device.is_cut()

        async def script(tool, plant, notes):
            await in_contact(tool, plant)
            struck_us = CLOCK.now_us
            strike.strike(tool, plant, device)
            assert await until(lambda: is_down(tool), (fault.within_ms or 60000) + 2100), "it goes on"
            took.append(((WORLD.bitten_us or CLOCK.now_us) - struck_us) // 1000)
            await asyncio.sleep_ms(100)
            if tool.broken is not None:
                assert plant.drv.duty_u16 == 0 and not tool.watch.running

        notes = power_up(script, pressed_on(fault), device)
        notes.hold(fault.holds_up_ms, True)
        if "stopped_by_button" in fault.ends:
            assert notes.tool.board.take_safe_mode()
            assert took[0] <= fault.within_ms + 2000
        elif fault.within_ms:
            assert took[0] <= fault.within_ms, took
        kept(device, fault.ends[:1], "" if device.is_cut() else "watchdog")

    each(RESTART, IN_SESSION, restarted)


# What the table cannot say


def test_clock_set_in_a_session_ends_no_rest():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        for unix_s in (1800000000, 1900000000, 1750000000):
            tool.clock.set(unix_s)
        number = await ended(tool, 60000)
        assert LogFile(tool, number).summary["end_unix_s"] >= 1750000000
        tool.clock.set(1900000000)
        await asyncio.sleep_ms(QUIET_AFTER_MS)
        await click(plant)
        assert await until(lambda: tool.starter.refused or tool.session, 9000)
        assert "rests" in tool.starter.refused, tool.starter.refused

    story(script)


def test_motor_driver_that_browned_out_at_rest_never_runs_by_itself():
    async def script(tool, plant, notes):
        short_routine(tool)
        await asyncio.sleep_ms(500)
        plant.drv.brownout()
        await click(plant)
        assert await until(lambda: tool.starter.refused, 9000)
        assert tool.fault == ids.FAULT_MOTOR_STANDBY
        await asyncio.sleep_ms(QUIET_AFTER_MS)
        assert plant.demand_permille() == 0
        await session(tool, plant)

    story(script)


def test_faulty_in_contact_it_still_goes_to_sleep():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.nau.nack_forever = True
        await over(tool, 100)
        await ended(tool)
        assert await until(lambda: tool.mode == ids.ASLEEP, 130000)

    story(script)


def test_lying_on_its_tip_it_goes_to_sleep():
    async def script(tool, plant, notes):
        await asyncio.sleep_ms(500)
        plant.nau.drifted_nv = 60000
        assert await until(lambda: tool.watch.fault == ids.FAULT_ZERO, 61000)
        assert await until(lambda: tool.mode == ids.ASLEEP, 125000)

    story(script, {"noise_nv": 300})


def test_usb_power_comes_and_goes():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        for _ in range(6):
            plant.usb_power = not plant.usb_power
            await asyncio.sleep_ms(1300)
        number = await ended(tool)
        assert LogFile(tool, number).summary["end_reason"] == ids.END_USB_POWER
        await comes_back(tool, plant)

    story(script)


def test_ticks_wrap_in_a_press():
    for _name, start_us in TICKS:

        async def script(tool, plant, notes):
            await in_contact(tool, plant)
            number = await ended(tool, 60000)
            summary = LogFile(tool, number).summary
            assert summary["end_reason"] == ids.END_DONE and 8000 < summary["duration_ms"] < 40000

        story(script, now_us=start_us)


def test_recovery_is_reached_from_every_state():
    async def asleep(tool, plant):
        await click(plant, 1500)
        assert await until(lambda: tool.mode == ids.ASLEEP, 2000)

    async def locked(tool, plant):
        await click(plant, 3500)
        assert await until(lambda: tool.mode == ids.LOCKED, 3000)

    async def faulty(tool, plant):
        plant.nau.nack_forever = True
        assert await until(lambda: tool.watch.fault, 500)

    async def practising(tool, plant):
        plant.usb_power = True
        assert await until(lambda: tool.mode == ids.PRACTICE, 500)

    async def testing(tool, plant):
        await click(plant)
        assert await until(lambda: tool.mode == ids.SELF_TEST, 1000)

    async def paused(tool, plant):
        await session(tool, plant)
        await asyncio.sleep_ms(500)
        await click(plant)
        assert await until(lambda: tool.mode == ids.PAUSED, 1000)

    async def memoryless(tool, plant):
        tool.memory_fault = "broken"

    for state in (asleep, locked, faulty, practising, testing, paused, memoryless):

        async def script(tool, plant, notes):
            short_routine(tool)
            await asyncio.sleep_ms(500)
            await state(tool, plant)
            plant.button_down = True
            assert await until(lambda: WORLD.bitten_us, 10500), state
            assert plant.drv.duty_u16 == 0 and tool.session is None

        notes = power_up(script, {})
        assert notes.tool.board.take_safe_mode(), state
