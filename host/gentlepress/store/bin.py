"""Deleting sessions: into the bin and back, or for good."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Database

from gentlepress.errors import SessionUnknown, UsageError
from gentlepress.store.database import now_s
from gentlepress.store.models import (
    DeletedSession,
    EventRecord,
    SessionFile,
    SessionRecord,
    StepRecord,
    Tool,
)
from gentlepress.store.transacting import Transacting


class Bin(Transacting):
    """The part of the store that deletes; see `store.Store`."""

    def delete(self, session_id: int, device_id: str | None = None, at_s: int | None = None) -> None:
        """Put a session into the bin: it is shown no longer, and not copied from the tool again.

        Args:
            session_id: its number on the tool.
            device_id: of the tool, needed when several have the number.
            at_s: when, in seconds since 1970; by default now.

        Raises:
            SessionUnknown: there is none, or it is in the bin.
            UsageError: several tools have one.
        """
        with self.transaction() as database:
            record = _one(database, session_id, device_id, deleted=False)
            record.deleted_s = now_s() if at_s is None else at_s

    def undelete(self, session_id: int, device_id: str | None = None) -> bool:
        """Bring a session back.

        Args:
            session_id: its number on the tool.
            device_id: of the tool, needed when several have the number.

        Returns:
            True when it is back; False when it was erased here: the next sync copies it, if the tool still has it.

        Raises:
            SessionUnknown: it was never deleted, or is not known.
            UsageError: several tools have one.
        """
        with self.transaction() as database:
            erased = _erased(database, session_id, device_id)
            if erased and not _found(database, session_id, device_id, deleted=True):
                self._forget(database, session_id, erased)
                return False
            _one(database, session_id, device_id, deleted=True).deleted_s = None
            return True

    def erase(self, session_id: int, device_id: str | None = None) -> None:
        """Remove a session for good, from the bin or not; only its number stays, so that it is not copied again.

        Args:
            session_id: its number on the tool.
            device_id: of the tool, needed when several have the number.

        Raises:
            SessionUnknown: there is none.
            UsageError: several tools have one.
        """
        with self.transaction() as database:
            record = _one(database, session_id, device_id, deleted=None)
            database.merge(
                DeletedSession(tool_id=record.tool_id, session_id=record.session_id, crc=record.crc)
            )
            for table in (StepRecord, EventRecord, SessionFile):
                database.execute(delete(table).where(table.session_key == record.id))
            database.delete(record)

    def _forget(self, database: Database, session_id: int, tools: list[Tool]) -> None:
        if len(tools) > 1:
            raise _several(session_id, tools)
        row = database.get_one(DeletedSession, (tools[0].id, session_id))
        database.delete(row)
        tools[0].cursor = min(tools[0].cursor, max(session_id - 1, 0))


def _erased(database: Database, session_id: int, device_id: str | None) -> list[Tool]:
    query = select(Tool).join(DeletedSession, DeletedSession.tool_id == Tool.id)
    query = query.where(DeletedSession.session_id == session_id)
    return list(database.scalars(query if device_id is None else query.where(Tool.device_id == device_id)))


def _found(
    database: Database, session_id: int, device_id: str | None, *, deleted: bool | None
) -> list[SessionRecord]:
    query = select(SessionRecord).join(Tool).where(SessionRecord.session_id == session_id)
    if device_id is not None:
        query = query.where(Tool.device_id == device_id)
    if deleted is not None:
        column = SessionRecord.deleted_s
        query = query.where(column.is_not(None) if deleted else column.is_(None))
    return list(database.scalars(query))


def _one(
    database: Database, session_id: int, device_id: str | None, *, deleted: bool | None
) -> SessionRecord:
    records = _found(database, session_id, device_id, deleted=deleted)
    if len(records) > 1:
        raise _several(session_id, [record.tool for record in records])
    if records:
        return records[0]
    others = _found(database, session_id, device_id, deleted=None)
    if others and deleted:
        raise SessionUnknown(f"Session {session_id} was not deleted.", "See: gentlepress sessions")
    if others:
        raise SessionUnknown(
            f"Session {session_id} was deleted already.", f"Bring it back: gentlepress undelete {session_id}"
        )
    if _erased(database, session_id, device_id):
        raise SessionUnknown(
            f"Session {session_id} was erased for good.",
            f"Copy it from the tool again, if it still has it: gentlepress undelete {session_id}",
        )
    raise SessionUnknown(
        f"The database holds no session {session_id}.", "List what there is: gentlepress sessions"
    )


def _several(session_id: int, tools: list[Tool]) -> UsageError:
    names = ", ".join(f"{tool.device_id} ({tool.name})" for tool in tools)
    return UsageError(
        f"Session {session_id} is there from several tools: {names}.", "Name one of them with --tool."
    )
