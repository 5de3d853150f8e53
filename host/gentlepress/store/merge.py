"""Taking over all that another computer's database holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from gentlepress.store.adding import Added, Offered
from gentlepress.store.models import DeletedSession, Report, SessionRecord, Tool
from gentlepress.store.reading import Reading
from gentlepress.store.rows import SessionRow
from gentlepress.store.store import Store


@dataclass(frozen=True)
class Merged:
    """What became of the sessions, and how many reports came along."""

    sessions: Added
    reports: int


def merge(store: Store, other: Reading, progress: Callable[[int], None] = lambda _done: None) -> Merged:
    """Take over sessions, bin, tools, owners and reports; of what is here, only a missing date is filled in.

    What was erased or deleted here stays so. A session erased there is not copied here, but one that is here stays.
    The tools learn of the sessions at the next sync, as of any that this desktop has.

    Args:
        store: that takes.
        other: that gives.
        progress: called with how many sessions were looked at.
    """
    with store.transaction(), other.snapshot():
        tools = other.tools()
        store.add_all(tools, [])
        _take_erased(store, other)
        added = store.add_all(tools, _offered(other, progress))
        differing = {device_id for device_id, _number in added.conflicts}
        for tool in tools:
            if tool.device_id not in differing:
                store.move_cursor(tool.device_id, max(tool.cursor, store.cursor(tool.device_id)))
        for owner in other.owners():
            store.give(owner.name, None)
        return Merged(added, _take_reports(store, other))


def _offered(other: Reading, progress: Callable[[int], None]) -> Iterator[Offered]:
    rows = [*other.sessions(newest_first=False), *other.sessions(newest_first=False, deleted=True)]
    for done, (row, data) in enumerate(other.files(rows), 1):
        yield Offered(
            row.device_id,
            data,
            round(row.stored.timestamp()),
            _seconds(row),
            row.start_quality,
            None if row.deleted is None else round(row.deleted.timestamp()),
        )
        progress(done)


def _seconds(row: SessionRow) -> int | None:
    return None if row.start_utc is None else round(row.start_utc.timestamp())


def _take_erased(store: Store, other: Reading) -> None:
    with store.transaction() as database:
        for device_id, session_id, crc in other.erased():
            tool = database.scalar(select(Tool).where(Tool.device_id == device_id))
            if tool is None:
                continue
            here = select(SessionRecord.id).where(
                SessionRecord.tool_id == tool.id, SessionRecord.session_id == session_id
            )
            gone = database.get(DeletedSession, (tool.id, session_id))
            if database.scalar(here) is None and gone is None:
                database.add(DeletedSession(tool_id=tool.id, session_id=session_id, crc=crc))


def _take_reports(store: Store, other: Reading) -> int:
    count = 0
    with store.transaction() as database:
        here = {
            (report.at_s, report.kind, report.names): report for report in database.scalars(select(Report))
        }
        for at_s, kind, names, device_id, told_s in other.reports():
            there = here.get((at_s, kind, names))
            if there is None:
                database.add(Report(at_s=at_s, kind=kind, names=names, device_id=device_id, told_s=told_s))
                count += 1
            elif there.told_s is None:
                there.device_id, there.told_s = device_id, told_s
    return count
