"""Calibration as a user does it: the command, the real firmware, and somebody at the simulated jig."""

from __future__ import annotations

import json

import pytest
from gentlepress.calibration import STEPS
from gentlepress.client import connect
from gentlepress.firmware.core import wire
from gentlepress.smp.session import Request
from gentlepress.transfer import checked

from tests.system.support import gentlepress, simulator

pytestmark = pytest.mark.micropython

NOMINAL = 42_950


def lines(done) -> list[dict]:
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.timeout(120)
def test_a_new_tool_is_calibrated_and_stays_so(tmp_path):
    """Its cell has 1.1 times the nominal slope: that is what the tool must find, and keep over a restart."""
    flash, link = ("--flash", tmp_path / "flash", "--uncalibrated"), tmp_path / "port"
    port = f"serial:{link}"
    with simulator(*flash, "--jig", "stiff_cell", "--link", link):
        told = gentlepress("info", "--port", port, "--json").json["state"]
        assert "gentlepress calibrate" in told["locked_by"]
        assert gentlepress("calibrate", "--show", "--port", port, "--json").json["fault"] == "uncalibrated"
        done = gentlepress("calibrate", "--yes", "--port", port, "--json")
        assert done.code == 0, done.err
        *measured, result = lines(done)
        assert [line["measured"] for line in measured] == list(STEPS)
        assert result["calibrated"]["counts_per_n"] == pytest.approx(1.1 * NOMINAL, rel=0.002)
    with simulator(*flash, "--link", link):
        shown = gentlepress("calibrate", "--show", "--port", port, "--json").json
        assert shown["fault"] == "none"
        assert [record["number"] for record in shown["records"]] == [1]
        assert gentlepress("info", "--port", port, "--json").json["state"]["locked_by"] == ""


@pytest.mark.timeout(90)
def test_swapped_masses_are_rejected_by_name():
    with simulator("--jig", "swapped") as running:
        done = gentlepress("calibrate", "--yes", "--port", running.port)
        assert done.code == 4
        assert "masses_swapped" in done.err
        assert "Next: Begin again with the lighter mass first." in done.err
        shown = gentlepress("calibrate", "--show", "--port", running.port, "--json").json
        assert [record["counts_per_n"] for record in shown["records"]] == [NOMINAL], "what held still holds"


def test_no_field_of_any_request_takes_a_slope():
    """A hostile desktop adds what it likes to every step; the tool takes none of it."""
    greedy = {"counts_per_n": 90_000, "slope": 90_000, "zero_counts": 7, "record": bytes(63), "mass_mg": 1}
    with simulator() as running, connect(running.port) as tool:
        before = tool.calibration.kept()
        for step in ("begin", *STEPS, "cancel"):
            for command in (wire.TOOL_CALIBRATE, wire.TOOL_CALIBRATION):
                tool.session.request(
                    Request(wire.OP_WRITE, wire.GROUP_TOOL, command, {"step": step, **greedy})
                )
        assert tool.calibration.kept() == before
        reply = tool.session.request(Request(wire.OP_READ, wire.GROUP_TOOL, wire.TOOL_CALIBRATION, {}))
        assert checked(reply, "calibration")["nominal"] == NOMINAL
