"""Every safety control is guarded: its patch disables it, and the test that names it fails."""

from __future__ import annotations

import functools
import json
import subprocess
import sys

import pytest

from tests.proof import controls, listing, patches, safety_case
from tests.proof.listing import Row
from tests.proof.patches import ROOT, PatchError

LISTING = listing.load()
# Those on a copy of the project take seconds each, so they form a group of their own.
GROUPS = {True: "controls on a copy", False: "controls"}


@functools.cache
def results(on_copy: bool) -> dict[str, dict]:
    wanted = [row.patch for row in LISTING.controls if controls.is_node(row.test) == on_copy]
    command = [sys.executable, "-m", "tests.proof.controls", "--json", "--only-patched", *wanted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False)
    assert done.stdout, done.stderr[-2000:]
    return {row["patch"]: row for row in json.loads(done.stdout)}


def marked(row: Row):
    group = GROUPS[controls.is_node(row.test)]
    return pytest.param(row, id=row.patch, marks=pytest.mark.xdist_group(group))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("row", [marked(row) for row in LISTING.controls])
def test_a_disabled_control_is_noticed(row: Row) -> None:
    found = results(controls.is_node(row.test))[row.patch]
    assert found["ok"], f"{row.what}: {row.test}: {found['said']}"


@pytest.mark.parametrize("row", LISTING.rows, ids=lambda row: row.patch or row.what)
def test_the_named_test_is_there(row: Row) -> None:
    path, name = safety_case.test_file(row.test) if row.test else ("", "")
    assert not path or (ROOT / path).is_file(), path
    assert not name or f"def {name}(" in patches.read(path), row.test


def test_each_patched_test_is_run_by_the_gate() -> None:
    """A test that only the patched run knows would never be seen to pass."""
    for row in LISTING.controls:
        path, _name = safety_case.test_file(row.test)
        assert path.startswith("tests/"), row.test


PATCH = "--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


def test_a_patch_fits_wherever_its_lines_are() -> None:
    path, hunks = patches.parse(PATCH)
    assert path == "x.py"
    assert patches.changed(path, "zero\none\ntwo\nthree\n", hunks) == "zero\none\n2\nthree\n"


@pytest.mark.parametrize("text", ["one\n2\nthree\n", "one\ntwo\nthree\none\ntwo\nthree\n"])
def test_a_patch_that_does_not_fit_is_told(text: str) -> None:
    path, hunks = patches.parse(PATCH)
    with pytest.raises(PatchError):
        patches.changed(path, text, hunks)
    with pytest.raises(PatchError):
        patches.patched(PATCH)


def test_the_place_of_a_patch_is_the_function_it_changes() -> None:
    text = "A = 1\n\n\nclass B:\n    def c(self):\n        return A\n\n    def d(self):\n        return 2\n"
    assert [patches.names_at(text, line) for line in (1, 4, 6, 9)] == [["A"], ["B"], ["B", "c"], ["B", "d"]]
    assert patches.is_there("firmware/core/judge.py:_alerts")
    assert not patches.is_there("firmware/core/judge.py:Judge.nothing")
    assert not patches.is_there("firmware/core/nothing.py")
