"""A SQLite file opened for reading, without SQLAlchemy: it takes longer to load than most questions to answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from gentlepress.store.places import VERSION, reading_uri
from gentlepress.store.problems import store_error
from gentlepress.store.reading import Reading


class LightStore(Reading):
    """An open file.

    Args:
        path: of it.
        connection: to it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _rows(self, sql: str, **values: Any) -> list[Any]:
        try:
            with closing(self._connection.execute(sql, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise store_error(str(self._path), str(error)) from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is asked within it is of one moment."""
        if self._connection.in_transaction:
            yield
            return
        self._rows("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()


def open_light(path: Path, busy_s: float) -> LightStore | None:
    """Open a file of this program's version for reading; None for all else, which is told elsewhere.

    Args:
        path: of the file.
        busy_s: how long to wait for another program, seconds.
    """
    if not path.is_file():
        return None
    connection = None
    try:
        connection = sqlite3.connect(reading_uri(path), timeout=busy_s, isolation_level=None, uri=True)
        if connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(VERSION,)]:
            return LightStore(path, connection)
    except sqlite3.Error:
        pass
    if connection is not None:
        connection.close()
    return None
