"""Nothing leaves the machine, nobody else reads it, and all of it can be erased."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from gentlepress.cli import App, cli
from gentlepress.errors import ExitCode
from gentlepress.report.files import write_bytes
from gentlepress.store import erase, open_store
from sqlalchemy import text

from tests.host.fake_tool import FakeTool
from tests.host.session_maker import session_bytes

ROOT = Path(__file__).resolve().parents[2]
HOST = ROOT / "host" / "gentlepress"
FIRMWARE = ROOT / "firmware"
# Modules that open connections, and those whose only use is to talk to others.
NETWORK = {
    "socket", "socketserver", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib",
    "poplib", "imaplib", "telnetlib", "nntplib", "xmlrpc", "websocket", "websockets", "webbrowser", "paramiko",
    "bluetooth", "bleak", "network", "espnow", "aioble", "ubluetooth", "mip", "usocket", "_bleio", "adafruit_ble",
}  # fmt: skip
# The tool's own radio, which its owner opens and whose every word is sealed (docs/keys.md), is reached from here alone.
RADIO = {
    FIRMWARE / "loading.py": {"bluetooth"},
    HOST / "air" / "bleak_driver.py": {"bleak"},
    HOST / "air" / "adafruit_driver.py": {"_bleio", "adafruit_ble"},
}
# The system's package manager may fetch the simulated tool's interpreter, when it is asked to.
PROGRAMS = {"apt-get", "dpkg-deb"}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"__import__", "import_module"}:
            first = node.args[0]
            found.add(first.value.split(".")[0] if isinstance(first, ast.Constant) else "")
    return found


@pytest.mark.parametrize("folder", [HOST, FIRMWARE], ids=["host", "firmware"])
def test_nothing_that_talks_to_others_is_imported(folder):
    files = [path for path in folder.rglob("*.py") if "__pycache__" not in path.parts]
    assert len(files) > 60
    for path in files:
        assert imported(path) & NETWORK == RADIO.get(path, set()), path


def test_the_search_finds_what_it_is_for(tmp_path):
    for source in ("import socket", "from urllib.request import urlopen", "def f():\n    import bluetooth"):
        (tmp_path / "x.py").write_text(source)
        assert imported(tmp_path / "x.py") & NETWORK, source


WATCHED = """
import sys
seen = []
def hook(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        seen.append((event, str(arguments[1:])[:80]))
sys.addaudithook(hook)
from gentlepress.cli import cli
for words in {words!r}:
    try:
        cli.main(args=words)
    except SystemExit:
        pass
print("@connections", seen)
"""


@pytest.mark.micropython
def test_no_command_opens_a_connection(tmp_path):
    """From a session to its chart and to erasing it, in one process that tells of every connection."""
    port, database = f"sim:flash={tmp_path / 'memory'}", ["--db", str(tmp_path / "s.db")]
    words = [
        [
            "simulate",
            "--hand",
            "gentle",
            "--clock",
            "virtual",
            "--flash",
            str(tmp_path / "memory"),
            "--exit-when-done",
        ],
        ["sync", "--port", port, *database],
        ["show", "last", *database, "--chart", str(tmp_path / "c.html")],
        ["health", "--port", port],
        ["check", "--none", *database],
        ["delete-all", "--yes", *database],
    ]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED.format(words=words)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=tmp_path,
    )
    assert "@connections []" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
    assert "1 new" in done.stdout and "Erased" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]


def test_what_is_written_is_for_the_owner_only(tmp_path):
    before = os.umask(0)
    try:
        database = tmp_path / "s.db"
        with open_store(str(database)) as store:
            store.add_session(FakeTool().hello, session_bytes(1))
            names = sorted(tmp_path.iterdir())
            assert [file.name for file in names] == ["s.db", "s.db-shm", "s.db-wal"]
            assert {stat.S_IMODE(file.stat().st_mode) for file in names} == {0o600}
        write_bytes(tmp_path / "chart.html", b"x")
        write_bytes(tmp_path / "chart.html", b"y")
        assert stat.S_IMODE((tmp_path / "chart.html").stat().st_mode) == 0o600
    finally:
        os.umask(before)


class Home:
    """A user's data folder with two sessions and a report in the database."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(folder))
        monkeypatch.setenv("HOME", str(folder))
        self.folder = folder / "gentlepress"
        self.database = self.folder / "sessions.db"
        with open_store() as store:
            for number in (1, 2):
                store.add_session(FakeTool().hello, session_bytes(number))
            store.add_report("symptom", ["dizziness"])

    def run(self, *words: str, said: str = ""):
        return CliRunner().invoke(cli, ["delete-all", *words], obj=App(), env={"COLUMNS": "80"}, input=said)


@pytest.fixture
def home(tmp_path, monkeypatch):
    return Home(tmp_path / "data", monkeypatch)


def test_the_data_folder_is_for_the_owner_only(home):
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700


def test_erasing_asks_and_says_what_is_there(home):
    done = home.run(said="yes\n")
    assert done.exit_code == ExitCode.USAGE and "Nothing was erased" in done.stderr
    assert (
        "sessions: 2, tools: 1, checks and warning signs: 1" in done.stdout
        and str(home.database) in done.stdout
    )
    assert home.database.exists()
    with open_store(writable=False) as store:
        assert len(store.sessions()) == 2
    assert home.run("--json").exit_code == ExitCode.USAGE and home.database.exists()


def test_nothing_is_left(home):
    done = home.run(said="erase\n")
    assert done.exit_code == 0 and f"Erased {home.database}" in done.stdout
    assert "sessions on the tool" in done.stdout
    assert not home.folder.exists()
    again = home.run("--yes")
    assert again.exit_code == ExitCode.STORE and "nothing to erase" in again.stderr


def test_what_else_is_in_the_folder_stays(home):
    (home.folder / "notes.txt").write_text("mine")
    data = json.loads(home.run("--yes", "--json").stdout)
    assert data["removed"] == [str(home.database)] and data["sessions"] == 2
    assert (home.folder / "notes.txt").read_text() == "mine"


def test_files_are_overwritten_before_they_are_removed(home, monkeypatch):
    """The bytes that are on the disk when the file is removed."""
    left = {}
    unlink = Path.unlink

    def spy(self, missing_ok=False):
        if self.suffix.startswith(".db"):
            left[self.name] = self.read_bytes()
        unlink(self, missing_ok=missing_ok)

    inside = home.database.read_bytes()
    assert b"First week" in inside
    home.database.with_name("sessions.db-journal").write_bytes(b"First week")
    monkeypatch.setattr(Path, "unlink", spy)
    assert home.run("--yes").exit_code == 0
    assert len(left["sessions.db"]) >= 4096 and not any(left["sessions.db"])
    assert not home.database.with_name("sessions.db-journal").exists()


def test_an_erased_session_is_overwritten_in_the_file(home):
    with open_store() as store:
        data = store.session(2).data
        piece = data[200:260]
        store.erase(1)
        store.delete(2)
        store.erase(2)
    whole = b"".join(file.read_bytes() for file in home.folder.iterdir())
    assert piece not in whole


def test_another_programs_file_is_not_erased(tmp_path):
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all" * 99)
    done = CliRunner().invoke(cli, ["delete-all", "--yes", "--db", str(other)], obj=App())
    assert done.exit_code == ExitCode.STORE and other.read_bytes() == b"no database at all" * 99


def test_a_database_in_use_is_not_erased(home, monkeypatch):
    monkeypatch.setattr(erase, "BUSY_S", 0.1)
    with open_store() as store, store.transaction() as database:
        database.execute(text("SELECT 1"))
        done = home.run("--yes")
    assert done.exit_code == ExitCode.STORE and "in use" in done.stderr
    assert home.database.exists()


def test_a_database_server_is_emptied(tmp_path, monkeypatch):
    """What is no file of SQLite keeps its tables; a SQLite URI stands for a server here."""
    path = tmp_path / "server.db"
    with open_store(str(path)) as store:
        store.add_session(dataclasses.replace(FakeTool().hello), session_bytes(1))
    monkeypatch.setattr(erase, "sqlite_path", lambda _url: None)
    [said] = erase.erase_all(str(path))
    assert said.startswith("all tables of ")
    with open_store(str(path), writable=False) as store:
        assert store.sessions() == [] and store.tools() == []
