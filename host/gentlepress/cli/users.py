"""`users`: who shares the tool, and what each has left this week."""

from __future__ import annotations

import dataclasses
from typing import Any

import click
from rich.table import Table

from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.cli.refused import explain
from gentlepress.errors import DeviceRefused, UsageError
from gentlepress.firmware.core.counters import USERS_MAX

HOW = (
    "A click on the tool then asks whose session it is: bright white light dips as often as the number shown."
)


@click.group()
def users() -> None:
    """Who shares the tool: up to four people, each with rests and limits of their own."""


@users.command("list")
@port_option
@json_option
@pass_app
def list_users(app: App, port: str) -> None:
    """List who shares the tool, and what each has left this week."""
    with app.connect(port) as tool:
        found = tool.owner.users()
    _show(app, found)


@users.command("count")
@click.argument("number", type=click.IntRange(1, USERS_MAX))
@port_option
@json_option
@pass_app
def count_users(app: App, port: str, number: int) -> None:
    """Say how many people share the tool: 1 to 4. With 1 everything counts for all together."""
    with app.connect(port) as tool:
        _write(tool, "users", str(number))
        found = tool.owner.users()
    _show(app, found)


@users.command("set")
@click.argument("slot", type=click.IntRange(1, USERS_MAX))
@click.option("--name", metavar="TEXT", help="1 to 24 plain ASCII characters.")
@click.option("--profile", type=click.Choice(["normal", "sensitive"]), help="sensitive: every force x 0.7.")
@port_option
@json_option
@pass_app
def set_user(app: App, port: str, slot: int, name: str | None, profile: str | None) -> None:
    """Name one of those who share the tool, or choose how gentle it is to them."""
    if name is None and profile is None:
        raise UsageError("Nothing to set was given.", "Give --name or --profile.")
    with app.connect(port) as tool:
        if slot > max(user.slot for user in tool.owner.users()):
            raise UsageError(
                f"slot = {slot}: fewer people share this tool.",
                f"Say first how many do: gentlepress users count {max(slot, 2)}",
            )
        for setting, value in ((f"user{slot}", name), (f"profile{slot}", profile)):
            if value is not None:
                _write(tool, setting, value)
        found = tool.owner.users()
    _show(app, found)


def _write(tool: Any, setting: str, value: str) -> None:
    try:
        tool.write_setting(setting, value)
    except DeviceRefused as refused:
        raise explain(tool, refused, f"{setting} was not changed.") from refused


def _show(app: App, found: list[Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in ("slot", "name", "profile", "sessions", "this week", "pace"):
        table.add_column(column)
    for user in found:
        slot = str(user.slot) if user.slot else "-"
        week = f"{user.week} of {user.week_most}"
        table.add_row(slot, user.name, user.profile, str(user.sessions), week, user.pace)
    more = HOW if len(found) > 1 else "Share it: gentlepress users count 2"
    app.show([dataclasses.asdict(user) for user in found], table, more)
