"""The commands of the history: what they print, in words and in JSON, and their exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from gentlepress.cli import App, cli
from gentlepress.cli.root import COMMANDS
from gentlepress.errors import ExitCode
from gentlepress.store import open_store

from tests.host.session_maker import session_bytes
from tests.host.test_cli import Bench
from tests.host.test_store import HELLO, OTHER, undated


@pytest.fixture
def bench(tmp_path, where):
    made = Bench(tmp_path)
    made.database = where
    with open_store(where) as store:
        for number in (1, 2):
            store.add_session(HELLO, session_bytes(number, start_unix_s=1_795_000_000 + number * 86_400))
        store.add_session(OTHER, undated(3, boot=1), 1_795_500_000)
    return made


def run(bench, *words: str, code: int = 0, said: str = "", asked: str | None = None):
    done = CliRunner().invoke(
        cli, [*words, "--db", bench.database], obj=App(), env={"COLUMNS": "80"}, input=asked
    )
    assert done.exit_code == code, done.output
    assert said in " ".join((done.stdout + done.stderr).split())
    return done.stdout


def as_json(bench, *words: str, code: int = 0):
    return json.loads(run(bench, *words, "--json", code=code))


def test_every_command_is_where_the_table_says():
    for name in COMMANDS:
        command = cli.get_command(None, name)
        assert command is not None and command.name == name
    assert cli.get_command(None, "nothing") is None
    shown = CliRunner().invoke(cli, ["--help"], env={"COLUMNS": "80"}).output
    assert all(f"  {name} " in shown for name in COMMANDS)


def test_a_list_loads_no_large_library(tmp_path):
    """The commands that answer questions start in a fifth of a second; one import in the wrong place ends that."""
    with open_store(str(tmp_path / "s.db")) as store:
        store.add_session(HELLO, session_bytes(1))
    for words in (["sessions"], ["show"], ["tools"], ["owners", "list"]):
        script = (
            "import sys\nfrom gentlepress.cli import cli\ntry:\n    cli.main(args=sys.argv[1:])\n"
            "except SystemExit as end:\n    assert not end.code\n"
            "large = {'sqlalchemy', 'alembic', 'matplotlib', 'numpy', 'serial', 'cbor2', 'rich.progress', 'pyarrow'}\n"
            "print('@', large & set(sys.modules))"
        )
        argv = [sys.executable, "-c", script, *words, "--db", str(tmp_path / "s.db")]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout.splitlines()[-1] == "@ set()", done.stdout + done.stderr


def test_sessions_are_cut_and_narrowed(bench):
    assert [row["session_id"] for row in as_json(bench, "sessions")] == [3, 2, 1]
    shown = run(bench, "sessions", "--limit", "2", said="The newest 2 of 3. All of them: --all")
    assert "Lily" in shown and max(map(len, shown.splitlines())) <= 80
    assert "newest" not in run(bench, "sessions", "--all")
    assert [row["session_id"] for row in as_json(bench, "sessions", "--tool", "rose")] == [2, 1]
    run(bench, "sessions", "--tool", "Daisy", code=ExitCode.USAGE, said="no such tool was ever synced")
    run(bench, "sessions", "--owner", "Ada", code=ExitCode.USAGE, said="nobody is called so")
    run(bench, "sessions", "--deleted", said="No deleted sessions")


def test_a_session_without_a_date_says_between_what_it_was_pressed(bench):
    with open_store(bench.database) as store:
        store.add_session(HELLO, undated(4, boot=1), 1_795_600_000)
    shown = run(bench, "show", "4", said="unknown (the tool's clock was not set)")
    assert "after session 2 of 2026-11-20" in shown and "before 2026-11-25" in shown
    data = as_json(bench, "show", "4")
    assert data["start_utc"] is None
    assert data["start_quality"] == "unknown"
    assert data["start_after_utc"] == "2026-11-20T11:06:40+00:00"
    assert data["start_before_utc"] == data["copied_utc"] == "2026-11-25T09:46:40+00:00"


def test_delete_and_undelete(bench):
    assert as_json(bench, "delete", "1", "2") == {"deleted": [1, 2], "for_good": False}
    assert [row["session_id"] for row in as_json(bench, "sessions", "--deleted")] == [2, 1]
    run(bench, "show", "1", code=ExitCode.USAGE, said="gentlepress undelete 1")
    run(bench, "undelete", "1", said="Back again: 1")
    run(bench, "delete", "1", "9", code=ExitCode.USAGE, said="no session 9")
    assert [row["session_id"] for row in as_json(bench, "sessions")] == [3, 1]
    run(bench, "delete", "one", code=ExitCode.USAGE, said="a session's number")


def test_erasing_asks(bench):
    run(bench, "delete", "1", "--for-good", asked="n\n", code=ExitCode.USAGE, said="Nothing was erased")
    run(bench, "delete", "1", "--for-good", "--json", code=ExitCode.USAGE)
    assert len(as_json(bench, "sessions")) == 3
    run(bench, "delete", "1", "--for-good", asked="y\n", said="Erased for good: 1")
    run(bench, "delete", "2", "--for-good", "--yes", said="Erased for good: 2")
    run(bench, "undelete", "1", said="Copy them: gentlepress sync")
    assert as_json(bench, "undelete", "2") == {"back": [], "copied_again_at_sync": [2]}
    bench.tool.files = {
        number: session_bytes(number, start_unix_s=1_795_000_000 + number * 86_400) for number in (1, 2)
    }
    bench.run("sync", "--db", bench.database)
    assert [row["session_id"] for row in as_json(bench, "sessions", "--tool", "0011")] == [2, 1]


def test_owners_and_tools(bench):
    run(bench, "owners", "list", said="No owners yet")
    run(bench, "owners", "add", "Ada", "--tool", "Lily", said="Ada 1 Lily")
    run(bench, "owners", "add", "Ben", "--tool", "0011", "--slot", "2")
    assert as_json(bench, "owners", "list") == [
        {"name": "Ada", "sessions": 1, "tools": [{"device_id": "ffff", "name": "Lily", "slot": 0}]},
        {"name": "Ben", "sessions": 0, "tools": [{"device_id": HELLO.device_id, "name": "Rose", "slot": 2}]},
    ]
    assert "Ben (slot 2)" in run(bench, "tools")
    assert {tool["name"]: tool["sessions"] for tool in as_json(bench, "tools")} == {"Rose": 2, "Lily": 1}
    assert "Ada" in run(bench, "sessions", "--owner", "ada")
    assert "Ada" in run(bench, "show", "--owner", "ada")
    run(bench, "owners", "remove", "Ben", "--tool", "Lily", code=ExitCode.USAGE, said="it is not Ben's")
    run(bench, "owners", "remove", "Ben", "--tool", "Rose")
    assert as_json(bench, "owners", "remove", "Ben") == as_json(bench, "owners", "list")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_export_and_import(bench, tmp_path, kind):
    target = tmp_path / f"out.{kind}"
    assert as_json(bench, "export", str(target)) == {"path": str(target), "format": kind, "sessions": 3}
    new = ["--db", str(tmp_path / "new.db")]
    done = CliRunner().invoke(cli, ["import", str(target), *new], obj=App())
    assert done.stdout == "3 new, 0 already here\n"
    assert as_json(bench, "import", str(target)) == {
        "new": 0, "already_here": 3, "erased_here": 0, "differing": [],
    }  # fmt: skip
    run(bench, "export", str(target), code=ExitCode.USAGE, said="is there already")


def test_export_narrowed(bench, tmp_path):
    assert as_json(bench, "export", str(tmp_path / "a"), "--tool", "Rose")["sessions"] == 2
    assert as_json(bench, "export", str(tmp_path / "b"), "--since", "2026-11-20")["sessions"] == 1
    assert as_json(bench, "export", str(tmp_path / "c"), "--until", "2026-11-20")["sessions"] == 2
    run(
        bench,
        "export",
        str(tmp_path / "d"),
        "--since",
        "2026-12-01",
        code=ExitCode.USAGE,
        said="no session to export",
    )
    run(bench, "export", str(tmp_path / "d"), "--since", "soon", code=ExitCode.USAGE, said="Write YYYY-MM-DD")
    run(bench, "export", "/proc/no/d", code=ExitCode.USAGE, said="can't be written")
    run(bench, "import", str(tmp_path / "no"), code=ExitCode.INVALID_DATA, said="no such file or folder")
    run(bench, "import", str(tmp_path), code=ExitCode.INVALID_DATA, said="no export")


def test_merge(bench, tmp_path):
    other = str(tmp_path / "other.db")
    with open_store(other) as store:
        store.add_session(HELLO, session_bytes(1, excess=False))
        store.add_session(HELLO, session_bytes(9))
    run(
        bench,
        "merge",
        other,
        code=ExitCode.STORE,
        said="session 1 of tool 0011223344556677; those here were kept",
    )
    data = as_json(bench, "merge", other, code=ExitCode.STORE)
    assert data["differing"] == [{"device_id": HELLO.device_id, "session_id": 1}]
    assert (data["new"], data["already_here"]) == (0, 1)
    run(bench, "merge", bench.database, code=ExitCode.USAGE, said="the database itself")
    run(
        bench,
        "merge",
        str(tmp_path / "no.db"),
        code=ExitCode.STORE,
        said="Name the other computer's database",
    )


def test_sync_says_what_it_dated_and_what_it_could_not(bench):
    hello = bench.tool.hello
    bench.tool.files = {5: undated(5, boot=hello.boot), 6: undated(6, boot=hello.boot + 1)}
    shown = " ".join(bench.run("sync", "--db", bench.database).output.split())
    assert "Dated here, from the tool's running time: session 5." in shown
    assert "Without a date, because the tool's clock was not set: session 6." in shown
    assert "worked out from the tool's running time" in run(bench, "show", "5", "--tool", hello.device_id)
