"""`info` and `clock`: ask the tool who it is and what time it has."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.cli.desktops import warning
from gentlepress.errors import DeviceRefused, ToolBusy, UsageError
from gentlepress.firmware.core.clock import UNIX_MAX_S, UNIX_MIN_S
from gentlepress.owner import Desktops, User
from gentlepress.report.words import clock as minutes


@click.command()
@port_option
@json_option
@pass_app
def info(app: App, port: str) -> None:
    """Say which tool it is and how it is doing."""
    with app.connect(port) as tool:
        hello, state = tool.hello, tool.state()
        users, found = _owners(tool)
    data = {
        "hello": dataclasses.asdict(hello),
        "state": dataclasses.asdict(state),
        "users": [dataclasses.asdict(user) for user in users],
        "absent_desktops": [desktop.host for desktop in found.absent],
    }
    app.show(data, _info_table(hello, state, users))
    told = warning(found)
    if told:
        app.note(told)


def _owners(tool: Any) -> tuple[list[User], Desktops]:
    """Who shares the tool and which desktops copy it; nobody while it is busy, or with older firmware."""
    try:
        return tool.owner.users(), tool.owner.desktops()
    except (ToolBusy, DeviceRefused):
        return [], Desktops((), one_is_enough=False)


def _info_table(hello: Any, state: Any, users: list[User]) -> Table:
    sessions = f"{hello.first_session} to {hello.last_session}" if hello.last_session else "none yet"
    power = "USB power: practice only" if state.usb_power else "on battery"
    rows = [
        ("Tool", f"{hello.name or 'unnamed'} ({hello.device_id})"),
        ("Board", hello.board),
        ("Firmware", hello.fw),
        ("Can", ", ".join(hello.capabilities)),
        ("Battery", f"{state.battery_pct} %, {power}"),
        ("Clock", hello.clock),
        ("Running for", f"{minutes(hello.uptime_ms)} min since start {hello.boot}"),
        ("Sessions", sessions),
        ("Now", state.mode_name.replace("_", " ")),
    ]
    week = [f"{user.name}: {user.week} of {user.week_most}" for user in users]
    if week:
        rows.append(("Last 7 days", ", ".join(week)))
    if state.fault:
        rows.append(("Fault", state.fault_name.replace("_", " ")))
    if state.locked_by:
        rows.append(("Locked by", state.locked_by))
    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        table.add_row(name, value)
    return table


@click.group()
def clock() -> None:
    """Show or set the tool's clock."""


@clock.command("show")
@port_option
@json_option
@pass_app
def clock_show(app: App, port: str) -> None:
    """Show the tool's clock and how far it is from this computer's."""
    with app.connect(port) as tool:
        when = tool.read_clock()
    _tell(app, when)


@clock.command("set")
@port_option
@json_option
@click.option("--to", metavar="TIME", help="A time such as 2026-11-23T18:30:00+01:00.  [default: now]")
@pass_app
def clock_set(app: App, port: str, to: str | None) -> None:
    """Set the tool's clock to this computer's time, or to a given one.

    Setting it forward ends no rest by itself: the tool also counts its own running time.
    """
    target = _time(to) if to else None
    with app.connect(port) as tool:
        tool.set_clock(target)
        when = tool.read_clock()
    _tell(app, when)


def _time(text: str) -> datetime:
    try:
        given = datetime.fromisoformat(text)
        when = given.astimezone() if given.tzinfo is None else given
        known = UNIX_MIN_S <= when.timestamp() < UNIX_MAX_S
    except (ValueError, OverflowError, OSError) as wrong:
        raise UsageError(
            f"to = {text[:40]!r}: it is not a time.", "Write it like 2026-11-23T18:30:00+01:00."
        ) from wrong
    if not known:
        raise UsageError(
            f"to = {text[:40]!r}: the tool's clock knows 2024 to 2099 (UTC).", "Give a time of these years."
        )
    return when


def _tell(app: App, when: datetime | None) -> None:
    if when is None:
        app.show(
            {"clock": None, "offset_s": None}, "The tool's clock is not set. Set it: gentlepress clock set"
        )
        return
    offset_s = round((when - datetime.now(UTC)).total_seconds(), 1)
    text = f"{when.astimezone():%Y-%m-%d %H:%M:%S %Z} ({offset_s:+.1f} s from this computer)"
    app.show({"clock": when.isoformat(), "offset_s": offset_s}, text)
