"""`sessions` and `show`: what the database holds."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from gentlepress.cli.app import App, db_option, json_option, pass_app
from gentlepress.errors import UsageError
from gentlepress.firmware.core import ids
from gentlepress.record_reader import Session
from gentlepress.replies import name_of
from gentlepress.report import facts, steps_table, write_chart
from gentlepress.report.table import LEGEND, Start, notes
from gentlepress.report.words import DASH, clock, newtons, seconds

tool_option = click.option(
    "--tool", "device_id", metavar="ID", help="Only sessions of this tool (its device id)."
)


@click.command()
@db_option
@json_option
@tool_option
@click.option(
    "--limit", type=click.IntRange(1, 2**31 - 1), default=None, metavar="N", help="At most the newest N."
)
@pass_app
def sessions(app: App, db: str | None, device_id: str | None, limit: int | None) -> None:
    """List the sessions in the database, newest first."""
    with app.open_store(db, writable=False) as store:
        rows = store.sessions(device_id=device_id, limit=limit)
    if not rows and not app.as_json:
        app.show(None, "No sessions yet. Copy them from the tool: gentlepress sync")
        return
    app.show([_row_data(row) for row in rows], _table(rows))


@click.command()
@click.argument("session", default="last", metavar="[ID|last]")
@db_option
@json_option
@tool_option
@click.option(
    "--chart", type=click.Path(path_type=Path), metavar="FILE", help="Write the chart: FILE.html or FILE.png."
)
@pass_app
def show(app: App, session: str, db: str | None, device_id: str | None, chart: Path | None) -> None:
    """Show one session: its facts and a table of its steps."""
    number = _number(session)
    with app.open_store(db, writable=False) as store:
        stored = store.latest(device_id) if number is None else store.session(number, device_id)
    start = Start(stored.row.start_utc, stored.row.start_quality)
    if chart:
        write_chart(stored.session, chart, start)
    written = f"Chart written: {chart}" if chart else ""
    app.show(
        session_data(stored.session, start),
        *session_view(stored.session, start),
        *([written] if written else []),
    )


def session_view(session: Session, start: Start | None = None) -> list[Any]:
    """What is printed of a session for people.

    Args:
        session: the session.
        start: its start by the database, or None.
    """
    head = Table.grid(padding=(0, 2))
    for name, value in facts(session, start):
        head.add_row(name, value)
    remarks = notes(session)
    return [head, "", steps_table(session), "", LEGEND, *(["", *remarks] if remarks else [])]


def session_data(session: Session, start: Start | None = None) -> dict[str, Any]:
    """What `--json` prints of a session; forces in mN, times in ms, as in docs/log-format.md.

    Args:
        session: the session.
        start: its start by the database, or None.
    """
    return {
        "header": dataclasses.asdict(session.header),
        "start_utc": _iso(start.when) if start else None,
        "steps": [_step_data(step) for step in session.steps],
        "events": [
            {"t_ms": e.t_ms, "event": name_of(ids.EVENT_NAMES, e.kind), "step": e.step, "value": e.value}
            for e in session.events
        ],
        "summary": _summary_data(session),
    }


def _step_data(step: Any) -> dict[str, Any]:
    names = {
        "zone_name": name_of(ids.ZONE_NAMES, step.zone),
        "side_name": name_of(ids.SIDE_NAMES, step.side),
        "end_reason_name": name_of(ids.END_REASON_NAMES, step.end_reason),
    }
    return dataclasses.asdict(step) | names


def _summary_data(session: Session) -> dict[str, Any] | None:
    if session.summary is None:
        return None
    name = name_of(ids.END_REASON_NAMES, session.summary.end_reason)
    return dataclasses.asdict(session.summary) | {"end_reason_name": name}


def _number(text: str) -> int | None:
    if text == "last":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise UsageError(
            f"session = {text[:20]!r}: a session's number, or last, is needed.", "See: gentlepress sessions"
        )
    return int(text)


def _row_data(row: Any) -> dict[str, Any]:
    data = dataclasses.asdict(row)
    data["start_utc"] = _iso(row.start_utc)
    data["end_reason_name"] = (
        None if row.end_reason is None else name_of(ids.END_REASON_NAMES, row.end_reason)
    )
    return data


def _iso(when: datetime | None) -> str | None:
    if when is None:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()


def _table(rows: list[Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name, justify in (
        ("id", "right"), ("started", "left"), ("routine", "left"), ("length", "right"), ("steps", "right"),
        ("in band", "right"), ("over", "right"), ("peak", "right"), ("ended", "left"),
    ):  # fmt: skip
        table.add_column(name, justify=justify, no_wrap=name not in {"routine", "ended"})  # type: ignore[arg-type]
    shared = any(row.user_slot for row in rows)
    if shared:
        table.add_column("user", justify="right")
    for row in rows:
        table.add_row(*_cells(row), *([str(row.user_slot or DASH)] if shared else []))
    return table


def _cells(row: Any) -> list[str]:
    start = f"{row.start_utc.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}" if row.start_utc else "unknown"
    cells = [str(row.session_id), start, row.routine_name or "built-in"]
    if row.end_reason is None:
        return [*cells, DASH, DASH, DASH, DASH, DASH, "never closed"]
    return [
        *cells,
        clock(row.duration_ms),
        f"{row.steps_done}/{row.steps_total}",
        seconds(row.in_band_ms),
        seconds(row.over_ms),
        newtons(row.peak_mn),
        name_of(ids.END_REASON_NAMES, row.end_reason).replace("_", " "),
    ]
