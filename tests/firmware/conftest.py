"""Lets these tests import the firmware's modules in their own process.

Its folders come last on the path: the firmware's package `smp` has the name of a package from the index, which other
tests of the same process use. `firmware_smp.py` has the way to the firmware's own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gentlepress.runtime import standins

HERE = Path(__file__).resolve().parent
FOLDERS = (HERE.parent.parent / "firmware", HERE / "mp", HERE / "mp" / "support", Path(str(standins.FOLDER)))
sys.path += [str(folder) for folder in FOLDERS if str(folder) not in sys.path]

import on_cpython  # noqa: E402

on_cpython.install_pointers()
standins.take_micropython()
