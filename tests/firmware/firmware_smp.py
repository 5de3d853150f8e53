"""The firmware's package `smp` in a process in which the name belongs to the package from the index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

_own: dict[str, ModuleType] = {}
FIRMWARE = str(Path(__file__).resolve().parents[2] / "firmware")


@contextmanager
def firmware_smp() -> Iterator[None]:
    """Imports inside find the firmware's `smp`, the same each time; those after it find what they did before."""
    others = _taken_out()
    sys.modules.update(_own)
    sys.path.insert(0, FIRMWARE)
    try:
        yield
    finally:
        sys.path.remove(FIRMWARE)
        _own.clear()
        _own.update(_taken_out())
        sys.modules.update(others)


def _taken_out() -> dict[str, ModuleType]:
    """The loaded modules of a package `smp`, which are no longer known by their names."""
    names = [name for name in sys.modules if name == "smp" or name.startswith("smp.")]
    return {name: sys.modules.pop(name) for name in names}
