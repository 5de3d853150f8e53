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

import platformdirs
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from gentlepress.errors import (
    StoreCorrupt,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
    UsageError,
)

BUSY_S = 5.0
_NAME = "sessions.db"


def user_data_db() -> Path:
    """The default database: a SQLite file in the user's data folder."""
    return Path(platformdirs.user_data_dir("gentlepress", appauthor=False)) / _NAME


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
        return _lasting(make_url(text), text)
    except ArgumentError as error:
        raise UsageError(
            f"--db {text!r} is no database URL.", "Write sqlite:///PATH, a file path, or any SQLAlchemy URL."
        ) from error


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
            "Install it with pip (for PostgreSQL: psycopg), or leave --db away.",
        ) from error
    if url.get_backend_name() == "sqlite":
        _set_up_sqlite(engine, writable)
    try:
        _check_version(engine, url, writable)
        if path is not None and writable:
            _write_ahead(engine, url)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _connect_args(url: URL, busy_s: float) -> dict[str, float]:
    return {"timeout": busy_s} if url.get_backend_name() == "sqlite" else {}


def _prepare_file(url: URL, path: Path, writable: bool) -> URL:
    if not path.exists():
        if not writable:
            raise StoreMissing(f"There is no database {path} yet.", "Copy sessions first: gentlepress sync")
        _create_file(path)
        return url
    if not path.is_file():
        raise StoreMissing(f"{path} is not a file.", "Give --db the path of a database file.")
    if writable and not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise _read_only(str(path))
    if writable:
        return url
    return _reading_url(url, path)


def _create_file(path: Path) -> None:
    default_folder = Path(platformdirs.user_data_dir("gentlepress", appauthor=False))
    if path.parent == default_folder:
        _make_folder(default_folder)
    if not path.parent.is_dir():
        raise StoreMissing(
            f"The folder {path.parent} does not exist.",
            f"Create it (mkdir -p {shlex.quote(str(path.parent))}) or give another --db.",
        )
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreReadOnly(
            f"{path} can't be created ({error.strerror}).", "Give a folder you may write to, with --db."
        ) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreReadOnly(
            f"The data folder {folder} can't be created ({error.strerror}).", "Give another place with --db."
        ) from error


def _reading_url(url: URL, path: Path) -> URL:
    """Reading needs no right to write; without it, SQLite must be told that nobody else writes either."""
    uri = path.absolute().as_uri() + "?mode=ro"
    if not os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        uri += "&immutable=1"
    return url.set(database=uri).update_query_dict({"uri": "true"})


def _set_up_sqlite(engine: Engine, writable: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        if writable:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writable else "BEGIN")


def _write_ahead(engine: Engine, url: URL) -> None:
    """Switch our own file to write-ahead logging, which lets others read while one writes; it stays so."""
    with translated(url), closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode = WAL")


def migrations() -> Config:
    """Alembic's configuration for the migrations in this package."""
    config = Config()
    config.set_main_option("script_location", str(files("gentlepress.store") / "migrations"))
    return config


def _check_version(engine: Engine, url: URL, writable: bool) -> None:
    config = migrations()
    script = ScriptDirectory.from_config(config)
    with translated(url), engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current is None and inspect(connection).get_table_names():
            raise StoreCorrupt(
                f"{_shown(url)} is a database of another program; it was not touched.", "Give another --db."
            )
        known = {revision.revision for revision in script.walk_revisions()}
        if current is not None and current not in known:
            raise StoreTooNew(
                f"{_shown(url)} was written by a newer version of this program (its version is {current!r}); "
                "it was not touched.",
                "Update this program, or give another --db.",
            )
        if current != script.get_current_head():
            _upgrade(config, connection, url, writable)


def _upgrade(config: Config, connection: Connection, url: URL, writable: bool) -> None:
    if not writable:
        raise StoreMissing(f"{_shown(url)} holds no sessions of this version.", "Run gentlepress sync once.")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Turns errors of the database driver into this program's errors."""
    try:
        yield
    except DBAPIError as error:
        raise _store_error(_shown(url), str(error.orig)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{_shown(url)} failed: {error}.", "Check the URL given with --db.") from error
    except sqlite3.Error as error:
        raise _store_error(_shown(url), str(error)) from error


def _shown(url: URL) -> str:
    path = sqlite_path(url)
    return str(path) if path is not None else url.render_as_string(hide_password=True)


def _read_only(name: str) -> StoreReadOnly:
    return StoreReadOnly(
        f"{name} can't be written.",
        f"Make it yours and writable (chmod u+w {shlex.quote(name)}), or give another --db.",
    )


def _store_error(name: str, text: str) -> StoreError:
    lowered = text.lower()
    if "locked" in lowered or "busy" in lowered:
        return StoreLocked(
            f"{name} is in use by another program ({text}).", "End the other gentlepress and try again."
        )
    if "readonly" in lowered or "read-only" in lowered:
        return _read_only(name)
    if "not a database" in lowered or "malformed" in lowered or "corrupt" in lowered:
        return StoreCorrupt(
            f"{name} is damaged or no database ({text}); it was not touched.",
            "Restore it from a backup, or move it away and run gentlepress sync: the tool still has its sessions.",
        )
    if "unable to open" in lowered or "could not connect" in lowered or "connection refused" in lowered:
        return StoreMissing(
            f"{name} can't be opened ({text}).", "Check that it exists and that you may read it."
        )
    if "full" in lowered:
        return StoreError(f"{name} can't grow ({text}).", "Free some space on the disk; nothing was changed.")
    return StoreError(f"{name} failed ({text}).", "Try again; if it repeats, report it.")


def now_s() -> int:
    """This computer's time in whole seconds since 1970, UTC."""
    return int(time.time())
