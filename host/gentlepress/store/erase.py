"""Erasing the database: everything of it, so that it cannot be read back from the file."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.engine import URL

from gentlepress.errors import StoreMissing, StoreReadOnly
from gentlepress.store.database import BUSY_S, open_engine, parse_url, sqlite_path, translated, user_data_db
from gentlepress.store.models import Base, Report, SessionRecord, Tool

SIDE_FILES = ("-wal", "-shm", "-journal")
_PIECE = b"\0" * 65536


@dataclass(frozen=True)
class Contents:
    """What a database holds, and where it is."""

    where: str
    sessions: int
    tools: int
    reports: int

    def lines(self) -> list[str]:
        """It for people."""
        return [
            f"This erases {self.where} for good:",
            f"  sessions: {self.sessions}, tools: {self.tools}, checks and warning signs: {self.reports}",
        ]


def what_is_there(text: str | None) -> Contents:
    """Look before erasing.

    Args:
        text: as `parse_url` takes it.

    Raises:
        StoreMissing, StoreLocked, StoreCorrupt, StoreTooNew: it is not there, in use, or not ours.
    """
    url = parse_url(text)
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise StoreMissing(f"There is no database {path}: nothing to erase.", "Name another one with --db.")
    with closing(_Opened(url)) as opened, translated(url), opened.engine.begin() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (SessionRecord, Tool, Report)
        ]
    return Contents(str(path or url.render_as_string(hide_password=True)), *counts)


class _Opened:
    """An engine that is disposed of."""

    def __init__(self, url: URL) -> None:
        self.engine: Engine = open_engine(url, writable=True, busy_s=BUSY_S)

    def close(self) -> None:
        self.engine.dispose()


def erase_all(text: str | None) -> list[str]:
    """Erase everything.

    Rows are deleted first, under the database's own lock. A SQLite file, and what lies beside it, is then overwritten
    with zeros and removed; the program's own folder too, when it is empty.

    Args:
        text: as `parse_url` takes it.

    Returns:
        what was removed, for people.
    """
    url = parse_url(text)
    with closing(_Opened(url)) as opened, translated(url), opened.engine.begin() as connection:
        _empty(connection)
    path = sqlite_path(url)
    if path is None:
        return [f"all tables of {url.render_as_string(hide_password=True)}"]
    removed = [shred(file) for file in _files_of(path)]
    folder = user_data_db().parent
    if path.parent == folder and not any(folder.iterdir()):
        folder.rmdir()
        removed.append(str(folder))
    return removed


def _empty(connection: Connection) -> None:
    """Delete every row. PostgreSQL keeps deleted ones in its files for a while: there, empty files take their place."""
    tables = Base.metadata.sorted_tables
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in tables)}")
        return
    for table in reversed(tables):
        connection.execute(table.delete())


def _files_of(path: Path) -> list[Path]:
    files = [path.with_name(path.name + suffix) for suffix in SIDE_FILES]
    return [*(file for file in files if file.exists()), path]


def shred(file: Path) -> str:
    """Overwrite a file, write that through to the disk, and remove it; its path.

    Args:
        file: to erase.

    Raises:
        StoreReadOnly: it can't be.
    """
    try:
        with file.open("r+b") as opened:
            left = opened.seek(0, os.SEEK_END)
            opened.seek(0)
            while left > 0:
                left -= opened.write(_PIECE[: min(left, len(_PIECE))])
            opened.flush()
            os.fsync(opened.fileno())
        file.unlink()
    except OSError as failed:
        raise StoreReadOnly(
            f"{file} can't be erased ({failed.strerror}).", "Make it yours and writable, and try again."
        ) from failed
    return str(file)
