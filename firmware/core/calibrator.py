"""The tool's calibration at hand. All else about it is loaded for a use and forgotten: none of it serves the watch."""

from . import guest, ids

PARTS = (
    "calibration",
    "calibration_desk",
    "calibration_fit",
    "calibration_reasons",
    "calibration_record",
    "calibration_run",
    "calibration_store",
    "stillness",
)


class Calibrator:
    """Calibration of a tool (core.tool.Tool).

    Attributes:
        fault: ids.FAULT_NONE while a calibration holds, else why none does. why_not: the same in words, with the next
            step; an empty text while one holds.
        run: the core.calibration.Calibration that goes on, or None. under_way: whether one goes on, its start and end
            included. last: how the last one ended (docs/wire.md), or None.
    """

    def __init__(self, tool):
        self._tool = tool
        self.fault = ids.FAULT_UNCALIBRATED
        self.why_not = ""
        self.run = None
        self.under_way = False
        self.last = None

    def call(self, what: str, *args):
        """Call a function of core.calibration_desk with the tool; what it returns."""
        try:
            return getattr(guest.load("calibration_desk"), what)(self._tool, *args)
        finally:
            if not self.under_way:
                self.forget()

    def forget(self) -> None:
        """Let go of what only a calibration needs."""
        for name in PARTS:
            guest.forget(name)

    def latch(self) -> None:
        """Disbelieve all forces while there is no calibration: dark, no coaching, no session."""
        if self.fault:
            self._tool.watch.latch(self.fault)
