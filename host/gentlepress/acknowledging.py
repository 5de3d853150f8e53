"""Telling a tool which sessions are safe here, beside whatever else is asked of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from gentlepress.client import ToolClient
from gentlepress.copying import Asked, Stream
from gentlepress.errors import DeviceRefused
from gentlepress.firmware.core import wire
from gentlepress.store import Store
from gentlepress.transfer import checked

MARKED_AT_ONCE = 16
Refused = Callable[[DeviceRefused], object]


class Acknowledging:
    """Acknowledgements of sessions that are committed, and the tool's answers, noted in the database.

    A tool that can remember no further desktop costs no session: it only keeps more.

    Args:
        tool: a connected tool.
        store: a writable store.
        device_id: of the tool.
        host: identity of this desktop.
        now: this computer's time, seconds since 1970.
    """

    def __init__(
        self,
        tool: ToolClient,
        store: Store,
        device_id: str,
        host: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._tool = tool
        self._store = store
        self._device_id = device_id
        self._host = host
        self._now = now
        self._stream = Stream(tool.session)
        self._taken: list[int] = []

    def tell(self, session_id: int, crc: int, refused: Refused) -> None:
        """Have the tool told of a committed session; `refused` gets its refusal."""
        request = self._tool.acknowledgement(session_id, crc, self._host)
        self._stream.put(request, partial(self._answered, session_id, refused))

    def run(self, others: Iterable[Asked] = ()) -> None:
        """Ask others, and tell in between what is to be told by then."""
        try:
            self._stream.run(others)
        finally:
            self._mark()

    def _answered(self, session_id: int, refused: Refused, body: dict[str, Any]) -> None:
        try:
            checked(body, f"the acknowledgement of session {session_id}")
        except DeviceRefused as error:
            if (error.group, error.code) != (wire.GROUP_TOOL, wire.ERR_HOSTS_FULL):
                refused(error)
            return
        self._taken.append(session_id)
        if len(self._taken) >= MARKED_AT_ONCE:
            self._mark()

    def _mark(self) -> None:
        taken, self._taken = self._taken, []
        if taken:
            self._store.mark_acknowledged(self._device_id, taken, int(self._now()))


def acknowledge_rest(tool: ToolClient, store: Store, device_id: str, host: str) -> None:
    """Acknowledge what an earlier, broken sync committed; a session the tool has dropped needs none."""
    gone: list[int] = []
    acks = Acknowledging(tool, store, device_id, host)
    for session_id, crc in store.unacknowledged(device_id):
        acks.tell(session_id, crc, partial(_dropped, gone, session_id))
    acks.run()
    if gone:
        store.mark_acknowledged(device_id, gone)


def _dropped(gone: list[int], session_id: int, error: DeviceRefused) -> None:
    if error.code not in {wire.ERR_NO_SESSION, wire.ERR_DIGEST}:
        raise error
    gone.append(session_id)
