"""The sessions on the desktop: adding them once and for all, and finding them again."""

from __future__ import annotations

import binascii
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session as Database

from gentlepress.errors import SessionConflict, SessionUnknown, UsageError
from gentlepress.record_reader import read_session
from gentlepress.replies import Hello
from gentlepress.store.database import BUSY_S, now_s, open_engine, parse_url, translated
from gentlepress.store.models import (
    DeletedSession,
    EventRecord,
    MetaRow,
    SessionFile,
    SessionRecord,
    StepRecord,
    Tool,
    TraceRecord,
)
from gentlepress.store.reports import Reports
from gentlepress.store.rows import (
    SessionRow,
    StoredSession,
    ToolRow,
    detail_records,
    session_record,
    session_row,
    tool_row,
)

__all__ = ["SessionRow", "Store", "StoredSession", "ToolRow", "open_store"]
_HOST_ID = "host_id"


class Store(Reports):
    """An open database of sessions. Made by `open_store`; use it as a context manager.

    Every method is one transaction: done and on the disk when it returns, or not at all.

    Args:
        engine: from `open_engine`.
        url: where it is, for messages.
    """

    def __init__(self, engine: Engine, url: URL) -> None:
        self._engine = engine
        self._url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Database]:
        with (
            translated(self._url),
            Database(self._engine, expire_on_commit=False) as database,
            database.begin(),
        ):
            yield database

    def host_id(self) -> str:
        """Identity of this desktop towards the tools: 16 hexadecimal digits, made once for a database."""
        with self._transaction() as database:
            row = database.get(MetaRow, _HOST_ID)
            if row is None:
                row = MetaRow(name=_HOST_ID, value=secrets.token_hex(8))
                database.add(row)
            return row.value

    def tools(self) -> list[ToolRow]:
        """Tools that were synced, the last one first."""
        with self._transaction() as database:
            return [
                tool_row(tool) for tool in database.scalars(select(Tool).order_by(Tool.last_seen_s.desc()))
            ]

    def cursor(self, device_id: str) -> int:
        """Number up to which every session of a tool was taken over; 0 for an unknown tool."""
        with self._transaction() as database:
            tool = _tool(database, device_id)
            return tool.cursor if tool else 0

    def move_cursor(self, device_id: str, session_id: int) -> None:
        """Set a known tool's cursor."""
        with self._transaction() as database:
            tool = _tool(database, device_id)
            if tool is not None:
                tool.cursor = session_id

    def known(self, device_id: str) -> dict[int, int]:
        """{session number: CRC-32 of its file} of the sessions of a tool that are here or were deleted here."""
        with self._transaction() as database:
            kept = select(SessionRecord.session_id, SessionRecord.crc).join(Tool)
            gone = select(DeletedSession.session_id, DeletedSession.crc).join(
                Tool, Tool.id == DeletedSession.tool_id
            )
            rows = [
                *database.execute(gone.where(Tool.device_id == device_id)),
                *database.execute(kept.where(Tool.device_id == device_id)),
            ]
            return {row.session_id: row.crc for row in rows}

    def add_session(self, hello: Hello, data: bytes, stored_s: int | None = None) -> bool:
        """Take over a session file that a tool gave.

        Args:
            hello: of the tool it came from; its running time dates sessions of an unset clock.
            data: bytes of the file.
            stored_s: when, in seconds since 1970; by default now.

        Returns:
            False when it was here already (or was deleted here), byte for byte.

        Raises:
            SessionCorrupt, SessionTooNew: the file can't be read; nothing is stored.
            SessionConflict: other bytes are here under this number; they stay as they are.
        """
        session = read_session(data)
        moment = now_s() if stored_s is None else stored_s
        with self._transaction() as database:
            tool = _tool_for(database, hello, moment)
            there = _crc_of(database, tool.id, session.header.session_id)
            if there is not None:
                _check_same(hello, session.header.session_id, there, binascii.crc32(data))
                return False
            record = session_record(session, tool, hello, moment)
            database.add(record)
            database.flush()
            database.add(SessionFile(session_key=record.id, data=data))
            database.add_all(detail_records(session, record.id))
        return True

    def mark_acknowledged(self, device_id: str, session_id: int, at_s: int | None = None) -> None:
        """Note that the tool knows that a session is safe here."""
        with self._transaction() as database:
            record = _record(database, session_id, device_id)
            record.acknowledged_s = now_s() if at_s is None else at_s

    def unacknowledged(self, device_id: str) -> list[tuple[int, int]]:
        """(session number, CRC-32) of a tool's sessions that are here without the tool knowing it."""
        with self._transaction() as database:
            query = select(SessionRecord.session_id, SessionRecord.crc).join(Tool)
            query = query.where(Tool.device_id == device_id, SessionRecord.acknowledged_s.is_(None))
            rows = database.execute(query.order_by(SessionRecord.session_id))
            return [(session_id, crc) for session_id, crc in rows]

    def sessions(
        self, device_id: str | None = None, newest_first: bool = True, limit: int | None = None
    ) -> list[SessionRow]:
        """Sessions in the order in which they were taken over.

        Args:
            device_id: of one tool only.
            newest_first: the last one first.
            limit: at most so many.
        """
        with self._transaction() as database:
            query = select(SessionRecord).join(Tool)
            if device_id is not None:
                query = query.where(Tool.device_id == device_id)
            order = SessionRecord.id.desc() if newest_first else SessionRecord.id.asc()
            return [session_row(record) for record in database.scalars(query.order_by(order).limit(limit))]

    def count(self, device_id: str) -> int:
        """How many sessions of a tool are here."""
        with self._transaction() as database:
            query = select(func.count(SessionRecord.id)).join(Tool).where(Tool.device_id == device_id)
            return database.scalar(query) or 0

    def session(self, session_id: int, device_id: str | None = None) -> StoredSession:
        """A session in full, by its number on the tool.

        Raises:
            SessionUnknown: there is none.
            UsageError: several tools have one with this number and `device_id` is not given.
        """
        with self._transaction() as database:
            return _stored(database, _record(database, session_id, device_id))

    def latest(self, device_id: str | None = None) -> StoredSession:
        """The session that was taken over last. Raises SessionUnknown when there is none."""
        with self._transaction() as database:
            query = select(SessionRecord).join(Tool).order_by(SessionRecord.id.desc()).limit(1)
            if device_id is not None:
                query = query.where(Tool.device_id == device_id)
            record = database.scalar(query)
            if record is None:
                raise SessionUnknown(
                    "The database holds no session yet.", "Copy sessions first: gentlepress sync"
                )
            return _stored(database, record)

    def delete(self, session_id: int, device_id: str | None = None) -> None:
        """Remove a session here; it is not copied from the tool again."""
        with self._transaction() as database:
            record = _record(database, session_id, device_id)
            database.merge(
                DeletedSession(tool_id=record.tool_id, session_id=record.session_id, crc=record.crc)
            )
            for table in (StepRecord, EventRecord, TraceRecord, SessionFile):
                database.execute(delete(table).where(table.session_key == record.id))
            database.delete(record)


