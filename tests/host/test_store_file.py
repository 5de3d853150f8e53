"""The database as a SQLite file: versions, locks, rights, damage."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from gentlepress.errors import (
    ExitCode,
    StoreCorrupt,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
    UsageError,
)
from gentlepress.replies import Hello
from gentlepress.store import database, open_store, user_data_db
from sqlalchemy import create_engine

from tests.host.session_maker import session_bytes

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
