"""The command `calibrate`: led by keys or hands free, what it shows, rejects and keeps; and the replies behind it."""

from __future__ import annotations

import json
from typing import Self

import pytest
from click.testing import CliRunner
from gentlepress import calibration
from gentlepress.calibration import Kept, Progress, Record, read_kept, read_progress
from gentlepress.cli import App, cli
from gentlepress.cli import calibrate_lead as lead
from gentlepress.errors import DeviceRefused, ExitCode, ProtocolError, ToolBusy
from gentlepress.firmware.core import calibration_reasons as why
from gentlepress.firmware.core import calibration_record as layout

VALUES = {
    "number": 1, "unix_s": 1775000000, "time_quality": 1, "boot": 12, "device_id": bytes(8), "sensor": 1,
    "rate_sps": 320, "gain": 128, "ldo_mv": 3000, "nominal_counts_per_n": 42950, "counts_per_n": 42950,
    "zero_counts": 0, "residual": 12, "first_mg": 100000, "second_mg": 200000, "verify_mg": 100000,
    "verify_error": -40, "zero_moved_mn": 4, "offset": bytes(7),
}  # fmt: skip


def kept(*changes: dict, fault: str = "none") -> Kept:
    records = [layout.pack(VALUES | {"number": n} | change) for n, change in enumerate(changes, 1)]
    return read_kept({"fault": fault, "nominal": 42950, "records": records})


class FakeDesk:
    """A tool that measures at once; `mistakes` gives a step's reasons in turn."""

    def __init__(self, mistakes: dict[str, list[str]] | None = None) -> None:
        self.mistakes = mistakes or {}
        self.asked: list[tuple[str, float]] = []
        self.at = -1
        self.phase = "off"
        self.reason = ""
        self.cancelled = 0
        self.busy_left = 0
        self.held = kept({})

    def begin(self) -> None:
        self.at, self.phase, self.reason = 0, "waiting", ""

    def measure(self, step: str, mass_g: float = 0.0) -> None:
        if self.phase != "waiting" or calibration.STEPS[self.at] != step:
            raise DeviceRefused("another step", "", 65, 21)
        self.asked.append((step, mass_g))
        waiting = self.mistakes.get(step, [])
        self.reason = waiting.pop(0) if waiting else ""
        if self.reason and not Progress("waiting", step, self.reason, 0, 0, None).same_step:
            self.phase = "rejected"
        elif not self.reason:
            self.at += 1
            self.phase = "done" if self.at == len(calibration.STEPS) else "waiting"
            if self.phase == "done":
                self.held = kept({}, {"counts_per_n": 43400, "unix_s": 0})
                self.busy_left = 2

    def cancel(self) -> None:
        self.cancelled += 1
        if self.phase == "waiting":
            self.phase, self.reason = "rejected", "cancelled"

    def progress(self) -> Progress:
        step = calibration.STEPS[min(self.at, len(calibration.STEPS) - 1)]
        force_n = {"first": 0.98, "second": 1.96, "verify": 0.98}.get(step, 0.0)
        return Progress(self.phase, step, self.reason, 0, force_n, 0.005)

    def kept(self) -> Kept:
        if self.busy_left:
            self.busy_left -= 1
            raise ToolBusy("The tip is in contact.", "Lift it.")
        return self.held


class FakeTool:
    def __init__(self, desk: FakeDesk) -> None:
        self.calibration = desk

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing to close."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lead, "POLL_S", 0.001)
    monkeypatch.setattr(lead, "FELT_S", 0.05)


def run(desk: FakeDesk, *words: str, keys: str | None = None):
    app = App(connect=lambda _address: FakeTool(desk))
    return CliRunner().invoke(cli, ["calibrate", *words], obj=app, env={"COLUMNS": "100"}, input=keys)


def test_hands_free():
    desk = FakeDesk()
    done = run(desk, "--yes")
    assert done.exit_code == 0, done.output
    assert desk.asked == [("zero", 0), ("first", 100), ("second", 200), ("empty", 0), ("verify", 100)]
    assert "43400 counts/N, +1.0 % from the nominal" in done.output
    assert "The verification read -0.4 %" in done.output
    assert "Against the last one: +1.0 %" in done.output and "That is much" not in done.output


def test_keys_go_on_step_by_step():
    desk = FakeDesk()
    done = run(desk, keys="\n" * 5)
    assert done.exit_code == 0, done.output
    assert done.output.count("Press Enter") == 5 and "5 of 5  Verification: put 100 g on anew" in done.output


def test_without_a_terminal_it_says_what_to_do():
    desk = FakeDesk()
    done = run(desk, keys="\n")
    assert done.exit_code == ExitCode.USAGE and "--yes" in done.stderr
    assert desk.cancelled == 1, "no calibration is left behind"


