"""Opening a database: where it is, how it is locked, which version it has, and errors that say what to do."""

from __future__ import annotations

import os
import shlex
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from gentlepress.errors import (
    StoreCorrupt,
    StoreError,
    StoreMissing,
    StoreOld,
    StoreReadOnly,
    StoreTooNew,
    UsageError,
)
from gentlepress.store.places import BUSY_S, VERSION, data_folder, reading_uri, user_data_db
from gentlepress.store.problems import read_only, store_error

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["BUSY_S", "now_s", "open_engine", "parse_url", "sqlite_path", "translated", "user_data_db"]
# Writers of a database server take turns by this lock, as those of a SQLite file do by its own.
_WRITERS = 0x67656E74


def parse_url(text: str | None) -> URL:
    """A SQLAlchemy URL from a URL, a file path, or None for the default.

    Raises:
        UsageError: the text is empty, no URL, or that of a database in memory: the tool may only be told that a session
            is safe when it is.
    """
    if text is None:
        return _file_url(user_data_db())
    if not text.strip():
        raise UsageError("--db is empty: a path or a URL is needed.", "Give one, or leave --db away.")
    if "://" not in text:
        return _file_url(Path(text).expanduser())
    try:
        return _lasting(_with_driver(make_url(text)), text)
    except ArgumentError as error:
        raise UsageError(
            f"--db {text!r} is no database URL.", "Write sqlite:///PATH, a file path, or any SQLAlchemy URL."
        ) from error


def _with_driver(url: URL) -> URL:
    """PostgreSQL by the driver that comes with the extra `postgresql`, when the URL names none."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in {"postgresql", "postgres"} else url


def _lasting(url: URL, text: str) -> URL:
    name = url.database or ""
    in_memory = name in {"", ":memory:"} or "mode=memory" in name or url.query.get("mode") == "memory"
    if url.get_backend_name() == "sqlite" and in_memory:
        raise UsageError(
            f"--db {text!r} is a database in memory: it is gone when the command ends.",
            "Write sqlite:///PATH.",
        )
    return url


def _file_url(path: Path) -> URL:
    """A path is taken as it is: in the text of a URL, ? and % would mean something else."""
    return URL.create("sqlite", database=str(path))


def sqlite_path(url: URL) -> Path | None:
    """File of a SQLite URL; None for a database in memory, a SQLite URI, or another kind."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return None if url.database.startswith("file:") else Path(url.database)


def open_engine(url: URL, writable: bool, busy_s: float) -> Engine:
    """An engine on a database that is there, ours, and of this version.

    Args:
        url: from `parse_url`.
        writable: whether it will be written; it is created and migrated then.
        busy_s: how long to wait for a lock of another program, seconds.
    """
    path = sqlite_path(url)
    opened = url if path is None else _prepare_file(url, path, writable)
    try:
        engine = create_engine(opened, connect_args=_connect_args(url, busy_s), pool_pre_ping=path is None)
    except (NoSuchModuleError, ImportError) as error:
        raise StoreMissing(
            f"The driver for {_shown(url)} is not installed ({error}).",
            "Install it (for PostgreSQL: pip install 'gentlepress[postgresql]'), or leave --db away.",
        ) from error
    if url.get_backend_name() == "sqlite":
        _set_up_sqlite(engine, writable)
    elif url.get_backend_name() == "postgresql":
        _set_up_postgresql(engine, writable, busy_s)
    try:
        _check_version(engine, url, writable)
        if path is not None and writable:
            _write_ahead(engine, url, busy_s)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _connect_args(url: URL, busy_s: float) -> dict[str, float]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": busy_s}
    # libpq takes whole seconds, two at least.
    return {"connect_timeout": max(2, round(busy_s))} if url.get_driver_name() == "psycopg" else {}


