"""A link that loses, doubles, damages, delays, swaps and replays frames, and that may be cut at any byte."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Self

from gentlepress.errors import PortClosed, PortSilent
from gentlepress.firmware.core import wire
from gentlepress.links.base import Link
from gentlepress.smp import framing
from gentlepress.smp.message import Message

LOSE, DOUBLE, FLIP, SHORTEN, DELAY, SWAP, STALE, NOISE, RESET = KINDS = (
    "lose", "double", "flip", "shorten", "delay", "swap", "stale", "noise", "reset",
)  # fmt: skip

CHANGES: dict[str, Callable[[bytes], bytes]] = {
    LOSE: lambda _frame: b"",
    DOUBLE: lambda frame: frame * 2,
    FLIP: lambda frame: (
        frame[: len(frame) // 2] + bytes([frame[len(frame) // 2] ^ 1]) + frame[len(frame) // 2 + 1 :]
    ),
    SHORTEN: lambda frame: frame[: len(frame) // 3] + frame[len(frame) // 3 + 2 :],
    NOISE: lambda frame: b"MPY: soft reboot\r\n\x06\x09" + frame,
}


class RoughLink:
    """Keeps the contract of gentlepress.links.base.Link over another link.

    Args:
        inner: a good one.
        requests: {number of the frame sent, from 0: what befalls it}.
        replies: the same of frames received.
        late_s: for how long a delayed reply is held back.
        cut_after: bytes, sent and received together, after which the port is closed; None never.

    Attributes:
        bytes: sent and received so far. befell: kinds that came to pass.
    """

    def __init__(
        self,
        inner: Link,
        requests: Mapping[int, str] | None = None,
        replies: Mapping[int, str] | None = None,
        late_s: float = 0.2,
        cut_after: int | None = None,
    ) -> None:
        self.inner = inner
        self.name = inner.name
        self.limits = inner.limits
        self.bytes = 0
        self.befell: set[str] = set()
        self._requests, self._replies = dict(requests or {}), dict(replies or {})
        self._late_s = late_s
        self._cut_after = cut_after
        self._sent = self._received = 0
        self._partial = b""
        self._kept: list[bytes] = []
        self._swapped: dict[str, bytes] = {}
        self._late: list[tuple[float, bytes]] = []

    def open(self) -> None:
        """It is open."""

    def close(self) -> None:
        """The other link is its owner's."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def send(self, data: bytes, deadline: float) -> None:
        """Send what is left of a frame."""
        kind = self._requests.get(self._sent, "")
        self._sent += 1
        if kind == DELAY:  # until the next one is sent: as SWAP
            kind = SWAP
        if kind == RESET:
            self.befell.add(kind)
            self.inner.send(
                framing.encode(Message(wire.OP_WRITE, wire.GROUP_OS, wire.OS_RESET, 0, {}).encode()), deadline
            )
        for frame in self._weathered(kind, data, "sent"):
            self._carry(frame, deadline)

    def _carry(self, data: bytes, deadline: float) -> None:
        room = self._room(len(data))
        if room:
            self.inner.send(data[:room], deadline)
        self._count(len(data))

    def receive(self, deadline: float) -> bytes:
        """What is left of the frames that came in."""
        while True:
            out = b"".join(self._due())
            with suppress(PortSilent):
                out += b"".join(self._taken(self.inner.receive(self._until(out, deadline))))
            if out:
                room = self._room(len(out))
                self._count(room or 1)
                return out[:room]
            if time.monotonic() >= deadline:
                raise PortSilent("silent", "")

    def _until(self, out: bytes, deadline: float) -> float:
        """No longer than there is something to give."""
        return min([deadline, *(when for when, _frame in self._late)]) if not out else time.monotonic()

    def _due(self) -> Iterator[bytes]:
        now = time.monotonic()
        ready = [frame for when, frame in self._late if when <= now]
        self._late = [(when, frame) for when, frame in self._late if when > now]
        yield from ready

    def _taken(self, data: bytes) -> Iterator[bytes]:
        """Whole frames out of a stream: lines up to the next that begins one."""
        lines = (self._partial + data).splitlines(keepends=True)
        self._partial = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        frame = b""
        for line in lines:
            if line.startswith(framing.FIRST) and frame:
                yield from self._came(frame)
                frame = b""
            frame += line
        if frame:
            yield from self._came(frame)

    def _came(self, frame: bytes) -> Iterator[bytes]:
        kind = self._replies.get(self._received, "")
        self._received += 1
        if kind == DELAY:
            self.befell.add(kind)
            self._late.append((time.monotonic() + self._late_s, frame))
            return
        yield from self._weathered(kind, frame, "received")

    def _weathered(self, kind: str, frame: bytes, way: str) -> Iterator[bytes]:
        before = self._swapped.pop(way, b"")
        if kind:
            self.befell.add(kind)
        if kind == SWAP:
            self._swapped[way] = frame
            frame = b""
        elif kind == STALE and self._kept:
            frame = self._kept[0] + frame
        elif kind in CHANGES:
            frame = CHANGES[kind](frame)
        if way == "received" and kind in ("", DOUBLE):
            self._kept = [*self._kept, frame][-4:]
        yield from (one for one in (frame, before) if one)

    def _room(self, size: int) -> int:
        """Bytes of so many that still get through. Raises PortClosed."""
        if self._cut_after is None:
            return size
        if self.bytes >= self._cut_after:
            raise PortClosed("The port is gone.", "Plug it in again.")
        return min(size, self._cut_after - self.bytes)

    def _count(self, size: int) -> None:
        self.bytes += size
