"""The wheel holds the host, its data, and every file of the firmware as a file on disk."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
import gentlepress.firmware
from gentlepress.firmware.core import ids
from importlib.resources import files
assert ids.__file__.startswith(sys.argv[1]), ids.__file__
print((files("gentlepress.firmware") / "main.py").is_file())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "firmware", "host"):
        (source / name).symlink_to(ROOT / name)
    argv = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        source,
    ]
    subprocess.run(argv, check=True, timeout=100)
    return next(folder.glob("gentlepress-*.whl"))


def tracked(folder: Path, *patterns: str) -> set[str]:
    found = [path for pattern in patterns for path in folder.rglob(pattern)]
    return {path.relative_to(folder).as_posix() for path in found if "__pycache__" not in path.parts}


def test_wheel_holds_every_file(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"gentlepress/firmware/{name}" for name in tracked(ROOT / "firmware", "*.py")}
    patterns = ("*.py", "*.toml", "*.csv", "*.mako", "*.html", "*.css", "*.js", "py.typed")
    wanted |= {f"gentlepress/{name}" for name in tracked(ROOT / "host" / "gentlepress", *patterns)}
    assert wanted - inside == set()


def test_wheel_works_from_its_own_folder(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    argv = [sys.executable, "-I", "-c", PROBE, str(tmp_path)]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_editable_install_finds_the_firmware():
    argv = [sys.executable, "-I", "-c", "import gentlepress.firmware.core.ids as i; print(i.__file__)"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True)
    assert Path(done.stdout.strip()) == ROOT / "firmware/core/ids.py"


def test_the_command_starts_without_the_stand_ins():
    """In a process of its own: other tests put MicroPython's stand-ins on the path."""
    argv = [sys.executable, "-I", "-c", "import sys, gentlepress.cli; print('micropython' in sys.modules)"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")
