"""`sync`: copy new sessions from the tool."""

from __future__ import annotations

from typing import Any

import click

from gentlepress import sync as syncing
from gentlepress.cli.app import App, db_option, json_option, pass_app, port_option
from gentlepress.cli.care import deliver
from gentlepress.cli.desktops import warning
from gentlepress.errors import DeviceRefused, ToolBusy


@click.command()
@port_option
@db_option
@json_option
@click.option("--keep-clock", is_flag=True, help="Leave the tool's clock as it is.")
@pass_app
def sync(app: App, port: str, db: str | None, *, keep_clock: bool) -> None:
    """Copy new sessions from the tool into the database, and set its clock.

    A session is verified and stored before the tool is told so; nothing on the tool is deleted.
    """
    taken = syncing.Taken()

    def once(tool: Any) -> tuple[int, syncing.SyncResult, int | None]:
        with app.open_store(db) as store:  # not before: a tool that is not there leaves no database behind
            told = deliver(tool, store)
            return told, copy(app, tool, store, taken, set_clock=not keep_clock), _uncleaned(tool)

    told, result, uncleaned = app.work_with(port, once)
    data = {
        "new": result.new,
        "already_here": result.already_here,
        "clock_set": result.clock_set,
        "session_ids": list(result.session_ids),
        "reports_told": told,
        "uncleaned": uncleaned,
        "dated_here": list(result.dated_here),
        "undated": list(result.undated),
        "absent_desktops": [desktop.host for desktop in result.desktops.absent] if result.desktops else [],
    }
    app.show(data, words(result), *dates(result), *_reminders(told, uncleaned))
    absent = warning(result.desktops) if result.desktops else ""
    if absent:
        app.note(absent)


def dates(result: syncing.SyncResult) -> list[str]:
    """What this desktop did about sessions of an unset clock, in lines for people.

    Args:
        result: of a sync.
    """
    lines = []
    if result.dated_here:
        lines.append(f"Dated here, from the tool's running time: session {_listed(result.dated_here)}.")
    if result.undated:
        lines.append(
            f"Without a date, because the tool's clock was not set: session {_listed(result.undated)}."
        )
    return lines


def _listed(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, numbers[:8]))
    return shown if len(numbers) <= 8 else f"{shown} and {len(numbers) - 8} more"


def _uncleaned(tool: Any) -> int | None:
    """Sessions since the last cleaning; None where the tool can't say now."""
    try:
        return int(tool.health().uncleaned)
    except (ToolBusy, DeviceRefused):
        return None


def _reminders(told: int, uncleaned: int | None) -> list[str]:
    lines = ["The tool was told of a warning sign: no session for 72 h of its running time."] if told else []
    if uncleaned:
        lines.append("Clean the tip now and before the next session, then: gentlepress clean")
    return lines


def copy(
    app: App, tool: Any, store: Any, taken: syncing.Taken | None = None, *, set_clock: bool = True
) -> syncing.SyncResult:
    """Sync with a progress bar.

    Args:
        app: where the bar goes.
        tool: the connected tool.
        store: the open database.
        taken: what earlier tries have stored.
        set_clock: False to leave the tool's clock as it is.
    """
    with app.progress() as update:

        def report(at: syncing.SyncProgress) -> None:
            update(f"Session {at.session_id} ({at.index} of {at.count})", at.done_bytes, at.total_bytes)

        return syncing.sync(tool, store, progress=report, set_clock=set_clock, taken=taken)


def words(result: syncing.SyncResult) -> str:
    """The result as a line for people.

    Args:
        result: of a sync.
    """
    clock = "; clock set" if result.clock_set else ""
    return f"{result.new} new, {result.already_here} already here{clock}"
