"""Room the firmware takes: compiled files on the boards' flash."""

from __future__ import annotations

from tests.bench import Figure, at_most
from tests.gate.sizes import ARCHITECTURES, SIMULATED, compile_all

# A Pico W leaves 848 KB to its file system (MicroPython's RPI_PICO_W image); sessions need most of it.
GOAL_BYTES = 200_000


def run() -> list[Figure]:
    """One figure a board."""
    compiled = {arch: compile_all(arch) for arch in set(ARCHITECTURES.values())}
    return [
        at_most(f"firmware on {board}", _total(compiled[arch]), "bytes", GOAL_BYTES)
        for board, arch in ARCHITECTURES.items()
    ]


def _total(sizes: dict[str, int | str]) -> int:
    return sum(
        size for name, size in sizes.items() if isinstance(size, int) and not name.startswith(SIMULATED)
    )
