"""`desktops`: which desktops copy the tool; it keeps a session until all that count have it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from gentlepress.cli.app import App, db_option, json_option, pass_app, port_option
from gentlepress.errors import DeviceRefused, GentlepressError, UsageError
from gentlepress.firmware.core import wire
from gentlepress.firmware.core.routine import show as printable
from gentlepress.owner import ABSENT_DAYS, Desktop, Desktops


@click.group()
def desktops() -> None:
    """List or forget the desktops that copy the tool.

    It keeps each session until all that count have it.
    """


@desktops.command("list")
@port_option
@db_option
@json_option
@pass_app
def list_desktops(app: App, port: str, db: str | None) -> None:
    """List the desktops that copy the tool, and when it last saw them."""
    with app.connect(port) as tool:
        found, paired = tool.owner.desktops(), _paired(tool)
    _show(app, found, _own(app, db), paired)


@desktops.command("forget")
@click.argument("name")
@port_option
@db_option
@json_option
@pass_app
def forget_desktop(app: App, port: str, db: str | None, name: str) -> None:
    """Let the tool wait for a desktop no longer, for one that was sold or lost."""
    with app.connect(port) as tool:
        try:
            tool.owner.forget(name)
        except DeviceRefused as refused:
            if (refused.group, refused.code) != (wire.GROUP_TOOL, wire.ERR_NO_HOST):
                raise
            names = ", ".join(desktop.host for desktop in tool.owner.desktops().desktops)
            hint = f"Use one of: {names}." if names else "None has copied a session yet."
            raise UsageError(
                f"name = {printable(name)}: no desktop of this name copies the tool.", hint
            ) from refused
        found, paired = tool.owner.desktops(), _paired(tool)
    _show(app, found, _own(app, db), paired)


def _paired(tool: Any) -> list[str]:
    """Names of the desktops that have a key; none with older firmware."""
    try:
        names: list[str] = tool.owner.paired()[0]
    except DeviceRefused:
        return []
    return names


def _own(app: App, db: str | None) -> str:
    """Name of this desktop, by its database; an empty text where there is none yet."""
    try:
        with app.open_store(db, writable=False) as store:
            return str(store.known_host_id())
    except GentlepressError:
        return ""


def _show(app: App, found: Desktops, own: str, paired: list[str]) -> None:
    copying = {desktop.host for desktop in found.desktops}
    rest = [name for name in paired if name not in copying]
    data = {
        "desktops": [_data(desktop, own, paired) for desktop in found.desktops],
        "only_paired": rest,
        "one_is_enough": found.one_is_enough,
    }
    if not found.desktops and not rest:
        app.show(data, "No desktop has copied a session yet. Copy them: gentlepress sync")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in ("desktop", "last seen", "is waited for", "key"):
        table.add_column(column)
    for desktop in found.desktops:
        waited = "yes" if desktop.counts else f"no, away for {ABSENT_DAYS} days"
        table.add_row(
            _named(desktop.host, own), _seen(desktop), waited, "yes" if desktop.host in paired else "no"
        )
    for name in rest:
        table.add_row(_named(name, own), "has copied nothing", "no", "yes")
    rule = "One copy is enough (setting one_copy)." if found.one_is_enough else ""
    app.show(data, table, *([rule] if rule else []))


def _named(host: str, own: str) -> str:
    return f"{host} (this one)" if host == own else host


def _data(desktop: Desktop, own: str, paired: list[str]) -> dict[str, Any]:
    seen = desktop.seen.isoformat() if desktop.seen else None
    return {
        "host": desktop.host,
        "seen": seen,
        "counts": desktop.counts,
        "is_this_one": desktop.host == own,
        "paired": desktop.host in paired,
    }


def _seen(desktop: Desktop) -> str:
    if desktop.seen is None:
        return "at an unknown time"
    days = max(0, (datetime.now(UTC) - desktop.seen).days)
    return f"{desktop.seen.astimezone():%Y-%m-%d}" + (f", {days} days ago" if days else "")


def warning(found: Desktops) -> str:
    """What a person has to know of the desktops: which are waited for no longer; an empty text when all are.

    Args:
        found: the tool's answer.
    """
    if not found.absent:
        return ""
    names = ", ".join(desktop.host for desktop in found.absent)
    return (
        f"Not seen for {ABSENT_DAYS} days: {names}. When its memory is full, the tool no longer waits for it. "
        "Sync it, or take it off the list: gentlepress desktops forget NAME"
    )
