"""Copying sessions from a tool into the database, so that no crash at any moment loses or doubles one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from gentlepress.client import ToolClient
from gentlepress.errors import (
    DataError,
    DeviceRefused,
    SessionConflict,
    SessionCorrupt,
    ToolBusy,
    TransferFailed,
)
from gentlepress.firmware.core import ids, wire
from gentlepress.owner import Desktops
from gentlepress.record_reader import Header, read_session, skim
from gentlepress.replies import Hello, SessionEntry
from gentlepress.store import Store
from gentlepress.store.rows import start_time


@dataclass(frozen=True)
class SyncProgress:
    """How far a sync is: session `index` of `count` (from 1), and bytes of it."""

    session_id: int
    index: int
    count: int
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class SyncResult:
    """What a sync did.

    Attributes:
        new: sessions taken over.
        already_here: sessions of this tool that were here before.
        clock_set: whether the tool's clock was set.
        session_ids: numbers of the new sessions, rising.
        desktops: those that copy the tool, by its list; None when it could not be asked.
        dated_here: new sessions whose start this desktop worked out, because the tool's clock was not set.
        undated: new sessions whose start nobody knows.
    """

    new: int
    already_here: int
    clock_set: bool
    session_ids: tuple[int, ...]
    desktops: Desktops | None = None
    dated_here: tuple[int, ...] = ()
    undated: tuple[int, ...] = ()


ProgressCall = Callable[[SyncProgress], None]
SessionFailure = DataError | SessionConflict | TransferFailed | DeviceRefused


def sync(
    tool: ToolClient,
    store: Store,
    progress: ProgressCall | None = None,
    now: Callable[[], float] = time.time,
    set_clock: bool = True,
) -> SyncResult:
    """Take over every session that is not here yet.

    Each session is copied, verified, parsed and committed, and only then acknowledged. One that fails does
    not hold up the others; its error is raised at the end, and the next sync tries it again.

    Args:
        tool: a connected tool.
        store: a writable store.
        progress: called as bytes arrive.
        now: this computer's time, seconds since 1970.
        set_clock: set the tool's clock first.

    Raises:
        SessionConflict, SessionCorrupt, SessionTooNew, TransferFailed: of a single session, after all others.
    """
    hello = tool.refresh_hello()
    here_before = store.count(hello.device_id)
    clock_set = set_clock and _set_clock(tool)
    host = store.host_id()
    _acknowledge_rest(tool, store, hello, host)
    run = _Run(tool, store, hello, host, now)
    run.copy_all(progress)
    if run.failures:
        raise run.failures[0]
    return SyncResult(
        len(run.copied),
        here_before,
        clock_set,
        tuple(run.copied),
        _desktops(tool, host),
        tuple(run.dated_here),
        tuple(run.undated),
    )


class _Run:
    def __init__(
        self, tool: ToolClient, store: Store, hello: Hello, host: str, now: Callable[[], float]
    ) -> None:
        self._tool = tool
        self._store = store
        self._hello = hello
        self._host = host
        self._now = now
        self.copied: list[int] = []
        self.dated_here: list[int] = []
        self.undated: list[int] = []
        self.failures: list[SessionFailure] = []

    def copy_all(self, progress: ProgressCall | None) -> None:
        known = self._store.known(self._hello.device_id)
        entries = self._listed(known)
        wanted = {entry.id for entry in entries if not entry.is_file(known.get(entry.id))}
        reached = index = 0
        for entry in entries:
            if entry.id in wanted:
                index += 1
                self._try(entry, known, _teller(progress, entry.id, index, len(wanted)))
            if not self.failures:
                reached = entry.id
        if reached:
            self._store.move_cursor(self._hello.device_id, reached)

    def _listed(self, known: dict[int, int]) -> list[SessionEntry]:
        """Sessions from the last known one on; all of them when the tool seems to have lost its memory."""
        cursor = self._store.cursor(self._hello.device_id)
        entries = self._tool.sessions(max(cursor - 1, 0))
        lost = self._hello.last_session < cursor
        changed = any(
            entry.id == cursor and not entry.is_file(known.get(cursor, entry.crc)) for entry in entries
        )
        return self._tool.sessions(0) if cursor and (lost or changed) else entries

    def _try(self, entry: SessionEntry, known: dict[int, int], progress: Callable[[int, int], None]) -> None:
        try:
            self._copy(entry, known, progress)
        except (DataError, SessionConflict, TransferFailed, DeviceRefused) as error:
            self.failures.append(error)

    def _copy(self, entry: SessionEntry, known: dict[int, int], progress: Callable[[int, int], None]) -> None:
        path = wire.session_path(entry.id)
        data = self._tool.download(path, size=entry.size, crc=entry.crc, progress=progress)
        header = self._checked(entry, data)
        self._store.add_session(self._hello, data, int(self._now()))
        if _acknowledged(self._tool, entry.id, entry.crc, self._host):
            self._store.mark_acknowledged(self._hello.device_id, entry.id, int(self._now()))
        if entry.id not in known:
            self.copied.append(entry.id)
            self._note_date(header, data)

    def _note_date(self, header: Header, data: bytes) -> None:
        """Remember what the tool could not know of itself."""
        if header.time_quality == ids.TIME_UNKNOWN:
            start, _quality = start_time(read_session(data), self._hello)
            (self.undated if start is None else self.dated_here).append(header.session_id)

    def _checked(self, entry: SessionEntry, data: bytes) -> Header:
        header = skim(data).header
        if header.session_id != entry.id:
            raise SessionCorrupt(
                f"The file of session {entry.id} says that it is session {header.session_id}.",
                "Nothing was stored. The tool's memory is damaged there: report it.",
            )
        return header


def _teller(
    progress: ProgressCall | None, session_id: int, index: int, count: int
) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(SyncProgress(session_id, index, count, done, total))

    return tell


def _set_clock(tool: ToolClient) -> bool:
    """Set the clock; a tool that refuses it (it is in a session) is synced all the same."""
    try:
        tool.set_clock()
    except (DeviceRefused, ToolBusy):
        return False
    return True


def _desktops(tool: ToolClient, host: str) -> Desktops | None:
    """Tell the tool that this desktop was here, and take over whom it waits for; None for older firmware, or busy."""
    try:
        tool.owner.seen(host)
        return tool.owner.desktops()
    except (DeviceRefused, ToolBusy):
        return None


def _acknowledged(tool: ToolClient, session_id: int, crc: int, host: str) -> bool:
    """Tell the tool; False when it can remember no further desktop, which costs no session: it only keeps more."""
    try:
        tool.acknowledge(session_id, crc, host)
    except DeviceRefused as error:
        if (error.group, error.code) != (wire.GROUP_TOOL, wire.ERR_HOSTS_FULL):
            raise
        return False
    return True


def _acknowledge_rest(tool: ToolClient, store: Store, hello: Hello, host: str) -> None:
    """Acknowledge what an earlier, broken sync committed; a session the tool has dropped needs none."""
    for session_id, crc in store.unacknowledged(hello.device_id):
        try:
            if not _acknowledged(tool, session_id, crc, host):
                return
        except DeviceRefused as error:
            if error.code not in {wire.ERR_NO_SESSION, wire.ERR_DIGEST}:
                raise
        store.mark_acknowledged(hello.device_id, session_id)
