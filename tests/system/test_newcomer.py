"""The demo, end to end on the real interpreter: what a newcomer sees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest
from gentlepress.errors import ExitCode
from gentlepress.firmware.core import ids
from gentlepress.store import open_store

pytestmark = pytest.mark.micropython


def demo(folder, *words: str, expect: int = 0) -> str:
    argv = [sys.executable, "-m", "gentlepress", "demo", "--out", str(folder / "out"), *words]
    env = os.environ | {"COLUMNS": "80"}
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_whole_way_in_under_a_minute(tmp_path):
    began = time.monotonic()
    said = demo(tmp_path)
    assert time.monotonic() - began < 60
    for heading in ("1/4", "2/4", "3/4", "4/4"):
        assert re.search(rf"^{heading}  \w", said, re.MULTILINE)
    assert "Firmware on MicroPython" in said
    assert "step 1/11  forehead, midline" in said
    assert "over the limit" in said
    assert "First sync:  1 new, 0 already here" in said
    assert "Second sync: 0 new, 1 already here" in said
    for kind in ("html", "png"):
        path = tmp_path / "out" / f"session-1.{kind}"
        assert str(path) in said
        assert path.stat().st_size > 20_000


def test_its_session_is_in_the_database(tmp_path):
    demo(tmp_path, "--hand", "firm", "--seed", "3")
    with open_store(str(tmp_path / "out" / "demo.db"), writable=False) as store:
        stored = store.latest()
    assert stored.row.acknowledged
    assert stored.row.start_quality != ids.TIME_UNKNOWN
    assert stored.session.summary.sample_count > 10_000
    assert sum(step.in_band_ms for step in stored.session.steps) > 30_000


def test_a_routine_of_ones_own_and_the_other_runtime(tmp_path):
    routine = tmp_path / "mine.toml"
    routine.write_text(
        'format = 1\nname = "Mine"\n[[steps]]\nzone = "cheeks"\nside = "left"\nhold_ms = 3000\npresses = 1\n'
    )
    said = demo(tmp_path, "--routine", str(routine), "--runtime", "cpython")
    assert "Firmware on CPython" in said
    assert re.search(r"Routine +Mine", said)
    assert re.search(r"1 of 1 steps done", said)


def test_a_flash_and_a_link_that_cannot_be_used(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("")
    for option in ("--flash", "--link"):
        argv = [sys.executable, "-m", "gentlepress", "simulate", option, str(taken)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == ExitCode.USAGE
        assert str(taken) in done.stderr
        assert "Next: " in done.stderr
