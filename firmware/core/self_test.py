"""The test before every session: a tool that cannot feel or cannot warn refuses to start."""

import asyncio

from . import ids

SETTLE_MS = 1200


async def run(watch, sensor, motor) -> int:
    """Test sensor, motor and zero with the tip free.

    Args:
        watch: running core.watch.Watch.
        sensor: has `registers_ok()`.
        motor: has `diagnose()` (async) and `check()`.

    Returns:
        ids.FAULT_NONE, or the first fault found (ids.FAULT_*).
    """
    watch.clear_fault()
    fault = _sensor(sensor) or await _motor(motor)
    if fault:
        return fault
    for _ in range(3):
        await asyncio.sleep_ms(SETTLE_MS)
        if watch.fault:
            return watch.fault
        if not watch.judge.contact and watch.force.tare() == 0:
            return ids.FAULT_NONE
    return ids.FAULT_ZERO


def _sensor(sensor) -> int:
    try:
        return ids.FAULT_NONE if sensor.registers_ok() else ids.FAULT_REGISTERS
    except OSError:
        return ids.FAULT_MISSING


async def _motor(motor) -> int:
    try:
        if not await motor.diagnose():
            return motor_fault(motor.check()) or ids.FAULT_MOTOR_DIAGNOSTIC
        return motor_fault(motor.check())
    except OSError:
        return ids.FAULT_MOTOR_MISSING


_MOTOR_BITS = (
    ids.FAULT_MOTOR_MISSING,
    ids.FAULT_MOTOR_MISSING,
    ids.FAULT_MOTOR_STANDBY,
    ids.FAULT_MOTOR_STANDBY,
    ids.FAULT_MOTOR_STANDBY,
    ids.FAULT_MOTOR_OVERHEAT,
    ids.FAULT_MOTOR_OVERCURRENT,
)

MOTOR_FAULTS = _MOTOR_BITS + (ids.FAULT_MOTOR_DIAGNOSTIC,)


def motor_fault(bits: int) -> int:
    """Fault for the bits of a motor driver's `check`, the lowest first.

    The bits: no answer, wrong chip, standby, wrong mode, wrong set-up, too hot, over-current.
    """
    for n, fault in enumerate(_MOTOR_BITS):
        if bits & 1 << n:
            return fault
    return ids.FAULT_NONE
