"""Checks types with pyright: the host, and the firmware against each port's stubs.

python -m tests.gate.types host|esp32|rp2
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.gate.paths import BUILD, FIRMWARE, HOST, ROOT

# Files that can't be checked against a port, because they are another port's or hide a built-in module.
ONLY_ELSEWHERE = {
    "esp32": ["firmware/sim", "firmware/boards/pico*", "firmware/boards/sim*"],
    "rp2": ["firmware/sim", "firmware/boards/xiao*", "firmware/boards/sim*"],
}

# Parts of the host that run under another's rules: Alembic's migrations, stand-ins for MicroPython's modules.
NOT_CHECKED = ("store/migrations", "runtime/standins")


def firmware_config(folder: Path, port: str) -> Path:
    """Write pyright's settings for the firmware on one port into a folder of build/."""
    config = {
        "include": ["../../firmware"],
        "exclude": [f"../../{pattern}" for pattern in ONLY_ELSEWHERE[port]],
        "extraPaths": ["../../firmware"],
        "stubPath": f"../stubs/{port}",
        "typeshedPath": f"../stubs/{port}",
        "pythonVersion": "3.11",
        "pythonPlatform": "Linux",
        "typeCheckingMode": "standard",
        "reportMissingModuleSource": False,
        # What a state guarantees to exist is None in the others; MicroPython has no cast that costs nothing.
        "reportOptionalMemberAccess": False,
        "reportOptionalSubscript": False,
    }
    return _written(folder / f"{port}.json", config)


def link_tree(tree: Path) -> None:
    """Link the host's files, and firmware/ to where the host imports it from: pyright knows no other way."""
    for source in HOST.rglob("*.py"):
        link = tree / source.relative_to(HOST)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(source, link.parent))
    (tree / "firmware").symlink_to(os.path.relpath(FIRMWARE, tree), target_is_directory=True)


def host_config(folder: Path) -> Path:
    """Write pyright's settings for the host, the gate and the measurements into a folder of build/."""
    link_tree(folder / "gentlepress")
    config = {
        "include": ["gentlepress", "../../tests/gate", "../../tests/bench"],
        "exclude": [
            *(f"gentlepress/{name}" for name in ("firmware", *NOT_CHECKED)),
            "../../tests/bench/on_cpython",
            "../../tests/bench/on_micropython",
            "../../tests/bench/on_chip",
        ],
        "extraPaths": [".", "../.."],
        "venvPath": "..",
        "venv": "venv",
        "pythonVersion": "3.11",
        "typeCheckingMode": "standard",
        "reportMissingTypeStubs": False,
        "reportMissingModuleSource": False,
        "reportUnnecessaryTypeIgnoreComment": True,
    }
    return _written(folder / "host.json", config)


def _written(path: Path, config: dict[str, object]) -> Path:
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return path


def main(what: str) -> int:
    """Run pyright; its exit code."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="types-", dir=BUILD) as scratch:
        folder = Path(scratch)
        config = host_config(folder) if what == "host" else firmware_config(folder, what)
        argv = [sys.executable, "-m", "pyright", "--project", str(config)]
        done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout.replace(f"{folder}/gentlepress", "host/gentlepress"), end="")
        return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
