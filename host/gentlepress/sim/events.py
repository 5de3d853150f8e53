"""Reads the simulator's events, one JSON object a line, from a FIFO."""

from __future__ import annotations

import json
import os
import select
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

LINE_MAX = 4096
POLL_SECONDS = 0.1


class EventReader:
    """A thread that always reads, so that the simulator never waits for a slow screen.

    Args:
        path: where to make the FIFO.
        hear: gets each event.
    """

    def __init__(self, path: Path, hear: Callable[[dict[str, Any]], None]) -> None:
        os.mkfifo(path, 0o600)
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._hear = hear
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the thread and close the FIFO; what it held is read first."""
        self._closing.set()
        self._thread.join()
        os.close(self._fd)

    def _run(self) -> None:
        rest = b""
        while True:
            closing = self._closing.is_set()
            chunk = self._read()
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._line(line)
            rest = rest[:LINE_MAX]
            if not chunk and closing:
                return

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._fd], [], [], POLL_SECONDS)
        if not ready:
            return b""
        chunk = os.read(self._fd, 65536)
        if not chunk:
            # No writer yet, or none any more.
            self._closing.wait(POLL_SECONDS)
        return chunk

    def _line(self, line: bytes) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return
        if isinstance(event, dict):
            self._hear(event)
