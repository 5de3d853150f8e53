"""Kill -9, a full disk, a lock, a power cut, anywhere in a sync: nothing is lost, and the next sync completes.

The sync is a process of its own with a real database and a real port; the tool outlives it.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from gentlepress.client import ToolClient
from gentlepress.links import open_link
from gentlepress.sim import SimOptions, launch
from gentlepress.store import open_store

from tests.host.fake_device import FakeDevice, FakeTool
from tests.host.session_maker import session_bytes

ROOT = Path(__file__).resolve().parents[2]
# Of all the points of a sync so many are tried in `make test`, spread evenly; every single one in `make proof`.
KILLS = 24
# The tool remembers eight desktops.
DESKTOPS = 7
SHORT = ((1, 0, 1),)


class Runner:
    """Has syncs run by tests/host/fault_child.py."""

    def __init__(self) -> None:
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        argv = [sys.executable, "-m", "tests.host.fault_child"]
        self._process = subprocess.Popen(
            argv, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def sync(self, port: str, db: str, **job) -> dict:
        self._process.stdin.write(json.dumps({"port": port, "db": db} | job) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "skip" in answer:
            pytest.skip(answer["skip"])
        assert answer.get("error") != "unforeseen", answer["message"]
        return answer

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


@pytest.fixture(scope="module")
def runner():
    made = Runner()
    yield made
    made.close()


class Places:
    """New databases of one kind; a server is None for SQLite files."""

    def __init__(self, folder: Path, server, stack: ExitStack) -> None:
        self._folder = folder
        self._server = server
        self._stack = stack
        self._count = 0

    def new(self) -> str:
        self._count += 1
        if self._server is None:
            return str(self._folder / f"{self._count}.db")
        return self._stack.enter_context(self._server.database())


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request, tmp_path):
    server = request.getfixturevalue("postgresql_server") if request.param == "postgresql" else None
    with ExitStack() as stack:
        yield Places(tmp_path, server, stack)


def tool() -> FakeTool:
    return FakeTool(sessions={number: session_bytes(number, SHORT) for number in (1, 2, 3)})


def acknowledged(pressed: FakeTool) -> set[int]:
    return {number for number, _crc, _host in pressed.acknowledged}


def held(db: str) -> dict[int, bytes]:
    with open_store(db) as store:
        return {row.session_id: data for row, data in store.files(store.sessions())}


def check_after(pressed: FakeTool, db: str) -> None:
    """Right after the fault: the tool was told of nothing that is not here, and nothing here is wrong."""
    here = held(db)
    assert acknowledged(pressed) <= set(here)
    assert here.items() <= pressed.sessions.items()


def check_completed(pressed: FakeTool, db: str) -> None:
    assert held(db) == pressed.sessions
    assert acknowledged(pressed) == set(pressed.sessions)
    with open_store(db) as store:
        assert all(row.acknowledged for row in store.sessions())


def kill_at(runner: Runner, places: Places, at: int) -> bool:
    """Whether it was killed: how often the link is read varies, so a sync may end before its last points."""
    pressed, db = tool(), places.new()
    with FakeDevice(pressed) as device:
        done = runner.sync(device.path, db, kill_at=at)
        assert "error" not in done, done
        check_after(pressed, db)
        again = runner.sync(device.path, db)
        assert "error" not in again, again
        check_completed(pressed, db)
    return done["killed"] == signal.SIGKILL


def points_of(runner: Runner, places: Places) -> int:
    pressed, db = tool(), places.new()
    with FakeDevice(pressed) as device:
        done = runner.sync(device.path, db)
        assert done["new"] == 3
    check_completed(pressed, db)
    return done["points"]


def test_kill_at_points_spread_over_a_sync(runner: Runner, places: Places) -> None:
    count = points_of(runner, places)
    assert count > 60
    killed = [kill_at(runner, places, 1 + number * (count - 1) // KILLS) for number in range(KILLS)]
    assert killed.count(True) >= KILLS - 2


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_kill_at_every_point_of_a_sync(runner: Runner, places: Places) -> None:
    count = points_of(runner, places)
    killed = [kill_at(runner, places, at) for at in range(1, count + 1)]
    assert killed.count(True) >= 0.9 * count


def fill_disk_from(runner: Runner, db: str, at: int) -> None:
    pressed = tool()
    with FakeDevice(pressed) as device:
        told = runner.sync(device.path, db, full_from=at)
        if "error" in told:
            assert told["error"] == "StoreError"
            assert "can't grow" in told["message"]
        check_after(pressed, db)
        assert "error" not in runner.sync(device.path, db)
        check_completed(pressed, db)


def writes_of(runner: Runner, db: str) -> int:
    with FakeDevice(tool()) as device:
        return runner.sync(device.path, db)["writes"]


def test_disk_full_from_writes_spread_over_a_sync(runner: Runner, tmp_path: Path) -> None:
    writes = writes_of(runner, str(tmp_path / "all.db"))
    assert writes > 40
    for at in range(1, writes + 1, 6):
        fill_disk_from(runner, str(tmp_path / f"{at}.db"), at)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_disk_full_from_any_write_on(runner: Runner, tmp_path: Path) -> None:
    for at in range(1, writes_of(runner, str(tmp_path / "all.db")) + 1):
        fill_disk_from(runner, str(tmp_path / f"{at}.db"), at)


def test_an_acknowledged_session_survives_a_power_cut_of_the_computer(runner: Runner, tmp_path: Path) -> None:
    """At each acknowledgement: what was synced to the disk, with some of what was not or none, holds the session."""
    pressed, db = tool(), str(tmp_path / "s.db")
    with FakeDevice(pressed) as device:
        done = runner.sync(device.path, db, power_cuts=True)
        assert (done.get("new"), done.get("acknowledged")) == (3, 3), done
    check_completed(pressed, db)


def test_a_lock_of_another_program(runner: Runner, tmp_path: Path) -> None:
    """Before the sync, and in the middle of it: from the first acknowledgement on."""
    pressed, db = tool(), str(tmp_path / "s.db")
    open_store(db).close()
    other = sqlite3.connect(db, isolation_level=None, check_same_thread=False)
    take = pressed._g65_2

    def lock(op, body):
        if not other.in_transaction:
            other.execute("BEGIN IMMEDIATE")
        return take(op, body)

    with FakeDevice(pressed) as device:
        other.execute("BEGIN IMMEDIATE")
        assert runner.sync(device.path, db, busy_s=0.2)["error"] == "StoreLocked"
        other.rollback()
        assert held(db) == {}
        pressed._g65_2 = lock
        assert runner.sync(device.path, db, busy_s=0.2)["error"] == "StoreLocked"
        other.rollback()
        assert acknowledged(pressed) == set(held(db)) == {1}
        pressed._g65_2 = take
        assert runner.sync(device.path, db)["new"] == 2
    other.close()
    check_completed(pressed, db)


@pytest.mark.micropython
def test_kills_while_the_real_firmware_is_copied(runner: Runner, tmp_path: Path) -> None:
    options = SimOptions(hand="gentle", seed=1, clock="virtual")
    with launch(options, on_event=lambda _event: None, notice=lambda _text: None) as simulated:
        simulated.wait_done(60)
        with open_link(simulated.path) as link:
            client = ToolClient(link)
            [entry] = client.sessions(0)
        count = runner.sync(simulated.path, str(tmp_path / "all.db"))["points"]
        for number in range(DESKTOPS):
            db = str(tmp_path / f"{number}.db")
            kill = runner.sync(simulated.path, db, kill_at=10 + number * (count - 10) // DESKTOPS)
            assert kill["killed"] == signal.SIGKILL
            assert len(held(db)) <= 1
            assert "error" not in runner.sync(simulated.path, db)
            with open_store(db) as store:
                assert [(row.session_id, row.crc) for row in store.sessions()] == [(entry.id, entry.crc)]
                assert store.sessions()[0].acknowledged