def _prepare_file(url: URL, path: Path, writable: bool) -> URL:
    if not path.exists():
        if not writable:
            raise StoreMissing(f"There is no database {path} yet.", "Copy sessions first: gentlepress sync")
        _create_file(path)
        return url
    if not path.is_file():
        raise StoreMissing(f"{path} is not a file.", "Give --db the path of a database file.")
    if writable and not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise read_only(str(path))
    if writable:
        return url
    return url.set(database=reading_uri(path)).update_query_dict({"uri": "true"})


def _create_file(path: Path) -> None:
    if path.parent == data_folder():
        _make_folder(path.parent)
    if not path.parent.is_dir():
        raise StoreMissing(
            f"The folder {path.parent} does not exist.",
            f"Create it (mkdir -p {shlex.quote(str(path.parent))}) or give another --db.",
        )
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _keep_names(path.parent)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreReadOnly(
            f"{path} can't be created ({error.strerror}).", "Give a folder you may write to, with --db."
        ) from error


def _keep_names(folder: Path) -> None:
    """Write a folder's list of names through to the disk: a file whose name is lost is lost with it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for above in (folder.parent, folder.parent.parent):
            _keep_names(above)
    except OSError as error:
        raise StoreReadOnly(
            f"The data folder {folder} can't be created ({error.strerror}).", "Give another place with --db."
        ) from error


def _set_up_sqlite(engine: Engine, writable: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        if writable:
            # With write-ahead logging, FULL writes each commit through to the disk; NORMAL may lose the last ones.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writable else "BEGIN")


def _write_ahead(engine: Engine, url: URL, busy_s: float) -> None:
    """Switch our own file to write-ahead logging, which lets others read while one writes; it stays so.

    SQLite waits for no lock here, so we do.
    """
    deadline = time.monotonic() + busy_s
    with translated(url), closing(engine.raw_connection()) as connection:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


def _set_up_postgresql(engine: Engine, writable: bool, busy_s: float) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")  # whatever the server's default: see sync.py
            cursor.execute(f"SET lock_timeout = {max(1, round(busy_s * 1000))}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        statement = f"SELECT pg_advisory_xact_lock({_WRITERS})" if writable else "SET TRANSACTION READ ONLY"
        with translated(engine.url):
            connection.exec_driver_sql(statement)


def migrations() -> Config:
    """Alembic's configuration for the migrations in this package."""
    from alembic.config import Config  # noqa: PLC0415  (a third of a second, needed once a version)

    config = Config()
    config.set_main_option("script_location", str(files("gentlepress.store") / "migrations"))
    return config


def _check_version(engine: Engine, url: URL, writable: bool) -> None:
    with translated(url), engine.begin() as connection:
        current = _version(connection)
        if current is None and inspect(connection).get_table_names():
            raise StoreCorrupt(
                f"{_shown(url)} is a database of another program; it was not touched.", "Give another --db."
            )
        if current != VERSION:
            _upgrade(connection, url, writable, current)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def _upgrade(connection: Connection, url: URL, writable: bool, current: str | None) -> None:
    from alembic import command  # noqa: PLC0415  (as above)
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = migrations()
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreTooNew(
            f"{_shown(url)} was written by a newer version of this program (its version is {current!r}); "
            "it was not touched.",
            "Update this program, or give another --db.",
        )
    if not writable:
        kind = StoreMissing if current is None else StoreOld
        raise kind(f"{_shown(url)} holds no sessions of this version.", "Run gentlepress sync once.")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Turns errors of the database driver into this program's errors."""
    try:
        yield
    except DBAPIError as error:
        raise store_error(_shown(url), str(error.orig)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{_shown(url)} failed: {error}.", "Check the URL given with --db.") from error
    except sqlite3.Error as error:
        raise store_error(_shown(url), str(error)) from error


def _shown(url: URL) -> str:
    path = sqlite_path(url)
    return str(path) if path is not None else url.render_as_string(hide_password=True)


def now_s() -> int:
    """This computer's time in whole seconds since 1970, UTC."""
    return int(time.time())
