"""`calibrate`: lead through a calibration, or show what the tool keeps of earlier ones."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import click

from gentlepress.calibration import MASS_MAX_G, MASS_MIN_G, Kept, Record, explain, rejected
from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.cli.calibrate_lead import Leader, Plan
from gentlepress.cli.calibrate_table import kept_data, kept_lines, result_lines
from gentlepress.errors import UsageError

DEFAULT_MASSES = (100.0, 200.0)


def _grams(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
    for grams in value if isinstance(value, tuple) else (value,):
        if grams is not None and not (math.isfinite(grams) and MASS_MIN_G <= grams <= MASS_MAX_G):
            raise click.BadParameter(f"{grams:g} g is not from {MASS_MIN_G:g} to {MASS_MAX_G:g} g.")
    return value


@click.command()
@port_option
@json_option
@click.option(
    "--mass",
    "masses",
    type=float,
    multiple=True,
    callback=_grams,
    metavar="G",
    help="A mass in grams; give it twice, the lighter first.  [default: 100 and 200]",
)
@click.option(
    "--verify",
    type=float,
    callback=_grams,
    metavar="G",
    help="The mass of the verification.  [default: the first]",
)
@click.option("--yes", is_flag=True, help="Measure as soon as the tip has felt each change, without a key.")
@click.option("--show", is_flag=True, help="Show the calibration, its history and drift instead.")
@pass_app
def calibrate(
    app: App, port: str, masses: tuple[float, ...], verify: float | None, *, yes: bool, show: bool
) -> None:
    """Teach the tool its newtons with two masses, or show how it was taught.

    The tool computes the slope itself, from its own readings: zero, the first mass, the second one, nothing again, and
    a mass as verification. Ctrl-C or the tool's button ends it; what held before then still holds.
    """
    plan = _plan(masses, verify)
    with app.connect(port) as tool:
        desk = tool.calibration
        if show:
            kept = desk.kept()
            app.show(kept_data(kept), *kept_lines(kept))
            return
        before = desk.kept()
        leader = Leader(app, desk, plan, hands_free=yes)
        reason = leader.lead()
        if reason:
            _tell_rejection(app, reason)
        _tell_result(app, before, leader.kept())


def _plan(masses: tuple[float, ...], verify: float | None) -> Plan:
    if len(masses) not in {0, 2}:
        raise UsageError(
            f"--mass was given {len(masses)} times; two masses are needed.", "Write --mass 100 --mass 200."
        )
    first, second = masses or DEFAULT_MASSES
    if 2 * second < 3 * first:
        raise UsageError(
            f"--mass {first:g} --mass {second:g}: the second must be at least 1.5 times the first.",
            "Name the lighter mass first.",
        )
    return Plan(first, second, verify or first)


def _tell_rejection(app: App, reason: str) -> None:
    if app.as_json:
        app.line({"rejected": reason, "found": explain(reason)[0]})
    raise rejected(reason)


def _tell_result(app: App, before: Kept, after: Kept) -> None:
    made = after.records[-1]
    last: Record | None = before.records[-1] if before.records else None
    data = {"calibrated": dataclasses.asdict(made) | {"made_at": made.made_at and made.made_at.isoformat()}}
    if app.as_json:
        app.line(data)
        return
    app.show(data, *result_lines(made, last, after.records[0]))
