"""A serial port behind a modelled link: bytes take their time, each way, and none is lost.

python -m tests.bench.modelled_link PORT BYTES_A_SECOND DELAY_S EVENT_S
    prints the port of the far end and carries until its input ends; 0 for no limit, no delay, no events

A process of its own, so that it takes none of the time of the client that is measured.
"""

from __future__ import annotations

import math
import os
import select
import subprocess
import sys
import time
import tty
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

GRAIN = 45
"""Bytes that arrive together; 63 kB/s in events of 15 ms are 21 of them an event."""
CHUNK = 65536


@dataclass(frozen=True)
class Model:
    """What a link does to each way.

    Attributes:
        name: for people.
        bytes_s: bytes a second that it carries; 0: as many as there are.
        delay_s: from one end to the other.
        event_s: it only carries at every multiple of this time, then as much as `bytes_s` comes to; 0: at any time.
    """

    name: str
    bytes_s: int = 0
    delay_s: float = 0.0
    event_s: float = 0.0

    @property
    def is_free(self) -> bool:
        """Whether it does nothing at all."""
        return not self.bytes_s and not self.delay_s


class Way:
    """One direction of a link, in anybody's time."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._queue: deque[tuple[float, bytes]] = deque()
        self._free_s = 0.0
        self._event = 0
        self._room = 0

    def put(self, now_s: float, data: bytes) -> None:
        """Bytes go in."""
        for at in range(0, len(data), GRAIN):
            grain = data[at : at + GRAIN]
            self._queue.append((self._sent_s(now_s, len(grain)) + self._model.delay_s, grain))

    def take(self, now_s: float) -> bytes:
        """Bytes that have come out by now."""
        out = []
        while self._queue and self._queue[0][0] <= now_s:
            out.append(self._queue.popleft()[1])
        return b"".join(out)

    @property
    def next_s(self) -> float:
        """When the next bytes come out; infinite when none are on their way."""
        return self._queue[0][0] if self._queue else math.inf

    def _sent_s(self, now_s: float, count: int) -> float:
        model = self._model
        if not model.bytes_s:
            return now_s
        if model.event_s:
            return self._event_s(now_s, count)
        self._free_s = max(self._free_s, now_s) + count / model.bytes_s
        return self._free_s

    def _event_s(self, now_s: float, count: int) -> float:
        """The first event from now on that has room."""
        model = self._model
        full = round(model.bytes_s * model.event_s)
        coming = math.floor(now_s / model.event_s) + 1
        if coming > self._event:
            self._event, self._room = coming, full
        elif self._room < count:
            self._event, self._room = self._event + 1, full
        self._room -= count
        return self._event * model.event_s


class _End:
    """One end's descriptor, with what it has not taken yet."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._left = b""
        os.set_blocking(fd, False)

    def read(self) -> bytes:
        try:
            return os.read(self.fd, CHUNK)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        self._left += data
        while self._left:
            try:
                self._left = self._left[os.write(self.fd, self._left) :]
            except BlockingIOError:
                return

    @property
    def waits(self) -> bool:
        return bool(self._left)


def carry(near: int, far: int, model: Model, until: int) -> None:
    """Carry between two descriptors until a third one can be read."""
    ends = _End(near), _End(far)
    ways = Way(model), Way(model)
    while True:
        wait_s = max(0.0, min(way.next_s for way in ways) - time.monotonic())
        full = [end.fd for end in ends if end.waits]
        ready, _, _ = select.select([near, far, until], full, [], None if wait_s == math.inf else wait_s)
        if until in ready:
            return
        now_s = time.monotonic()
        for number, way in enumerate(ways):
            if ends[number].fd in ready:
                way.put(now_s, ends[number].read())
            ends[1 - number].write(way.take(now_s))


@contextmanager
def modelled(port: str, model: Model) -> Iterator[str]:
    """The path of a port that reaches another one through such a link; that port itself where it does nothing."""
    if model.is_free:
        yield port
        return
    numbers = [str(model.bytes_s), str(model.delay_s), str(model.event_s)]
    argv = [sys.executable, "-m", "tests.bench.modelled_link", port, *numbers]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def main(port: str, bytes_s: str, delay_s: str, event_s: str) -> None:
    far, kept_open = os.openpty()
    tty.setraw(kept_open)
    near = os.open(port, os.O_RDWR | os.O_NOCTTY)
    print(os.ttyname(kept_open), flush=True)
    carry(near, far, Model("", int(bytes_s), float(delay_s), float(event_s)), sys.stdin.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
