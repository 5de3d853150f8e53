"""Faults of a whole tool in a session: told in time, with the true reason, and over when they are over."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids
from fault_rig import QUIET_AFTER_MS, Flash, LogFile, comes_back, ended, power_up, session, short_routine
from sim.clock import CLOCK
from sim_rig import click, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 100
HELD = [[0, 1000], [3000000, 1000]]
TICK_MS = 10  # of the backstop timer


def story(script, options=None, **how):
    """A tool with a short routine and a hand that presses 1 N, run through a script; nothing forbidden happened."""
    notes = power_up(script, options or {"press": HELD}, **how)
    notes.hold()
    return notes


async def in_contact(tool, plant):
    short_routine(tool)
    await session(tool, plant)
    assert await until(lambda: tool.watch.judge.contact, 8000)
    await asyncio.sleep_ms(800)


async def ends_with(tool, plant, reason, fault=ids.FAULT_NONE):
    """The session ends with this reason, the motor falls silent, and the log says so."""
    assert await until(lambda: tool.session is None or tool.session.over(), 60000)
    number = await ended(tool)
    log = LogFile(tool, number)
    log.hold()
    assert (log.summary["end_reason"], log.summary["fault"]) == (reason, fault), log.summary
    assert tool.counters.total() == 1
    await asyncio.sleep_ms(QUIET_AFTER_MS)
    assert plant.drv._demand_permille() == 0
    return log


def sensor_fault(strike, fault, within_ms, mend=None):
    """Strike in contact: the fault is told within a time, and a click begins a session once it is mended."""

    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        struck_us = CLOCK.now_us
        strike(plant)
        assert await until(lambda: tool.watch.fault, within_ms + 60), "no fault"
        took_ms, seen = notes.latched_ms(struck_us)
        assert seen == fault and took_ms <= within_ms, (seen, took_ms)
        assert await until(lambda: notes.fault_pattern_since(struck_us), 100)
        await ends_with(tool, plant, ids.END_SENSOR, fault)
        if mend is not None:
            mend(plant)
            await comes_back(tool, plant)

    story(script)


def knob(name, value, chip="nau"):
    return lambda plant: setattr(getattr(plant, chip), name, value)


def test_sensor_gone():
    sensor_fault(knob("nack_forever", True), ids.FAULT_BUS, 100 + TICK_MS, knob("nack_forever", False))


def test_bus_held_low():
    sensor_fault(knob("stuck_sda", True), ids.FAULT_BUS, 100 + TICK_MS, knob("stuck_sda", False))


def test_sensor_saturated():
    sensor_fault(knob("saturate", 1), ids.FAULT_SATURATED, 100, knob("saturate", 0))
    sensor_fault(knob("saturate", -1), ids.FAULT_SATURATED, 100, knob("saturate", 0))


def test_sensor_stuck():
    sensor_fault(knob("stuck_value", 40000), ids.FAULT_STUCK, 300 + TICK_MS, knob("stuck_value", None))


def test_sensor_browns_out_and_is_set_up_anew():
    sensor_fault(lambda plant: plant.nau.brownout(), ids.FAULT_STALE, 100 + TICK_MS, lambda plant: None)


def test_wire_open():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.nau.wire_open = True
        assert await until(lambda: tool.session is None or tool.session.over(), 20000)
        number = await ended(tool)
        summary = LogFile(tool, number).summary
        assert summary["end_reason"] in (ids.END_SENSOR, ids.END_OVERLOAD, ids.END_SESSION_LIMITS), summary
        plant.nau.wire_open = False
        await comes_back(tool, plant)

    story(script)


def harmless(strike):
    """The session goes on to its end as if nothing had been."""

    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        strike(plant)
        log = await ends_with(tool, plant, ids.END_DONE)
        assert len(log.steps) == 3 and not notes.faults

    story(script)


def test_one_call_unanswered_is_harmless():
    harmless(lambda plant: plant.nau.nack_next(1))
    harmless(lambda plant: plant.drv.nack_next(1))


def test_data_ready_stuck_is_harmless():
    harmless(knob("drdy_stuck", 0))
    harmless(knob("drdy_stuck", 1))


def test_missed_edges_are_harmless():
    harmless(lambda plant: plant.nau.edge_missed_next(40))


def test_oscillator_off_is_harmless():
    harmless(knob("rate_error_permille", 30))
    harmless(knob("rate_error_permille", -30))


def test_clock_set_in_a_session_is_harmless():
    def later(tool):
        tool.clock.set(1800000000)
        tool.clock.set(1900000000)
        tool.clock.set(1750000000)

    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        later(tool)
        log = await ends_with(tool, plant, ids.END_DONE)
        assert log.summary["end_unix_s"] >= 1750000000
        tool.clock.set(1900000000)
        await click(plant)
        assert await until(lambda: tool.starter.refused or tool.session, 9000)
        assert "rests" in tool.starter.refused, tool.starter.refused

    story(script)


def motor_fault(strike, fault, mend):
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        struck_us = CLOCK.now_us
        strike(plant)
        await ends_with(tool, plant, ids.END_MOTOR, fault)
        assert notes.fault_pattern_since(struck_us)
        mend(plant)
        await comes_back(tool, plant)

    story(script)


def test_motor_driver_gone():
    motor_fault(
        knob("nack_forever", True, "drv"), ids.FAULT_MOTOR_MISSING, knob("nack_forever", False, "drv")
    )


def test_motor_driver_browns_out_and_is_set_up_anew():
    motor_fault(lambda plant: plant.drv.brownout(), ids.FAULT_MOTOR_STANDBY, lambda plant: None)


def test_motor_shorted():
    motor_fault(
        knob("over_current", True, "drv"), ids.FAULT_MOTOR_OVERCURRENT, knob("over_current", False, "drv")
    )


def test_motor_driver_that_browned_out_at_rest_never_runs_by_itself():
    async def script(tool, plant, notes):
        short_routine(tool)
        await asyncio.sleep_ms(500)
        plant.drv.brownout()
        await click(plant)
        assert await until(lambda: tool.starter.refused, 9000)
        assert tool.fault == ids.FAULT_MOTOR_STANDBY
        await asyncio.sleep_ms(QUIET_AFTER_MS)
        assert plant.drv._demand_permille() == 0
        await session(tool, plant)

    story(script)


def test_chips_absent_at_power_up_are_started_once_they_answer():
    for chip in ("nau", "drv"):

        async def script(tool, plant, notes):
            assert tool.fault
            knob("nack_forever", False, chip)(plant)
            await comes_back(tool, plant)

        from sim import plant as module

        built = module.Plant.__init__

        def without(self, options):
            built(self, options)
            getattr(self, chip).nack_forever = True

        module.Plant.__init__ = without
        try:
            story(script)
        finally:
            module.Plant.__init__ = built


def test_faulty_in_contact_it_still_goes_to_sleep():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.nau.nack_forever = True
        await ends_with(tool, plant, ids.END_SENSOR, ids.FAULT_BUS)
        assert await until(lambda: tool.mode == ids.ASLEEP, 130000)

    story(script)


def test_battery_sags_for_a_moment():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.battery_mv = 3400
        await asyncio.sleep_ms(1100)
        plant.battery_mv = 3900
        await ends_with(tool, plant, ids.END_BATTERY)
        await comes_back(tool, plant)

    story(script)


def test_usb_power_comes_and_goes():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        for _ in range(6):
            plant.usb_power = not plant.usb_power
            await asyncio.sleep_ms(1300)
        await ends_with(tool, plant, ids.END_USB_POWER)
        await comes_back(tool, plant)

    story(script)


def test_ticks_wrap_in_a_press():
    for period_us in (1 << 30, 1000 << 30):

        async def script(tool, plant, notes):
            await in_contact(tool, plant)
            log = await ends_with(tool, plant, ids.END_DONE)
            assert CLOCK.now_us > period_us and 8000 < log.summary["duration_ms"] < 40000

        story(script, now_us=period_us - 9000000)


def test_power_cut_in_a_press():
    flash = Flash()

    async def pressed(tool, plant, notes):
        await in_contact(tool, plant)
        await asyncio.sleep_ms(9000)
        assert tool.journal.session == 1

    async def after(tool, plant, notes):
        log = LogFile(tool, 1)
        log.hold()
        assert log.summary["end_reason"] == ids.END_POWER_LOSS
        assert len(tool.counters.session_ends()) == 1
        assert tool.journal._take_id() == 2

    story(pressed, device=flash)
    story(after, device=flash)
