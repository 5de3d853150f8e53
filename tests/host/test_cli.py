"""The commands: what they print, in words and in JSON, and their exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from gentlepress import errors
from gentlepress.cli import App, cli
from gentlepress.errors import ExitCode, GentlepressError
from gentlepress.key_store import KeyStore
from gentlepress.replies import Refusal

from tests.host.fake_tool import FakeTool


class Bench:
    """Runs commands against a fake tool and a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.tool = FakeTool()
        self.addresses: list[str] = []
        self.database = str(folder / "sessions.db")
        self.keys = KeyStore(folder / "keys" / "keys.json", lambda: None)

    def connect(self, address: str):
        self.addresses.append(address)
        return self.tool

    def run(self, *words: str):
        return CliRunner().invoke(
            cli, list(words), obj=App(connect=self.connect, keys=lambda: self.keys), env={"COLUMNS": "80"}
        )

    def json(self, *words: str):
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def synced(self) -> Bench:
        assert self.run("sync", "--db", self.database).exit_code == 0
        return self


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_info(bench):
    shown = bench.run("info", "--port", "serial:/dev/x")
    assert shown.exit_code == 0
    assert "Blue (0011223344556677)" in shown.output
    assert bench.addresses == ["serial:/dev/x"]
    assert bench.tool.closed
    assert bench.json("info")["hello"]["board"] == "simulator"


def test_sync_says_how_many_are_new_and_a_second_one_none(bench):
    assert bench.json("sync", "--db", bench.database) | {"clock_set": True} == {
        "new": 1,
        "already_here": 0,
        "clock_set": True,
        "session_ids": [1],
        "reports_told": 0,
        "uncleaned": 0,
        "dated_here": [],
        "undated": [],
        "absent_desktops": [],
    }
    assert bench.tool.acknowledged == [1]
    assert bench.run("sync", "--db", bench.database).output.startswith("0 new, 1 already here")


def test_sync_leaves_the_clock_when_told_to(bench):
    bench.run("sync", "--db", bench.database, "--keep-clock")
    assert bench.tool.clock is None


def test_sessions_and_show(bench):
    bench.synced()
    listed = bench.run("sessions", "--db", bench.database)
    assert "First week" in listed.output
    assert max(map(len, listed.output.splitlines())) <= 80
    assert bench.json("sessions", "--db", bench.database)[0]["session_id"] == 1
    for which in ([], ["last"], ["1"]):
        shown = bench.run("show", *which, "--db", bench.database)
        assert shown.exit_code == 0
        assert "smile lines L" in shown.output
        assert max(map(len, shown.output.splitlines())) <= 80
    data = bench.json("show", "--db", bench.database)
    assert data["summary"]["end_reason_name"] == "done"
    assert data["steps"][2]["zone_name"] == "cheeks"


@pytest.mark.parametrize("kind", ["html", "png"])
def test_show_writes_charts(bench, tmp_path, kind):
    path = tmp_path / f"chart.{kind}"
    shown = bench.synced().run("show", "--db", bench.database, "--chart", str(path))
    assert path.stat().st_size > 10_000
    assert "Chart written" in shown.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "99"), ExitCode.USAGE, "99"),
        (("show", "first"), ExitCode.USAGE, "a session's number"),
        (("show", "last", "--chart", "x.pdf"), ExitCode.USAGE, ".html or .png"),
        (("show", "--db", "/nowhere/at/all.db"), ExitCode.STORE, "/nowhere"),
    ],
)
def test_show_refuses(bench, words, code, said):
    words = words if "--db" in words else (*words, "--db", bench.database)
    done = bench.synced().run(*words)
    assert done.exit_code == code
    assert said in done.stderr


def test_clock(bench):
    assert "not set" in bench.run("clock", "show").output
    assert bench.json("clock", "show") == {"clock": None, "offset_s": None}
    assert abs(bench.json("clock", "set")["offset_s"]) < 5
    assert bench.json("clock", "set", "--to", "2026-11-23T18:30:00+01:00")["clock"].startswith(
        "2026-11-23T18:30:00"
    )
    assert bench.run("clock", "set", "--to", "soon").exit_code == ExitCode.USAGE


def test_settings(bench):
    assert "profile" in bench.run("settings", "list").output
    assert bench.json("settings", "get", "profile") == {"profile": "normal"}
    assert bench.json("settings", "get", "rest_h") == {"rest_h": None}
    assert bench.json("settings", "set", "profile", "sensitive") == {"profile": "sensitive"}
    unknown = bench.run("settings", "set", "force", "9")
    assert unknown.exit_code == ExitCode.USAGE
    assert "profile" in unknown.stderr


