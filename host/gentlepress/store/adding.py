"""Putting sessions into the database: one that was copied, or thousands in one transaction."""

from __future__ import annotations

import binascii
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as Database

from gentlepress.errors import DataError, SessionConflict
from gentlepress.firmware.core import ids
from gentlepress.record_reader import Skimmed, skim
from gentlepress.store.models import (
    Base,
    DeletedSession,
    EventRecord,
    SessionFile,
    SessionRecord,
    StepRecord,
    Tool,
)
from gentlepress.store.rows import ToolRow, session_values

DEVICE_ID_MAX = 16
_BATCH = 250


@dataclass(frozen=True)
class Offered:
    """A session offered to the database: its tool, its file, and what the desktop knows of it.

    Times are seconds since 1970: `deleted_s` for one that comes into the bin, `acknowledged_s` if the tool knows of it.
    """

    device_id: str
    data: bytes
    stored_s: int
    start_utc_s: int | None
    start_quality: int
    deleted_s: int | None = None
    acknowledged_s: int | None = None


@dataclass
class Added:
    """What became of the sessions that were offered: how many, and (tool, number) of those that differ."""

    new: int = 0
    there: int = 0
    erased: int = 0
    conflicts: list[tuple[str, int]] = field(default_factory=list)


class _Known:
    """What is here of each session: CRC-32, key (None when it was erased), quality of its date.

    Args:
        database: in a transaction.
        number: of the only session that is offered; None for any.
    """

    def __init__(self, database: Database, number: int | None) -> None:
        gone = select(DeletedSession.tool_id, DeletedSession.session_id, DeletedSession.crc)
        kept = select(
            SessionRecord.tool_id,
            SessionRecord.session_id,
            SessionRecord.crc,
            SessionRecord.id,
            SessionRecord.start_quality,
        )
        if number is not None:
            gone = gone.where(
                DeletedSession.session_id == number, DeletedSession.tool_id.in_(select(Tool.id))
            )
            kept = kept.where(SessionRecord.session_id == number, SessionRecord.tool_id.in_(select(Tool.id)))
        self.found: dict[tuple[int, int], tuple[int, int | None, int]] = {
            (tool, there): (crc, None, 0) for tool, there, crc in database.execute(gone)
        }
        self.found |= {
            (tool, there): (crc, key, quality) for tool, there, crc, key, quality in database.execute(kept)
        }


def add_many(
    database: Database, tools: dict[str, int], offered: Iterable[Offered], number: int | None = None
) -> Added:
    """Put sessions into the database that are not there yet.

    Args:
        database: in a transaction.
        tools: {device id: key} of every tool that has one.
        offered: the sessions.
        number: of the only one of them, if it is one.

    Raises:
        SessionCorrupt, SessionTooNew: one of them can't be read.
    """
    known, added = _Known(database, number), Added()
    new = _new_ones(database, known, tools, offered, added)
    while batch := list(itertools.islice(new, _BATCH)):
        _insert(database, batch)
        added.new += len(batch)
    return added


def _new_ones(
    database: Database, known: _Known, tools: dict[str, int], offered: Iterable[Offered], added: Added
) -> Iterator[tuple[int, Offered, Skimmed]]:
    for one in offered:
        session = skim(one.data)
        place = tools[one.device_id], session.header.session_id
        there = known.found.get(place)
        if there is None:
            known.found[place] = session.crc, -1, one.start_quality
            yield place[0], one, session
        elif session.whole_crc == there[0]:
            added.there += 1
        elif there[0] != session.crc:
            whole = _instead(database, there[1], one, session.crc)
            if whole is None:
                added.conflicts.append((one.device_id, session.header.session_id))
            else:
                yield place[0], whole, session
        elif there[1] is None:
            added.erased += 1
        else:
            added.there += 1
            _better_date(database, there[1], there[2], one)


def _instead(database: Database, key: int | None, one: Offered, crc: int) -> Offered | None:
    """A whole session in place of one of which the tool had kept only the sums; None when they are not the same one.

    What is known of the one that was here goes on: its date, when it was copied, what the tool was told.
    """
    if key is None or key < 0 or skim(database.get_one(SessionFile, key).data).whole_crc != crc:
        return None
    here = database.get_one(SessionRecord, key)
    start = (here.start_utc_s, here.start_quality)
    if here.start_utc_s is None:
        start = (one.start_utc_s, one.start_quality)
    whole = Offered(one.device_id, one.data, here.stored_s, *start, here.deleted_s, here.acknowledged_s)
    for table in (StepRecord, EventRecord, SessionFile):
        database.execute(delete(table).where(table.session_key == key))
    database.execute(delete(SessionRecord).where(SessionRecord.id == key))
    database.expunge(here)
    return whole


