"""`routine`: check routines, and carry them to and from the tool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from gentlepress import routine_file
from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.cli.refused import explain
from gentlepress.errors import DeviceRefused, UsageError
from gentlepress.firmware.core import wire
from gentlepress.report.files import write_bytes
from gentlepress.report.words import clock, newtons
from gentlepress.routine_file import CheckedRoutine, RoutineRefused, step_words


@click.group()
def routine() -> None:
    """Check routines, send one to the tool, and read the tool's back."""


@routine.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|NAME...")
@json_option
@pass_app
def check(app: App, files: tuple[str, ...]) -> None:
    """Check routine files; every refusal is explained."""
    results, worst = [], None
    for given in files:
        try:
            results.append(_accepted(given, routine_file.load_any(given)))
        except RoutineRefused as refused:
            results.append(_refused(given, refused))
            worst = worst or refused
            if not app.as_json:
                app.note(refused.message)
            continue
        app.show(None, _one_line(results[-1])) if not app.as_json else None
    if app.as_json:
        app.line(results)
    if worst:
        raise click.exceptions.Exit(worst.exit_code)


@routine.command()
@click.argument("given", metavar="FILE|NAME")
@port_option
@json_option
@pass_app
def push(app: App, given: str, port: str) -> None:
    """Check a routine and send it to the tool, which checks it again."""
    checked = routine_file.load_any(given)
    data = checked.to_json()
    with app.connect(port) as tool, app.progress() as update:
        try:
            tool.upload(wire.PATH_ROUTINE, data, progress=lambda done, total: update("Routine", done, total))
        except DeviceRefused as refused:
            raise explain(tool, refused, "Correct the routine and push it again.") from refused
    name = checked.routine.name
    app.show(
        {"pushed": name, "bytes": len(data)}, f"The tool now has the routine {name!r} ({len(data)} bytes)."
    )


@routine.command()
@port_option
@json_option
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a TOML file."
)
@pass_app
def pull(app: App, port: str, out: Path | None) -> None:
    """Read the tool's routine, as TOML."""
    with app.connect(port) as tool:
        checked = routine_file.from_tool(tool.download(wire.PATH_ROUTINE))
    text = routine_file.to_toml(checked.data)
    if out:
        if out.exists():
            raise UsageError(f"out = {out}: it exists already.", "Choose another name, or remove it first.")
        write_bytes(out, text.encode("utf-8"))
    app.show(checked.data, f"Written: {out}" if out else text.rstrip("\n"))


@routine.command("list")
@json_option
@pass_app
def list_routines(app: App) -> None:
    """List the routines that come with the program."""
    shipped = [(name, routine_file.load_shipped(name)) for name in routine_file.shipped_names()]
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, header_style="bold")
    for name, justify in (("name", "left"), ("steps", "right"), ("length", "right"), ("what", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for name, checked in shipped:
        table.add_row(
            name, str(len(checked.routine.steps)), f"{clock(checked.estimated_ms)} min", checked.about
        )
    app.show([_accepted(name, checked) for name, checked in shipped], table)


@routine.command()
@click.argument("given", metavar="FILE|NAME")
@json_option
@pass_app
def show(app: App, given: str) -> None:
    """Show the steps of a routine file, or of one that comes with the program."""
    checked = routine_file.load_any(given)
    head = f"{checked.routine.name}: {checked.about}" if checked.about else checked.routine.name
    length = f"About {clock(checked.estimated_ms)} min if every press goes well."
    app.show(checked.data, head, "", _steps(checked), "", length)


def _steps(checked: CheckedRoutine) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name, justify in (
        ("#", "right"),
        ("step for", "left"),
        ("presses", "right"),
        ("hold", "right"),
        ("asks for", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for number, step in enumerate(checked.routine.steps, 1):
        table.add_row(
            str(number), step_words(step), str(step.presses), f"{step.hold_ms / 1000:g} s", _asked(step)
        )
    return table


def _asked(step: Any) -> str:
    words = {"lo_mn": "target from", "hi_mn": "target to", "warn_mn": "warn", "limit_mn": "limit"}
    asked = [f"{words[field]} {newtons(value)} N" for field, value in step.asked.items() if field in words]
    return ", ".join(asked) or "the zone's own limits"


def _accepted(given: str, checked: CheckedRoutine) -> dict[str, Any]:
    return {
        "source": given,
        "accepted": True,
        "name": checked.routine.name,
        "about": checked.about,
        "steps": len(checked.routine.steps),
        "estimated_ms": checked.estimated_ms,
        "session_ms": checked.routine.session_ms,
    }


def _refused(given: str, refused: RoutineRefused) -> dict[str, Any]:
    return {"source": given, "accepted": False, "refusals": [vars(refusal) for refusal in refused.refusals]}


def _one_line(result: dict[str, Any]) -> str:
    return f"{result['source']}: accepted, {result['steps']} steps, about {clock(result['estimated_ms'])} min"
