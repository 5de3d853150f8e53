"""Whole tools with other parts, in sessions: they end as they should, faults are told in time, alerts are felt."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids
from fault_rig import LogFile, comes_back, ended, power_up, session, short_routine
from sim.clock import CLOCK
from sim.world import WORLD
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


# The HX711 in contact


def strikes(strike, faults, within_ms, mend):
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        struck_us = CLOCK.now_us
        strike(plant)
        end_us = struck_us + (within_ms + 30) * 1000
        while not tool.watch.fault:
            assert CLOCK.now_us <= end_us, "no fault"
            await asyncio.sleep_ms(LOOK_MS)
        took_ms, seen = notes.latched_ms(struck_us)
        assert seen in faults and took_ms <= within_ms, (ids.FAULT_NAMES[seen], took_ms)
        assert await until(lambda: notes.fault_pattern_since(struck_us), 100)
        await log_of(tool, ids.END_SENSOR, seen)
        mend(plant)
        await comes_back(tool, plant)

    story(script)


def knob(name, value, chip="hx"):
    return lambda plant: setattr(getattr(plant, chip), name, value)


def test_silence_is_told_within_100_ms():
    strikes(knob("gone", True), (ids.FAULT_STALE,), 100, knob("gone", False))
    strikes(knob("dout_stuck", 1), (ids.FAULT_STALE,), 100, knob("dout_stuck", None))


def test_dout_low_is_told_within_100_ms():
    strikes(knob("dout_stuck", 0), (ids.FAULT_BUS,), 100, knob("dout_stuck", None))


def test_rails_are_told_within_100_ms():
    for rail in (1, -1):
        strikes(knob("saturate", rail), (ids.FAULT_SATURATED,), 100, knob("saturate", 0))


def test_a_reading_that_stands_still_is_told_after_300_ms():
    strikes(knob("stuck_value", 40000), (ids.FAULT_STUCK,), 320, knob("stuck_value", None))


def test_a_rate_pin_that_falls_in_contact_is_told_within_the_next_result():
    strikes(knob("rate_low", True), (ids.FAULT_STALE, ids.FAULT_RATE), 125, knob("rate_low", False))


def test_pulses_that_are_always_too_long_are_told_within_100_ms():
    class Stall:
        """Holds up the first pulse of each read."""

        at_us = 0

        def next_event_us(self):
            return self.at_us

        def fire(self, now_us):
            WORLD.stall_us = 200
            self.at_us = now_us + 2000

    stall = Stall()

    def begin(plant):
        stall.at_us = CLOCK.now_us
        CLOCK.sources.append(stall)

    def stop(plant):
        CLOCK.sources.remove(stall)
        WORLD.stall_us = 0

    # Each long pulse switches the chip off for 50 ms: there is next to nothing to read, or what there is is lost.
    strikes(begin, (ids.FAULT_BUS, ids.FAULT_STALE, ids.FAULT_RATE), 200, stop)


def harmless(strike, parts=BOTH):
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        strike(plant)
        log = await log_of(tool, ids.END_DONE)
        assert len(log.steps) == 3 and not notes.faults

    story(script, parts)


def one_long_pulse(_plant):
    WORLD.stall_us = 200


def busy_interrupts(_plant):
    WORLD.interrupt_us = 130


def test_what_is_harmless_to_an_hx711():
    for strike in (
        one_long_pulse,
        busy_interrupts,
        lambda plant: plant.hx.brownout(),
        lambda plant: plant.hx.missed_next(1),
        lambda plant: plant.hx.missed_next(4),
        knob("rate_error_permille", 30),
        knob("rate_error_permille", -30),
    ):
        harmless(strike)


def test_an_open_wire_ends_the_session():
    async def script(tool, plant, notes):
        await in_contact(tool, plant)
        plant.hx.wire_open = True
        assert await until(lambda: tool.session is None or tool.session.over(), 20000)
        summary = LogFile(tool, await ended(tool)).summary
        assert summary["end_reason"] in (ids.END_SENSOR, ids.END_OVERLOAD, ids.END_SESSION_LIMITS), summary

    story(script)


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
