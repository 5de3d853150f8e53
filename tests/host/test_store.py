"""The database: what goes in comes out, versions, locks, rights, damage."""

from __future__ import annotations

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from gentlepress.errors import (
    ExitCode,
    SessionConflict,
    SessionCorrupt,
    SessionUnknown,
    StoreCorrupt,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
    UsageError,
)
from gentlepress.firmware.core import ids, records
from gentlepress.record_reader import read_session
from gentlepress.replies import Hello
from gentlepress.store import database, open_store, user_data_db
from gentlepress.store.models import Base
from gentlepress.store.rows import INTERVAL, start_time
from sqlalchemy import create_engine

from tests.host.session_maker import header, session_bytes

HELLO = Hello(
    1, 1, "0011223344556677", "Rose", "0.1.0", "fake", (), 3, 100_000, "unknown", 1, 9, 1, 512, 4, 127, 5000.0
)
OTHER = replace(HELLO, device_id="ffff", name="Lily")
SEVEN = session_bytes(7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def store(path: Path):
    with open_store(str(path)) as made:
        yield made


def undated(session_id: int, boot: int = 3) -> bytes:
    values = header(session_id, "r", 0) | {"time_quality": ids.TIME_UNKNOWN, "boot": boot}
    return records.frame(records.HEADER, 0, records.pack(records.HEADER, values))


def test_what_goes_in_comes_out(store) -> None:
    assert store.add_session(HELLO, SEVEN, 1234)
    got = store.session(7)
    assert got.data == SEVEN
    assert got.session == read_session(SEVEN)
    assert got.row.routine_name == "First week"
    assert got.row.start_quality == ids.TIME_SET
    assert got.row.start_utc is not None
    assert got.row.start_utc.timestamp() == 1_795_000_000
    assert got.session.summary is not None
    assert got.row.over_count == got.session.summary.over_count
    assert got.row.peak_mn == got.session.summary.peak_mn
    assert not got.row.acknowledged
    assert store.latest() == got


def test_details_are_in_the_tables(store, path: Path) -> None:
    store.add_session(HELLO, SEVEN)
    session = read_session(SEVEN)
    with sqlite3.connect(path) as raw:
        peaks = [peak for (peak,) in raw.execute("SELECT peak_mn FROM steps ORDER BY position")]
        kinds = [kind for (kind,) in raw.execute("SELECT kind FROM events ORDER BY position")]
        count, blob = raw.execute("SELECT interval_count, data FROM traces").fetchone()
    raw.close()
    assert peaks == [step.peak_mn for step in session.steps]
    assert kinds == [event.kind for event in session.events]
    assert count == len(session.trace)
    assert INTERVAL.unpack_from(blob)[2] == session.trace[0].peak_mn


def test_adding_again_changes_nothing(store) -> None:
    assert store.add_session(HELLO, SEVEN, 1)
    assert not store.add_session(HELLO, SEVEN, 2)
    assert store.count(HELLO.device_id) == 1


def test_other_bytes_under_the_same_number_are_refused(store) -> None:
    store.add_session(HELLO, SEVEN)
    with pytest.raises(SessionConflict, match="session 7") as told:
        store.add_session(HELLO, session_bytes(7, excess=False))
    assert told.value.exit_code == ExitCode.STORE
    assert store.session(7).data == SEVEN


def test_bad_files_store_nothing(store) -> None:
    with pytest.raises(SessionCorrupt):
        store.add_session(HELLO, b"nonsense")
    assert store.tools() == []


def test_two_tools_may_have_the_same_number(store) -> None:
    store.add_session(HELLO, SEVEN)
    store.add_session(OTHER, session_bytes(7, excess=False))
    with pytest.raises(UsageError, match="several tools"):
        store.session(7)
    assert store.session(7, "ffff").row.tool_name == "Lily"
    assert [row.tool_name for row in store.sessions()] == ["Lily", "Rose"]
    assert len(store.sessions(device_id="ffff", limit=5)) == 1
    with pytest.raises(SessionUnknown):
        store.session(8)
    with pytest.raises(SessionUnknown):
        store.latest("eeee")


def test_start_times() -> None:
    assert start_time(read_session(SEVEN), HELLO) == (1_795_000_000, ids.TIME_SET)
    same_boot = read_session(undated(1))
    assert start_time(same_boot, HELLO) == (5000 - 88, ids.TIME_FROM_UPTIME)
    assert start_time(read_session(undated(1, boot=2)), HELLO) == (None, ids.TIME_UNKNOWN)


def test_a_session_that_was_never_closed(store) -> None:
    store.add_session(HELLO, undated(1, boot=2))
    row = store.sessions()[0]
    assert (row.start_utc, row.end_reason, row.peak_mn) == (None, None, None)


def test_deleted_sessions_stay_known(store) -> None:
    store.add_session(HELLO, SEVEN)
    store.delete(7)
    assert store.sessions() == []
    assert not store.add_session(HELLO, SEVEN)
    assert list(store.known(HELLO.device_id)) == [7]


def test_cursor_acknowledgements_host(store, path: Path) -> None:
    assert store.cursor(HELLO.device_id) == 0
    store.add_session(HELLO, SEVEN)
    store.move_cursor(HELLO.device_id, 7)
    assert store.unacknowledged(HELLO.device_id) == [(7, read_session(SEVEN).crc)]
    store.mark_acknowledged(HELLO.device_id, 7)
    host = store.host_id()
    store.close()
    with open_store(str(path)) as again:
        assert again.cursor(HELLO.device_id) == 7
        assert again.unacknowledged(HELLO.device_id) == []
        assert again.host_id() == host
        assert len(host) == 16


def test_file_is_private_and_durable(store, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.add_session(HELLO, SEVEN)
    for name in path.parent.iterdir():
        assert stat.S_IMODE(name.stat().st_mode) == 0o600
    with store._engine.connect() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    assert pragma == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


def test_default_place(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_data_db().is_absolute()
    with open_store() as store:
        store.host_id()
    file = user_data_db()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_migrations_make_the_models(store) -> None:
    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_migrations_write_sql_for_other_databases(dialect: str, capsys) -> None:
    config = database.migrations()
    config.set_main_option("dialect", dialect)
    command.upgrade(config, "head", sql=True)
    told = capsys.readouterr().out
    assert "CREATE TABLE sessions" in told
    assert ("BIGSERIAL" in told) == (dialect == "postgresql")


def test_newer_database_is_refused_and_not_touched(store, path: Path) -> None:
    store.add_session(HELLO, SEVEN)
    store.close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    before = path.read_bytes()
    for writable in (True, False):
        with pytest.raises(StoreTooNew, match="9999") as told:
            open_store(str(path), writable=writable)
        assert told.value.exit_code == ExitCode.STORE
    assert path.read_bytes() == before


def test_locked_database_is_told_after_the_wait(store, path: Path) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match="in use"), open_store(str(path), busy_s=0.1) as second:
        second.add_session(HELLO, SEVEN)
    with open_store(str(path), writable=False, busy_s=0.1) as reader:
        assert reader.sessions() == []
    raw.rollback()
    raw.close()
    assert store.add_session(HELLO, SEVEN)


@contextmanager
def ordinary_user():
    """Root may write anywhere: for the length of a test it is another user."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_read_only_database(store, path: Path) -> None:
    store.add_session(HELLO, SEVEN)
    store.close()
    path.chmod(0o444)
    for folder in (path.parent, *list(path.parent.parents)[:-2]):
        folder.chmod(0o755)
    path.parent.chmod(0o555)
    before = path.read_bytes()
    with ordinary_user():
        with pytest.raises(StoreReadOnly, match="can't be written") as told:
            open_store(str(path))
        with open_store(str(path), writable=False) as reader:
            assert reader.session(7).data == SEVEN
    path.parent.chmod(0o755)
    assert "chmod" in told.value.next_step
    assert path.read_bytes() == before


def test_folder_that_may_not_be_written(tmp_path: Path) -> None:
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(0o755)
    tmp_path.chmod(0o555)
    with ordinary_user(), pytest.raises(StoreReadOnly, match="can't be created"):
        open_store(str(tmp_path / "x.db"))
    tmp_path.chmod(0o755)


def test_writing_through_a_read_only_url(store, path: Path) -> None:
    store.close()
    with pytest.raises(StoreReadOnly):
        open_store(f"sqlite:///file:{path}?mode=ro&uri=true").add_session(HELLO, SEVEN)


@pytest.mark.parametrize("name", ["what? now.db", "100%41.db", "a#b.db", "a:b@c.db", "ünï ço.db"])
def test_a_path_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    with open_store(str(tmp_path / name)) as store:
        assert store.sessions() == []
    with open_store(str(tmp_path / name), writable=False) as store:
        assert store.sessions() == []
    assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in tmp_path.iterdir()} == {name}


def test_the_default_folder_may_have_any_name(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "my data?"))
    open_store(None).close()
    assert (tmp_path / "my data?" / "gentlepress" / "sessions.db").is_file()


def test_errors_while_reading_name_the_file_as_it_was_given(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 50)
    with pytest.raises(StoreCorrupt) as told:
        open_store(str(path), writable=False)
    assert told.value.message.startswith(f"{path} is damaged")


def test_the_next_step_of_a_folder_with_a_space_can_be_pasted(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="mkdir -p '.*my folder'"):
        open_store(str(tmp_path / "my folder" / "x.db"))


def test_missing_places(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="does not exist"):
        open_store(str(tmp_path / "no" / "x.db"))
    with pytest.raises(StoreMissing, match="gentlepress sync|yet"):
        open_store(str(tmp_path / "x.db"), writable=False)
    with pytest.raises(StoreMissing, match="not a file"):
        open_store(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["://", "nodb://x", "postgresql+nodriver://h/d"])
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises((UsageError, StoreMissing)) as told:
        open_store(url)
    assert told.value.next_step


@pytest.mark.parametrize("junk", [b"not a database at all" * 50, b"SQLite format 3\0" + b"\xff" * 4096])
def test_files_that_are_no_database(path: Path, junk: bytes) -> None:
    path.write_bytes(junk)
    with pytest.raises(StoreCorrupt):
        open_store(str(path))
    assert path.read_bytes() == junk


def test_damaged_database_is_told(store, path: Path) -> None:
    for number in range(1, 6):
        store.add_session(HELLO, session_bytes(number))
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError) as told, open_store(str(path)) as damaged:
        damaged.sessions()
    assert isinstance(told.value, StoreCorrupt)


def test_database_of_another_program_is_not_touched(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE songs (title TEXT)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="another program"):
        open_store(str(path))
    assert path.read_bytes() == before


def test_many_may_open_a_new_database_at_once(path: Path) -> None:
    def work(number: int) -> str:
        with open_store(str(path)) as store:
            store.add_session(HELLO, session_bytes(number, ((1, 0, 1),)))
            return store.host_id()

    with ThreadPoolExecutor(4) as pool:
        hosts = set(pool.map(work, range(1, 9)))
    with open_store(str(path)) as store:
        assert len(store.sessions()) == 8
    assert len(hosts) == 1


def test_any_sqlalchemy_url_is_taken(path: Path) -> None:
    with open_store(f"sqlite+pysqlite:///{path}") as store:
        assert store.add_session(HELLO, SEVEN)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 1
    engine.dispose()


@pytest.mark.parametrize(
    "text", ["", " ", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"]
)
def test_what_does_not_last_is_no_place_for_sessions(text):
    with pytest.raises(UsageError, match="--db"):
        open_store(text)
