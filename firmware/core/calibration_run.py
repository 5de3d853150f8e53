"""Runs a calibration on the tool: the watch rests, the light is dark, the sensor is read by this task alone.

Loaded only while it is needed.
"""

import asyncio

from . import calibration_reasons as why
from . import ids
from .calibration import DONE, Calibration
from .calibration_store import CalibrationStore, identity
from .errors import StorageError

POLL_MS = 2
"""Samples come every 3.1 ms at most."""


async def run(tool, calibrator) -> None:
    """Calibrate until it is done or rejected; the tool then watches again, by what holds now.

    Args:
        tool: core.tool.Tool.
        calibrator: core.calibrator.Calibrator, whose `run` is set meanwhile.
    """
    _rest(tool)
    board = tool.board
    before, board.sensor_calibration = board.sensor_calibration, None
    fault = await board.start_sensor()
    run = calibrator.run = Calibration(board.counts_per_n, board.rate_sps, tool.clock.uptime_ms())
    if fault:
        tool.fault = fault
        run.stop(why.SENSOR_FAULT)
    offset = _offset(board.sensor, run)
    while not run.over():
        _read(board.sensor, run, tool.clock.uptime_ms())
        await asyncio.sleep_ms(POLL_MS)
    if run.phase == DONE:
        _keep(tool, run, offset)
    board.sensor_calibration = before


def _rest(tool) -> None:
    """As in sleep: motor off, light dark (no light says not to press), the watch takes nothing."""
    tool.mode = ids.CALIBRATING
    tool.player.silence()
    tool.watch.stop()
    tool.player.dark()


def _offset(sensor, run) -> bytes:
    """The converter's own offset and gain registers, 7 bytes; zeros of a sensor without."""
    read = getattr(sensor, "calibration", None)
    if read is None or run.over():
        return bytes(7)
    try:
        return read()
    except OSError:
        run.stop(why.SENSOR_FAULT)
        return bytes(7)


def _read(sensor, run, t_ms: int) -> None:
    """One look at the sensor; a call that goes astray leaves a silence, which ends the calibration."""
    step, phase = run.step, run.phase
    try:
        if sensor.ready():
            run.take(sensor.read_raw(), t_ms)
        if (run.step, run.phase) != (step, phase) and not sensor.registers_ok():
            run.fail(why.SENSOR_RESET)
    except OSError:
        pass
    run.tick(t_ms)
    if run.reason == why.SENSOR_FAULT and _was_reset(sensor):
        run.fail(why.SENSOR_RESET)


def _was_reset(sensor) -> bool:
    """Whether the chip answers but has lost its registers."""
    try:
        return not sensor.registers_ok()
    except OSError:
        return False


def _keep(tool, run, offset: bytes) -> None:
    values = {
        "unix_s": tool.clock.read(),
        "time_quality": tool.clock.quality,
        "boot": tool.counters.boots(),
        "counts_per_n": run.counts_per_n,
        "zero_counts": run.zero,
        "residual": run.residual,
        "first_mg": run.masses_mg[0],
        "second_mg": run.masses_mg[1],
        "verify_mg": run.masses_mg[2],
        "verify_error": run.verify_error,
        "zero_moved_mn": run.zero_moved_mn,
        "offset": offset,
    }
    tool.counters.put("felt", 0)  # what the sensor feels of the motor is learned anew
    try:
        tool.counters.keep()
        CalibrationStore(tool.board.root, identity(tool.board)).add(values)
    except StorageError:
        run.fail(why.STORAGE)
