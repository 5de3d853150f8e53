"""Unmodified SMP clients from the package index talk to the tool's server on real MicroPython over a pty."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pty
import subprocess
import sys
import tty
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SUPPORT = ROOT / "tests/firmware/mp/support"
SERVER = ROOT / "tests/firmware/support/fake_tool_server.py"
SESSION = "/sessions/00000007.gps"
DATA = bytes((i * 7 + (i >> 8)) & 0xFF for i in range(5000))
ROUTINE = b'{"about": "' + b"x" * 3000 + b'"}'


@pytest.fixture
def port(micropython) -> Iterator[str]:
    """Path of a serial port behind which the server runs."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    launch = micropython.command(SERVER, (), [ROOT / "firmware", SUPPORT], "350k")
    process = subprocess.Popen(launch.argv, env=launch.env, stdin=ours, stdout=ours, stderr=subprocess.PIPE)
    try:
        yield os.ttyname(theirs)
    finally:
        process.kill()
        _, said = process.communicate()
        os.close(ours)
        os.close(theirs)
        assert not said.strip(), said.decode()


def test_smpclient(port: str) -> None:
    asyncio.run(_with_smpclient(port))


async def _with_smpclient(port: str) -> None:
    from smpclient import SMPClient
    from smpclient.generics import error, success
    from smpclient.requests import file_management as files
    from smpclient.requests import os_management as system
    from smpclient.requests import settings_management as settings
    from smpclient.transport.serial import SMPSerialTransport

    async with SMPClient(SMPSerialTransport(), port) as client:
        assert (await client.request(system.EchoWrite(d="hello"))).r == "hello"
        parameters = await client.request(system.MCUMgrParametersRead())
        assert (parameters.buf_size, parameters.buf_count) == (2048, 4)
        assert error(await client.request(system.DateTimeRead()))
        assert success(await client.request(system.DateTimeWrite(datetime="2026-03-31T07:05:09")))
        assert (await client.request(system.DateTimeRead())).datetime == "2026-03-31T07:05:09"
        assert (await client.request(system.OSApplicationInfoRead(format="sr"))).output == "Gentlepress 0.1.0"
        assert await client.download_file(SESSION) == DATA
        assert (await client.request(files.FileStatus(name=SESSION))).len == len(DATA)
        digest = await client.request(files.FileHashChecksum(name=SESSION, type="sha256"))
        assert digest.output == hashlib.sha256(DATA).digest()
        assert set((await client.request(files.SupportedFileHashChecksumTypes())).types) == {
            "crc32",
            "sha256",
        }
        assert [off async for off in client.upload_file(ROUTINE, "/routine")][-1] == len(ROUTINE)
        assert await client.download_file("/routine") == ROUTINE
        assert error(await client.request(files.FileStatus(name="/secret")))
        assert success(await client.request(settings.WriteSetting(name="name", val=b"Rose")))
        assert (await client.request(settings.ReadSetting(name="name"))).val == b"Rose"
        refused = await client.request(settings.WriteSetting(name="profile", val=b"rough"))
        assert error(refused)
        assert "refused" in refused.rsn


def test_mcumgr_toolkit(port: str) -> None:
    from mcumgr_toolkit import MCUmgrClient

    client = MCUmgrClient.serial(port, timeout_ms=3000)
    client.use_auto_frame_size()
    assert client.os_echo("hello") == "hello"
    assert client.os_mcumgr_parameters().buf_size == 2048
    when = datetime(2026, 3, 31, 7, 5, 9)  # noqa: DTZ001  (this client takes no zone)
    client.os_set_datetime(when)
    assert client.os_get_datetime() == when
    assert client.os_application_info("s") == "Gentlepress"
    assert client.fs_file_download(SESSION) == DATA
    assert client.fs_file_status(SESSION).length == len(DATA)
    assert client.fs_file_checksum(SESSION, "sha256").output == hashlib.sha256(DATA).digest()
    crc = client.fs_file_checksum(SESSION, "crc32").output
    assert int.from_bytes(crc, "big") == zlib.crc32(DATA)
    client.fs_file_upload("/routine", ROUTINE)
    assert client.fs_file_download("/routine") == ROUTINE
    assert set(client.fs_supported_checksum_types()) == {"crc32", "sha256"}
    client.settings_write("name", b"Rose")
    assert client.settings_read("name") == b"Rose"
    client.settings_commit()
    client.fs_file_close()
    with pytest.raises(Exception, match="(?i)refused|invalid|EINVAL"):
        client.settings_write("profile", b"rough")


def smpmgr(port: str, *args: str) -> str:
    command = [str(Path(sys.executable).with_name("smpmgr")), "--port", port, *args]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def test_smpmgr(port: str, tmp_path: Path) -> None:
    assert "hello" in smpmgr(port, "os", "echo", "hello")
    copy = tmp_path / "copy.gps"
    smpmgr(port, "file", "download", SESSION, str(copy))
    assert copy.read_bytes() == DATA
    assert str(len(DATA)) in smpmgr(port, "file", "read-size", SESSION)
    routine = tmp_path / "routine.json"
    routine.write_bytes(ROUTINE)
    smpmgr(port, "file", "upload", str(routine), "/routine")
