"""The sessions on the desktop: adding them once and for all, and finding them again."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Engine, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session as Database

from gentlepress.record_reader import read_session
from gentlepress.replies import Hello
from gentlepress.store.adding import Added, Offered, add_many, conflict, take_tool
from gentlepress.store.bin import Bin
from gentlepress.store.database import BUSY_S, now_s, open_engine, parse_url, translated
from gentlepress.store.models import DeletedSession, MetaRow, SessionRecord, Tool
from gentlepress.store.owners import Owners
from gentlepress.store.reading import Reading
from gentlepress.store.reports import Reports
from gentlepress.store.rows import SessionRow, StoredSession, ToolRow, start_time

__all__ = ["SessionRow", "Store", "StoredSession", "ToolRow", "open_store"]
_HOST_ID = "host_id"


class Store(Reading, Reports, Owners, Bin):
    """An open database of sessions. Made by `open_store`; use it as a context manager.

    Every method is one transaction: done and on the disk when it returns, or not at all. It serves one thread.

    Args:
        engine: from `open_engine`.
        url: where it is, for messages.
    """

    def __init__(self, engine: Engine, url: URL) -> None:
        self._engine = engine
        self._url = url
        self._open: Database | None = None

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """One transaction; within another one it is a part of that."""
        if self._open is not None:
            yield self._open
            return
        with (
            translated(self._url),
            Database(self._engine, expire_on_commit=False) as database,
            database.begin(),
        ):
            self._open = database
            try:
                yield database
            finally:
                self._open = None

    def snapshot(self) -> AbstractContextManager[object]:
        """All that is asked within it is of one moment."""
        return self.transaction()

    def _rows(self, sql: str, **values: Any) -> list[Any]:
        with self.transaction() as database:
            return list(database.execute(text(sql), values))

    def host_id(self) -> str:
        """Identity of this desktop towards the tools: 16 hexadecimal digits, made once for a database."""
        with self.transaction() as database:
            row = database.get(MetaRow, _HOST_ID)
            if row is None:
                row = MetaRow(name=_HOST_ID, value=secrets.token_hex(8))
                database.add(row)
            return row.value

    def cursor(self, device_id: str) -> int:
        """Number up to which every session of a tool was taken over; 0 for an unknown tool."""
        with self.transaction() as database:
            tool = _tool(database, device_id)
            return tool.cursor if tool else 0

    def move_cursor(self, device_id: str, session_id: int) -> None:
        """Set a known tool's cursor."""
        with self.transaction() as database:
            tool = _tool(database, device_id)
            if tool is not None:
                tool.cursor = session_id

    def known(self, device_id: str) -> dict[int, int]:
        """{session number: CRC-32 of its file} of the sessions of a tool that are here or were erased here."""
        with self.transaction() as database:
            rows: list[tuple[int, int]] = []
            for table in (DeletedSession, SessionRecord):
                query = select(table.session_id, table.crc).join(Tool, Tool.id == table.tool_id)
                found = database.execute(query.where(Tool.device_id == device_id))
                rows += [(session_id, crc) for session_id, crc in found]
            return dict(rows)

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
        offered = Offered(hello.device_id, data, moment, *start_time(session, hello))
        seen = ToolRow(hello.device_id, hello.name, hello.board, hello.fw, moment, moment, 0)
        with self.transaction() as database:
            tool = take_tool(database, seen)
            number = session.header.session_id
            added = add_many(database, {hello.device_id: tool.id}, [offered], number)
            if added.conflicts:
                raise conflict(hello.device_id, number, data, self.known(hello.device_id)[number])
        return bool(added.new)

    def add_all(self, tools: Iterable[ToolRow], offered: Iterable[Offered]) -> Added:
        """Take over what another database or an export holds, in one transaction.

        Args:
            tools: of all that is offered, with their owners; their cursors are left to the caller.
            offered: the sessions.

        Raises:
            SessionCorrupt, SessionTooNew: a file can't be read; nothing is stored.
        """
        with self.transaction() as database:
            keys = {tool.device_id: take_tool(database, tool).id for tool in tools}
            for tool in tools:
                for name, slot in tool.owners:
                    self.give(name, tool.device_id, slot)
            return add_many(database, keys, offered)

    def mark_acknowledged(
        self, device_id: str, session_ids: Collection[int], at_s: int | None = None
    ) -> None:
        """Note that the tool knows that sessions are safe here."""
        moment = now_s() if at_s is None else at_s
        ours = select(Tool.id).where(Tool.device_id == device_id).scalar_subquery()
        change = update(SessionRecord).where(
            SessionRecord.tool_id == ours, SessionRecord.session_id.in_(session_ids)
        )
        with self.transaction() as database:
            database.execute(
                change.values(acknowledged_s=moment), execution_options={"synchronize_session": False}
            )

    def unacknowledged(self, device_id: str) -> list[tuple[int, int]]:
        """(session number, CRC-32) of a tool's sessions that are here without the tool knowing it."""
        with self.transaction() as database:
            query = select(SessionRecord.session_id, SessionRecord.crc).join(Tool)
            query = query.where(Tool.device_id == device_id, SessionRecord.acknowledged_s.is_(None))
            rows = database.execute(query.order_by(SessionRecord.session_id))
            return [(session_id, crc) for session_id, crc in rows]


def open_store(url: str | None = None, *, writable: bool = True, busy_s: float = BUSY_S) -> Store:
    """Open the database of sessions through SQLAlchemy; see `gentlepress.store.open_store`."""
    where = parse_url(url)
    return Store(open_engine(where, writable, busy_s), where)


def _tool(database: Database, device_id: str) -> Tool | None:
    return database.scalar(select(Tool).where(Tool.device_id == device_id))
