"""`sessions` and `show`: what the database holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from gentlepress.cli.app import App, db_option, json_option, pass_app
from gentlepress.errors import UsageError
from gentlepress.firmware.core import ids
from gentlepress.record_reader import Session
from gentlepress.reply_fields import name_of
from gentlepress.report import facts, steps_table, write_chart
from gentlepress.report.table import LEGEND, Start, notes
from gentlepress.report.words import DASH, clock, newtons, seconds

SHOWN = 30
tool_option = click.option(
    "--tool",
    "device_id",
    metavar="ID",
    help="Only of this tool: its number, the beginning of it, or its name.",
)
owner_option = click.option("--owner", metavar="NAME", help="Only of this person; see `owners`.")


@click.command()
@db_option
@json_option
@tool_option
@owner_option
@click.option(
    "--limit", type=click.IntRange(1, 2**31 - 1), metavar="N", help=f"The newest N.  [default: {SHOWN}]"
)
@click.option("--all", "everything", is_flag=True, help="All of them, as --json gives them.")
@click.option("--deleted", is_flag=True, help="Those that were deleted and can be brought back.")
@pass_app
def sessions(
    app: App,
    db: str | None,
    device_id: str | None,
    owner: str | None,
    limit: int | None,
    *,
    everything: bool,
    deleted: bool,
) -> None:
    """List the sessions in the database, newest first."""
    most = limit if limit or everything or app.as_json else SHOWN
    with app.open_store(db, writable=False) as store:
        tool = store.tool_id(device_id) if device_id else None
        name = store.owner_name(owner) if owner else None
        rows = store.sessions(tool, limit=most, owner=name, deleted=deleted)
        count = len(rows) if most is None else store.count(tool, name, deleted)
    if not rows and not app.as_json:
        app.show(None, _none(device_id or owner, deleted=deleted))
        return
    rest = [f"The newest {len(rows)} of {count}. All of them: --all"] if len(rows) < count else []
    app.show([_row_data(row) for row in rows], *([] if app.as_json else [_table(rows), *rest]))


def _none(narrowed: str | None, *, deleted: bool) -> str:
    if deleted:
        return "No deleted sessions."
    return "No such sessions." if narrowed else "No sessions yet. Copy them from the tool: gentlepress sync"


@click.command()
@click.argument("session", default="last", metavar="[ID|last]")
@db_option
@json_option
@tool_option
@owner_option
@click.option(
    "--chart", type=click.Path(path_type=Path), metavar="FILE", help="Write the chart: FILE.html or FILE.png."
)
@pass_app
def show(
    app: App, session: str, db: str | None, device_id: str | None, owner: str | None, chart: Path | None
) -> None:
    """Show one session: its facts and a table of its steps."""
    number = None if session == "last" else session_number(session)
    with app.open_store(db, writable=False) as store:
        tool = store.tool_id(device_id) if device_id else None
        name = store.owner_name(owner) if owner else None
        stored = store.latest(tool, name) if number is None else store.session(number, tool)
        bounds = None if stored.row.start_utc else _bounds(store, stored.row)
    start = Start(stored.row.start_utc, stored.row.start_quality)
    if chart:
        write_chart(stored.session, chart, start)
    written = f"Chart written: {chart}" if chart else ""
    app.show(
        session_data(stored.session, start) | _known_here(stored.row, bounds),
        *session_view(stored.session, start, _more_facts(stored.row, bounds)),
        *([written] if written else []),
    )


def _bounds(store: Any, row: Any) -> tuple[Any, datetime]:
    """Between what a session without a date was pressed: the session before it, if known, and a time."""
    before, after = store.neighbours(row)
    return before, min([row.stored, *([after.start_utc] if after else [])])


def _known_here(row: Any, bounds: tuple[Any, datetime] | None) -> dict[str, Any]:
    """What the database knows besides the session's file, for --json."""
    after = bounds[0].start_utc if bounds and bounds[0] else None
    return {
        "start_quality": name_of(ids.TIME_QUALITY_NAMES, row.start_quality),
        "start_after_utc": _iso(after),
        "start_before_utc": _iso(bounds[1]) if bounds else None,
        "copied_utc": _iso(row.stored),
        "owners": list(row.owners),
    }


def _more_facts(row: Any, bounds: tuple[Any, datetime] | None) -> list[tuple[str, str]]:
    found = []
    if bounds:
        before, until = bounds
        since = f"after session {before.session_id} of {_local(before.start_utc)}, " if before else ""
        found.append(("Pressed", f"{since}before {_local(until)}"))
    if row.owners:
        found.append(("Owner", ", ".join(row.owners)))
    return found


def _local(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def session_view(
    session: Session, start: Start | None = None, more: list[tuple[str, str]] | None = None
) -> list[Any]:
    """What is printed of a session for people.

    Args:
        session: the session.
        start: its start by the database, or None.
        more: further facts.
    """
    head = Table.grid(padding=(0, 2))
    for name, value in [*facts(session, start), *(more or [])]:
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


def session_number(text: str) -> int:
    """The number that was typed.

    Raises:
        UsageError: it is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise UsageError(
            f"session = {text[:20]!r}: a session's number, or last, is needed.", "See: gentlepress sessions"
        )
    return int(text)


def _row_data(row: Any) -> dict[str, Any]:
    ended = None if row.end_reason is None else name_of(ids.END_REASON_NAMES, row.end_reason)
    times = {name: _iso(getattr(row, name)) for name in ("start_utc", "stored", "deleted")}
    return vars(row) | times | {"end_reason_name": ended}


def _iso(when: datetime | None) -> str | None:
    if when is None:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()


def _table(rows: list[Any]) -> Table:
    extra = _extra_columns(rows)
    table = Table(box=None, padding=(0, 1 if extra else 2, 0, 0), pad_edge=False, header_style="bold")
    for name, justify in (
        ("id", "right"), ("started", "left"), ("routine", "left"), ("length", "right"), ("steps", "right"),
        ("in band", "right"), ("over", "right"), ("peak", "right"), ("ended", "left"),
    ):  # fmt: skip
        table.add_column(name, justify=justify, no_wrap=name not in {"routine", "ended"})  # type: ignore[arg-type]
    for name in extra:
        table.add_column(name, justify="right" if name == "user" else "left")
    for row in rows:
        table.add_row(*_cells(row), *(cell(row) for cell in extra.values()))
    return table


def _extra_columns(rows: list[Any]) -> dict[str, Callable[[Any], str]]:
    """Columns that only some people need: whose a session is, or its slot, and which tool it is from."""
    extra: dict[str, Callable[[Any], str]] = {}
    if any(row.owners for row in rows):
        extra["whose"] = lambda row: ", ".join(row.owners) or DASH
    elif any(row.user_slot for row in rows):
        extra["user"] = lambda row: str(row.user_slot or DASH)
    if len({row.device_id for row in rows}) > 1:
        extra["tool"] = lambda row: row.tool_name or row.device_id
    return extra


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
