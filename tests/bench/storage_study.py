"""What the tool's memory holds and how it wears: sessions of simulated hands, written to a real LittleFS.

python -m tests.bench.storage_study        measure all, and write storage.json, which docs/storage.md is checked by
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gentlepress.runtime.micropython import find_micropython

from tests.gate.sizes import ARCHITECTURES, SIMULATED, compile_all

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MP = ROOT / "tests" / "firmware" / "mp"
LAST = HERE / "storage.json"
HANDS = ("gentle", "firm", "heavy", "jab")
WEEKLY = 5
SUMMARIES = 500
PICO, PICO_W = 352, 212
"""Blocks of 4096 bytes that MicroPython's RPI_PICO and RPI_PICO_W leave to files: 1.44 MB and 848 KB."""

MEMORIES = {
    "Pico, firmware in the image": (PICO, 0, 0),
    "Pico": (PICO, 1, 0),
    "Pico, two firmwares": (PICO, 2, 0),
    "Pico, two firmwares of one file each": (PICO, 0, 2),
    "Pico W, firmware in the image": (PICO_W, 0, 0),
    "Pico W": (PICO_W, 1, 0),
    "Pico W, two firmwares": (PICO_W, 2, 0),
    "Pico W, two firmwares of one file each": (PICO_W, 0, 2),
}
"""Name: blocks, firmwares that lie there file by file, and in one file each."""


def _run(script: str, *arguments: str) -> dict[str, Any]:
    folders = [ROOT / "firmware", MP, MP / "support"]
    if script == "long_session":
        folders.insert(0, ROOT / "firmware/sim/shadow")
    launch = find_micropython().command(
        HERE / "on_micropython" / f"{script}.py", list(arguments), folders, "16m"
    )
    done = subprocess.run(
        launch.argv, env=launch.env, capture_output=True, text=True, check=True, timeout=300
    )
    return json.loads(done.stdout)


@contextmanager
def sessions(hands: Sequence[str] = HANDS) -> Iterator[tuple[dict[str, dict[str, int]], Path]]:
    """Long sessions of hands: ({hand: figures}, the longest file)."""
    with tempfile.TemporaryDirectory() as folder:
        found = {hand: _run("long_session", hand, "1", str(Path(folder) / hand)) for hand in hands}
        yield found, Path(folder) / max(found, key=lambda hand: found[hand]["bytes"])


def firmware_sizes() -> list[int]:
    """Bytes of each compiled file of the Pico's firmware."""
    found = compile_all(ARCHITECTURES["pico"])
    return [
        size
        for name, size in sorted(found.items())
        if isinstance(size, int) and not name.startswith(SIMULATED)
    ]


def filled(session: Path, blocks: int, firmwares: int, packed: int) -> dict[str, int]:
    """How many whole sessions lie beside the summaries when one more would take another's trace; 0 when none fits."""
    sizes = [str(size) for size in firmware_sizes() * firmwares + [sum(firmware_sizes())] * packed]
    return _run("memory_years", "fill", str(session), str(blocks), str(SUMMARIES), *sizes)


def worn(session: Path) -> dict[str, int]:
    """Erases of a year on a Pico with the firmware among its files."""
    sizes = [str(size) for size in firmware_sizes()]
    return _run("memory_years", "year", str(session), str(PICO), str(WEEKLY), *sizes)


def all_numbers() -> dict[str, Any]:
    """Everything; it takes some minutes."""
    with sessions() as (found, longest):
        return {
            "sessions": found,
            "capacity": {name: filled(longest, *memory)["whole"] for name, memory in MEMORIES.items()},
            "year": worn(longest),
        }


def trace_bytes_a_minute(found: dict[str, dict[str, int]]) -> float:
    """Bytes of the trace in a minute of contact, of the worst hand."""
    return max(one["trace_bytes"] * 240 / one["intervals"] for one in found.values())


if __name__ == "__main__":
    LAST.write_text(json.dumps(all_numbers(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
