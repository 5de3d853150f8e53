"""`gentlepress simulate`: what it keeps, how it ends, and what runs it."""

from __future__ import annotations

import dataclasses
import os
import signal
import time

import pytest
from gentlepress.firmware.core import ids
from gentlepress.sim import SimOptions

from tests.system.support import (
    children,
    ending,
    gentlepress,
    is_alive,
    one_step,
    press,
    press_of,
    pressed_tool,
    simulator,
    user,
)

pytestmark = pytest.mark.micropython

VIRTUAL = ("--hand", "gentle", "--clock", "virtual")
SHORT = press_of([(0, 0.3), (0.4, 1.2), (3.0, 1.2)])


class TestParts:
    def test_a_session_on_an_hx711_and_a_plain_motor(self, tmp_path, short_routine):
        parts, flash = ("--sensor", "hx711", "--motor", "erm"), ("--flash", tmp_path / "flash")
        database, link = tmp_path / "s.db", tmp_path / "port"
        with simulator(*VIRTUAL, *flash, *parts, "--routine", short_routine("cheeks")) as running:
            assert running.done()["reason"] == "session"
        with simulator(*flash, "--link", link):
            hello = gentlepress("info", "--port", f"serial:{link}", "--json").json["hello"]
            assert hello["capabilities"][:2] == ["hx711", "erm"], "what is fitted stays fitted"
            gentlepress("sync", "--port", f"serial:{link}", "--db", database)
        session = gentlepress("show", "--db", database, "--json").json
        assert (session["header"]["sensor"], session["header"]["rate_sps"]) == (ids.SENSOR_HX711, 80)
        assert session["summary"]["end_reason_name"] == "done"

    def test_an_fsr_is_told_to_be_for_practice(self):
        told = gentlepress("info", "--port", "sim:sensor=fsr")
        assert "practice_only" in told.out and "an FSR only shows contact" in " ".join(told.out.split())

    def test_unknown_words_are_refused(self):
        assert gentlepress("simulate", "--sensor", "hx712").code == 2
        refused = gentlepress("info", "--port", "sim:motor=lra")
        assert refused.code == 2 and "drv2605l, erm" in refused.err

    def test_a_damaged_parts_file_is_told_with_what_to_do(self, tmp_path):
        files = tmp_path / "flash" / "files"
        files.mkdir(parents=True)
        (files / "parts.json").write_text('{"sensor": "hx712"}')
        address = f"sim:runtime=cpython,flash={tmp_path / 'flash'}"
        data = gentlepress("info", "--port", address, "--json").json
        assert data["state"]["fault"] == ids.FAULT_PARTS
        told = " ".join(gentlepress("info", "--port", address).out.split())
        assert "parts unknown" in told and "hx712 is not one of nau7802, hx711, fsr: correct the file" in told


class TestMemory:
    def test_sessions_go_on_where_they_stopped(self, tmp_path, short_routine):
        flash, database, link = ("--flash", tmp_path / "flash"), tmp_path / "s.db", tmp_path / "port"
        for zone in ("cheeks", "jawline"):
            with simulator(*VIRTUAL, *flash, "--routine", short_routine(zone)) as running:
                assert running.done()["reason"] == "session"
        with simulator(*flash, "--link", link):
            sync = ("sync", "--port", f"serial:{link}", "--db", database)
            hello = gentlepress("info", "--port", f"serial:{link}", "--json").json["hello"]
            assert (hello["boot"], hello["first_session"], hello["last_session"]) == (3, 1, 2)
            assert gentlepress(*sync).out.startswith("2 new, 0 already here; clock set")
            assert gentlepress(*sync).out.startswith("0 new, 2 already here")
        rows = gentlepress("sessions", "--db", database, "--json").json
        assert [row["session_id"] for row in rows] == [2, 1]
        boots = [gentlepress("show", n, "--db", database, "--json").json["header"]["boot"] for n in (1, 2)]
        assert boots == [1, 2]
        with simulator(*flash, "--link", link):
            assert gentlepress(*sync).out.startswith("0 new, 2 already here")

    def test_without_a_clock_one_session_a_power_up_and_seven_in_all(self, tmp_path):
        options = SimOptions(press=SHORT, routine=one_step(), clock="virtual", flash=tmp_path / "flash")
        reasons = []
        for _ in range(8):
            with pressed_tool(options) as (_port, events):
                reasons.append(ending(events))
        assert reasons[:7] == ["session"] * 7
        assert reasons[7] != "session", "seven in seven days of running time are the most"
        assert "sync" in reasons[7] or "7 days" in reasons[7], reasons[7]

    def test_a_power_cut_in_a_session_loses_only_what_was_under_way(self, tmp_path):
        flash, database, link = ("--flash", tmp_path / "flash"), tmp_path / "s.db", tmp_path / "port"
        with simulator(*VIRTUAL, *flash) as running:
            running.until(lambda event: event.get("step") == 2 and event["contact"])
            os.kill(running.firmware(), signal.SIGKILL)
            stopped = running.wait()
        assert stopped.code == 7
        with simulator(*flash, "--link", link):
            assert gentlepress("sync", "--port", f"serial:{link}", "--db", database).out.startswith("1 new")
            again = gentlepress("sync", "--port", f"serial:{link}", "--db", database)
            assert again.out.startswith("0 new, 1 already here")
        session = gentlepress("show", "--db", database, "--json").json
        assert session["summary"]["end_reason_name"] == "power_loss"
        assert [step["end_reason_name"] for step in session["steps"]] == ["done", "done"]
        assert session["summary"]["in_band_ms"] == sum(step["in_band_ms"] for step in session["steps"])


