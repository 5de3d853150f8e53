"""The same sessions copied by this project's client and by others, and what a link carries with nothing behind it."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import tempfile
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gentlepress.chip.image import build_filesystem
from gentlepress.client import connect
from gentlepress.firmware.core import wire
from gentlepress.replies import SessionEntry
from gentlepress.runtime.micropython import find_micropython
from gentlepress.sim import SimOptions, launch
from gentlepress.smp import framing
from gentlepress.store import open_store
from gentlepress.sync import sync

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MESSAGE_BYTES = 2048
"""The tool's longest message on this port."""
REQUEST_BYTES = 50
IN_FLIGHT = 8
CHUNK = 65536


@contextmanager
def tool_with(sessions: list[bytes]) -> Iterator[str]:
    """The port of the real firmware on MicroPython with these sessions in its memory, numbered from 1."""
    files = {wire.session_path(number).lstrip("/"): data for number, data in enumerate(sessions, 1)}
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "flash.img").write_bytes(build_filesystem(files))
        options = SimOptions(runtime="micropython", flash=Path(name))
        with launch(options, on_event=None, notice=lambda _text: None) as tool:
            tool.wait_started()
            yield tool.path


def listed(port: str) -> list[SessionEntry]:
    """What the tool has."""
    with connect(port) as tool:
        return tool.sessions(0)


def by_sync(port: str) -> float:
    """Seconds of a first sync into an empty database, from hello to the last acknowledgement noted."""
    with tempfile.TemporaryDirectory() as name, open_store(str(Path(name) / "bench.db")) as store:
        with connect(port) as tool:
            store.host_id = lambda: "bench"
            start = time.monotonic()
            done = sync(tool, store)
            took_s = time.monotonic() - start
        assert done.new == store.count() > 0
        return took_s


def by_download(port: str, entries: list[SessionEntry]) -> float:
    """Seconds of our downloads, one file after another."""
    with connect(port) as tool:
        start = time.monotonic()
        for entry in entries:
            tool.download(wire.session_path(entry.id), size=entry.size, crc=entry.crc)
        return time.monotonic() - start


def by_smpclient(port: str, entries: list[SessionEntry]) -> float:
    """Seconds of smpclient's downloads."""
    return asyncio.run(_smpclient(port, entries))


async def _smpclient(port: str, entries: list[SessionEntry]) -> float:
    from smpclient import SMPClient
    from smpclient.transport.serial import SMPSerialTransport

    async with SMPClient(SMPSerialTransport(), port) as client:
        start = time.monotonic()
        for entry in entries:
            assert len(await client.download_file(wire.session_path(entry.id))) == entry.size
        return time.monotonic() - start


def by_toolkit(port: str, entries: list[SessionEntry]) -> float:
    """Seconds of mcumgr-toolkit's downloads."""
    from mcumgr_toolkit import MCUmgrClient

    client = MCUmgrClient.serial(port, timeout_ms=5000)
    client.use_auto_frame_size()
    start = time.monotonic()
    for entry in entries:
        assert len(client.fs_file_download(wire.session_path(entry.id))) == entry.size
    return time.monotonic() - start


def payload_share() -> float:
    """Bytes of a file in each byte of a line, at best: a whole message, its header and keys, base64 and line ends."""
    return (MESSAGE_BYTES - wire.PIECE_OVERHEAD) / len(framing.encode(bytes(MESSAGE_BYTES)))


@contextmanager
def echo_server() -> Iterator[str]:
    """The port of tests/bench/on_micropython/framed_echo.py."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    script = HERE / "on_micropython" / "framed_echo.py"
    folders = [ROOT / "firmware", ROOT / "tests/firmware/mp/support"]
    start = find_micropython().command(script, (), folders, "350k")
    process = subprocess.Popen(start.argv, env=start.env, stdin=ours, stdout=ours)
    try:
        yield os.ttyname(theirs)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def echo_kb_s(port: str, count: int) -> float:
    """Kilobytes a second, one way, of messages that come back as they went."""
    return _answered(port, bytes(2) + bytes(MESSAGE_BYTES - 2), count)


def answers_kb_s(port: str, count: int) -> float:
    """The same of whole messages in answer to requests of a download's length."""
    return _answered(port, MESSAGE_BYTES.to_bytes(2, "big") + bytes(REQUEST_BYTES - 2), count)


def _answered(port: str, message: bytes, count: int) -> float:
    frame, reader = framing.encode(message), framing.FrameReader()
    fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        waiting, sent, got = b"", 0, 0
        start = time.monotonic()
        while got < count:
            while sent < min(count, got + IN_FLIGHT):
                waiting, sent = waiting + frame, sent + 1
            readable, writable, _ = select.select([fd], [fd] if waiting else [], [], 10)
            assert readable or writable, f"{got} of {count} came back"
            if writable:
                waiting = waiting[os.write(fd, waiting) :]
            if readable:
                got += len(reader.feed(os.read(fd, CHUNK)))
        return count * MESSAGE_BYTES / (time.monotonic() - start) / 1000
    finally:
        os.close(fd)
