"""Bad input as a user meets it: a clear error, its exit code, and nothing lost - on desktop and tool."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import sqlite3
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from gentlepress.client import connect
from gentlepress.errors import DeviceRefused
from gentlepress.firmware.core import wire
from gentlepress.firmware.sim.flash import BLOCK, IMAGE
from gentlepress.sim import SimOptions
from littlefs import LittleFS

from tests.system.support import Done, ending, gentlepress, one_step, press_of, pressed_tool, user

pytestmark = pytest.mark.micropython

PRESS = press_of([(0, 0.3), (0.4, 1.2), (3.0, 1.2)])
USAGE, PORT, REFUSED, INVALID_DATA, STORE = 2, 3, 4, 5, 6


@pytest.fixture(scope="module")
def tool(tmp_path_factory) -> Iterator[str]:
    """The port of a tool that holds one session nobody has copied."""
    options = SimOptions(
        press=PRESS, routine=one_step(), clock="virtual", flash=tmp_path_factory.mktemp("flash")
    )
    with pressed_tool(options) as (port, events):
        assert ending(events) == "session"
        yield port


@pytest.fixture(scope="module")
def desktop(tmp_path_factory) -> Path:
    """The database of a desktop without sessions. Copies of it are one desktop to the tool, which knows eight."""
    path = tmp_path_factory.mktemp("desktop") / "s.db"
    assert gentlepress("sync", "--port", "sim:", "--db", path).code == 0
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def database(desktop, tmp_path) -> Path:
    """A database without sessions."""
    return Path(shutil.copy(desktop, tmp_path / "s.db"))


@pytest.fixture
def other(desktop, tmp_path) -> Path:
    """One more database, to see that the tool still has what another sync lost."""
    return Path(shutil.copy(desktop, tmp_path / "other.db"))


def refused(done: Done, code: int, *said: str) -> None:
    """It ended with its code, told what, and named the next step; on stderr, and without a traceback."""
    assert done.code == code, done
    assert "Traceback" not in done.err
    for text in said:
        assert text in done.err, done.err
    assert re.search(r"^Next: \S|; \w", done.err, re.MULTILINE), done.err


def assert_still_there(port: str, other: Path) -> None:
    """The tool still answers, and a database that never met it still gets its session."""
    synced = gentlepress("sync", "--port", port, "--db", other)
    assert synced.code == 0, synced
    assert synced.out.startswith("1 new, 0 already here")


# Force traces

TRACES = {
    "empty": (b"", "it is empty"),
    "no-rows": (b"t_s,force_n\n", "no row: a trace has at least two rows"),
    "gap": (
        b"t_s,force_n\n0,1\n0.1,1\n2.1,1\n",
        "row 4: a gap of 2.000 s before t_s 2.1: rows are at most 1 s apart",
    ),
    "nan": (b"t_s,force_n\n0,1\n0.1,nan\n0.2,1\n", "row 3: force_n 'nan': it must be a finite number"),
    "infinite": (b"t_s,force_n\n0,1\ninf,1\n", "row 3: t_s 'inf': it must be a finite number"),
    "text": (b"t_s,force_n\n0,1\n0.1,much\n", "row 3: force_n 'much': it must be a number"),
    "prose": (b"Dear diary, today\n", "row 1: 'Dear diary, today': the first row must be t_s,force_n"),
    "backwards": (b"t_s,force_n\n0,1\n0.2,1\n0.1,1\n", "row 4: t_s 0.1 after 0.2: time must rise"),
    "too-strong": (b"t_s,force_n\n0,1\n0.2,700\n", "row 3: force_n 700: a force is from -1 to 60 N"),
    "picture": (b"\x89PNG\r\n\x1a\n\xff\xfe", "byte 0x89: a trace is UTF-8 text"),
}


@pytest.mark.parametrize("name", TRACES)
def test_a_bad_trace_starts_nothing(tmp_path, name):
    content, said = TRACES[name]
    file, link = tmp_path / "press.csv", tmp_path / "port"
    file.write_bytes(content)
    refused(gentlepress("simulate", "--press", file, "--link", link), INVALID_DATA, str(file), said)
    refused(gentlepress("demo", "--press", file, "--out", tmp_path / "out"), INVALID_DATA, said)
    assert not link.is_symlink()
    assert not (tmp_path / "out").exists()


def test_a_trace_that_is_not_there(tmp_path):
    refused(user("simulate", "--press", tmp_path / "none.csv"), INVALID_DATA, "none.csv", "No such file")


# Routines


def routine(zone: str = "cheeks", **fields: object) -> dict:
    step = {"zone": zone, "side": "left", "hold_ms": 3000, "presses": 1, **fields}
    return {"format": 1, "name": "Bad", "session_ms": 60000, "steps": [step]}


ROUTINES = {
    "unknown-zone": (routine("nose"), "steps[1].zone = nose: there is no such zone; use one of: forehead"),
    "forbidden-point": (
        routine("neck", point="ST9"),
        "steps[1].point = ST9: this point is never pressed: it lies on the carotid artery; leave this step out",
    ),
    "forbidden-by-name": (routine("neck", point="Renying"), "it lies on the carotid artery"),
    "unknown-point": (routine(point="XX99"), "steps[1].point = XX99: there is no such point"),
    "over-the-ceiling": (
        routine(limit_mn=6000),
        "steps[1].limit_mn = 6000: the ceiling here (cheeks) is 2500 mN; a routine can only be gentler",
    ),
    "negative-time": (routine(hold_ms=-5), "steps[1].hold_ms = -5: it must lie from 1000 to 20000"),
    "absurd-time": (routine(hold_ms=10**9), "steps[1].hold_ms = 1000000000: it must lie from 1000 to 20000"),
    "a-text-for-a-number": (routine(presses="two"), "steps[1].presses = two: a whole number is needed"),
    "unknown-field": (routine(force=9), "steps[1].force = 9: there is no such field"),
    "newer-format": (routine() | {"format": 2}, "format = 2: it must lie from 1 to 1"),
    "no-steps": (routine() | {"steps": []}, "a list of 1 to 48 steps is needed"),
}


def toml_of(data: dict) -> str:
    """The TOML of a routine, wrong or not (JSON's numbers and texts are TOML's, too)."""
    top = [f"{key} = {json.dumps(value)}" for key, value in data.items() if key != "steps"]
    if not data["steps"]:
        return "\n".join([*top, "steps = []"]) + "\n"
    steps = ["[[steps]]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in s.items()) for s in data["steps"]]
    return "\n".join([*top, *steps]) + "\n"


@pytest.mark.parametrize("name", ROUTINES)
def test_a_bad_routine_is_refused_on_both_sides(tool, tmp_path, name):
    """By the desktop before it connects, and by the tool itself when the bytes are sent past the desktop."""
    data, said = ROUTINES[name]
    file = tmp_path / "bad.toml"
    file.write_text(toml_of(data), encoding="utf-8")
    refused(gentlepress("routine", "check", file), INVALID_DATA, said)
    refused(gentlepress("routine", "push", file, "--port", "serial:/dev/none"), INVALID_DATA, said)

    with connect(tool) as client:
        before = client.download(wire.PATH_ROUTINE)
        with pytest.raises(DeviceRefused) as caught:
            client.upload(wire.PATH_ROUTINE, json.dumps(data).encode())
        assert caught.value.exit_code == REFUSED
        reasons = [f"{r.field} = {r.value}: {r.rule}; {r.next}" for r in client.refusals()]
        assert any(said in reason for reason in reasons), reasons
        assert client.download(wire.PATH_ROUTINE) == before


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe{}", b"[]", b"null", b'{"format": 1}', b"9" * 3000])
def test_bytes_that_are_no_routine_are_refused_by_the_tool(tool, raw):
    with connect(tool) as client:
        before = client.download(wire.PATH_ROUTINE)
        with pytest.raises(DeviceRefused):
            client.upload(wire.PATH_ROUTINE, raw)
        (first, *_rest) = client.refusals()
        assert first.field
        assert first.rule
        assert first.next
        assert client.download(wire.PATH_ROUTINE) == before


def test_ten_megabytes_of_routine(tool, tmp_path):
    file = tmp_path / "big.toml"
    file.write_bytes(b'format = 1\nname = "Big"\n' + b"# filler\n" * 1_200_000)
    refused(
        gentlepress("routine", "push", file, "--port", tool),
        INVALID_DATA,
        "a routine has at most 65536 bytes; shorten it",
    )
    with connect(tool) as client, pytest.raises(DeviceRefused):
        client.upload(wire.PATH_ROUTINE, b" " * 10_000_000)
    assert json.loads(gentlepress("routine", "pull", "--port", tool, "--json").out)["format"] == 1


def test_a_good_routine_still_gets_through_afterwards(tool):
    assert gentlepress("routine", "push", "jaw-release", "--port", tool).code == 0
    assert gentlepress("routine", "pull", "--port", tool, "--json").json["name"] == "Jaw release"


# Ports


class Wire:
    """A pty whose far end is in the hands of the test."""

    def __init__(self) -> None:
        self.far, self._near = os.openpty()
        tty.setraw(self._near)
        self.port = f"serial:{os.ttyname(self._near)}"
        self._threads: list[threading.Thread] = []
        self.stop = threading.Event()

    def run(self, work) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def hang_up(self) -> None:
        """The far end goes away."""
        for name in ("_near", "far"):
            fd, _ = getattr(self, name), setattr(self, name, -1)
            if fd >= 0:
                os.close(fd)

    def close(self) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(5)
        self.hang_up()


@pytest.fixture
def wire_end() -> Iterator[Wire]:
    end = Wire()
    yield end
    end.close()


def test_a_port_that_is_missing(tmp_path):
    for words in (("info",), ("sync", "--db", tmp_path / "s.db"), ("routine", "push", "first-week")):
        done = gentlepress(*words, "--port", "serial:/dev/no-such-port")
        refused(done, PORT, "There is no port /dev/no-such-port", "Plug the tool in")
    assert not (tmp_path / "s.db").exists()
    told = user("info", "--port", "serial:/dev/no-such-port", "--json")
    assert told.code == PORT
    assert told.json["error"]["kind"] == "PortMissing"


def test_a_path_that_is_no_port(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    refused(gentlepress("info", "--port", f"serial:{file}"), PORT, "is not a serial port")


def test_a_port_that_is_busy(tool, tmp_path, other):
    with serial.Serial(tool.removeprefix("serial:"), exclusive=True):
        refused(
            gentlepress("sync", "--port", tool, "--db", tmp_path / "s.db"), PORT, "in use by another program"
        )
    assert_still_there(tool, other)


def test_a_port_that_is_silent(wire_end, tmp_path):
    began = time.monotonic()
    done = gentlepress("sync", "--port", wire_end.port, "--db", tmp_path / "s.db")
    refused(done, PORT, "Nothing answered on", "Wake the tool with its button")
    assert time.monotonic() - began < 15
    assert not (tmp_path / "s.db").exists()


@pytest.mark.parametrize(
    "noise",
    [b"\x00\xff" * 40, b"ok> AT+GMR\r\nERROR\r\n", b"\x06\x09not base64 at all\n"],
    ids=["binary", "modem", "frame"],
)
def test_a_port_that_speaks_garbage(wire_end, tmp_path, noise):
    def babble() -> None:
        while not wire_end.stop.wait(0.02):
            if select.select([wire_end.far], [], [], 0)[0]:
                os.read(wire_end.far, 4096)
            os.write(wire_end.far, noise)

    wire_end.run(babble)
    done = gentlepress("sync", "--port", wire_end.port, "--db", tmp_path / "s.db")
    refused(done, PORT, wire_end.port)
    assert re.search("not the tool's protocol|not a Gentlepress|no tool|protocol", done.err), done.err
    assert not (tmp_path / "s.db").exists()


@pytest.mark.parametrize("share", [0.25, 0.6, 0.97])
def test_a_port_that_closes_in_mid_transfer(tool, database, other, share):
    """A sync that breaks off anywhere stores whole sessions or none, and the next one has them all."""
    synced, whole = through(tool, Wire(), other, None)
    assert synced.code == 0, synced
    done, _bytes = through(tool, Wire(), database, int(whole * share))
    refused(done, PORT, "went away", "nothing is lost")
    stored = gentlepress("sessions", "--db", database, "--json").json
    assert len(stored) <= 1
    again = gentlepress("sync", "--port", tool, "--db", database)
    assert again.out.startswith(f"{1 - len(stored)} new, {len(stored)} already here"), again
    assert gentlepress("show", "--db", database, "--json").json["summary"]["end_reason_name"] == "done"


def through(port: str, end: Wire, database: Path, most: int | None) -> tuple[Done, int]:
    """Sync over a wire that hangs up after so many bytes from the tool; how it went, and the bytes."""
    passed = [0]

    def forward() -> None:
        with serial.Serial(port.removeprefix("serial:"), timeout=0.01) as real:
            while not end.stop.is_set() and (most is None or passed[0] < most):
                if select.select([end.far], [], [], 0.005)[0]:
                    real.write(os.read(end.far, 4096))
                data = real.read(real.in_waiting if most is None else min(real.in_waiting, most - passed[0]))
                passed[0] += len(data)
                os.write(end.far, data)
            time.sleep(0.1)
        if most is not None:
            end.hang_up()

    end.run(forward)
    done = gentlepress("sync", "--port", end.port, "--db", database)
    end.close()
    return done, passed[0]


# Databases


def sql(path: Path, statement: str) -> list:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def contents(path: Path) -> list:
    return [
        sql(path, f"SELECT * FROM {name}")
        for (name,) in sql(path, "SELECT name FROM sqlite_master WHERE type='table'")
    ]


def test_a_database_that_is_locked(tool, database):
    path = database
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        refused(
            gentlepress("sync", "--port", tool, "--db", path), STORE, str(path), "in use by another program"
        )
        holder.execute("ROLLBACK")
    assert gentlepress("sessions", "--db", path, "--json").json == []
    assert gentlepress("sync", "--port", tool, "--db", path).out.startswith("1 new")


def test_a_database_that_may_not_be_written(tool, database, other):
    before = contents(database)
    url = f"sqlite:///file:{database}?mode=ro&uri=true"
    refused(gentlepress("sync", "--port", tool, "--db", url), STORE, "can't be written", "--db")
    assert contents(database) == before
    assert_still_there(tool, other)


def test_a_database_of_a_newer_version(tool, database, other):
    sql(database, "UPDATE alembic_version SET version_num = '9999'")
    before = contents(database)
    for words in (("sync", "--port", tool), ("sessions",), ("show",)):
        refused(
            gentlepress(*words, "--db", database), STORE, "newer version", "'9999'", "Update this program"
        )
    assert contents(database) == before
    assert_still_there(tool, other)


@pytest.mark.parametrize(
    "content",
    [b"not a database at all, but long enough to be one" * 40, b"SQLite format 3\x00" + b"\xa5" * 5000],
)
def test_a_database_that_is_none(tool, tmp_path, other, content):
    path = tmp_path / "s.db"
    path.write_bytes(content)
    refused(gentlepress("sync", "--port", tool, "--db", path), STORE, str(path), "it was not touched")
    assert path.read_bytes() == content
    assert_still_there(tool, other)


def test_a_database_whose_folder_is_not_there(tool, tmp_path, other):
    refused(
        gentlepress("sync", "--port", tool, "--db", tmp_path / "no" / "s.db"),
        STORE,
        "does not exist",
        "mkdir -p",
    )
    assert_still_there(tool, other)


# The tool's own memory


def test_more_desktops_than_the_tool_remembers_all_get_their_sessions(tmp_path):
    """It counts eight of them when it drops what all have; a ninth is not turned away, now or next time."""
    options = SimOptions(press=PRESS, routine=one_step(), clock="virtual", flash=tmp_path / "flash")
    with pressed_tool(options) as (port, _events):
        for number in range(9):
            synced = gentlepress("sync", "--port", port, "--db", tmp_path / f"{number}.db")
            assert synced.out.startswith("1 new, 0 already here"), synced
    with pressed_tool(options) as (port, _events):
        assert gentlepress("sync", "--port", port, "--db", tmp_path / "8.db").out.startswith(
            "1 new, 1 already"
        )
        assert gentlepress("sync", "--port", port, "--db", tmp_path / "8.db").out.startswith(
            "0 new, 2 already"
        )


def small_flash(folder: Path, blocks: int, filler_blocks: int) -> Path:
    """A flash of so few blocks, some of them taken."""
    disk = LittleFS(block_size=BLOCK, block_count=blocks, prog_size=32, read_size=32, lookahead_size=32)
    with disk.open("/filler", "wb") as file:
        file.write(b"\xa5" * (BLOCK * filler_blocks))
    folder.mkdir()
    (folder / IMAGE).write_bytes(bytes(disk.context.buffer))
    return folder


def test_a_full_flash_begins_no_session_and_keeps_what_it_has(tmp_path):
    flash = small_flash(tmp_path / "flash", blocks=32, filler_blocks=15)
    options = SimOptions(press=PRESS, routine=one_step(presses=5), clock="virtual", flash=flash)
    reasons = []
    while len(reasons) < 8 and (not reasons or reasons[-1] == "session"):
        with pressed_tool(options) as (port, events):
            reasons.append(ending(events))
            state = gentlepress("info", "--port", port, "--json").json
    assert 1 <= reasons.count("session") < 7
    assert reasons[-1] == "the tool's memory is full; sync it with the desktop first"
    assert state["state"]["locked_by"] == reasons[-1]
    stored = reasons.count("session")
    assert state["hello"]["last_session"] == stored

    with pressed_tool(options) as (port, events):
        assert ending(events) == reasons[-1]
        synced = gentlepress("sync", "--port", port, "--db", tmp_path / "s.db")
        assert synced.out.startswith(f"{stored} new, 0 already here"), synced
    # What the only desktop has may make room: the next session is number `stored` + 1 and goes on.
    with pressed_tool(options) as (port, events):
        assert ending(events) == "session"
        assert gentlepress("sync", "--port", port, "--db", tmp_path / "s.db").out.startswith(
            f"1 new, {stored} already"
        )
    rows = gentlepress("sessions", "--db", tmp_path / "s.db", "--json").json
    assert sorted(row["session_id"] for row in rows) == list(range(1, stored + 2))