def test_other_masses():
    desk = FakeDesk()
    assert run(desk, "--yes", "--mass", "60", "--mass", "150", "--verify", "120").exit_code == 0
    assert desk.asked[1:] == [("first", 60), ("second", 150), ("empty", 0), ("verify", 120)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mass", "100"], "two masses are needed"),
        (["--mass", "100", "--mass", "149"], "at least 1.5 times the first"),
        (["--mass", "200", "--mass", "100"], "at least 1.5 times the first"),
        (["--mass", "49", "--mass", "100"], "49 g is not from 50 to 500 g"),
        (["--mass", "100", "--mass", "501"], "501 g is not from 50 to 500 g"),
        (["--mass", "nan", "--mass", "100"], "nan g is not"),
        (["--verify", "20"], "20 g is not from 50 to 500 g"),
    ],
)
def test_masses_that_make_no_sense(words, said):
    desk = FakeDesk()
    done = run(desk, "--yes", *words)
    assert done.exit_code == ExitCode.USAGE and said in done.stderr
    assert desk.phase == "off", "the tool was not asked"


@pytest.mark.parametrize("number", sorted(set(why.TABLE) - set(why.SAME_STEP)))
def test_each_rejection_says_what_to_do(number):
    name, found, what_to_do = why.TABLE[number]
    done = run(FakeDesk({"second": [name]}), "--yes")
    assert done.exit_code == ExitCode.REFUSED
    assert f"({name}): {found}. What held before still holds." in done.stderr
    assert "Next: " + what_to_do[0].upper() + what_to_do[1:] in done.stderr


@pytest.mark.parametrize("number", why.SAME_STEP)
def test_what_can_be_mended_is_asked_for_again(number):
    name, found, what_to_do = why.TABLE[number]
    desk = FakeDesk({"first": [name]})
    done = run(desk, keys="\n" * 6)
    assert done.exit_code == 0, done.output
    assert [step for step, _mass in desk.asked].count("first") == 2
    assert f"{name}: {found}. Next: {what_to_do}." in done.stderr


def test_hands_free_gives_up_after_three_tries():
    desk = FakeDesk({"first": ["no_load"] * 9})
    done = run(desk, "--yes")
    assert done.exit_code == ExitCode.REFUSED and "(no_load)" in done.stderr
    assert len(desk.asked) == 4 and desk.cancelled == 1


def test_a_button_pressed_meanwhile():
    desk = FakeDesk()
    begin = desk.begin

    def interrupted() -> None:
        begin()
        desk.phase, desk.reason = "rejected", "button"

    desk.begin = interrupted
    done = run(desk, "--yes")
    assert done.exit_code == ExitCode.REFUSED and "(button)" in done.stderr


def test_json_is_an_object_a_line():
    done = run(FakeDesk(), "--yes", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("measured") for line in lines[:-1]] == list(calibration.STEPS)
    assert lines[-1]["calibrated"]["counts_per_n"] == 43400
    refused = run(FakeDesk({"zero": ["zero_far"]}), "--yes", "--json")
    last = [json.loads(line) for line in refused.stdout.splitlines()]
    assert last[0]["rejected"] == "zero_far" and last[1]["error"]["exit_code"] == 4


def test_show():
    desk = FakeDesk()
    desk.held = kept({"first_mg": 0, "second_mg": 0, "verify_mg": 0}, {"unix_s": 0}, {"counts_per_n": 44000})
    shown = run(desk, "--show").output
    assert "The tool is calibrated." in shown
    assert "came with the tool" in shown and "clock not set, start 12" in shown and "+2.4 %" in shown
    data = json.loads(run(desk, "--show", "--json").stdout)
    assert data["fault"] == "none" and len(data["records"]) == 3
    assert data["records"][2]["slope_drift_pct"] == 2.44 and data["records"][1]["made_at"] is None


@pytest.mark.parametrize("fault", ["uncalibrated", "calibration_lost", "calibration_foreign", "some_new_one"])
def test_show_without_one(fault):
    desk = FakeDesk()
    desk.held = kept(fault=fault)
    shown = run(desk, "--show")
    assert shown.exit_code == 0 and ("Next: gentlepress calibrate" in shown.output or fault in shown.output)


def test_a_large_change_is_pointed_at():
    desk = FakeDesk()
    desk.held = kept({"counts_per_n": 40000})
    assert "That is much" in run(desk, "--yes").output


def test_a_reason_that_is_not_known_is_told():
    assert calibration.explain("new_reason")[0] == "the tool says new_reason"
    assert "new_reason" in run(FakeDesk({"zero": ["new_reason"]}), "--yes").stderr


@pytest.mark.parametrize(
    "body",
    [
        {"fault": "none", "nominal": 42950, "records": [b"short"]},
        {"fault": "none", "nominal": 42950, "records": ["text"]},
        {"fault": "none", "nominal": 0, "records": []},
        {"fault": 3, "nominal": 42950, "records": []},
        {"nominal": 42950},
    ],
)
def test_replies_that_are_none(body):
    with pytest.raises(ProtocolError):
        read_kept(body)


def test_progress_is_checked():
    good = {
        "phase": "waiting",
        "step": "zero",
        "reason": "",
        "progress_pct": 5,
        "force_mn": -3,
        "spread_mn": -1,
    }
    assert read_progress(good) == Progress("waiting", "zero", "", 5, -0.003, None)
    for name, value in (("progress_pct", 101), ("spread_mn", "x"), ("phase", None)):
        with pytest.raises(ProtocolError):
            read_progress(good | {name: value})


def test_records_of_a_newer_tool_are_longer():
    record = layout.pack(VALUES) + b"more"
    found = read_kept({"fault": "none", "nominal": 42950, "records": [record]}).records[0]
    assert isinstance(found, Record) and found.masses_g == (100, 200, 100)
