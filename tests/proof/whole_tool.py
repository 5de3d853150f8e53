"""Runs one test of the whole tool on the real MicroPython, on a copy of the firmware with some text replaced."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from gentlepress.runtime.micropython import find_micropython

from tests.proof.trial import FAILED, FIRMWARE, LATE, PASSED, SCRIPTS, TESTS, Outcome, Test

RUNNER = TESTS / "run_functions.py"
MARK = "@outcome "
TIMEOUT_S = 60


def constants(script: str) -> dict[str, object]:
    """HEAP, RUNTIMES and PATH of a script."""
    tree = ast.parse((SCRIPTS / f"{script}.py").read_text(encoding="utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    named = {ast.unparse(node.targets[0]): node.value for node in assigned}
    return {name: ast.literal_eval(named[name]) for name in ("HEAP", "RUNTIMES", "PATH") if name in named}


def is_needed(test: Test) -> bool:
    """Whether a test runs on MicroPython only."""
    return "cpython" not in constants(test.script).get("RUNTIMES", ("cpython",))


def run(test: Test, texts: dict[str, str]) -> Outcome:
    """One test with other texts for some modules."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "firmware"
        shutil.copytree(FIRMWARE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        for module, text in texts.items():
            (copy / (module.replace(".", "/") + ".py")).write_text(text, encoding="utf-8")
        return _run(test, copy)


def _run(test: Test, firmware: Path) -> Outcome:
    said = constants(test.script)
    shadows = [firmware.parent / name for name in said.get("PATH", ())]
    launch = find_micropython().command(
        RUNNER,
        [str(SCRIPTS), test.script, test.function],
        [*shadows, firmware, SCRIPTS, SCRIPTS / "support"],
        str(said.get("HEAP", "16m")),
    )
    try:
        done = subprocess.run(
            launch.argv, env=launch.env, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(LATE, str(test))
    lines = [line[len(MARK) :] for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        return Outcome(FAILED, str(test), f"no outcome: {done.stderr[-200:]}")
    _name, outcome, detail = json.loads(lines[-1])
    return Outcome(PASSED if outcome == "passed" else FAILED, str(test), detail[-200:])
