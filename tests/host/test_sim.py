"""The simulated tool's surroundings: options, port, events, process; a stand-in plays the firmware."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
import serial
from gentlepress import press_file, routine_file, sim
from gentlepress.errors import DataError, RuntimeUnavailable, UsageError
from gentlepress.runtime.micropython import Launch
from gentlepress.sim import SimOptions, SimulatorFailed, parse_options, process
from gentlepress.sim.events import EventReader
from gentlepress.sim.port import PtyPort

STAND_IN = """
import json, os, sys
options = json.load(open(sys.argv[1]))
while options["seed"] == 14:
    os.read(0, 1)
with open(options["events"], "w") as events:
    print(json.dumps({"kind": "state", "force_mn": 1}), "not json", "[1]", sep="\\n", file=events)
    print(json.dumps({"kind": "done", "reason": "done"}), file=events)
if options["seed"] == 13:
    sys.exit("the spring broke")
while True:
    data = os.read(0, 100)
    os.write(1, data.upper())
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    script = tmp_path / "firmware.py"
    script.write_text(STAND_IN)

    def line(options, document, notice):
        return Launch([sys.executable, str(script), str(document)], dict(os.environ)), "a stand-in"

    monkeypatch.setattr(process, "_launch_line", line)


def test_bytes_go_both_ways_through_the_port_at_its_link(stand_in, tmp_path):
    link = tmp_path / "tool"
    with sim.launch(SimOptions(link=link)) as tool:
        assert tool.path == str(link)
        with serial.Serial(tool.path, timeout=5) as port:
            port.write(b"\x06\x09hello\n\x03")
            assert port.read(9) == b"\x06\x09HELLO\n\x03"
    assert not link.is_symlink()


def test_two_hosts_one_after_the_other(stand_in):
    with sim.launch(SimOptions()) as tool:
        for word in (b"one", b"two"):
            with serial.Serial(tool.path, timeout=5, exclusive=True) as port:
                port.write(word)
                assert port.read(3) == word.upper()


def test_events_arrive_and_what_is_none_is_passed_over(stand_in):
    heard: list[dict] = []
    with sim.launch(SimOptions(), heard.append) as tool:
        assert tool.wait_done(5)
    assert [event["kind"] for event in heard] == ["state", "done"]


def test_a_process_that_ends_is_an_error_with_its_last_words(stand_in):
    with (
        sim.launch(SimOptions(seed=13)) as tool,
        pytest.raises(SimulatorFailed, match="the spring broke") as caught,
    ):
        while tool.running:
            time.sleep(0.01)
        tool.check()
    assert caught.value.exit_code == RuntimeUnavailable.exit_code


def test_a_firmware_that_says_nothing_is_an_error(stand_in):
    with sim.launch(SimOptions(seed=14)) as tool, pytest.raises(SimulatorFailed, match="said nothing"):
        tool.wait_started(0.3)


def test_closing_ends_the_process_and_the_port(stand_in):
    tool = sim.launch(SimOptions())
    with serial.Serial(tool.path, timeout=5) as port:
        tool.close()
        tool.close()
        assert not tool.running
        with pytest.raises(serial.SerialException):
            port.write(b"x") and port.read(1)


def test_start_takes_the_address_form(stand_in):
    tool = sim.start("hand=firm,seed=3,clock=virtual")
    assert Path(tool.path).exists()
    tool.close()


def test_a_flash_folder_is_used_by_one_at_a_time(stand_in, tmp_path):
    options = SimOptions(flash=tmp_path / "memory")
    with sim.launch(options), pytest.raises(UsageError, match="another simulated tool uses it"):
        sim.launch(options)
    with sim.launch(options) as tool:
        assert tool.running


def test_a_flash_folder_that_is_a_file_is_refused(stand_in, tmp_path):
    (tmp_path / "memory").write_text("")
    with pytest.raises(UsageError, match="flash = "):
        sim.launch(SimOptions(flash=tmp_path / "memory"))


def test_a_stale_link_is_replaced_and_a_taken_place_refused(tmp_path):
    link = tmp_path / "tool"
    link.symlink_to(tmp_path / "gone")
    port = PtyPort(link)
    with pytest.raises(UsageError, match="something is there already"):
        PtyPort(link)
    port.close()
    with pytest.raises(UsageError, match="link = "):
        PtyPort(tmp_path / "none" / "tool")


def test_the_reader_keeps_up_with_a_fast_writer(tmp_path):
    heard: list[dict] = []
    reader = EventReader(tmp_path / "events", heard.append)
    with (tmp_path / "events").open("w") as out:
        for number in range(20_000):
            out.write(json.dumps({"kind": "state", "t_ms": number}) + "\n")
    time.sleep(0.05)
    reader.close()
    assert [event["t_ms"] for event in heard] == list(range(20_000))


def test_the_options_document():
    options = SimOptions(
        press=press_file.shipped(), clock="virtual", routine=routine_file.load_shipped("first-week")
    )
    document = json.loads(json.dumps(options.document(Path("e"), Path("r"))))
    assert document["press"][0] == [0, 0]
    assert len(document["press"]) == len(options.press.samples)
    del document["press"]
    assert document == {
        "hand": None, "jig": None, "calibrated": True, "seed": 1, "clock": "virtual", "flash": None, "events": "e",
        "routine": "r", "usb_power": False, "battery_mv": 3900, "exit_when_done": False, "sensor": None, "motor": None,
        "radio": None,
    }  # fmt: skip


def test_a_long_trace_is_cut_to_what_a_session_can_take():
    rows = "".join(f"{second},1\n" for second in range(900))
    press = press_file.parse(("t_s,force_n\n" + rows).encode(), "long.csv")
    assert len(SimOptions(press=press).document(Path("e"), None)["press"]) == 661


@pytest.mark.parametrize(
    "text",
    [
        "hand=soft",
        "speed=3",
        "hand",
        "seed=-1",
        "seed=x",
        "seed=99999999999",
        "clock=slow",
        "runtime=lua",
        "press=",
    ],
)
def test_addresses_that_make_no_sense(text):
    with pytest.raises(UsageError):
        parse_options(text)


def test_an_address_with_a_bad_trace(tmp_path):
    with pytest.raises(DataError):
        parse_options(f"press={tmp_path / 'none.csv'}")


def test_options_refuse_two_pressers():
    with pytest.raises(UsageError, match="can't both press"):
        SimOptions(press=press_file.shipped(), hand="firm")
