"""The self-test's tests, one a part: sensor, hearing, motor, zero; and whether the sensor feels the motor.

Loaded only while a test runs (core/self_test.py).
"""

import asyncio
from math import sqrt

from . import doubts, ids, self_test

SETTLE_MS = 1200
ZERO_TRIES = 3
FELT_GROUPS = 48
FELT_RISE_MS = 40
FULL = 255
RESULT_MS = 120


async def _sensor(tool) -> int:
    try:
        return ids.FAULT_NONE if tool.board.sensor.registers_ok() else ids.FAULT_REGISTERS
    except OSError:
        return ids.FAULT_MISSING


async def _hearing(tool) -> int:
    """A converter may answer well and yet hear no bridge."""
    if not await self_test.lifted(tool.watch):
        return ids.FAULT_ZERO
    tool.gaps.block()
    try:
        return await tool.board.hear_sensor()
    finally:
        tool.gaps.unblock()


async def _motor(tool) -> int:
    motor = tool.board.motor
    try:
        if not await motor.diagnose():
            return self_test.motor_fault(motor.check()) or ids.FAULT_MOTOR_DIAGNOSTIC
        return self_test.motor_fault(motor.check())
    except OSError:
        return ids.FAULT_MOTOR_MISSING


async def _zero(tool) -> int:
    watch = tool.watch
    for _ in range(ZERO_TRIES):
        before = watch.sample_count
        await asyncio.sleep_ms(SETTLE_MS)
        if watch.fault:
            return watch.fault
        if doubts.too_slow(watch.sample_count - before, SETTLE_MS, tool.board.rate_sps):
            return ids.FAULT_RATE
        if not watch.judge.contact and watch.force.tare() == 0:
            return ids.FAULT_NONE
    return ids.FAULT_ZERO


TESTS = (_sensor, _hearing, _motor, _zero)
"""In the order of self_test.SENSOR, HEARING, MOTOR, ZERO; each takes the tool and gives a fault (ids.FAULT_*)."""


async def felt_un(tool) -> int:
    """How strongly the sensor feels the motor at full drive, uN rms, noise taken off; -1 when it cannot be read.

    The tool does not watch for that time, and is dark.
    """
    motor = tool.board.motor
    if not await self_test.lifted(tool.watch):
        return -1
    tool.player.silence()
    tool.player.dark()
    tool.watch.stop()
    try:
        quiet = await _near_half_rate(tool.board.sensor)
        motor.drive(FULL)
        await asyncio.sleep_ms(FELT_RISE_MS)
        shaken = await _near_half_rate(tool.board.sensor)
    except OSError:
        return -1
    finally:
        motor.off()
        tool.start_watch()
        tool.gaps.blocks += 1  # nothing was sampled
    return int(sqrt(max(0, shaken - quiet)) * 1000000 / tool.board.counts_per_n)


async def _near_half_rate(sensor) -> float:
    """Mean square of what changes sign with nearly every reading, in counts squared. Raises OSError.

    175 Hz sampled 320 times a second look like 145 Hz: readings taken by fours with alternating signs add that up,
    while noise grows slower and all that is slow falls out.
    """
    total = 0
    for _ in range(FELT_GROUPS):
        four = 0
        for sign in (1, -1, 1, -1):
            await _ready(sensor)
            four += sign * sensor.read_raw()
        total += four * four
    return total / (16 * FELT_GROUPS)


async def _ready(sensor) -> None:
    for _ in range(RESULT_MS):
        if sensor.ready():
            return
        await asyncio.sleep_ms(1)
    raise OSError(110)
