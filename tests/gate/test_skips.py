"""What is skipped is told with its reason, and where there is a chip image a skip for want of one fails the run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import HOW_TO_GET_IMAGE, IMAGE_VARIABLE
from tests.gate.paths import ROOT

TESTS = """
import pytest

def test_on_the_chip():
    pytest.skip("no chip image: get one")

def test_elsewhere():
    pytest.skip("needs a quieter machine")

def test_that_passes():
    pass
"""


def run(folder: Path, image: Path | None) -> tuple[int, list[str], dict]:
    """Run three tests in a project of their own: (exit code, told skips, counts)."""
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "tests")
    (folder / "tests" / "test_three.py").write_text(TESTS, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env.pop(IMAGE_VARIABLE, None)
    if image is not None:
        env[IMAGE_VARIABLE] = str(image)
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    skips = (folder / "build" / "skips.txt").read_text(encoding="utf-8").splitlines()
    return done.returncode, skips, json.loads((folder / "build" / "tests.json").read_text(encoding="utf-8"))


def test_without_an_image_skips_are_told(tmp_path: Path) -> None:
    code, skips, counts = run(tmp_path, None)
    assert code == 0
    assert [line.split(": ", 1)[1] for line in skips] == ["needs a quieter machine", "no chip image: get one"]
    assert (counts["passed"], counts["skipped"], counts["failed"]) == (1, 2, 0)


def test_with_an_image_a_skip_for_want_of_one_fails(tmp_path: Path) -> None:
    image = tmp_path / "any.uf2"
    image.write_bytes(b"")
    code, _skips, counts = run(tmp_path, image)
    assert code == 1
    assert (counts["passed"], counts["skipped"], counts["failed"]) == (1, 1, 1)


def test_the_reason_says_how_to_get_one() -> None:
    assert "image" in HOW_TO_GET_IMAGE.lower()
    assert IMAGE_VARIABLE in HOW_TO_GET_IMAGE
