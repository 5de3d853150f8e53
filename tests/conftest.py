"""What all tests share: the interpreter, the chip's image, and a list of what was skipped and why."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build"
# Plain scripts for MicroPython, run by tests/firmware/test_on_micropython.py.
collect_ignore_glob = ["firmware/mp/*"]

# A busy machine is no reason to fail; a wrong answer is.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

IMAGE_VARIABLE = "GENTLEPRESS_IMAGE"
HOW_TO_GET_IMAGE = (
    f"no chip image: download RPI_PICO (a .uf2) from micropython.org and set {IMAGE_VARIABLE} to its path"
)


def find_image() -> Path | None:
    """The image named by the environment, else one in a folder `images` beside or above the project."""
    named = os.environ.get(IMAGE_VARIABLE)
    if named:
        path = Path(named)
        if not path.is_file():
            raise pytest.UsageError(f"{IMAGE_VARIABLE}={named}: there is no such file.")
        return path
    return next(iter(sorted([*ROOT.glob("../images/*.uf2"), *ROOT.glob("../*/images/*.uf2")])), None)


def pytest_configure() -> None:
    """A wrong image path is said before the tests, not in the middle of them."""
    find_image()


@pytest.fixture(scope="session")
def chip_image() -> Path:
    """A MicroPython image for the RP2040; the test is skipped where there is none."""
    image = find_image()
    if image is None:
        pytest.skip(HOW_TO_GET_IMAGE)
    return image.resolve()


@pytest.fixture(scope="session")
def micropython():
    """The real MicroPython interpreter; where there is none, the test fails rather than hides."""
    from gentlepress.runtime.micropython import find_micropython

    return find_micropython()


def _skips(reporter: pytest.TerminalReporter) -> list[tuple[str, str]]:
    found = []
    for report in reporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        found.append((report.nodeid, reason.removeprefix("Skipped: ")))
    return sorted(found)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that was skipped for want of an image although there is one makes the run fail."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return
    hidden = [nodeid for nodeid, reason in _skips(reporter) if "image" in reason.lower()]
    session.config.stash[HIDDEN] = hidden if find_image() else []
    if session.config.stash[HIDDEN] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


HIDDEN = pytest.StashKey[list[str]]()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write build/skips.txt and build/tests.json for the gate's last lines."""
    skips = _skips(terminalreporter)
    hidden = config.stash.get(HIDDEN, [])
    for nodeid in hidden:
        terminalreporter.write_line(
            f"FAILED {nodeid}: skipped for want of a chip image, yet there is one", red=True
        )
    counts = {
        kind: len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed", "error", "xfailed")
    }
    counts["failed"] += len(hidden)
    counts["skipped"] = len(skips) - len(hidden)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "skips.txt").write_text(
        "".join(f"{nodeid}: {reason}\n" for nodeid, reason in skips), encoding="utf-8"
    )
    (BUILD / "tests.json").write_text(json.dumps(counts), encoding="utf-8")
