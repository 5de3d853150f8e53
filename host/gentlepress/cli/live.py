"""`live`: watch the force while pressing."""

from __future__ import annotations

import dataclasses
import time

import click

from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.cli.live_view import LiveView, Reading

POLL_S = 0.1


@click.command()
@port_option
@json_option
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=None,
    metavar="S",
    help="Stop after S seconds.",
)
@pass_app
def live(app: App, port: str, seconds: float | None) -> None:
    """Watch step, force, state, alerts and timers; Ctrl-C ends it."""
    with app.connect(port) as tool, LiveView(app.console()) as view:
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            fields = dataclasses.asdict(tool.state())
            if app.as_json:
                app.line(fields)
            else:
                view.show(Reading(fields))
            time.sleep(POLL_S)
