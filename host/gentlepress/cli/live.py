"""`live`: watch the force while pressing."""

from __future__ import annotations

import dataclasses
import time
from math import isnan

import click

from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.cli.live_view import LiveView, Reading

POLL_S = 0.1


def _number(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    """NaN passes every comparison of a range."""
    if value is not None and isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value


@click.command()
@port_option
@json_option
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    callback=_number,
    default=None,
    metavar="S",
    help="Stop after S seconds.",
)
@pass_app
def live(app: App, port: str, seconds: float | None) -> None:
    """Watch step, force, state, alerts and timers; Ctrl-C ends it."""
    if not app.as_json:
        app.note("Before you press: clean face, hands and tip, and go through: gentlepress check")
    with app.connect(port) as tool, LiveView(app.console()) as view:
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            fields = dataclasses.asdict(tool.state())
            if app.as_json:
                app.line(fields)
            else:
                view.show(Reading(fields))
            time.sleep(POLL_S)
