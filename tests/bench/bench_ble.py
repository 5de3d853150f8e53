"""Sync over the air: both drivers to the real firmware, over virtual controllers at 15 ms with four packets an event.

Nothing is open: the desktop is paired, proves its key, and every message is sealed. The radio's limit is 4 x 244 bytes
in 15 ms = 65 kB/s of packets each way, 63 as measured with bare notifications; seals, headers and requests take of it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gentlepress.chip.image import build_filesystem
from gentlepress.client import connect
from gentlepress.firmware.core import wire
from gentlepress.links.ble import DRIVERS
from gentlepress.sim import SimOptions
from gentlepress.store import open_store
from gentlepress.sync import sync

from tests.bench import Figure, at_least, at_most
from tests.host.many_sessions import usual_sessions
from tests.radio.ether import Air
from tests.radio.world import World, world

LIMIT_KB_S = 63.0
SHARES = {"bleak": 0.6, "adafruit": 0.3}
"""Of the limit that a first sync should use. adafruit_ble writes each request with a response, at two events each."""

NEW_SESSION_S = 3.0
FIRST_BYTE_MS = 100.0
SESSIONS = 40
TIMES = 3
AIR = Air(interval_s=0.015, packets=4, mtu=247)


def run() -> list[Figure]:
    """Both drivers."""
    many = {name: _throughput(name) for name in DRIVERS}
    one = {name: _new_session(name) for name in DRIVERS}
    figures = []
    for name, other in zip(DRIVERS, reversed(DRIVERS), strict=True):
        quick, byte_ms = one[name]
        figures += [
            at_least(
                f"BLE, {name}: first sync", many[name], "kB/s", SHARES[name] * LIMIT_KB_S, "limit", LIMIT_KB_S
            ),
            at_most(
                f"BLE, {name}: scan to synced, one session", quick, "s", NEW_SESSION_S, other, one[other][0]
            ),
            at_most(f"BLE, {name}: first byte", byte_ms, "ms", FIRST_BYTE_MS, other, one[other][1]),
        ]
    return figures


@contextmanager
def _tool(sessions: int) -> Iterator[World]:
    files = {
        wire.session_path(number).lstrip("/"): data for number, data in enumerate(usual_sessions(sessions), 1)
    }
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "flash.img").write_bytes(build_filesystem(files))
        options = SimOptions(runtime="micropython", flash=Path(name))
        with world(options, AIR) as around:
            yield around


def _synced(around: World, driver: str) -> tuple[float, float, float]:
    """(seconds from the scan to the end of a sync, of the sync alone, kB of the sessions)."""
    around.open_window()
    with tempfile.TemporaryDirectory() as name, open_store(str(Path(name) / "bench.db")) as store:
        store.host_id = lambda: f"bench-{driver}"
        begun = time.monotonic()
        with connect(f"ble+{driver}:", keys=around.keys) as tool:
            found = time.monotonic()
            done = sync(tool, store)
            ended = time.monotonic()
        size = sum(len(store.session(row.session_id).data) for row in store.sessions())
        assert done.new == store.count() > 0
    around.wait(lambda: not around.antenna.connections)
    return ended - begun, ended - found, size / 1000


def _throughput(driver: str) -> float:
    with _tool(SESSIONS) as around:
        _all, took_s, kilobytes = _synced(around, driver)
    return kilobytes / took_s


def _new_session(driver: str) -> tuple[float, float]:
    """(seconds from the scan until one session is here, milliseconds of a small request); the best of some."""
    with _tool(1) as around:
        whole = min(_synced(around, driver)[0] for _ in range(TIMES))
        around.open_window()
        with connect(f"ble+{driver}:", keys=around.keys) as tool:
            answers = []
            for _ in range(20):
                begun = time.monotonic()
                tool.state()
                answers.append(time.monotonic() - begun)
    return whole, sorted(answers)[len(answers) // 2] * 1000
