"""`simulate`: run the simulated tool."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import click

from gentlepress import press_file, routine_file
from gentlepress.cli.app import App, json_option, pass_app
from gentlepress.cli.live_view import LiveView, Reading
from gentlepress.cli.pressed import press_options
from gentlepress.errors import UsageError
from gentlepress.sim.options import CLOCKS, JIGS, MOTORS, SENSORS, SimOptions

POLL_S = 0.08


@click.command()
@press_options
@click.option(
    "--clock",
    type=click.Choice(CLOCKS),
    default="real",
    show_default=True,
    help="virtual: as fast as it can.",
)
@click.option(
    "--link", type=click.Path(path_type=Path), metavar="PATH", help="Where its serial port appears."
)
@click.option(
    "--flash", type=click.Path(path_type=Path), metavar="DIR", help="Keep its memory here between runs."
)
@click.option("--sensor", type=click.Choice(SENSORS), help="The force sensor that is fitted.")
@click.option("--motor", type=click.Choice(MOTORS), help="The motor that is fitted.")
@click.option("--jig", type=click.Choice(JIGS), metavar="KIND", help="Who stands at the calibration jig.")
@click.option("--uncalibrated", is_flag=True, help="A new tool comes without a calibration.")
@click.option(
    "--exit-when-done", is_flag=True, help="End with the pressed session instead of waiting for a host."
)
@json_option
@pass_app
def simulate(  # noqa: PLR0913, PLR0917  (one argument an option)
    app: App,
    press: Path | None,
    hand: str | None,
    seed: int,
    routine: str | None,
    runtime: str,
    clock: str,
    link: Path | None,
    flash: Path | None,
    sensor: str | None,
    motor: str | None,
    jig: str | None,
    *,
    uncalibrated: bool,
    exit_when_done: bool,
) -> None:
    """Run the tool's firmware without a tool, behind a serial port.

    Without --press or --hand it waits as a real tool would. Ctrl-C ends it.
    """
    if exit_when_done and not (press or hand):
        raise UsageError(
            "--exit-when-done ends with the pressed session, and nothing presses.",
            "Give --press or --hand, too.",
        )
    options = SimOptions(
        press=press_file.read(press) if press else None,
        hand=hand,
        seed=seed,
        clock=clock,
        runtime=runtime,
        link=link,
        flash=flash,
        routine=routine_file.load_any(routine) if routine else None,
        jig=jig,
        calibrated=not uncalibrated,
        exit_when_done=exit_when_done,
        sensor=sensor,
        motor=motor,
    )
    run(app, options)


def run(app: App, options: SimOptions) -> None:
    """Start the tool, say where it is, and show what happens until it ends.

    Args:
        app: where to show it.
        options: what to run.
    """
    heard = Newest()
    with app.launch(options, heard.put, app.note) as tool:
        address = f"serial:{tool.path}"
        started = f"Simulated tool on {tool.runtime}\nPort: {address}\nTry: gentlepress info --port {address}"
        app.show({"port": address, "runtime": tool.runtime}, started)
        with LiveView(app.console()) as view:
            while tool.running:
                time.sleep(POLL_S)
                for event in heard.take():
                    _tell(app, view, event)
        tool.check()


def _tell(app: App, view: LiveView, event: dict[str, Any]) -> None:
    if app.as_json:
        app.line(event)
    elif event.get("kind") == "state":
        view.show(Reading(event))


class Newest:
    """Events between the reading thread and the one that shows them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[dict[str, Any]] = []

    def put(self, event: dict[str, Any]) -> None:
        """Add an event.

        Args:
            event: as it came.
        """
        with self._lock:
            self._events.append(event)

    def take(self) -> list[dict[str, Any]]:
        """All events since the last call."""
        with self._lock:
            events, self._events = self._events, []
        return events
