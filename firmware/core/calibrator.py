"""The tool's calibration at hand: takes what is kept at start, and runs a new one when the desktop asks for it.

What it needs for that is loaded then and dropped afterwards: none of it serves the watch.
"""

from . import guest, ids, wire

_PARTS = (
    "calibration",
    "calibration_fit",
    "calibration_reasons",
    "calibration_record",
    "calibration_run",
    "calibration_store",
    "stillness",
)
OFF = {"phase": "off", "step": "", "reason": "", "progress_pct": 0, "force_mn": 0, "spread_mn": -1}
NEXT = "practice and sessions wait: calibrate it with `gentlepress calibrate`"
TEXTS = {
    ids.FAULT_UNCALIBRATED: "the tool has no calibration",
    ids.FAULT_CALIBRATION_LOST: "the calibration cannot be read",
    ids.FAULT_CALIBRATION_FOREIGN: "the calibration is of another tool or cell",
}


class Calibrator:
    """Calibration of a tool (core.tool.Tool).

    Attributes:
        fault: ids.FAULT_NONE while a calibration holds, else why none does.
        run: the core.calibration.Calibration under way, or None. status: of the last one (docs/wire.md).
    """

    def __init__(self, tool):
        self._tool = tool
        self.fault = ids.FAULT_UNCALIBRATED
        self.run = None
        self._starting = False
        self._last = OFF

    def load(self) -> None:
        """Take the calibration that is kept, if it is whole and of this tool and cell."""
        from .calibration_store import CalibrationStore, identity

        tool = self._tool
        board = tool.board
        if board.sensor_kind == ids.SENSOR_FSR:
            self.fault = ids.FAULT_NONE  # it shows contact, for practice only, with every force narrowed
            return
        self.fault, values = CalibrationStore(board.root, identity(board)).load()
        if values is not None:
            tool.watch.force.calibrate(values["counts_per_n"], values["zero_counts"])
            board.sensor_calibration = values["offset"]
        _drop()

    def why_not(self) -> str:
        """Why the tool may not be pressed, with the next step; an empty text when it is calibrated."""
        return "%s; %s" % (TEXTS[self.fault], NEXT) if self.fault else ""

    def latch(self) -> None:
        """Disbelieve all forces while there is no calibration: dark, no coaching, no session."""
        if self.fault:
            self._tool.watch.latch(self.fault)

    def busy(self) -> bool:
        """Whether a calibration is under way."""
        return self._starting or self.run is not None

    def begin(self) -> bool:
        """Begin a calibration; False while something else is begun."""
        if not self._tool.take_over(self._calibrate):
            return False
        self._starting = True
        self._last = OFF
        return True

    async def _calibrate(self) -> None:
        from . import calibration_run

        tool = self._tool
        try:
            await calibration_run.run(tool, self)
        finally:
            self._last = _status(self.run)
            self.run = None
            self.load()
            await tool.calibrated()
            tool.starter.refused = self.why_not()
            self._starting = False

    def ask(self, step: str, mass_mg: int) -> int:
        """Measure a step of the running calibration; wire.ERR_*."""
        from . import calibration

        if self.run is None or step not in calibration.STEPS:
            return wire.ERR_ORDER
        return self.run.ask(calibration.STEPS.index(step), mass_mg, self._tool.clock.uptime_ms())

    def stop(self, by_button: bool) -> None:
        """End a running calibration."""
        if self.run is not None:
            from . import calibration_reasons as why

            self.run.stop(why.BUTTON if by_button else why.CANCELLED)

    def status(self) -> dict:
        """Where the running or the last calibration stands (docs/wire.md)."""
        if self.run is not None:
            return _status(self.run)
        return dict(OFF, phase="starting") if self._starting and self._last is OFF else self._last

    def kept(self) -> list:
        """Records of the calibrations that are kept. Raises StorageError."""
        from .calibration_store import CalibrationStore, identity

        try:
            return CalibrationStore(self._tool.board.root, identity(self._tool.board)).records()
        finally:
            if not self.busy():
                _drop()


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


def _drop() -> None:
    """Let go of what only a calibration needs."""
    for name in _PARTS:
        guest.forget(name)
