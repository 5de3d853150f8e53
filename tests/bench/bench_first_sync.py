"""The first sync of many sessions: how long it takes, and that the desktop's part grows no faster than their number."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gentlepress.client import connect
from gentlepress.store import open_store
from gentlepress.sync import sync

from tests.bench import Figure, at_most

COUNTS = (50, 500, 5000)
# A wire that carries as much as it is given: the rest is the desktop's and the stand-in tool's.
EACH_MS = 40.0
GROWTH = 1.5


def run() -> list[Figure]:
    """Sync 50, 500 and 5,000 sessions of 4.4 KB into an empty database each, and once more with nothing new."""
    figures, each = [], {}
    for count in COUNTS:
        first_s, again_s = _synced(count)
        each[count] = first_s * 1000 / count
        figures += [
            at_most(f"first sync of {count} sessions over a pty", first_s, "s", count * EACH_MS / 1000),
            at_most(f"sync with nothing new, {count} sessions here", again_s, "s", 1.0),
        ]
    growth = each[5000] / each[500]
    return [
        *figures,
        at_most("a session's time in a sync of 5000, against one of 500", growth, "ratio", GROWTH),
    ]


def _synced(count: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, _device(count) as port:
        database = str(Path(folder) / "bench.db")
        times = [_sync(port, database, count), _sync(port, database, 0)]
    return times[0], times[1]


def _sync(port: str, database: str, new: int) -> float:
    with open_store(database) as store, connect(port) as tool:
        start = time.monotonic()
        done = sync(tool, store)
        assert done.new == new
        return time.monotonic() - start


@contextmanager
def _device(count: int) -> Iterator[str]:
    argv = [sys.executable, "-m", "tests.bench.many_device", str(count)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
