"""Debian's or Ubuntu's PostgreSQL packages, unpacked into build/ without root, where none is installed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

STATUS = "/var/lib/dpkg/status"
PLACE = Path(__file__).resolve().parents[2] / "build" / "postgresql"
APT_S = 300


class Unavailable(Exception):
    """There can be no server on this machine."""


def unpacked() -> tuple[Path, dict[str, str]]:
    """The folder of the programs, and the environment with their libraries; fetched once.

    Raises:
        Unavailable: this machine has no apt, or its package sources can't be reached.
    """
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise Unavailable(f"PostgreSQL is not installed, and there is no {tool} to fetch it with.")
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not _programs():
            _fetch()
    found = _programs()
    if not found:
        raise Unavailable("the package postgresql of this machine's sources holds no server.")
    libraries = {str(path.parent) for path in (PLACE / "root").glob("usr/lib/*-linux-*/*.so.*")}
    return found[-1].parent, {"LD_LIBRARY_PATH": os.pathsep.join(sorted(libraries))}


def _programs() -> list[Path]:
    return sorted((PLACE / "root").glob("usr/lib/postgresql/*/bin/postgres"))


def _fetch() -> None:
    """Apt with folders of its own, but with the machine's list of what is installed: only the rest is fetched."""
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=PLACE) as scratch:
        for name in ("state/lists/partial", "cache/archives/partial"):
            Path(scratch, name).mkdir(parents=True)
        options = {
            "Dir::State": f"{scratch}/state",
            "Dir::State::status": STATUS,
            "Dir::Cache": f"{scratch}/cache",
            "Acquire::Languages": "none",
            "APT::Sandbox::User": "root",
        }
        apt = [
            "apt-get",
            "--quiet",
            *(word for key, value in options.items() for word in ("-o", f"{key}={value}")),
        ]
        _run([*apt, "update"])
        _run(
            [
                *apt,
                "--yes",
                "--no-install-recommends",
                "--reinstall",
                "--download-only",
                "install",
                "postgresql",
            ]
        )
        for archive in sorted(Path(scratch, "cache/archives").glob("*.deb")):
            _run(["dpkg-deb", "--extract", str(archive), f"{scratch}/root"])
        shutil.rmtree(PLACE / "root", ignore_errors=True)
        Path(scratch, "root").rename(PLACE / "root")


def _run(argv: list[str]) -> None:
    env = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=APT_S, env=env, check=False)
    except subprocess.TimeoutExpired as late:
        raise Unavailable(f"PostgreSQL is not installed, and {argv[0]} took longer than {APT_S} s.") from late
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-300:]
        raise Unavailable(f"PostgreSQL is not installed, and can't be fetched: {said}")
