"""Compiles the firmware for a board and copies it onto the tool with mpremote.

python -m hardware.bringup.install BOARD [--port PORT] [--parts '{"motor": "erm"}']
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from gentlepress.chip.image import compile_firmware, firmware_root
from gentlepress.firmware.core import parts

from hardware.outputs import ROOT

ARCHITECTURES = {"xiao_esp32s3": "xtensawin", "pico_w": "armv6m", "pico": "armv6m"}
"""Of mpy-cross. A Pico 2 W (Cortex-M33) takes what is compiled for the Pico W's Cortex-M0+."""


def write(board: str, folder: Path, named: str = "") -> list[Path]:
    """Compile into a folder; the files and folders to copy, `main.py` last so that a cut-off copy does not start.

    Args:
        board: a module of firmware/boards.
        folder: what it has of the same name is replaced.
        named: contents of parts.json; none is written if it is empty.
    """
    chosen, problem = parts.check(named.encode()) if named else ({}, "")
    if problem:
        raise ValueError(problem)
    files = compile_firmware(firmware_root(), board, ARCHITECTURES[board])
    if chosen:
        files[parts.FILE] = json.dumps(chosen).encode()
    for name, contents in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
    tops = sorted(
        {name.split("/", maxsplit=1)[0] for name in files}, key=lambda name: (name == "main.py", name)
    )
    return [folder / name for name in tops]


def argv(port: str, tops: list[Path]) -> list[str]:
    """Command line of mpremote: copy everything, then restart."""
    connect = ["connect", port] if port else []
    return [sys.executable, "-m", "mpremote", *connect, "cp", "-r", *map(str, tops), ":", "+", "reset"]


def main(arguments: list[str] | None = None) -> int:
    """Compile and copy; mpremote's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m hardware.bringup.install", description=__doc__.splitlines()[0]
    )
    parser.add_argument("board", choices=ARCHITECTURES)
    parser.add_argument("--port", default="", help="serial port; mpremote finds it by itself otherwise")
    parser.add_argument(
        "--parts", default="", help="contents of parts.json, where the parts are not the reference's"
    )
    options = parser.parse_args(arguments)
    try:
        tops = write(options.board, ROOT / "build" / f"firmware-{options.board}", options.parts)
    except ValueError as error:
        parser.error(str(error))
    return subprocess.run(argv(options.port, tops), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
