"""Many files of the tool in one stream of requests, so that the link has no pause between them."""

from __future__ import annotations

import binascii
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

from gentlepress.errors import DeviceRefused
from gentlepress.firmware.core import wire
from gentlepress.replies import SessionEntry
from gentlepress.reply_fields import Fields
from gentlepress.smp.session import Request, Session
from gentlepress.transfer import FILE_MAX, checked, piece_request

Taker = Callable[[dict[str, Any]], None]
Asked = tuple[Request, Taker]
Finished = Callable[[SessionEntry, bytes | None], None]
Progress = Callable[[SessionEntry, int], None]

_LEAST_PIECE = 16


class Stream:
    """Requests that go out as room in the window permits; each reply goes to whoever asked.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._later: Iterator[Asked] = iter(())
        self._waiting: deque[Asked] = deque()
        self._takers: deque[Taker] = deque()

    def put(self, request: Request, take: Taker) -> None:
        """Ask something next; a taker may do so, too."""
        self._waiting.append((request, take))

    def run(self, later: Iterable[Asked] = ()) -> None:
        """Ask until nothing is left. Raises what the conversation or a taker raises.

        Args:
            later: what is asked when nothing else waits.
        """
        self._later = iter(later)
        self._takers.clear()
        for body in self._session.request_many(self):
            self._takers.popleft()(body)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Request:
        """The next request; after an end there may be more again, once a reply has come."""
        request, take = self._waiting.popleft() if self._waiting else next(self._later)
        self._takers.append(take)
        return request


@dataclass
class _Copy:
    entry: SessionEntry
    data: bytearray = field(default_factory=bytearray)
    odd: bool = False


class Copies:
    """Sessions on their way from the tool.

    Args:
        reply_bytes: longest message of the tool (hello's `buf`).
        finished: gets each session with its bytes, whose length and CRC are those that were announced; None instead of
            them when anything was out of the ordinary: then it should be copied alone.
        progress: gets each session with the number of its bytes that are here.
    """

    def __init__(self, reply_bytes: int, finished: Finished, progress: Progress) -> None:
        self._piece = max(reply_bytes - wire.PIECE_OVERHEAD, _LEAST_PIECE)
        self._finished = finished
        self._progress = progress

    def requests(self, entries: Iterable[SessionEntry]) -> Iterator[Asked]:
        """For each session its pieces, in turn."""
        for entry in entries:
            copy, piece = _Copy(entry), self._piece
            ends = [*range(piece, entry.size, piece), entry.size]
            for at, end in enumerate(ends):
                take = partial(self._take, copy, end, last=end == entry.size)
                yield piece_request(wire.session_path(entry.id), at * piece), take

    def _take(self, copy: _Copy, end: int, body: dict[str, Any], *, last: bool) -> None:
        copy.odd = copy.odd or not self._fits(copy, end, body)
        if not copy.odd:
            self._progress(copy.entry, len(copy.data))
        if last:
            whole = not copy.odd and binascii.crc32(copy.data) == copy.entry.crc
            self._finished(copy.entry, bytes(copy.data) if whole else None)

    def _fits(self, copy: _Copy, end: int, body: dict[str, Any]) -> bool:
        """Append a piece up to `end`; False when it is not that. Raises ToolBusy."""
        try:
            fields = Fields("download", checked(body, "to read a session"))
        except DeviceRefused:
            return False
        data, start = fields.data("data"), len(copy.data)
        if fields.integer("off", 0, FILE_MAX) != start or start + len(data) != end:
            self._learn(len(data), end - start)
            return False
        if not start and fields.integer("len", 0, FILE_MAX) != copy.entry.size:
            return False
        copy.data += data
        return True

    def _learn(self, given: int, expected: int) -> None:
        """A tool that gives less at a time is asked for less from the next session on."""
        if given < expected:
            self._piece = max(min(self._piece, given), _LEAST_PIECE)
