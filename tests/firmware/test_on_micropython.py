"""Every `test_*` function of `tests/firmware/mp/test_*.py`, on real MicroPython and on CPython.

Those files are plain scripts without pytest. One process runs a whole file; each function is a case of its
own. A file may set, as plain constants at its top level:

- `HEAP = "200k"`: limit of MicroPython's heap;
- `RUNTIMES = ("micropython",)`: where it makes sense;
- `PATH = ("firmware/sim/shadow",)`: folders, from the project's root, that hide built-in modules;
- `TIMEOUT_S = 60`: for the whole file.

A function that raises an exception class named `Skip` is skipped for the reason it gives.
"""

from __future__ import annotations

import ast
import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from gentlepress.runtime import standins
from gentlepress.runtime.micropython import find_micropython

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FOLDER = HERE / "mp"
RUNNER = HERE / "run_functions.py"
MARK = "@outcome "

# Objects are twice as large as on a 32-bit chip: this stands for the 172 KB free on a Pico.
HEAP = "350k"
RUNTIMES = ("micropython", "cpython")
TIMEOUT_S = 60


@dataclass(frozen=True)
class Script:
    """A file of test functions and what it says about itself."""

    path: Path
    functions: tuple[str, ...]
    heap: str = HEAP
    runtimes: tuple[str, ...] = RUNTIMES
    folders: tuple[str, ...] = ()
    timeout_s: float = TIMEOUT_S


def read_script(path: Path) -> Script:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    functions = tuple(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
    constants = dict(pair for node in tree.body for pair in _constant(node))
    return Script(
        path,
        functions,
        constants.get("HEAP", HEAP),
        tuple(constants.get("RUNTIMES", RUNTIMES)),
        tuple(constants.get("PATH", ())),
        constants.get("TIMEOUT_S", TIMEOUT_S),
    )


def _constant(node: ast.stmt) -> list[tuple[str, object]]:
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return []
    name = node.targets[0].id
    wanted = name in {"HEAP", "RUNTIMES", "PATH", "TIMEOUT_S"}
    return [(name, ast.literal_eval(node.value))] if wanted else []


def argv_and_env(script: Script, runtime: str) -> tuple[list[str], dict[str, str]]:
    args = [str(FOLDER), script.path.stem, *script.functions]
    folders = [*(ROOT / folder for folder in script.folders), ROOT / "firmware", FOLDER, FOLDER / "support"]
    if runtime == "micropython":
        launch = find_micropython().command(RUNNER, args, folders, script.heap)
        return launch.argv, launch.env
    path = os.pathsep.join(str(folder) for folder in [*folders, standins.FOLDER])
    env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return [sys.executable, str(RUNNER), *args], env


@functools.cache
def outcomes(script: Script, runtime: str) -> dict[str, tuple[str, str]]:
    """Run a whole file; a function without an outcome died with the process."""
    argv, env = argv_and_env(script, runtime)
    try:
        done = subprocess.run(argv, env=env, capture_output=True, timeout=script.timeout_s, check=False)
        raw, said, how = done.stdout, done.stderr, f"the process ended with {done.returncode}"
    except subprocess.TimeoutExpired as late:
        raw, said, how = late.stdout or b"", late.stderr or b"", f"no end after {script.timeout_s} s"
    lines = raw.decode("utf-8", "replace").splitlines()
    found = [json.loads(line[len(MARK) :]) for line in lines if line.startswith(MARK)]
    printed = "\n".join(line for line in lines if not line.startswith(MARK))[-4000:]
    died = f"{how}\n{printed}\n{said.decode('utf-8', 'replace')[-4000:]}"
    results = dict.fromkeys(script.functions, ("failed", died))
    results.update({name: (outcome, f"{detail}\n{printed}") for name, outcome, detail in found})
    return results


def cases() -> list[object]:
    return [
        pytest.param(
            script,
            runtime,
            function,
            id=f"{runtime}-{script.path.stem}-{function}",
            marks=pytest.mark.xdist_group(f"{runtime}-{script.path.stem}"),
        )
        for script in map(read_script, sorted(FOLDER.glob("test_*.py")))
        for runtime in script.runtimes
        for function in script.functions
    ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("script", "runtime", "function"), cases())
def test_firmware(script: Script, runtime: str, function: str) -> None:
    outcome, detail = outcomes(script, runtime)[function]
    if outcome == "skipped":
        pytest.skip(detail.strip() or "no reason given")
    if outcome == "failed":
        pytest.fail(f"{script.path.name}:{function} on {runtime}:\n{detail}", pytrace=False)
