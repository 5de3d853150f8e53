"""Whole tools with other parts, in sessions: they end as they should, alerts are felt. Their faults: test_faults."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids
from fault_rig import LogFile, ended, power_up, session, short_routine
from sim.clock import CLOCK
from sim_rig import click, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 280
HELD = [[0, 1000], [3000000, 1000]]
BOTH = {"sensor": "hx711", "motor": "erm"}
COMBINATIONS = (BOTH, {"sensor": "hx711"}, {"motor": "erm"})
FELT = 0.15  # of full vibration: hand.felt_permille
LOOK_MS = 2


def story(script, parts=BOTH):
    """A tool of these parts with a short routine and a hand that presses 1 N; nothing forbidden happened."""
    notes = power_up(script, dict(parts, press=HELD))
    notes.hold()
    return notes


async def in_contact(tool, plant):
    short_routine(tool)
    await session(tool, plant)
    assert await until(lambda: tool.watch.judge.contact, 8000)
    await asyncio.sleep_ms(800)


async def log_of(tool, reason, fault=ids.FAULT_NONE):
    """The session ends, and its log says why."""
    assert await until(lambda: tool.session is None or tool.session.over(), 60000)
    log = LogFile(tool, await ended(tool))
    log.hold()
    assert (log.summary["end_reason"], log.summary["fault"]) == (reason, fault), log.summary
    return log


def test_a_session_runs_to_its_end_on_each_combination():
    for parts in COMBINATIONS:

        async def script(tool, plant, notes):
            await in_contact(tool, plant)
            log = await log_of(tool, ids.END_DONE)
            assert len(log.steps) == 3 and not notes.faults
            kind, rate = (ids.SENSOR_HX711, 80) if plant.hx else (ids.SENSOR_NAU7802, 320)
            assert (log.header["sensor"], log.header["rate_sps"]) == (kind, rate)
            for step in log.steps:
                assert 1500 <= step["in_band_ms"] <= 4500, step
                assert step["blind_ms"] <= 300, step

        story(script, parts)


def knob(name, value, chip="hx"):
    return lambda plant: setattr(getattr(plant, chip), name, value)


def test_an_hx711_sleeps_and_wakes():
    async def script(tool, plant, notes):
        short_routine(tool)
        await click(plant, 1500)
        assert await until(lambda: tool.mode == ids.ASLEEP, 3000)
        await asyncio.sleep_ms(5000)
        assert plant.hx.power_downs == 2, "at the start, and now"
        await session(tool, plant)
        await log_of(tool, ids.END_DONE)

    story(script)


# The ERM


def refused_with(strike, fault, mend):
    async def script(tool, plant, notes):
        short_routine(tool)
        strike(plant)
        await click(plant)
        assert await until(lambda: tool.starter.refused, 9000)
        assert tool.fault == fault and tool.session is None, tool.fault
        await asyncio.sleep_ms(4000)
        assert plant.demand_permille() == 0
        mend(plant)
        await session(tool, plant)

    story(script)


def test_no_session_with_a_motor_that_is_missing_blocked_or_always_on():
    missing, blocked = ids.FAULT_MOTOR_DIAGNOSTIC, ids.FAULT_MOTOR_OVERCURRENT
    refused_with(knob("motor_present", False, "erm"), missing, knob("motor_present", True, "erm"))
    refused_with(knob("stalled", True, "erm"), blocked, knob("stalled", False, "erm"))
    refused_with(knob("stuck_on", True, "erm"), missing, knob("stuck_on", False, "erm"))


def test_a_motor_that_comes_off_in_a_session_is_found_at_the_next_one_only():
    """What the ERM cannot do; the light still warns. docs/firmware.md says so."""

    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.erm.motor_present = False
        await log_of(tool, ids.END_DONE)

    story(script)


def test_the_fault_pattern_and_the_lifts_leave_the_motor_off():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.hx.gone = True
        await log_of(tool, ids.END_SENSOR, ids.FAULT_STALE)
        await asyncio.sleep_ms(4000)
        assert plant.demand_permille() == 0 and plant.erm.speed == 0

    story(script)


# From force to felt


def felt_after_ms(parts, most_ms):
    """Worst milliseconds from a force over the limit on the skin to a vibration that is felt, over phases."""
    worst = [0]
    for phase_us in range(0, 12500, 2500):

        async def script(tool, plant, notes):
            await asyncio.sleep_ms(3000)
            force = [700]
            plant.hand.force_mn = lambda _t_us, _vibration, _light: force[0]
            await asyncio.sleep_ms(1000)
            CLOCK.idle(phase_us, None)
            while plant.vibration:
                await asyncio.sleep_ms(1)
            force[0] = 2400
            from_us = CLOCK.now_us
            while plant.vibration < FELT:
                await asyncio.sleep_ms(1)
                assert CLOCK.now_us - from_us < most_ms * 1000, "not felt in time"
            worst[0] = max(worst[0], (CLOCK.now_us - from_us) // 1000)
            assert tool.watch.judge.alert

        story(script, parts)
    return worst[0]


def test_from_force_to_felt_within_120_ms_with_an_erm():
    assert felt_after_ms(BOTH, 120) >= 40
    felt_after_ms({"motor": "erm"}, 120)


def test_from_force_to_felt_with_an_hx711_and_an_lra():
    felt_after_ms({"sensor": "hx711"}, 80)