class TestEnding:
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_nothing_stays_behind(self, tmp_path, number, code):
        link, folders = tmp_path / "port", tmp_path / "folders"
        folders.mkdir()
        with simulator("--link", link, temporary=folders) as running:
            firmware = running.firmware()
            assert is_alive(firmware)
            assert link.is_symlink()
            assert list(folders.iterdir())
            ended = running.end(number)
        assert ended.code == code
        assert not is_alive(firmware)
        assert not link.is_symlink()
        assert list(folders.iterdir()) == []

    def test_with_the_session_when_told_to(self, tmp_path, short_routine):
        began = time.monotonic()
        done = user("simulate", *VIRTUAL, "--routine", short_routine(), "--exit-when-done", "--json")
        assert done.code == 0, done.err
        assert '"reason": "session"' in done.out
        assert time.monotonic() - began < 30

    @pytest.mark.parametrize("runtime", ["micropython", "cpython"])
    def test_a_host_that_dies_takes_the_firmware_with_it(self, tmp_path, runtime):
        with simulator("--link", tmp_path / "port", "--runtime", runtime) as running:
            running.until(lambda event: event.get("kind") == "state")
            firmware = running.firmware()
            running.end(signal.SIGKILL)
            deadline = time.monotonic() + 10
            while is_alive(firmware):
                assert time.monotonic() < deadline, "the firmware runs on without its simulator"
                time.sleep(0.05)

    def test_a_firmware_that_dies_is_told_with_its_exit_code(self, tmp_path):
        with simulator("--link", tmp_path / "port") as running:
            os.kill(running.firmware(), signal.SIGKILL)
            done = running.wait()
        assert done.code == 7
        assert not (tmp_path / "port").is_symlink()


class TestAddress:
    def test_a_tool_for_as_long_as_the_command_runs(self, tmp_path):
        before = set(children(os.getpid()))
        seen = gentlepress(
            "info", "--port", f"sim:hand=gentle,clock=virtual,flash={tmp_path / 'flash'}", "--json"
        )
        assert seen.code == 0, seen
        assert seen.json["hello"]["board"] == "simulator"
        assert set(children(os.getpid())) == before
        assert (tmp_path / "flash" / "flash.img").is_file()

    def test_its_arguments_are_checked(self):
        done = gentlepress("info", "--port", "sim:hand=rough")
        assert done.code == 2
        assert "hand = 'rough'" in done.err
        assert "gentle, firm, heavy, jab" in done.err


class TestRuntimes:
    def test_cpython_logs_the_same_session(self):
        """Code takes no simulated time, so only a sample here or there may fall the other way."""
        points = [(0, 0.3), (0.3, 1.2), (3.0, 1.2), (3.2, 3.0), (4.0, 3.1), (4.3, 1.0), (5.0, 0.9)]
        options = SimOptions(press=press_of(points), seed=5, routine=one_step(hold_ms=3000), clock="virtual")
        real, other = (
            press(dataclasses.replace(options, runtime=runtime)).session
            for runtime in ("micropython", "cpython")
        )
        assert [event.kind for event in real.events] == [event.kind for event in other.events]
        for one, two in zip(real.events, other.events, strict=True):
            assert two.t_ms == pytest.approx(one.t_ms, abs=25)
        for field, value in dataclasses.asdict(real.steps[0]).items():
            near = 20 if field.endswith(("_mn", "_ms", "_mn_s")) else 0
            assert getattr(other.steps[0], field) == pytest.approx(value, abs=near), field
        assert real.header == dataclasses.replace(other.header, zero_counts=real.header.zero_counts)

    def test_a_hand_of_one_seed_begins_alike_on_both(self):
        """Later its reactions, drawn by chance at the moment of each pulse, part by a sample and then by more."""
        options = SimOptions(hand="firm", seed=5, routine=one_step(hold_ms=3000), clock="virtual")
        real, other = (
            press(dataclasses.replace(options, runtime=runtime)).session
            for runtime in ("micropython", "cpython")
        )
        for one, two in zip(real.events[:3], other.events[:3], strict=True):
            assert one.kind == two.kind
            assert two.t_ms == pytest.approx(one.t_ms, abs=10)
            assert two.value == pytest.approx(one.value, abs=20)
        assert real.summary.end_reason == other.summary.end_reason == ids.END_DONE

    def test_a_real_clock_takes_its_time(self):
        began = time.monotonic()
        done = press(SimOptions(press=SHORT, routine=one_step(hold_ms=1000), clock="real"))
        took_s = time.monotonic() - began
        assert done.session.summary.end_reason == ids.END_DONE
        assert took_s >= done.session.summary.duration_ms / 1000
        assert done.session.summary.duration_ms >= 3000

    def test_cpython_is_said_to_be_one(self):
        with simulator("--runtime", "cpython") as running:
            assert running.runtime.startswith("CPython")
            assert gentlepress("info", "--port", running.port).code == 0
        assert running.process.poll() is not None
