"""What there is to do about a tool's calibration: take what is kept, run a new one, say how it goes.

Loaded only while it is needed, by core.calibrator. Each function takes the tool (core.tool.Tool) first.
"""

from . import ids, wire
from .calibration_store import CalibrationStore, identity

OFF = {"phase": "off", "step": "", "reason": "", "progress_pct": 0, "force_mn": 0, "spread_mn": -1}
NEXT = "practice and sessions wait: calibrate it with `gentlepress calibrate`"
TEXTS = {
    ids.FAULT_UNCALIBRATED: "the tool has no calibration",
    ids.FAULT_CALIBRATION_LOST: "the calibration cannot be read",
    ids.FAULT_CALIBRATION_FOREIGN: "the calibration is of another tool or cell",
}


def take(tool) -> None:
    """Take the calibration that is kept, if it is whole and of this tool and cell."""
    board, calibrator = tool.board, tool.calibrator
    if board.sensor_kind == ids.SENSOR_FSR:
        calibrator.fault = ids.FAULT_NONE  # it shows contact, for practice only, with every force narrowed
        return
    fault, values = _store(tool).load()
    calibrator.fault = fault
    calibrator.why_not = "%s; %s" % (TEXTS[fault], NEXT) if fault else ""
    if values is not None:
        tool.watch.force.calibrate(values["counts_per_n"], values["zero_counts"])
        board.sensor_calibration = values["offset"]


def _store(tool):
    return CalibrationStore(tool.board.root, identity(tool.board))


def calibrate(tool, step: str, mass_mg: int) -> int:
    """Begin or cancel a calibration, or measure a step of it with a mass named by the host; wire.ERR_*."""
    if step == wire.CALIBRATE_BEGIN:
        return _begin(tool)
    if step == wire.CALIBRATE_CANCEL:
        stop(tool, False)
        return wire.ERR_OK
    from . import calibration

    run = tool.calibrator.run
    if run is None or step not in calibration.STEPS:
        return wire.ERR_ORDER
    return run.ask(calibration.STEPS.index(step), mass_mg, tool.clock.uptime_ms())


def _begin(tool) -> int:
    calibrator = tool.calibrator
    if tool.board.sensor_kind == ids.SENSOR_FSR:
        return wire.ERR_NO_CELL
    if not tool.take_over(lambda: _whole(tool)):
        return wire.ERR_BUSY_SESSION
    calibrator.under_way = True
    calibrator.last = None
    return wire.ERR_OK


async def _whole(tool) -> None:
    """A calibration; the tool then watches by the one that holds."""
    from . import calibration_run

    calibrator = tool.calibrator
    try:
        await calibration_run.run(tool, calibrator)
    finally:
        calibrator.last = _status(calibrator.run)
        calibrator.run = None
        take(tool)
        calibrator.forget()
        await tool.calibrated()
        tool.starter.refused = calibrator.why_not
        calibrator.under_way = False


def stop(tool, by_button: bool) -> None:
    """End a running calibration."""
    run = tool.calibrator.run
    if run is not None:
        from . import calibration_reasons as why

        run.stop(why.BUTTON if by_button else why.CANCELLED)


def status(tool) -> dict:
    """Where the running or the last calibration stands (docs/wire.md)."""
    calibrator = tool.calibrator
    if calibrator.run is not None:
        return _status(calibrator.run)
    if calibrator.last is not None:
        return calibrator.last
    return dict(OFF, phase="starting") if calibrator.under_way else OFF


def _status(run) -> dict:
    from . import calibration
    from . import calibration_reasons as why

    if run is None:
        return OFF
    return {
        "phase": calibration.PHASES[run.phase],
        "step": calibration.STEPS[run.step],
        "reason": why.name_of(run.reason),
        "progress_pct": run.progress_pct(),
        "force_mn": run.force_mn(),
        "spread_mn": run.spread_mn(),
    }


def kept(tool) -> dict:
    """Whether the tool is calibrated, and all that is kept of its calibrations. Raises StorageError."""
    return {
        "fault": ids.FAULT_NAMES[tool.calibrator.fault],
        "nominal": tool.board.counts_per_n,
        "zero_counts": tool.watch.force.zero,
        "records": _store(tool).records(),
    }
