"""`factory-reset`: ask the tool for a reset, and wait for the button held for 8 s."""

from __future__ import annotations

import time

import click

from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.errors import DeviceRefused, PortError
from gentlepress.owner import ResetState

EXPLAIN = """\
A factory reset is for a tool that changes hands.
  taken:  settings with all names, the routine, the list of desktops that copy it, their keys
  stays:  sessions, over-use counters, locks, calibration
Lift the tip, then hold the tool's button for 8 s, until it pulses three times. If you let go after 3 s, you switch
the travel lock instead: do it again. If nobody holds it, nothing changes."""
POLL_S = 0.5
GONE_S = 3.0


@click.command("factory-reset")
@port_option
@json_option
@pass_app
def factory_reset(app: App, port: str) -> None:
    """Put the tool back to how it came.

    It then waits for its button, held for 8 s within a minute. Sessions, over-use counters, locks and the calibration
    stay.
    """
    app.note(EXPLAIN)
    with app.connect(port) as tool:
        tool.owner.ask_factory_reset()
        state = _wait(app, tool)
    if state.state != "done":
        raise DeviceRefused(_WHY.get(state.state, f"The factory reset ended as {state.state}."), _NEXT)
    app.show({"factory_reset": state.state}, "Done. The tool is as it came, and restarts.")


_WHY = {
    "expired": "Nobody held the button for 8 s within a minute; nothing was changed.",
    "failed": "The tool could not write its memory.",
    "none": "The tool has restarted without a factory reset; nothing was changed.",
}
_NEXT = "Try again: gentlepress factory-reset"


def _wait(app: App, tool: object) -> ResetState:
    """Ask again and again how it stands; a tool that goes away after it began has restarted, so it is done."""
    before = ResetState("waiting", 60.0)
    with app.waiting("Waiting for the button") as tell:
        while before.state in {"waiting", "running"}:
            time.sleep(POLL_S)
            try:
                now = tool.owner.factory_reset()  # type: ignore[attr-defined]
            except PortError:
                if before.state == "running":
                    return ResetState("done", 0.0)
                raise
            tell(f"Waiting for the button: {now.left_s:.0f} s left")
            before = now
    return before
