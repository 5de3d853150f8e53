"""Checks types with pyright: the host, and the firmware against each port's stubs.

python -m tests.gate.types host|esp32|rp2
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.gate.paths import BUILD, FIRMWARE, ROOT

# Files that can't be checked against a port, because they are another port's or hide a built-in module.
ONLY_ELSEWHERE = {
    "esp32": ["firmware/sim", "firmware/boards/pico*", "firmware/boards/sim*"],
    "rp2": ["firmware/sim", "firmware/boards/xiao*", "firmware/boards/sim*"],
}


def firmware_config(port: str) -> Path:
    """Write pyright's settings for the firmware on one port."""
    stubs = os.path.relpath(BUILD / "stubs" / port, BUILD / "types")
    config = {
        "include": ["../../firmware"],
        "exclude": [f"../../{pattern}" for pattern in ONLY_ELSEWHERE[port]],
        "extraPaths": ["../../firmware"],
        "stubPath": stubs,
        "typeshedPath": stubs,
        "pythonVersion": "3.11",
        "pythonPlatform": "Linux",
        "typeCheckingMode": "standard",
        "reportMissingModuleSource": False,
        "reportAttributeAccessIssue": "error",
    }
    path = BUILD / "types" / f"{port}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return path


def host_config() -> Path:
    """Lay out firmware/ where the host imports it from, and name the project's own settings."""
    link = BUILD / "overlay" / "gentlepress" / "firmware"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(os.path.relpath(FIRMWARE, link.parent), target_is_directory=True)
    return ROOT / "pyproject.toml"


def main(what: str) -> int:
    """Run pyright; its exit code."""
    config = host_config() if what == "host" else firmware_config(what)
    argv = [sys.executable, "-m", "pyright", "--project", str(config)]
    return subprocess.run(argv, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
