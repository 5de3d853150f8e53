"""Copying sessions from a tool into the database, so that no crash at any moment loses or doubles one."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from gentlepress.acknowledging import Acknowledging, acknowledge_rest
from gentlepress.client import ToolClient
from gentlepress.copying import Copies
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


@dataclass
class Taken:
    """What a sync has stored so far; handed to the next try after a lost link, it tells of all of them.

    Attributes:
        here_before: sessions of the tool before the first try; None while there was none.
        new, dated_here, undated: as in `SyncResult`, in the order in which they came.
    """

    here_before: int | None = None
    new: list[int] = field(default_factory=list)
    dated_here: list[int] = field(default_factory=list)
    undated: list[int] = field(default_factory=list)


ProgressCall = Callable[[SyncProgress], None]
SessionFailure = DataError | SessionConflict | TransferFailed | DeviceRefused


def sync(
    tool: ToolClient,
    store: Store,
    progress: ProgressCall | None = None,
    now: Callable[[], float] = time.time,
    set_clock: bool = True,
    taken: Taken | None = None,
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
        taken: what earlier tries of this sync have stored; more is added.

    Raises:
        SessionConflict, SessionCorrupt, SessionTooNew, TransferFailed: of a single session, after all others.
    """
    hello = tool.refresh_hello()
    taken = taken or Taken()
    if taken.here_before is None:
        taken.here_before = store.count(hello.device_id)
    clock_set = set_clock and _set_clock(tool)
    host = store.host_id()
    acknowledge_rest(tool, store, hello.device_id, host)
    run = _Run(tool, store, hello, host, now, taken)
    run.copy_all(progress)
    if run.failures:
        raise next(iter(run.failures.values()))
    return SyncResult(
        len(taken.new),
        taken.here_before,
        clock_set,
        tuple(sorted(taken.new)),
        _desktops(tool, host),
        tuple(sorted(taken.dated_here)),
        tuple(sorted(taken.undated)),
    )


class _Run:
    def __init__(
        self,
        tool: ToolClient,
        store: Store,
        hello: Hello,
        host: str,
        now: Callable[[], float],
        taken: Taken,
    ) -> None:
        self._tool = tool
        self._store = store
        self._hello = hello
        self._acks = Acknowledging(tool, store, hello.device_id, host, now)
        self._now = now
        self._known: dict[int, int] = {}
        self._odd: list[SessionEntry] = []
        self._taken = taken
        self.failures: dict[int, SessionFailure] = {}

    def copy_all(self, progress: ProgressCall | None) -> None:
        """All in one stream; then one by one what did not come as it should."""
        self._known = self._store.known(self._hello.device_id)
        entries = self._listed()
        wanted = [entry for entry in entries if not entry.is_file(self._known.get(entry.id))]
        tell = _teller(progress, wanted)
        copies = Copies(self._hello.buf, self._arrived, tell)
        self._acks.run(copies.requests(wanted))
        for entry in self._odd:
            self._copy_alone(entry, tell)
        self._acks.run()
        reached = [
            entry.id for entry in itertools.takewhile(lambda one: one.id not in self.failures, entries)
        ]
        if reached:
            self._store.move_cursor(self._hello.device_id, reached[-1])

    def _listed(self) -> list[SessionEntry]:
        """Sessions from the last known one on; all of them when the tool seems to have lost its memory."""
        cursor = self._store.cursor(self._hello.device_id)
        entries = self._tool.sessions(max(cursor - 1, 0))
        lost = self._hello.last_session < cursor
        changed = any(
            entry.id == cursor and not entry.is_file(self._known.get(cursor, entry.crc)) for entry in entries
        )
        return self._tool.sessions(0) if cursor and (lost or changed) else entries

    def _arrived(self, entry: SessionEntry, data: bytes | None) -> None:
        if data is None:
            self._odd.append(entry)
            return
        try:
            self._keep(entry, data)
        except (DataError, SessionConflict) as error:
            self.failures[entry.id] = error

    def _copy_alone(self, entry: SessionEntry, tell: Callable[[SessionEntry, int], None]) -> None:
        try:
            data = self._tool.download(
                wire.session_path(entry.id),
                size=entry.size,
                crc=entry.crc,
                progress=lambda done, _total: tell(entry, done),
            )
            self._keep(entry, data)
        except (DataError, SessionConflict, TransferFailed, DeviceRefused) as error:
            self.failures[entry.id] = error

    def _keep(self, entry: SessionEntry, data: bytes) -> None:
        """Commit a session; only then is the tool told."""
        header = self._checked(entry, data)
        self._store.add_session(self._hello, data, int(self._now()))
        self._acks.tell(entry.id, entry.crc, partial(self.failures.setdefault, entry.id))
        if entry.id not in self._known:
            self._taken.new.append(entry.id)
            self._note_date(header, data)

    def _note_date(self, header: Header, data: bytes) -> None:
        """Remember what the tool could not know of itself."""
        if header.time_quality == ids.TIME_UNKNOWN:
            start, _quality = start_time(read_session(data), self._hello)
            (self._taken.undated if start is None else self._taken.dated_here).append(header.session_id)

    def _checked(self, entry: SessionEntry, data: bytes) -> Header:
        header = skim(data).header
        if header.session_id != entry.id:
            raise SessionCorrupt(
                f"The file of session {entry.id} says that it is session {header.session_id}.",
                "Nothing was stored. The tool's memory is damaged there: report it.",
            )
        return header


def _teller(progress: ProgressCall | None, wanted: list[SessionEntry]) -> Callable[[SessionEntry, int], None]:
    places = {entry.id: index for index, entry in enumerate(wanted, 1)}

    def tell(entry: SessionEntry, done: int) -> None:
        if progress is not None:
            progress(SyncProgress(entry.id, places[entry.id], len(wanted), done, entry.size))

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
