"""`tools` and `owners`: which tools were synced, and whose they are."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from gentlepress.cli.app import App, db_option, json_option, pass_app

_TOOL = click.option(
    "--tool",
    "device_id",
    metavar="ID",
    help="A tool's number, the beginning of it, or its name; see `tools`.",
)


@click.command()
@db_option
@json_option
@pass_app
def tools(app: App, db: str | None) -> None:
    """List the tools that were synced, and whose they are."""
    with app.open_store(db, writable=False) as store:
        found, counts = store.tools(), store.counts()
    if not found and not app.as_json:
        app.show(None, "No tool was synced yet. Connect one: gentlepress sync")
        return
    table = _table("id", "name", "sessions", "last synced", "firmware", "whose")
    for tool in found:
        seen = f"{datetime.fromtimestamp(tool.last_seen_s, UTC).astimezone():%Y-%m-%d %H:%M}"
        count = str(counts.get(tool.device_id, 0))
        table.add_row(tool.device_id, tool.name, count, seen, tool.firmware, _whose(tool.owners))
    app.show([_data(tool, counts) for tool in found], table)


def _data(tool: Any, counts: dict[str, int]) -> dict[str, Any]:
    owners = [{"name": name, "slot": slot} for name, slot in tool.owners]
    return dataclasses.asdict(tool) | {"owners": owners, "sessions": counts.get(tool.device_id, 0)}


def _whose(owners: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{name} (slot {slot})" if slot else name for name, slot in owners)


@click.group()
def owners() -> None:
    """Say whose the tools and sessions are.

    It is noted on this desktop. A person may have several tools, and a tool several owners: each a slot of it, or
    all of them all of it.
    """


@owners.command("list")
@db_option
@json_option
@pass_app
def list_owners(app: App, db: str | None) -> None:
    """List the owners and their tools."""
    _list(app, db)


@owners.command("add")
@click.argument("name")
@_TOOL
@click.option("--slot", type=click.IntRange(1, 4), default=None, help="Only this user slot of the tool.")
@db_option
@json_option
@pass_app
def add_owner(app: App, name: str, device_id: str | None, slot: int | None, db: str | None) -> None:
    """Add an owner, or give an owner a further tool."""
    with app.open_store(db) as store, store.transaction():
        store.give(name, store.tool_id(device_id) if device_id else None, slot or 0)
    _list(app, db)


@owners.command("remove")
@click.argument("name")
@_TOOL
@db_option
@json_option
@pass_app
def remove_owner(app: App, name: str, device_id: str | None, db: str | None) -> None:
    """Remove an owner, or with --tool only from this tool. Tools and sessions stay."""
    with app.open_store(db) as store, store.transaction():
        if device_id:
            store.take(name, store.tool_id(device_id))
        else:
            store.remove_owner(name)
    _list(app, db)


def _list(app: App, db: str | None) -> None:
    with app.open_store(db, writable=False) as store:
        found = store.owners()
        counts = {owner.name: store.count(owner=owner.name) for owner in found}
    if not found and not app.as_json:
        app.show(None, "No owners yet. Add one: gentlepress owners add NAME --tool ID")
        return
    table = _table("owner", "sessions", "tools")
    for owner in found:
        held = [
            f"{tool or device_id} (slot {slot})" if slot else tool or device_id
            for device_id, tool, slot in owner.tools
        ]
        table.add_row(owner.name, str(counts[owner.name]), ", ".join(held))
    app.show(
        [
            {
                "name": owner.name,
                "sessions": counts[owner.name],
                "tools": [{"device_id": d, "name": n, "slot": s} for d, n, s in owner.tools],
            }
            for owner in found
        ],
        table,
    )


def _table(*names: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, justify="right" if name == "sessions" else "left")
    return table
