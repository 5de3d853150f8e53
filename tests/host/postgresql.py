"""A PostgreSQL server of the tests' own: on loopback, in a folder of its own, as an ordinary user.

The programs are those of an installed package; else Debian's or Ubuntu's are unpacked into build/, without root.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.host.postgresql_packages import Unavailable, unpacked

USER = "gentlepress"
START_S = 30
_PR_SET_PDEATHSIG = 1


def programs() -> tuple[Path, dict[str, str]]:
    """The folder of initdb and postgres, and what the environment needs for them.

    Raises:
        Unavailable: there are none, and they can't be fetched.
    """
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder, {}
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").is_file():
        return Path(found).resolve().parent, {}
    return unpacked()


def _ordinary_user() -> dict[str, object]:
    """The server refuses to run as root: then it runs as the one of the package, or as nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


def _end_with_parent() -> None:
    """A server whose tests were killed ends, too."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


class Server:
    """A running server; `url(name)` is that of a new, empty database."""

    def __init__(self, port: int, data: Path) -> None:
        self._port = port
        self.data = data
        self._count = 0

    def sql(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _address(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Address of a new database, removed afterwards."""
        self._count += 1
        name = f"t{self._count}"
        self.sql(f"CREATE DATABASE {name}")
        try:
            yield self._address(name)
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server for as long as it is wanted.

    Raises:
        Unavailable: why there can be none on this machine.
    """
    programs_folder, libraries = programs()
    who = _ordinary_user()
    with tempfile.TemporaryDirectory(prefix="gentlepress-pg-") as folder:
        if who:
            os.chown(folder, who["user"], who["group"])
        run = {"env": {**os.environ, "LC_ALL": "C", **libraries}, "cwd": folder, **who}
        data = f"{folder}/data"
        argv = [
            programs_folder / "initdb",
            "-D",
            data,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        made = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, **run)
        if made.returncode:
            raise Unavailable(f"initdb failed: {(made.stderr or made.stdout).strip()[-300:]}")
        port = _free_port()
        settings = [
            f"port={port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={folder}",
            "fsync=off",
        ]
        argv = [programs_folder / "postgres", "-D", data, *(word for s in settings for word in ("-c", s))]
        with Path(folder, "log").open("w") as log:
            more = {"stdout": log, "stderr": log, "preexec_fn": _end_with_parent, **run}
            process = subprocess.Popen(argv, **more)
        try:
            yield _started(process, Server(port, Path(data)), Path(folder, "log"))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _started(process: subprocess.Popen, server: Server, log: Path) -> Server:
    deadline = time.monotonic() + START_S
    while True:
        try:
            server.sql("SELECT 1")
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"the server did not start: {log.read_text()[-300:]}") from error
            time.sleep(0.1)
        else:
            return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
