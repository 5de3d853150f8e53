"""Storms of faults over whole sessions, in virtual time, on real MicroPython.

Each seed is a story of its own: a hand, a start of the clock, one or two faults at some moment, then the power off and
on. What must hold is in `tests/firmware/mp/support/fault_storm.py`. `GENTLEPRESS_STORMS=5000` tells so many stories;
`GENTLEPRESS_STORM_FIRST` is the first seed.
"""

from __future__ import annotations

import os
import subprocess

import pytest
from gentlepress.runtime.micropython import find_micropython

from tests.conftest import ROOT

STORMS = int(os.environ.get("GENTLEPRESS_STORMS", "24"))
FIRST = int(os.environ.get("GENTLEPRESS_STORM_FIRST", "1"))
PIECE = 12
SECONDS_EACH = 20
FOLDERS = ("firmware/sim/shadow", "firmware", "tests/firmware/mp", "tests/firmware/mp/support")
SCRIPT = ROOT / "tests/firmware/mp/support/fault_storm.py"

pytestmark = [pytest.mark.micropython, pytest.mark.timeout(PIECE * SECONDS_EACH)]


@pytest.mark.parametrize("first", range(FIRST, FIRST + STORMS, PIECE))
def test_storms(first: int) -> None:
    count = min(PIECE, FIRST + STORMS - first)
    launch = find_micropython().command(
        SCRIPT, [str(first), str(count)], [ROOT / name for name in FOLDERS], "16m"
    )
    done = subprocess.run(launch.argv, env=launch.env, capture_output=True, text=True, check=False)
    assert done.stdout.endswith(f"storms: {count}, failed: 0\n"), done.stdout[-6000:] + done.stderr[-2000:]
