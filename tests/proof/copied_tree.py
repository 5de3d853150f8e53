"""Runs one pytest test on a copy of the project with the text of some files replaced."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.proof.trial import FAILED, LATE, PASSED, ROOT, Outcome

FOLDERS = ("docs", "firmware", "hardware", "host", "tests")
TIMEOUT_S = 100
# What pytest writes of a test whose assertion failed, in its summary.
SUMMARY = re.compile(r"^(?:FAILED|ERROR) \S+(?: - (.*))?$", re.MULTILINE)


def _copy(target: Path, texts: dict[str, str]) -> None:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy(file, target)
    # The host imports the firmware as a part of its package.
    (target / "host" / "gentlepress" / "firmware").symlink_to(target / "firmware", target_is_directory=True)
    for path, text in texts.items():
        (target / path).write_text(text, encoding="utf-8")


def run(node: str, texts: dict[str, str]) -> Outcome:
    """One test, named as pytest does, with other texts for some files."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        copy.mkdir()
        _copy(copy, texts)
        return _run(node, copy)


def _run(node: str, copy: Path) -> Outcome:
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=no", "-rfE", *plugins, node]
    env = os.environ | {"PYTHONPATH": str(copy / "host"), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "400"}
    env = {name: value for name, value in env.items() if not name.startswith("PYTEST_")}
    try:
        done = subprocess.run(
            argv, cwd=copy, env=env, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(LATE, node)
    if done.returncode == 0 and re.search(r"\b\d+ passed", done.stdout):
        return Outcome(PASSED, node)
    said = SUMMARY.search(done.stdout)
    detail = (said and said[1]) or (done.stdout + done.stderr).strip()[-200:]
    if detail.startswith(("assert ", "Failed: ")):
        detail = f"AssertionError: {detail}"
    return Outcome(FAILED, node, detail[:200])
