"""What the tool keeps of its calibration, and that all else of it is let go after each use."""

import sys

from core import guest, ids
from core.calibrator import Calibrator

GUESTS = (
    "calibration",
    "calibration_desk",
    "calibration_fit",
    "calibration_reasons",
    "calibration_record",
    "calibration_run",
    "calibration_store",
    "stillness",
)


class Watch:
    def __init__(self):
        self.latched = []

    def latch(self, fault):
        self.latched.append(fault)


class Tool:
    def __init__(self):
        self.watch = Watch()
        self.calibrator = Calibrator(self)


def loaded():
    """Guests that are there, all of them loaded before."""
    return [name for name in GUESTS if "core." + name in sys.modules]


def load_all():
    for name in GUESTS:
        guest.load(name)
    assert len(loaded()) == len(GUESTS)


def answer_by(function):
    """The desk answers to "echo" until it is let go."""
    guest.load("calibration_desk").echo = function


def test_a_new_tool_is_not_calibrated():
    calibrator = Calibrator(None)
    assert calibrator.fault == ids.FAULT_UNCALIBRATED and calibrator.why_not == ""
    assert calibrator.run is None and calibrator.under_way is False and calibrator.last is None


def test_the_desk_is_asked_with_the_tool_and_all_is_let_go():
    tool = Tool()
    load_all()
    answer_by(lambda *arguments: arguments)
    assert tool.calibrator.call("echo", "first", 100000) == (tool, "first", 100000)
    assert loaded() == []
    assert tool.calibrator.call("status")["phase"] == "off", "it is loaded anew"
    assert loaded() == []


def test_it_stays_while_a_calibration_is_under_way():
    tool = Tool()
    tool.calibrator.under_way = True
    load_all()
    assert tool.calibrator.call("status")["phase"] == "starting"
    assert loaded() == list(GUESTS)
    tool.calibrator.under_way = False
    tool.calibrator.call("status")
    assert loaded() == []


def test_it_stays_when_the_call_itself_begins_one():
    tool = Tool()
    answer_by(lambda tool: setattr(tool.calibrator, "under_way", True))
    tool.calibrator.call("echo")
    assert "calibration_desk" in loaded()
    tool.calibrator.forget()
    assert loaded() == []


def test_what_breaks_off_is_let_go_too():
    tool = Tool()
    load_all()

    def breaks(tool):
        raise ValueError("broken")

    answer_by(breaks)
    try:
        tool.calibrator.call("echo")
    except ValueError:
        assert loaded() == []
    else:
        raise AssertionError("swallowed")


def test_without_a_calibration_no_force_is_believed():
    tool = Tool()
    for fault in (ids.FAULT_UNCALIBRATED, ids.FAULT_CALIBRATION_LOST, ids.FAULT_CALIBRATION_FOREIGN):
        tool.calibrator.fault = fault
        tool.calibrator.latch()
        assert tool.watch.latched[-1] == fault
    tool.calibrator.fault = ids.FAULT_NONE
    tool.calibrator.latch()
    assert len(tool.watch.latched) == 3, "with one, all are"