def test_settings_refused_by_the_tool_come_with_its_reasons(bench):
    bench.tool.reasons = [Refusal("rest_h", "1", "it must lie from 12 to 168", "choose 12 or more")]
    done = bench.run("settings", "set", "rest_h", "1")
    assert done.exit_code == ExitCode.REFUSED
    assert "rest_h = 1: it must lie from 12 to 168; choose 12 or more" in done.stderr


def test_routine_push_and_pull(bench, tmp_path):
    assert bench.json("routine", "push", "first-week")["pushed"] == "First week"
    assert bench.json("routine", "pull")["name"] == "First week"
    path = tmp_path / "mine.toml"
    assert bench.run("routine", "pull", "--out", str(path)).exit_code == 0
    assert bench.run("routine", "check", str(path)).exit_code == 0
    assert bench.run("routine", "pull", "--out", str(path)).exit_code == ExitCode.USAGE


def test_routine_push_checks_before_it_connects(bench, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('format = 1\nname = "Bad"\n[[steps]]\nzone = "neck"\nside = "left"\npoint = "ST9"\n')
    done = bench.run("routine", "push", str(path))
    assert done.exit_code == ExitCode.INVALID_DATA
    assert "carotid" in done.stderr
    assert bench.addresses == []


def test_routine_refused_by_the_tool_comes_with_its_reasons(bench):
    bench.tool.reasons = [Refusal("steps[1].zone", "neck", "the neck is off", "switch it on with the button")]
    done = bench.run("routine", "push", "first-week")
    assert done.exit_code == ExitCode.REFUSED
    assert "switch it on with the button" in done.stderr


def test_routine_list_show_check(bench):
    assert len(bench.json("routine", "list")) == 4
    assert "jaw-release" in bench.run("routine", "list").output
    assert "jawline, left, ST6" in bench.run("routine", "show", "jaw-release").output
    assert "accepted" in bench.run("routine", "check", "first-week", "full-face").output


def test_routine_check_tells_all_and_fails(bench, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('format = 1\nname = "Bad"\n[[steps]]\nzone = "nose"\nside = "left"\nhold_ms = -1\n')
    done = bench.run("routine", "check", "first-week", str(path))
    assert done.exit_code == ExitCode.INVALID_DATA
    assert "line 4: steps[1].zone = nose" in done.stderr
    assert "line 6: steps[1].hold_ms = -1" in done.stderr
    assert "first-week: accepted" in done.stdout
    results = json.loads(bench.run("routine", "check", str(path), "--json").stdout)
    assert results[0]["accepted"] is False
    assert {refusal["line"] for refusal in results[0]["refusals"]} == {4, 6}


def test_live_for_a_while(bench):
    lines = bench.run("live", "--seconds", "0.25", "--json").stdout.splitlines()
    assert json.loads(lines[0])["force_mn"] == 1200
    plain = bench.run("live", "--seconds", "0.05")
    assert "step 2/4  cheeks, left SI18   press 1/2" in plain.output
    assert "1.20 N in band" in plain.output


KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GentlepressError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_its_exit_code_and_two_lines(bench, kind):
    def fail(_address):
        raise kind("The port went away.", "Plug it in again.")

    app = App(connect=fail)
    done = CliRunner().invoke(cli, ["info"], obj=app)
    assert done.exit_code == kind.exit_code
    assert done.stderr == "gentlepress: The port went away.\nNext: Plug it in again.\n"
    told = CliRunner().invoke(cli, ["info", "--json"], obj=App(connect=fail))
    assert json.loads(told.stdout)["error"] == {
        "kind": kind.__name__,
        "message": "The port went away.",
        "next_step": "Plug it in again.",
        "exit_code": int(kind.exit_code),
    }


def test_ctrl_c_ends_with_130(bench):
    def interrupt(_address):
        raise KeyboardInterrupt

    assert CliRunner().invoke(cli, ["info"], obj=App(connect=interrupt)).exit_code == 130


@pytest.mark.parametrize("words", [["info"], ["info", "--json"]])
def test_what_nobody_foresaw_is_told_like_every_error(words):
    def fail(_address):
        raise ZeroDivisionError("division by zero")

    done = CliRunner().invoke(cli, words, obj=App(connect=fail))
    assert done.exit_code == ExitCode.UNEXPECTED
    assert "Traceback" in done.stderr
    told = json.loads(done.stdout)["error"]["message"] if "--json" in words else done.stderr
    assert "ZeroDivisionError: division by zero" in told
    assert "Report it" in done.output


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_can_t_be_written_is_told(unbuffered):
    code = "from gentlepress.cli import main; main()"
    words = [sys.executable, "-c", code, "routine", "list"]
    env = dict(os.environ, PYTHONUNBUFFERED=unbuffered)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, check=False, env=env)
    assert done.returncode == ExitCode.UNEXPECTED
    assert b"No space left on device" in done.stderr


@pytest.mark.parametrize("words", [[], ["routine"], ["settings"], ["clock"]])
def test_no_command_shows_the_help(bench, words):
    done = bench.run(*words)
    assert done.exit_code == ExitCode.USAGE
    assert done.stderr.startswith("Usage: ")
    assert "Next:" not in done.stderr


def test_a_number_of_sessions_past_every_database_is_refused(bench):
    done = bench.synced().run("sessions", "--limit", str(2**63), "--db", bench.database)
    assert done.exit_code == ExitCode.USAGE
    assert "--limit" in done.stderr


@pytest.mark.parametrize("seconds", ["nan", "0", "-1"])
def test_live_takes_no_time_that_is_none(bench, seconds):
    done = bench.run("live", "--seconds", seconds)
    assert done.exit_code == ExitCode.USAGE
    assert "--seconds" in done.stderr


@pytest.mark.parametrize("to", ["1970-01-01", "2100-01-01T00:00:00+00:00", "9999-12-31"])
def test_a_time_no_tool_takes_is_refused_with_its_bounds(bench, to):
    done = bench.run("clock", "set", "--to", to)
    assert done.exit_code == ExitCode.USAGE
    assert to in done.stderr
    assert "2024" in done.stderr
    assert "2099" in done.stderr
    assert bench.tool.clock is None


def test_simulate_ends_with_a_press_only_where_something_presses(bench):
    done = bench.run("simulate", "--exit-when-done")
    assert done.exit_code == ExitCode.USAGE
    assert "--hand" in done.stderr


def test_the_demo_says_at_once_that_it_can_t_write_its_charts(bench, tmp_path):
    (tmp_path / "file").write_text("")
    done = bench.run("demo", "--out", str(tmp_path / "file"))
    assert done.exit_code == ExitCode.USAGE
    assert f"out = {tmp_path / 'file'}" in done.stderr
    assert done.stdout == ""


def test_the_demo_leaves_the_users_database_alone(tmp_path):
    def fail(*_given):
        raise errors.RuntimeUnavailable("No runtime.")

    mine = tmp_path / "sessions.db"
    mine.write_bytes(b"my sessions")
    done = CliRunner().invoke(cli, ["demo", "--out", str(tmp_path)], obj=App(launch=fail))
    assert done.exit_code == ExitCode.RUNTIME_UNAVAILABLE
    assert mine.read_bytes() == b"my sessions"


def test_a_chart_that_can_t_be_written_leaves_nothing_behind(bench, tmp_path):
    (tmp_path / "charts" / "x.html").mkdir(parents=True)
    done = bench.synced().run("show", "--db", bench.database, "--chart", str(tmp_path / "charts" / "x.html"))
    assert done.exit_code == ExitCode.USAGE
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["x.html"]


def test_only_drawing_loads_the_drawing_library():
    code = "import sys, gentlepress.cli; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_wrong_usage(bench):
    done = bench.run("show", "--speed", "3")
    assert done.exit_code == ExitCode.USAGE
    assert "--speed" in done.stderr
    assert "Next: See: " in done.stderr
    assert json.loads(bench.run("sink", "--json").stdout)["error"]["exit_code"] == 2


def test_a_bad_trace_and_both_presses_are_refused_before_anything_starts(bench, tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text("t_s,force_n\n0,1\n0.1,nan\n")
    for command in ("simulate", "demo"):
        done = bench.run(command, "--press", str(path))
        assert done.exit_code == ExitCode.INVALID_DATA
        assert "row 3" in done.stderr
    path.write_text("t_s,force_n\n0,1\n0.1,1\n")
    assert bench.run("simulate", "--press", str(path), "--hand", "firm").exit_code == ExitCode.USAGE


def test_output_that_nobody_reads_is_no_error(tmp_path):
    code = "from gentlepress.cli import main; main()"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", code, "routine", "list"], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
