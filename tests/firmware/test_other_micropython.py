"""Blinka, which a Bluetooth driver brings along, has a module `micropython` too: the firmware must never meet it."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest
from gentlepress.runtime import standins

from tests.firmware import test_on_micropython as runs

ASK = "import micropython, sys; sys.stdout.write(micropython.__file__)"
SCRIPT = runs.read_script(runs.FOLDER / "test_button.py")


def test_it_is_there_to_be_met() -> None:
    files = importlib.metadata.files("Adafruit-Blinka") or []
    assert any(file.parts[0] == "micropython" for file in files), "then this page may go"


def test_tests_in_a_process_of_their_own() -> None:
    _argv, env = runs.argv_and_env(SCRIPT, "cpython")
    said = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True)
    assert Path(said.stdout) == standins.FOLDER / "micropython.py"


def test_tests_in_this_process() -> None:
    import micropython

    assert Path(str(micropython.__file__)) == standins.FOLDER / "micropython.py"


def test_the_simulator_on_cpython() -> None:
    entry = runs.ROOT / "firmware/sim/run_cpython.py"
    program = f"import runpy; runpy.run_path({str(entry)!r})['install'](); {ASK}"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert Path(said.stdout) == standins.FOLDER / "micropython.py"


@pytest.mark.parametrize("name", ["micropython"])
def test_the_real_interpreter_has_its_own(micropython, name: str) -> None:
    launch = micropython.command("-c", [f"import {name}; print(hasattr({name}, '__file__'))"])
    said = subprocess.run(launch.argv, env=launch.env, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
