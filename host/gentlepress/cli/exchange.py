"""`export`, `import` and `merge`: the history as files, and from one computer to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from gentlepress.cli.app import App, db_option, json_option, pass_app
from gentlepress.cli.sessions import owner_option, tool_option
from gentlepress.errors import SessionConflict, StoreMissing, UsageError
from gentlepress.store.rows import SessionRow

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("path", type=_PATH, metavar="PATH")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="By default by PATH's ending, or csv.",
)
@tool_option
@owner_option
@click.option("--since", metavar="DAY", help="From this day on: YYYY-MM-DD, in this computer's time zone.")
@click.option("--until", metavar="DAY", help="Up to this day.")
@db_option
@json_option
@pass_app
def export(  # noqa: PLR0917  (options, by name)
    app: App,
    path: Path,
    kind: str | None,
    device_id: str | None,
    owner: str | None,
    since: str | None,
    until: str | None,
    db: str | None,
) -> None:
    """Write sessions to files.

    PATH is a new folder (csv, parquet) or a new file (jsonl). With --since or --until only sessions with a date are
    written. Deleted ones are not.
    """
    from gentlepress.exchange.writing import format_of, write_export  # noqa: PLC0415  (loads what it needs)

    after, before = _day(since, "since", 0), _day(until, "until", 1)
    kind = format_of(path, kind)
    with app.open_store(db, writable=False) as store:
        tool = store.tool_id(device_id) if device_id else None
        name = store.owner_name(owner) if owner else None
        rows = [
            row
            for row in store.sessions(tool, newest_first=False, owner=name)
            if _between(row, after, before)
        ]
        if not rows:
            raise UsageError("There is no session to export.", "See: gentlepress sessions")
        with _counting(app, "Exporting", len(rows)) as progress:
            write_export(store, rows, path, kind, progress)
    data = {"path": str(path), "format": kind, "sessions": len(rows)}
    app.show(data, f"{_number(len(rows))} written to {path} ({kind})")


@click.command("import")
@click.argument("path", type=_PATH, metavar="PATH")
@db_option
@json_option
@pass_app
def import_sessions(app: App, path: Path, db: str | None) -> None:
    """Take over the sessions of an export.

    All of them, or none if something in it is wrong.
    """
    from gentlepress.exchange import read_export  # noqa: PLC0415  (as above)

    with _counting(app, "Importing", None) as progress:
        tools, offered = read_export(path, progress)
        with app.open_store(db) as store:
            added = store.add_all(tools, offered)
    _tell(app, added, {})


@click.command()
@click.argument("other", metavar="DATABASE")
@db_option
@json_option
@pass_app
def merge(app: App, other: str, db: str | None) -> None:
    """Take over another computer's database.

    DATABASE is a file, or an SQLAlchemy URL. Sessions, bin, tools, owners, checks and warning signs come along.
    It stays as it is, but one of an older version is brought up to this one.
    """
    from gentlepress.store.database import parse_url  # noqa: PLC0415  (as above)
    from gentlepress.store.merge import merge as merge_stores  # noqa: PLC0415

    if parse_url(other) == parse_url(db):
        raise UsageError(f"{other} is the database itself.", "Name the other computer's.")
    with (
        _giver(app, other) as giver,
        app.open_store(db) as taker,
        _counting(app, "Merging", None) as progress,
    ):
        done = merge_stores(taker, giver, progress)
    _tell(app, done.sessions, {"reports": done.reports})


def _giver(app: App, other: str) -> Any:
    try:
        return app.open_store(other, writable=False)
    except StoreMissing as missing:
        raise StoreMissing(
            missing.message, "Name the other computer's database: its file sessions.db, or a URL."
        ) from missing


def _tell(app: App, added: Any, more: dict[str, int]) -> None:
    data = {
        "new": added.new,
        "already_here": added.there,
        "erased_here": added.erased,
        "differing": [{"device_id": tool, "session_id": number} for tool, number in added.conflicts],
    }
    if added.conflicts and app.as_json:
        app.line(data | more)
        raise click.exceptions.Exit(SessionConflict.exit_code)
    erased = f", {added.erased} erased here before" if added.erased else ""
    reports = f"; {more['reports']} new checks and warning signs" if more.get("reports") else ""
    app.show(data | more, f"{added.new} new, {added.there} already here{erased}{reports}")
    if added.conflicts:
        which = ", ".join(f"{number} of tool {tool}" for tool, number in added.conflicts[:5])
        rest = f" and {len(added.conflicts) - 5} more" if len(added.conflicts) > 5 else ""
        raise SessionConflict(
            f"Other contents under the same number: session {which}{rest}; those here were kept.",
            "To keep both, take the others over into a database of their own: --db NEW_FILE",
        )


@contextmanager
def _counting(app: App, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A line on stderr that counts sessions; silent with --json or without a terminal."""
    with app.waiting(f"{what} ...") as say:
        of_all = f" of {total}" if total else ""

        def tell(done: int) -> None:
            if done % 100 == 0:
                say(f"{what} session {done}{of_all} ...")

        yield tell


def _number(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _day(text: str | None, name: str, later: int) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(later), time()).astimezone()
    except (ValueError, OverflowError) as failed:
        raise UsageError(f"{name} = {text[:20]!r}: a day is needed.", "Write YYYY-MM-DD.") from failed


def _between(row: SessionRow, after: datetime | None, before: datetime | None) -> bool:
    if after is None and before is None:
        return True
    start = row.start_utc
    return start is not None and (after is None or start >= after) and (before is None or start < before)
