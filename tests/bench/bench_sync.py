"""Copying a session from the simulated tool over a pty, beside a framed echo and another client, in the same run."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from gentlepress.client import connect
from gentlepress.firmware.core import wire
from gentlepress.sim import SimOptions, launch
from gentlepress.store import open_store
from gentlepress.sync import sync

from tests.bench import Figure, at_least, at_most

ECHO_BYTES = 1024
ECHOES = 40
COPIES = 6


def run() -> list[Figure]:
    """A session of the hand model in virtual time, then everything the wire can say about speed."""
    options = SimOptions(hand="gentle", seed=1, clock="virtual")
    start = time.monotonic()
    with launch(options, on_event=lambda _event: None, notice=lambda _text: None) as tool:
        tool.wait_done(60)
        pressed_s = time.monotonic() - start
        echo = _echo_rate(tool.path)
        ours, size = _copy_rate(tool.path)
        other = asyncio.run(_smpclient_rate(tool.path))
        sync_s = _sync_time(tool.path)
    return [
        at_most("simulator: a five-minute session pressed in", pressed_s, "s", 40),
        at_least("copy of a session over a pty", ours, "kB/s", other, "smpclient, same device", other),
        at_least("copy against a framed echo of 1 KB", ours / echo, "ratio", 0.9, "echo, kB/s", echo),
        at_most("first sync of one session", sync_s, "s", 3.0),
        at_most("session of five minutes on the wire", size, "bytes", 1024 * 5 + 3072),
    ]


def _echo_rate(path: str) -> float:
    with connect(path) as client:
        text = "x" * ECHO_BYTES
        start = time.monotonic()
        for _ in range(ECHOES):
            client.echo(text)
        return 2 * ECHO_BYTES * ECHOES / (time.monotonic() - start) / 1000


def _copy_rate(path: str) -> tuple[float, int]:
    with connect(path) as client:
        known = client.sessions(0)[0]
        start = time.monotonic()
        for _ in range(COPIES):
            client.download(wire.session_path(known.id))
        return COPIES * known.size / (time.monotonic() - start) / 1000, known.size


async def _smpclient_rate(path: str) -> float:
    from smpclient import SMPClient
    from smpclient.transport.serial import SMPSerialTransport

    total = 0
    async with SMPClient(SMPSerialTransport(), path) as client:
        start = time.monotonic()
        for _ in range(COPIES):
            total += len(await client.download_file(wire.session_path(1)))
        return total / (time.monotonic() - start) / 1000


def _sync_time(path: str) -> float:
    with tempfile.TemporaryDirectory() as folder, connect(path) as client:
        store = open_store(f"sqlite:///{Path(folder) / 'bench.db'}")
        start = time.monotonic()
        sync(client, store)
        return time.monotonic() - start
