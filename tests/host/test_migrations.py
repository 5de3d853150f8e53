"""Databases of other versions."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from alembic import command
from gentlepress.record_reader import read_session
from gentlepress.store import database, open_store, places
from gentlepress.store.light import LightStore
from sqlalchemy import create_engine

from tests.host.session_maker import session_bytes
from tests.host.test_history import made, numbers
from tests.host.test_store import HELLO


def test_a_database_of_the_version_before_keeps_all(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old_database(path, session_bytes(7))
    shutil.copy(path, tmp_path / "again.db")
    with open_store(str(path)) as store:
        stored = store.session(7)
        assert stored.data == session_bytes(7)
        assert stored.row.deleted is None
        assert store._rows("SELECT position, peak_mn FROM steps") == [(0, 4321)]
        assert store._rows("SELECT position, kind FROM events") == [(0, 3)]
    with open_store(str(tmp_path / "again.db"), writable=False) as store:
        assert numbers(store) == [7]
    with open_store(str(path), writable=False) as store:
        assert isinstance(store, LightStore)


def old_database(path: Path, data: bytes) -> None:
    """A database as the version before made it, with one session."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = database.migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    engine.dispose()
    session = read_session(data)
    with sqlite3.connect(path) as raw:
        insert(raw, "tools", id=1, device_id="aa", name="Rose", board="b", firmware="f", cursor=7)
        summary_values = dict.fromkeys(("end_reason", "fault", "duration_ms", "steps_done", "steps_total"), 1)
        insert(
            raw, "sessions", id=1, tool_id=1, session_id=7, size=len(data), crc=session.crc, firmware="f",
            routine_name="r", start_utc_s=5, start_quality=1, **summary_values,
        )  # fmt: skip
        insert(raw, "session_files", session_key=1, data=data)
        insert(raw, "steps", session_key=1, position=0, peak_mn=4321)
        insert(raw, "events", session_key=1, position=0, kind=3)
    raw.close()


def insert(raw: sqlite3.Connection, table: str, **values) -> None:
    """A row; numbers that are not named are 0."""
    for _at, name, _kind, needed, _default, _key in raw.execute(f"PRAGMA table_info({table})").fetchall():
        if needed and name not in values:
            values[name] = 0
    marks = ", ".join("?" * len(values))
    raw.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def test_the_version_is_that_of_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(database.migrations()).get_current_head() == places.VERSION


def test_migrations_can_be_undone(store, where: str) -> None:
    store.add_session(HELLO, made(1))
    with store.transaction() as opened:
        config = database.migrations()
        config.attributes["connection"] = opened.connection()
        command.downgrade(config, "0002")
        command.upgrade(config, "head")
    assert store.session(1).data == made(1)
    assert len(store._rows("SELECT * FROM steps")) == 1