def _better_date(database: Database, key: int, quality: int, one: Offered) -> None:
    """A session without a date here takes the one that another desktop worked out."""
    if quality != ids.TIME_UNKNOWN or one.start_utc_s is None or key < 0:
        return
    database.execute(
        update(SessionRecord)
        .where(SessionRecord.id == key)
        .values(start_utc_s=one.start_utc_s, start_quality=one.start_quality)
    )


def _insert(database: Database, batch: list[tuple[int, Offered, Skimmed]]) -> None:
    rows = [
        session_values(session)
        | {
            "tool_id": tool,
            "stored_s": one.stored_s,
            "acknowledged_s": one.acknowledged_s,
            "deleted_s": one.deleted_s,
            "start_utc_s": one.start_utc_s,
            "start_quality": one.start_quality,
        }
        for tool, one, session in batch
    ]
    statement = insert(SessionRecord).returning(SessionRecord.id, sort_by_parameter_order=True)
    keys = list(database.execute(statement, rows).scalars())
    parts = [(key, one, session) for key, (_tool, one, session) in zip(keys, batch, strict=True)]
    _put(database, SessionFile, ((key, one.data) for key, one, _session in parts))
    _put(database, StepRecord, _numbered((key, session.steps) for key, _one, session in parts))
    _put(database, EventRecord, _numbered((key, session.events) for key, _one, session in parts))


def _numbered(parts: Iterable[tuple[int, list[tuple[int, ...]]]]) -> Iterator[tuple[Any, ...]]:
    """Rows of what belongs to a session, with its place among its like."""
    for key, items in parts:
        for position, item in enumerate(items):
            yield (key, position, *item)


def _put(database: Database, table: type[Base], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows as they are, in the order of the table's columns: no detour over names for hundreds of thousands."""
    values = list(rows)
    if not values:
        return
    connection = database.connection()
    columns = ", ".join(column.name for column in table.__table__.columns)
    into = f"{table.__tablename__} ({columns})"
    if connection.dialect.driver == "psycopg":
        _copy(connection, f"COPY {into} FROM STDIN", values)
        return
    marks = ", ".join(["?" if connection.dialect.paramstyle == "qmark" else "%s"] * len(values[0]))
    connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", values)  # noqa: S608  (own names)


def _copy(connection: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Rows by PostgreSQL's COPY, which takes a fraction of the time of statements."""
    raw: Any = connection.connection
    with raw.cursor() as cursor:
        try:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        except connection.dialect.loaded_dbapi.Error as error:
            raise DBAPIError(statement, None, error) from error


def take_tool(database: Database, tool: ToolRow) -> Tool:
    """A tool's row, made or brought up to date; the newest sight of it decides its name and firmware.

    Args:
        database: in a transaction.
        tool: as it was seen; its cursor and owners are left to the caller.

    Raises:
        DataError: its number is too long.
    """
    if len(tool.device_id) > DEVICE_ID_MAX:
        raise DataError(
            f"device_id = {tool.device_id[:40]!r}: it has {len(tool.device_id)} characters, at most "
            f"{DEVICE_ID_MAX} are allowed.",
            "Nothing was stored. Update this program; if it repeats, report it.",
        )
    row = database.scalar(select(Tool).where(Tool.device_id == tool.device_id))
    if row is None:
        row = Tool(
            device_id=tool.device_id, first_seen_s=tool.first_seen_s, last_seen_s=tool.last_seen_s, cursor=0
        )
        row.name, row.board, row.firmware = tool.name, tool.board, tool.firmware
        database.add(row)
    elif tool.last_seen_s >= row.last_seen_s:
        row.name, row.board, row.firmware = tool.name, tool.board, tool.firmware
    row.first_seen_s = min(row.first_seen_s, tool.first_seen_s)
    row.last_seen_s = max(row.last_seen_s, tool.last_seen_s)
    database.flush()
    return row


def conflict(device_id: str, session_id: int, data: bytes, there: int) -> SessionConflict:
    """The error of other bytes under a number that is here.

    Args:
        device_id: of the tool.
        session_id: the number.
        data: bytes that are offered.
        there: CRC-32 of what is here.
    """
    return SessionConflict(
        f"Tool {device_id} offers session {session_id} with other contents (CRC {binascii.crc32(data):08x}) "
        f"than the one already here (CRC {there:08x}); the one here was kept.",
        "The tool's memory was probably exchanged or lost. Keep this database as it is and sync into a new "
        "one: --db NEW_FILE",
    )
