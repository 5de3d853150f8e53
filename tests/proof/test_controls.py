"""Every safety control is guarded: its patch disables it, and the test that names it fails."""

from __future__ import annotations

import functools
import json
import subprocess
import sys

import pytest

from tests.proof import controls
from tests.proof.trial import ROOT


@functools.cache
def results() -> dict[str, dict]:
    command = [sys.executable, "-m", "tests.proof.controls", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.stdout, done.stderr[-2000:]
    return {row["patch"]: row for row in json.loads(done.stdout)}


@pytest.mark.xdist_group("controls")
@pytest.mark.parametrize("control", controls.load()["control"], ids=lambda control: control["patch"])
def test_a_disabled_control_is_noticed(control: dict) -> None:
    row = results()[control["patch"]]
    assert row["ok"], f"{row['what']}: {row['test']}: {row['said']}"


def test_every_hazard_has_its_name_and_a_control() -> None:
    listed = controls.load()
    assert {str(control["hazard"]) for control in listed["control"]} == set(listed["hazards"])


PATCH = "--- a/firmware/core/x.py\n+++ b/firmware/core/x.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


def test_a_patch_fits_wherever_its_lines_are() -> None:
    found = controls.patched(PATCH, {"core.x": "zero\none\ntwo\nthree\n"})
    assert found == {"core.x": "zero\none\n2\nthree\n"}


@pytest.mark.parametrize("text", ["one\n2\nthree\n", "one\ntwo\nthree\none\ntwo\nthree\n"])
def test_a_patch_that_does_not_fit_is_told(text: str) -> None:
    with pytest.raises(controls.PatchError):
        controls.patched(PATCH, {"core.x": text})
    with pytest.raises(controls.PatchError):
        controls.patched(PATCH, {"core.y": text})