def open_store(url: str | None = None, *, writable: bool = True, busy_s: float = BUSY_S) -> Store:
    """Open the database of sessions, made or brought up to date if need be.

    Args:
        url: a SQLAlchemy URL or a file path; by default a file in the user's data folder.
        writable: False for reading only; nothing is created then.
        busy_s: seconds to wait for another program that writes.

    Raises:
        StoreLocked, StoreReadOnly, StoreTooNew, StoreMissing, StoreCorrupt, UsageError.
    """
    where = parse_url(url)
    return Store(open_engine(where, writable, busy_s), where)


def _tool(database: Database, device_id: str) -> Tool | None:
    return database.scalar(select(Tool).where(Tool.device_id == device_id))


def _tool_for(database: Database, hello: Hello, moment: int) -> Tool:
    tool = _tool(database, hello.device_id)
    if tool is None:
        tool = Tool(device_id=hello.device_id, first_seen_s=moment, cursor=0)
        database.add(tool)
    tool.name, tool.board, tool.firmware = hello.name, hello.board, hello.fw
    tool.last_seen_s = moment
    database.flush()
    return tool


def _crc_of(database: Database, tool_id: int, session_id: int) -> int | None:
    for table in (SessionRecord, DeletedSession):
        query = select(table.crc).where(table.tool_id == tool_id, table.session_id == session_id)
        crc = database.scalar(query)
        if crc is not None:
            return crc
    return None


def _check_same(hello: Hello, session_id: int, there: int, offered: int) -> None:
    if there == offered:
        return
    raise SessionConflict(
        f"Tool {hello.device_id} offers session {session_id} with other contents (CRC {offered:08x}) "
        f"than the one already here (CRC {there:08x}); the one here was kept.",
        "The tool's memory was probably exchanged or lost. Keep this database as it is and sync into a new "
        "one: --db NEW_FILE",
    )


def _record(database: Database, session_id: int, device_id: str | None) -> SessionRecord:
    query = select(SessionRecord).join(Tool).where(SessionRecord.session_id == session_id)
    if device_id is not None:
        query = query.where(Tool.device_id == device_id)
    records = list(database.scalars(query))
    if not records:
        raise SessionUnknown(
            f"The database holds no session {session_id}.", "List what there is: gentlepress sessions"
        )
    if len(records) > 1:
        names = ", ".join(record.tool.device_id for record in records)
        raise UsageError(
            f"Session {session_id} is there from several tools: {names}.", "Name one of the tools."
        )
    return records[0]


def _stored(database: Database, record: SessionRecord) -> StoredSession:
    file = database.get_one(SessionFile, record.id)
    return StoredSession(session_row(record), read_session(file.data), file.data)
